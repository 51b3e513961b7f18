// Package train is the training of a model, from rows to a model folder.
//
// [Run] splits what is not split, makes or opens the encoder, fits the simple
// models that every report stands beside, trains (a head on frozen vectors, all
// weights, or the one after the other), measures on the test rows, and writes
// the folder of whichever is best on the validation rows.
//
// # What holds
//
// The bits of the weights depend on the specification, the rows, the seed and
// the level of the kernels; not on the number of threads, not on the clock, and
// not on where the run was interrupted: a checkpoint is whole or absent, and
// what goes on from it ends with the same bits. No choice is made by the test
// rows.
//
// Rows are packed: a step computes the tokens of its rows and nothing else. A
// batch is the rows of one optimiser step; it is cut into micro-batches where
// the specification asks for it or the step would need gigabytes.
//
// # What it refuses
//
// It opens nothing and reads no clock: rows, the base's folder, the places of
// checkpoint and outputs and the time are handed in with the [Task]. It refuses
// rows that nothing can be learnt from, with a sentence that says which, and it
// stops at the first loss that is not a number.
//
// # How to extend it
//
// A new way of tuning is a case in tune.go; a new default is a line in plan.go.
// What changes the bits of a run must be part of [trainer.digest], so that no
// old checkpoint is taken for a new run; what a checkpoint holds is a new
// version in checkpoint.go, with a fixture of the old one in testdata.
package train
