// Package local runs jobs as processes of this machine.
//
// Each parent of a job is a process of the hall's own binary in a session of
// its own: it outlives the hall, and a signal to its group reaches everything
// below it. Its ticket goes through standard input, never through arguments or
// environment, and it inherits no variable beyond a short list.
package local
