package datahall

import "time"

// Run is the record of one training: what was set, what was measured.
type Run struct {
	ID      string            `json:"id"`
	Name    string            `json:"name"`
	Project string            `json:"project"`
	Job     string            `json:"job"`
	State   JobState          `json:"state"`
	Dataset string            `json:"dataset"`
	Model   string            `json:"model,omitempty"` // what it became
	Params  map[string]string `json:"params"`
	Created time.Time         `json:"created"`
}
