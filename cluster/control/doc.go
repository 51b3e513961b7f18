// Package control makes decisions happen, and undoes what failed.
//
// A [Controller] takes jobs ([Controller.Submit]: stored before acknowledged),
// starts those that cluster/sched lets start, hears what their workers report,
// and ends them: with a dataset or a model in the registry, with a reason, or
// with another attempt. It adopts what an earlier hall started, and never lets
// a job end twice: every step is a compare-and-change in the store, and a
// worker of an older attempt is fenced.
//
// It opens no user's file: what is in blobs is read by jobs.
//
// To add a kind of job, add a line to kinds in kinds.go.
package control
