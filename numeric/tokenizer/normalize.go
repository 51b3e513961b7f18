package tokenizer

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Normalization says what happens to text before it is cut into words. Its
// steps run in the order of its fields.
type Normalization struct {
	Clean        bool  // remove control and format characters, make all white space a space
	Chinese      bool  // set Chinese characters apart
	StripAccents *bool // decompose and drop non-spacing marks; nil: where Lowercase does
	Lowercase    bool
}

func (n Normalization) strips() bool {
	if n.StripAccents == nil {
		return n.Lowercase
	}
	return *n.StripAccents
}

// asciiTable has for each ASCII letter and digit (and whatever else is
// neither space nor punctuation nor removed) what it becomes, and 0 for the rest.
func (n Normalization) asciiTable() (table [utf8.RuneSelf]byte) {
	all := allTraits()
	for r := range rune(utf8.RuneSelf) {
		t := all.of(r)
		switch {
		case t&(space|punctuation) != 0 || r == 0 || n.Clean && t&control != 0:
		case n.Lowercase && t&lowers != 0:
			table[r] = byte(lowerOf(r))
		default:
			table[r] = byte(r)
		}
	}
	return table
}

// waiting is a combining character that may still change places with those
// that follow.
type waiting struct {
	r     rune
	class uint8
}

// normalize sends s, which is valid UTF-8, through the steps to e.push.
func (e *encoder) normalize(s string) {
	n := &e.t.normal
	for i := 0; i < len(s) && !e.full; {
		if j := e.plainRun(s, i); j > i {
			i = j
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		t := e.traits.of(r)
		if n.Clean {
			if t&control != 0 {
				continue
			}
			if t&space != 0 {
				r, t = ' ', space
			}
		}
		if n.Chinese && t&han != 0 {
			e.starter(' ')
			e.decompose(r, t)
			e.starter(' ')
			continue
		}
		e.decompose(r, t)
	}
	e.settle()
}

// plainRun takes the ASCII characters from s[i:] on that need no thought, and
// gives where they end.
func (e *encoder) plainRun(s string, i int) int {
	start, table := i, &e.t.ascii
	for i < len(s) && s[i] < utf8.RuneSelf && table[s[i]] != 0 {
		i++
	}
	if i == start {
		return i
	}
	e.settle()
	if e.collect {
		for _, b := range []byte(s[start:i]) {
			e.text = append(e.text, table[b])
		}
		return i
	}
	if e.chars += i - start; e.chars > e.t.maxChars {
		return i // the word is unknown whatever is in it
	}
	word := e.word
	for j := start; j < i; j++ {
		word = append(word, table[s[j]])
	}
	e.word = word
	return i
}

// decompose is the step that strips accents: canonical decomposition, marks dropped.
func (e *encoder) decompose(r rune, t trait) {
	switch {
	case !e.t.strip:
		e.lower(r, t)
	case t&decomposes == 0:
		e.order(r, t)
	case r >= hangulFirst && r <= hangulLast:
		lead, vowel, tail := jamo(r)
		e.starter(lead)
		e.starter(vowel)
		if tail != 0 {
			e.starter(tail)
		}
	default:
		for _, d := range decompositionOf(r) {
			e.order(d, e.traits.of(d))
		}
	}
}

// order puts combining characters in their canonical order. Marks are dropped
// here already; one that is a starter still ends the run before it.
func (e *encoder) order(r rune, t trait) {
	if t&nonStarter != 0 {
		if t&mark == 0 {
			e.waiting = append(e.waiting, waiting{r, classOf(r)})
		}
		return
	}
	e.settle()
	if t&mark == 0 {
		e.lower(r, t)
	}
}

// starter passes on a character that ends a run of combining ones.
func (e *encoder) starter(r rune) {
	e.settle()
	e.lower(r, e.traits.of(r))
}

// settle passes on the combining characters that waited, in order.
func (e *encoder) settle() {
	if len(e.waiting) == 0 {
		return
	}
	slices.SortStableFunc(e.waiting, func(a, b waiting) int { return cmp.Compare(a.class, b.class) })
	for _, w := range e.waiting {
		e.lower(w.r, e.traits.of(w.r))
	}
	e.waiting = e.waiting[:0]
}

// lower is the last step.
func (e *encoder) lower(r rune, t trait) {
	if t&lowers == 0 || !e.t.normal.Lowercase {
		e.push(r)
		return
	}
	if r == capitalDottedI {
		e.push('i')
		e.push(dotAbove)
		return
	}
	e.push(lowerOf(r))
}
