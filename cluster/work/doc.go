// Package work is the parent of every job, on whatever machine, and the bench
// that the job's body works on.
//
// The parent ([Run]) is handed a ticket through its standard input, claims its
// attempt before it starts anything, brings the inputs, starts the body as a
// process of its own, passes on what that reports, measures what it took and
// says how it ended. While the hall is away it keeps all of this in a sealed
// spool and delivers later.
//
// The body ([RunBody]) sees a [Bench]: files to read, files to make, a place
// for its checkpoint, and a way to report. It knows neither the hall nor the
// network. Everything in the scratch folder is sealed with the job's own key.
//
// To add a kind of job: write its body as a func(context.Context, *Bench) error
// and list it in cmd/datahall.
package work
