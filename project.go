package datahall

import "time"

// DefaultProject is the project of whoever names none.
const DefaultProject = "default"

// Project is the owner of datasets, jobs, models and endpoints, and the
// boundary of keys: each has a sealing key of its own.
type Project struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}
