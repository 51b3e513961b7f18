package datahall

import "time"

// Model is one immutable version of a named model: files, labels, and where
// they came from.
type Model struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Project    string            `json:"project"`
	Version    int               `json:"version"`
	State      string            `json:"state"` // always "ready"
	Created    time.Time         `json:"created"`
	Job        string            `json:"job,omitempty"`
	Run        string            `json:"run,omitempty"`
	Dataset    string            `json:"dataset,omitempty"` // id of the dataset version it was trained on
	Base       string            `json:"base,omitempty"`    // scratch:tiny, or name@version of a model
	Family     string            `json:"family"`            // bert or linear
	Task       string            `json:"task"`              // classify multilabel regress embed
	Tuning     string            `json:"tuning,omitempty"`  // full head head+full linear
	Labels     []string          `json:"labels,omitempty"`  // in the order of the scores
	Parameters int64             `json:"parameters"`
	Digest     string            `json:"digest"` // SHA-256 over the files' names and digests
	Files      map[string]Blob   `json:"files"`  // Hugging Face names; report.json is its Evaluation
	Accuracy   float64           `json:"accuracy"`
	MacroF1    float64           `json:"macro_f1"`
	Usage      Usage             `json:"usage"`
	Card       map[string]string `json:"card,omitempty"`
}

// Ref is NAME@VERSION.
func (m Model) Ref() string { return m.Name + "@" + itoa(m.Version) }
