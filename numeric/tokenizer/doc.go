// Package tokenizer turns text into the ids of a BERT vocabulary and back.
//
// It is WordPiece (Wu et al. 2016, "Google's Neural Machine Translation
// System", section 4.1) behind BERT's basic tokenizer (Devlin et al. 2019):
// clean, set Chinese characters apart, strip accents, lower-case, split at
// white space and punctuation, then cut each word greedily into the longest
// pieces that the vocabulary has. The ids are those of the Hugging Face
// tokenizers library, character by character: tables.go was measured from it,
// so that neither a new Go nor a new Unicode changes an id. The one thing
// taken from Go's own tables is what a word character is, beside an added
// token that asks to stand as a word of its own.
//
// [Load] reads a folder with tokenizer.json (model WordPiece, BertNormalizer,
// BertPreTokenizer) or vocab.txt, as transformers' AutoTokenizer does: what
// tokenizer_config.json says about case, accents and Chinese characters wins.
// [Train] makes a vocabulary from text. [Tokenizer.Files] gives what
// AutoTokenizer loads again with the same ids.
//
// Bytes that are no UTF-8 count as U+FFFD, one for each maximal part of a
// character, as Python's errors="replace" does; cleaning then removes it.
//
// It refuses other models (BPE, Unigram), other normalizers and pre-tokenizers,
// and files beyond the limits in load.go. To add a family, give its model a
// file beside wordpiece.go and let readJSON choose by its type.
package tokenizer
