// Package infer is the engine under serve: texts in, scores or vectors out.
//
// [Open] reads a model folder of any family into a [Model]. An [Engine] lets
// many ask one model at once: their texts are tokenised where they come in,
// wait in one queue, and go through the model in packed batches that
// flow/batch chooses. Each answer carries its share of what the batches took.
//
// It refuses texts that are longer than the model reads unless the asker lets
// them be cut.
//
// To add a family: a file like bert.go with a type that satisfies [Model], and
// a line in Open.
package infer
