package tokenizer

import (
	"sync"
	"unicode/utf8"
)

// Tokenizer turns text into ids. It is immutable, and safe for use by several
// goroutines.
type Tokenizer struct {
	tokens    []string         // of the model's vocabulary, by id; "" where an id has none
	ids       map[string]int32 // of all tokens, the added ones among them
	added     []AddedToken
	byID      map[int32]int // where an added token stands in added
	size      int           // ids are below it
	special   Special
	normal    Normalization
	prefix    string // of pieces after the first of a word
	maxChars  int    // longer words are unknown
	maxLength int    // of the model, in ids; 0: not said
	single    template
	pair      template

	strip      bool
	ascii      [utf8.RuneSelf]byte
	model      wordPiece
	raw        *matcher // added tokens looked for in the text as it is
	normalized *matcher // and in normalised text
	encoders   *sync.Pool
}

// Special holds the ids that have a meaning; -1 where the vocabulary has none.
type Special struct{ PAD, UNK, CLS, SEP, MASK int32 }

// template is what stands around and between texts.
type template []slot

// slot is a fixed id, or one of the texts.
type slot struct {
	text    int // 0: id; 1: the first text; 2: the second
	id      int32
	segment int32 // token type id
}

func (t template) fixed() (n int) {
	for _, s := range t {
		if s.text == 0 {
			n++
		}
	}
	return n
}

// newTokenizer makes one of a vocabulary, BERT's in all that a file may leave out.
func newTokenizer(tokens []string, ids map[string]int32) *Tokenizer {
	return &Tokenizer{
		tokens: tokens, ids: ids, byID: map[int32]int{}, size: len(tokens),
		special:  Special{PAD: -1, UNK: -1, CLS: -1, SEP: -1, MASK: -1},
		prefix:   "##",
		maxChars: 100,
	}
}

// prepare derives what encoding needs from what a file says.
func (t *Tokenizer) prepare() {
	t.strip = t.normal.strips()
	t.ascii = t.normal.asciiTable()
	t.model = newWordPiece(t.tokens, t.prefix, t.special.UNK, t.maxChars)
	t.encoders = &sync.Pool{New: func() any { return &encoder{t: t, traits: allTraits()} }}
	t.raw, t.normalized = newMatcher(t.added, false, nil), newMatcher(t.added, true, t.Normalize)
}

// encoder is the state of one encoding: normalised code points come in through
// push, words are collected and cut.
type encoder struct {
	t       *Tokenizer
	traits  *traits
	ids     []int32
	limit   int  // of len(ids); what comes after is not needed
	full    bool // limit reached
	word    []byte
	chars   int
	waiting []waiting
	text    []byte // normalised text, where collect asks for it
	collect bool
	words   func(word []byte, chars int) // takes the words instead of the model
}

// push takes the next normalised code point.
func (e *encoder) push(r rune) {
	if e.collect {
		e.text = utf8.AppendRune(e.text, r)
		return
	}
	switch t := e.traits.of(r); {
	case t&space != 0:
		e.endWord()
	case t&punctuation != 0:
		e.endWord()
		e.letter(r)
		e.endWord()
	default:
		e.letter(r)
	}
}

func (e *encoder) letter(r rune) {
	if e.chars++; e.chars <= e.t.maxChars {
		e.word = utf8.AppendRune(e.word, r)
	}
}

func (e *encoder) endWord() {
	if e.chars == 0 {
		return
	}
	if e.words != nil {
		e.words(e.word, e.chars)
	} else if !e.full {
		e.ids = e.t.model.cut(e.ids, e.word, e.chars)
		e.full = len(e.ids) >= e.limit
	}
	e.word, e.chars = e.word[:0], 0
}

// encode appends the ids of text, without anything around them, to e.ids.
func (e *encoder) encode(text string) {
	if !utf8.ValidString(text) {
		text = replaceInvalid(text)
	}
	e.t.raw.split(text, e.piece, e.token)
}

func (e *encoder) token(id int32) {
	e.ids = append(e.ids, id)
	e.full = e.full || len(e.ids) >= e.limit
}

// piece takes text between added tokens.
func (e *encoder) piece(s string) {
	if e.full {
		return
	}
	if e.t.normalized == nil {
		e.normalize(s)
		e.endWord()
		return
	}
	e.t.normalized.split(e.normalText(s), e.normalPiece, e.token)
}

