package datahall

import "time"

// Endpoint is a name under which a model answers.
type Endpoint struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Project  string    `json:"project"`
	Model    string    `json:"model"` // NAME@VERSION
	ModelID  string    `json:"model_id"`
	Task     string    `json:"task"`
	State    string    `json:"state"` // starting ready failed
	Reason   Message   `json:"reason"`
	Job      string    `json:"job"` // its replica
	Created  time.Time `json:"created"`
	URL      string    `json:"url,omitempty"`
	Requests int64     `json:"requests"`
	Texts    int64     `json:"texts"`
	Tokens   int64     `json:"tokens"`
	Usage    Usage     `json:"usage"`
}

// ReplicaReady is what a replica says when it can answer.
type ReplicaReady struct {
	Address string    `json:"address"` // 127.0.0.1:PORT
	Secret  string    `json:"secret"`  // what the hall must show
	Info    ModelInfo `json:"info"`
}
