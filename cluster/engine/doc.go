// Package engine says what a place where jobs run must offer.
//
// An engine starts the parent of a job (`datahall work`), hands it its ticket
// through a pipe, and can later tell whether it still lives and end it with
// all it started. It decides nothing: which job starts and when is
// cluster/sched's, what a dead one means is cluster/control's.
//
// A new engine is a sub-package like local, and a choice in cmd/datahall.
package engine
