package tokenizer

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"datahall"
)

// Options say what vocabulary [Train] makes.
type Options struct {
	Size         int   // ids at most, the five special tokens among them
	Lowercase    bool  // text is lower-cased first
	StripAccents *bool // nil: where Lowercase is
	MinFrequency int   // a pair of pieces is joined when it occurs that often; 0: 2
	Alphabet     int   // characters at most, the most frequent; 0: as many as fill three quarters of Size
	MaxLength    int   // of the model, in ids; is kept in the configuration
}

// specialTokens are BERT's, by id.
var specialTokens = []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}

// minSize leaves room for a few characters.
const minSize = 32

// Train makes a vocabulary from texts: first the characters, each as the start
// and, where it occurs so, as the continuation of a word; then the most
// frequent pair of pieces inside words is joined, again and again (byte-pair
// encoding on characters, Sennrich et al. 2016, as Hugging Face's WordPiece
// trainer does). Of pairs equally frequent the one of the lower ids is joined:
// the same texts in whatever order give the same vocabulary.
func Train(texts iter.Seq[string], o Options) (*Tokenizer, error) {
	if o.Size < minSize || o.Size > maxTokens {
		return nil, datahall.Errorf(datahall.Invalid, "vocabulary: %s tokens are too few or too many; ask for %s to %s", o.Size, minSize, maxTokens)
	}
	words := countWords(texts, o)
	if len(words) == 0 {
		return nil, datahall.Errorf(datahall.Invalid, "vocabulary: the texts have no words in them; bring rows with text")
	}
	v := newVocabularyBuilder(words, o)
	least := o.MinFrequency
	if least == 0 {
		least = 2
	}
	v.joinPairs(least)
	return fromVocabulary(v.tokens, o), nil
}

// fromVocabulary makes the tokenizer of a vocabulary that begins with [specialTokens].
func fromVocabulary(tokens []string, o Options) *Tokenizer {
	ids := make(map[string]int32, len(tokens))
	for id, token := range tokens {
		ids[token] = int32(id)
	}
	t := newTokenizer(tokens, ids)
	t.normal = Normalization{Clean: true, Chinese: true, StripAccents: o.StripAccents, Lowercase: o.Lowercase}
	t.special = Special{PAD: 0, UNK: 1, CLS: 2, SEP: 3, MASK: 4}
	t.maxLength = o.MaxLength
	for id, token := range specialTokens {
		t.include(AddedToken{ID: int32(id), Content: token, Special: true})
	}
	t.surround(t.special.CLS, t.special.SEP)
	t.prepare()
	return t
}

// countedWord is a word of the texts.
type countedWord struct {
	text  string
	count int64
}

// countWords gives the words of the texts by name. Words that are too long to
// be cut later are left out.
func countWords(texts iter.Seq[string], o Options) []countedWord {
	t := fromVocabulary(specialTokens, o)
	e := t.take(nil, unlimited)
	defer t.release(e)
	index := map[string]int{}
	var words []countedWord
	e.words = func(word []byte, chars int) {
		if chars > t.maxChars {
			return
		}
		i, known := index[string(word)]
		if !known {
			i = len(words)
			words = append(words, countedWord{text: string(word)})
			index[words[i].text] = i
		}
		words[i].count++
	}
	for text := range texts {
		e.encode(text)
	}
	slices.SortFunc(words, func(a, b countedWord) int { return strings.Compare(a.text, b.text) })
	return words
}

// vocabularyBuilder grows a vocabulary.
type vocabularyBuilder struct {
	size   int
	tokens []string
	ids    map[string]int32
	words  []cutWord
}

// cutWord is a word as the ids of its pieces.
type cutWord struct {
	pieces []int32
	count  int64
}

// character is one of the alphabet.
type character struct {
	r         rune
	count     int64
	continues bool // occurs after the first place of a word
}

func newVocabularyBuilder(words []countedWord, o Options) *vocabularyBuilder {
	v := &vocabularyBuilder{size: o.Size, tokens: slices.Clone(specialTokens), ids: map[string]int32{}}
	for id, token := range v.tokens {
		v.ids[token] = int32(id)
	}
	letters := alphabet(words, o)
	for _, c := range letters {
		v.token(string(c.r))
	}
	for _, c := range letters {
		if c.continues {
			v.token("##" + string(c.r))
		}
	}
	for _, w := range words {
		if pieces := v.characters(w.text); len(pieces) > 1 {
			v.words = append(v.words, cutWord{pieces, w.count})
		}
	}
	return v
}

// alphabet chooses the characters, most frequent first, and gives them by code point.
func alphabet(words []countedWord, o Options) []character {
	all := map[rune]*character{}
	for _, w := range words {
		for i, r := range w.text {
			c := all[r]
			if c == nil {
				c = &character{r: r}
				all[r] = c
			}
			c.count += w.count
			c.continues = c.continues || i > 0
		}
	}
	list := make([]character, 0, len(all))
	for _, c := range all {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b character) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.r, b.r)) })
	room := o.Size*3/4 - len(specialTokens)
	for i, c := range list {
		room--
		if c.continues {
			room--
		}
		if room < 0 || o.Alphabet > 0 && i >= o.Alphabet {
			list = list[:i]
			break
		}
	}
	slices.SortFunc(list, func(a, b character) int { return cmp.Compare(a.r, b.r) })
	return list
}

// token gives the id of a token, a new one where it has none yet.
func (v *vocabularyBuilder) token(s string) int32 {
	id, known := v.ids[s]
	if !known {
		id = int32(len(v.tokens))
		v.ids[s] = id
		v.tokens = append(v.tokens, s)
	}
	return id
}

// characters cuts a word into characters; nil where one is not in the alphabet,
// since such a word stays unknown.
func (v *vocabularyBuilder) characters(word string) []int32 {
	pieces := make([]int32, 0, len(word))
	for i, r := range word {
		s := string(r)
		if i > 0 {
			s = "##" + s
		}
		id, known := v.ids[s]
		if !known {
			return nil
		}
		pieces = append(pieces, id)
	}
	return pieces
}
