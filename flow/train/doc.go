// Package train is the training of a model, from rows to a model folder.
//
// [Run] splits what is not split, fits the baselines, makes or opens the
// encoder, trains (a head on frozen vectors, all weights, or the one after the
// other), measures on the test rows, and writes the folder of whichever is best
// on the validation rows.
//
// # What holds
//
// The bits of the weights depend on the specification, the rows, the seed and
// the level of the kernels; not on the number of threads, and not on where the
// run was interrupted: a checkpoint is whole or absent, and what goes on from it
// ends with the same bits. No choice is made by the test rows.
//
// It opens nothing: rows, the base's folder, the places of checkpoint and
// outputs are handed in with the [Task].
//
// # How to extend it
//
// A new way of tuning is a function beside those in tune.go; a new default is a
// line in plan.go, with its measurement in docs/lab.md.
package train
