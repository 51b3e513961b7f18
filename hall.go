package datahall

import (
	"encoding/json"
	"time"
)

// Hall is what a hall says about itself.
type Hall struct {
	Version    string    `json:"version"`
	PID        int       `json:"pid"`
	URL        string    `json:"url"`
	Home       string    `json:"home"`
	Started    time.Time `json:"started"`
	Background bool      `json:"background"`
	CPU        string    `json:"cpu"`
	Cores      int       `json:"cores"`
	Kernel     string    `json:"kernel"`
	Meter      Meter     `json:"meter"`
}

// Submission asks for a job.
type Submission struct {
	Kind    string          `json:"kind"`
	Name    string          `json:"name,omitempty"`
	Project string          `json:"project,omitempty"`
	Spec    json.RawMessage `json:"spec"`
}

// NewEndpoint asks for a model to be served.
type NewEndpoint struct {
	Name    string `json:"name"`
	Model   string `json:"model"` // NAME or NAME@VERSION
	Project string `json:"project,omitempty"`
	Threads int    `json:"threads,omitempty"`
}

// ServedEndpoint is an endpoint and a key that is good for it only, shown once.
type ServedEndpoint struct {
	Endpoint Endpoint `json:"endpoint"`
	Key      string   `json:"key"`
}

// NewKey asks for a key.
type NewKey struct {
	Name     string    `json:"name"`
	Role     Role      `json:"role,omitempty"`     // the maker's own where empty
	Endpoint string    `json:"endpoint,omitempty"` // makes it a caller's
	Project  string    `json:"project,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
}

// MadeKey is a key with its secret, shown once.
type MadeKey struct {
	Key
	Secret string `json:"secret"`
}

// UsageLine is one line of the ledger's summary.
type UsageLine struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Kind  string `json:"kind"` // job kind, or endpoint
	State string `json:"state,omitempty"`
	Usage Usage  `json:"usage"`
}
