package datahall

import (
	"encoding/json"
	"time"
)

// EventKind says what an event carries.
type EventKind string

// The kinds of events.
const (
	StateEvent    EventKind = "state"    // State and Message
	ProgressEvent EventKind = "progress" // Progress
	LogEvent      EventKind = "log"      // Log: one line
	MetricEvent   EventKind = "metric"   // Points
	ReadyEvent    EventKind = "ready"    // a replica listens: Data is ReplicaReady
	FileEvent     EventKind = "file"     // an output is whole: File
	ResultEvent   EventKind = "result"   // Data is the result
	FailEvent     EventKind = "fail"     // Message, Failure
	ExitEvent     EventKind = "exit"     // the process ended: Exit, Usage
)

// Event is one thing that happened to a job, in order.
type Event struct {
	Seq      int64           `json:"seq"` // by job, from 1
	Job      string          `json:"job"`
	Attempt  int             `json:"attempt"`
	Time     time.Time       `json:"time"`
	Kind     EventKind       `json:"kind"`
	State    JobState        `json:"state,omitempty"`
	Message  Message         `json:"message,omitzero"`
	Failure  Kind            `json:"failure,omitempty"` // kind of the error of a FailEvent
	Log      string          `json:"log,omitempty"`
	Progress *Progress       `json:"progress,omitempty"`
	Points   []Point         `json:"points,omitempty"`
	File     string          `json:"file,omitempty"`
	Data     json.RawMessage `json:"data,omitempty"`
	Exit     *Exit           `json:"exit,omitempty"`
	Usage    *Usage          `json:"usage,omitempty"`
}

// Exit is how a process ended.
type Exit struct {
	Code   int    `json:"code"`
	Signal string `json:"signal,omitempty"`
}

// Point is one measured value of a run.
type Point struct {
	Step  int64   `json:"step"`
	Name  string  `json:"name"` // train_loss validation_loss validation_accuracy validation_macro_f1 learning_rate tokens_per_second
	Value float64 `json:"value"`
}
