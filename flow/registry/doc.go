// Package registry looks into model folders before they are kept.
//
// Inspect reads a Hugging Face folder of a BERT, an encoder alone or one with a
// head for sequences, as whoever serves it would: config.json, every tensor's
// shape and numbers, the tokenizer. What it gives is the [datahall.Model] without
// its place in the hall. Wanted says which files of a folder are kept, Complete
// whether a list of names can be a model at all, before anything is fetched.
//
// It refuses, each with one sentence and its remedy: pickled weights (which
// are never read), other architectures, tensors that are missing, cut off or of
// another shape than config.json says, numbers that are none, a vocabulary
// larger than the embeddings. A configuration that asks for more memory than the
// weights have is refused before the memory is asked for.
//
// To add a family: a function beside inspectBert, chosen in Inspect by what
// config.json says.
package registry
