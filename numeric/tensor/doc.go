// Package tensor holds the shapes that numeric code works on: packed batches and arenas.
//
// A [Batch] is a ragged batch without padding: the tokens of all rows stand end
// to end, and cumulative offsets say where each row starts. Everything that is
// computed per token runs over Tokens() rows of a matrix; what looks across
// tokens (attention, pooling) walks the offsets.
//
// An [Arena] hands out the float32 memory of one step from a single slab that
// the next step uses again, so that a training loop allocates nothing after its
// largest batch has been seen.
//
// The package refuses to be an array library: there are no broadcasting, no
// strides of any rank, no lazy views. A matrix is a slice in row-major order and
// a leading dimension, as the kernels want it. Mistakes of the programmer
// (rows that do not match, an arena used past its plan) panic.
//
// To add a kind of batch (images, audio frames), add a type with Offsets of the
// same meaning; the operations of nn ask for nothing else.
package tensor
