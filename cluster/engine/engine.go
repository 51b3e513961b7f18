package engine

import (
	"context"

	"datahall"
)

// Engine is a place where jobs run.
type Engine interface {
	// Start starts the parent of a job and hands it its ticket. It returns
	// once the process exists; what becomes of it is told by its own reports.
	Start(ctx context.Context, ticket datahall.Ticket) (Handle, error)
	// Alive reports whether the process of a handle still lives. A handle
	// outlives the hall that got it.
	Alive(h Handle) bool
	// Kill ends the process and all that it started.
	Kill(h Handle) error
}

// Handle names a process beyond reuse of its number.
type Handle struct {
	PID  int
	Boot string // start time of the process as its system tells it
}
