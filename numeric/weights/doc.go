// Package weights reads and writes the files that models are kept in:
// safetensors (format of github.com/huggingface/safetensors) and Hugging Face's
// config.json with what sentence-transformers puts beside it.
//
// A header is checked as a whole before anything is allocated for what it
// promises: its length, depth and keys, every dtype, shape and size, and that
// the tensors cover the file without holes and overlaps. Pickled weights are
// never read.
//
// To add a dtype: a line in dtypes and a case in convert.
package weights
