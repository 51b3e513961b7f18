// Package nn is what layers are made of: fused operations with hand-written backward, losses, optimizers, schedules.
//
// There is no graph and no tape. An operation is a pair of functions, forward
// and backward, over packed matrices (tokens, width); a model calls them in its
// order and, on the way back, in the reverse one, and decides itself what it
// keeps in between. [Params] holds weights, gradients and moments in slabs;
// [Optimizer] moves them; [Schedule] says how fast.
//
// Bits depend on the kernel level and on nothing else: whatever is summed
// across tokens is summed over fixed blocks in a fixed order, dropout counts
// positions instead of drawing numbers, and the number of threads changes only
// who does a block.
//
// It refuses to know a file, a tokenizer or a training loop. A shape that does
// not fit is the programmer's mistake and panics.
//
// To add an operation: forward and backward in one file, what the backward
// needs as arguments, parallel over blocks that depend on the shapes alone, and
// a test of its gradient in transformer's twin.
package nn
