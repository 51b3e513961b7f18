package datahall

import "time"

// Key is the right to ask, without its secret, which is shown once.
type Key struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Project  string    `json:"project"`
	State    string    `json:"state"` // active or expired
	Role     Role      `json:"role"`
	Endpoint string    `json:"endpoint,omitempty"` // good for this endpoint's name only
	Prefix   string    `json:"prefix"`             // first characters of the key, to tell them apart
	Hash     string    `json:"-"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires,omitzero"`
	LastUsed time.Time `json:"last_used,omitzero"`
}

// Role is what a principal may do.
type Role string

// The roles.
const (
	Admin     Role = "admin"
	Developer Role = "developer"
	Viewer    Role = "viewer"
	Caller    Role = "caller" // asks one endpoint
	Worker    Role = "worker" // reports for one attempt of one job
)

// Principal is who asks.
type Principal struct {
	Key      string // id
	Name     string
	Role     Role
	Project  string
	Endpoint string // of a Caller
	Job      string // of a Worker
}