// normalPiece takes normalised text between added tokens.
func (e *encoder) normalPiece(s string) {
	for _, r := range s {
		if e.full {
			return
		}
		e.push(r)
	}
	e.endWord()
}

func (e *encoder) normalText(s string) string {
	e.text, e.collect = e.text[:0], true
	e.normalize(s)
	e.collect = false
	return string(e.text)
}

// take gives a fresh encoder that stops at limit ids; it goes back by release.
func (t *Tokenizer) take(ids []int32, limit int) *encoder {
	e := t.encoders.Get().(*encoder)
	e.ids, e.limit, e.full = ids, limit, len(ids) >= limit
	e.word, e.chars, e.waiting, e.words = e.word[:0], 0, e.waiting[:0], nil
	return e
}

// release gives back an encoder and what it made. One that has grown large is let go.
func (t *Tokenizer) release(e *encoder) []int32 {
	ids := e.ids
	e.ids, e.words = nil, nil
	if cap(e.word)+cap(e.text)+cap(e.waiting) < 1<<20 {
		t.encoders.Put(e)
	}
	return ids
}

// Encode appends the ids of text to dst, [CLS] before and [SEP] after them.
// With limit > 0 it appends at most limit ids: the text is cut at its end, and
// not read further than needed.
func (t *Tokenizer) Encode(dst []int32, text string, limit int) []int32 {
	start, room := len(dst), t.single.room(limit)
	for _, s := range t.single {
		if s.text == 0 {
			dst = append(dst, s.id)
		} else {
			dst = t.plain(dst, text, room)
		}
	}
	if limit > 0 {
		dst = dst[:min(len(dst), start+limit)]
	}
	return dst
}

// EncodePair appends the ids of two texts to ids, with [CLS] before and [SEP]
// after each, and their segments (token type ids) to segments. With limit > 0
// at most limit are appended: the longer text is cut to the length of the
// shorter, then both alike.
func (t *Tokenizer) EncodePair(ids, segments []int32, a, b string, limit int) ([]int32, []int32) {
	room := t.pair.room(limit)
	first, second := t.plain(nil, a, room), t.plain(nil, b, room)
	if limit > 0 {
		n1, n2 := len(first), len(second)
		if n1 == room && n2 == room && room%2 == 1 { // the odd id is the longer text's: read to the ends
			n1, n2 = len(t.plain(nil, a, unlimited)), len(t.plain(nil, b, unlimited))
		}
		n1, n2 = share(n1, n2, room)
		first, second = first[:n1], second[:n2]
	}
	start, shift := len(ids), len(segments)-len(ids)
	for _, s := range t.pair {
		switch s.text {
		case 0:
			ids = append(ids, s.id)
		case 1:
			ids = append(ids, first...)
		case 2:
			ids = append(ids, second...)
		}
		for len(segments) < len(ids)+shift {
			segments = append(segments, s.segment)
		}
	}
	if limit > 0 && len(ids) > start+limit {
		ids, segments = ids[:start+limit], segments[:start+limit+shift]
	}
	return ids, segments
}

const unlimited = 1 << 30

// room is how many ids of text fit into limit.
func (t template) room(limit int) int {
	if limit <= 0 {
		return unlimited
	}
	return max(limit-t.fixed(), 0)
}

// plain appends at most room ids of text alone.
func (t *Tokenizer) plain(dst []int32, text string, room int) []int32 {
	end := len(dst) + room
	e := t.take(dst, end)
	if !e.full {
		e.encode(text)
	}
	dst = t.release(e)
	return dst[:min(len(dst), end)]
}

// share gives what two texts of n1 and n2 ids keep of room.
func share(n1, n2, room int) (int, int) {
	if n1+n2 <= room {
		return n1, n2
	}
	short := min(n1, n2)
	long := max(short, room-short)
	if short+long > room {
		short = room / 2
		long = short + room%2
	}
	if n1 > n2 {
		return long, short
	}
	return short, long
}

// Normalize gives text as it is before it is cut into words.
func (t *Tokenizer) Normalize(text string) string {
	if !utf8.ValidString(text) {
		text = replaceInvalid(text)
	}
	e := t.take(nil, unlimited)
	s := e.normalText(text)
	t.release(e)
	return s
}
