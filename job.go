package datahall

import (
	"encoding/json"
	"time"
)

// JobState is where a job stands: queued, starting, running, then one of the ends.
type JobState string

// The states of a job.
const (
	Queued    JobState = "queued"
	Starting  JobState = "starting"
	Running   JobState = "running"
	Done      JobState = "done"
	Failed    JobState = "failed"
	Cancelled JobState = "cancelled"
)

// Ended reports whether nothing more will happen.
func (s JobState) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Job is a piece of work with an end (a replica's end is being stopped).
type Job struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"` // import split train evaluate predict replica model-import model-pull
	Name      string          `json:"name"`
	Project   string          `json:"project"`
	State     JobState        `json:"state"`
	Attempts  int             `json:"attempts"`
	Reason    Message         `json:"reason"` // why it waits, or why it failed
	Spec      json.RawMessage `json:"spec"`
	Result    json.RawMessage `json:"result,omitempty"`
	Progress  Progress        `json:"progress"`
	CPUs      int             `json:"cpus"`
	Retries   int             `json:"retries"`             // attempts after the first that a crash may use
	Cancel    bool            `json:"cancel,omitempty"`    // somebody asked it to end
	NotBefore time.Time       `json:"not_before,omitzero"` // of a job that is tried again
	Created   time.Time       `json:"created"`
	Started   time.Time       `json:"started,omitzero"`
	Ended     time.Time       `json:"ended,omitzero"`
	Usage     Usage           `json:"usage"`
	Key       string          `json:"key,omitempty"` // id of the key that submitted it
}

// Attempt is one try at a job. Its token fences it: reports of an older
// attempt are refused.
type Attempt struct {
	Job     string    `json:"job"`
	Number  int       `json:"number"` // from 1
	Token   string    `json:"-"`
	PID     int       `json:"pid"`
	Boot    string    `json:"boot"` // identity of the process beyond its pid (start time)
	Started time.Time `json:"started"`
	Claimed bool      `json:"claimed"`
}

// Progress is how far the current stage is.
type Progress struct {
	Stage Message `json:"stage"`
	Done  float64 `json:"done"`
	Total float64 `json:"total"` // 0 where unknown
	Unit  string  `json:"unit"`  // rows steps tokens bytes folds
	Rate  float64 `json:"rate"`  // units a second, recent
	Left  float64 `json:"left"`  // seconds, 0 where unknown
}
