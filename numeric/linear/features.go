package linear

import "unicode/utf8"

// VectorizerOptions say which features a text has. Zero stands for the default.
type VectorizerOptions struct {
	WordMax      int `json:"word_max"`      // most words in a row that make one feature; default 2
	GramMin      int `json:"gram_min"`      // shortest character n-gram of a word, the spaces around it counted; default 2
	GramMax      int `json:"gram_max"`      // longest; default 5
	CharacterMax int `json:"character_max"` // longest n-gram of Chinese and other scripts without spaces; default 3
	MinDocuments int `json:"min_documents"` // texts that a feature must stand in; default 1
	MaxFeatures  int `json:"max_features"`  // those in most texts are kept; default 65,536
}

func (o VectorizerOptions) withDefaults() VectorizerOptions {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&o.WordMax, 2)
	set(&o.GramMin, 2)
	set(&o.GramMax, 5)
	set(&o.CharacterMax, 3)
	set(&o.MinDocuments, 1)
	set(&o.MaxFeatures, 1<<16)
	return o
}

// signMax is the longest run of signs that is told from longer ones, in characters.
const signMax = 3

// words emits what counts as a word: words and up to WordMax of them in a row
// with nothing but space between, and the characters of unspaced scripts, alone
// and in pairs.
func (o VectorizerOptions) words(n normalised, emit func(string)) {
	row := 0 // words in a row up to here
	for i, t := range n.tokens {
		if t.kind != word {
			row = 0
		}
		switch t.kind {
		case word:
			row++
			for k := range min(row, o.WordMax) {
				emit(n.text[n.tokens[i-k].from:t.to])
			}
		case unspaced:
			pieces(n.text[t.from:t.to], 1, 2, emit)
		}
	}
}

// grams emits character n-grams: of a word with the space before and after it
// from GramMin to GramMax, of unspaced scripts from 1 to CharacterMax; and
// signs, as many as stand together.
func (o VectorizerOptions) grams(n normalised, emit func(string)) {
	for _, t := range n.tokens {
		switch t.kind {
		case word:
			pieces(n.text[t.from-1:t.to+1], o.GramMin, o.GramMax, emit)
		case unspaced:
			pieces(n.text[t.from:t.to], 1, o.CharacterMax, emit)
		case sign:
			emit(prefix(n.text[t.from:t.to], signMax))
		}
	}
}

// pieces emits every piece of s from shortest to longest characters.
func pieces(s string, shortest, longest int, emit func(string)) {
	var starts [32]int // of the last characters, by their number modulo its length
	longest = min(longest, len(starts)-1)
	count := 0
	for at := 0; at <= len(s); count++ {
		starts[count%len(starts)] = at
		for k := shortest; k <= min(longest, count); k++ {
			emit(s[starts[(count-k)%len(starts)]:at])
		}
		if at == len(s) {
			return
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
}

// prefix is the first n characters of s.
func prefix(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
