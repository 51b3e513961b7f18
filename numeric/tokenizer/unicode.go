package tokenizer

import (
	"cmp"
	"slices"
	"sync"
	"unicode/utf8"
)

// span is a run of code points, both ends included.
type span struct{ lo, hi rune }

// combining is a run of code points of one canonical combining class.
type combining struct {
	lo, hi rune
	class  uint8
}

// shift is a run of code points, gap apart, whose lower case is distance away.
type shift struct{ lo, hi, gap, distance rune }

// decomposition is a code point and its full canonical decomposition.
type decomposition struct {
	r    rune
	full string
}

// trait is what a code point is, as a set of bits.
type trait uint8

const (
	control trait = 1 << iota
	space
	han
	punctuation
	mark
	nonStarter // combining class other than 0
	decomposes
	lowers
)

// traits has the traits of every code point in two steps: blocks of 256, equal
// ones shared.
type traits struct {
	index  [(utf8.MaxRune + 1) >> 8]uint8
	blocks [][256]trait
}

func (t *traits) of(r rune) trait { return t.blocks[t.index[uint32(r)>>8]][uint8(r)] }

// allTraits builds the table once, from tables.go.
var allTraits = sync.OnceValue(func() *traits {
	flat := make([]trait, utf8.MaxRune+1)
	fill := func(bit trait, lo, hi, gap rune) {
		for r := lo; r <= hi; r += gap {
			flat[r] |= bit
		}
	}
	for bit, spans := range map[trait][]span{
		control: controlRunes, space: spaceRunes, han: hanRunes, punctuation: punctuationRunes, mark: markRunes,
		decomposes: {{hangulFirst, hangulLast}}, lowers: {{capitalDottedI, capitalDottedI}},
	} {
		for _, s := range spans {
			fill(bit, s.lo, s.hi, 1)
		}
	}
	for _, c := range combiningRunes {
		fill(nonStarter, c.lo, c.hi, 1)
	}
	for _, s := range lowerRunes {
		fill(lowers, s.lo, s.hi, s.gap)
	}
	for _, d := range decomposedRunes {
		fill(decomposes, d.r, d.r, 1)
	}
	return compress(flat)
})

func compress(flat []trait) *traits {
	t := &traits{}
	seen := map[[256]trait]uint8{}
	for i := range t.index {
		block := [256]trait(flat[i<<8:])
		n, known := seen[block]
		if !known {
			n = uint8(len(t.blocks)) // 101 blocks today; the golden test would see an overflow
			seen[block] = n
			t.blocks = append(t.blocks, block)
		}
		t.index[i] = n
	}
	return t
}

const (
	hangulFirst, hangulLast = 0xAC00, 0xD7A3
	capitalDottedI          = 0x130 // the only one whose lower case is two code points
	dotAbove                = 0x307
)

// lowerOf is the lower case of a code point that has [lowers], U+0130 apart.
func lowerOf(r rune) rune {
	i, found := slices.BinarySearchFunc(lowerRunes, r, func(s shift, r rune) int {
		switch {
		case s.hi < r:
			return -1
		case s.lo > r:
			return 1
		}
		return 0
	})
	if !found {
		return r
	}
	return r + lowerRunes[i].distance
}

// decompositionOf is the full canonical decomposition of a code point that
// has [decomposes] and is no Hangul syllable.
func decompositionOf(r rune) string {
	i, _ := slices.BinarySearchFunc(decomposedRunes, r, func(d decomposition, r rune) int { return cmp.Compare(d.r, r) })
	return decomposedRunes[i].full
}

// jamo decomposes a Hangul syllable (The Unicode Standard, section 3.12); the
// last is 0 where there is none.
func jamo(r rune) (lead, vowel, tail rune) {
	i := r - hangulFirst
	lead, vowel, tail = 0x1100+i/588, 0x1161+i%588/28, 0x11A7+i%28
	if tail == 0x11A7 {
		tail = 0
	}
	return lead, vowel, tail
}

// classOf is the canonical combining class of a code point that has [nonStarter].
func classOf(r rune) uint8 {
	i, _ := slices.BinarySearchFunc(combiningRunes, r, func(c combining, r rune) int {
		if c.hi < r {
			return -1
		}
		if c.lo > r {
			return 1
		}
		return 0
	})
	return combiningRunes[i].class
}

// replaceInvalid makes each maximal part of a character that is none U+FFFD
// (The Unicode Standard, section 3.9), as Python's errors="replace" does.
func replaceInvalid(s string) string {
	out := make([]byte, 0, len(s)+len(s)/4)
	for i := 0; i < len(s); {
		if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
			out = append(out, s[i:i+n]...)
			i += n
			continue
		}
		out = utf8.AppendRune(out, utf8.RuneError)
		i += maximalPart(s[i:])
	}
	return string(out)
}

// maximalPart is the length of the longest beginning of s that could have
// become a character, at least 1.
func maximalPart(s string) int {
	lo, hi, need := byte(0x80), byte(0xBF), 0
	switch b := s[0]; {
	case b >= 0xC2 && b <= 0xDF:
		need = 1
	case b >= 0xE0 && b <= 0xEF:
		need = 2
		if b == 0xE0 {
			lo = 0xA0
		} else if b == 0xED {
			hi = 0x9F
		}
	case b >= 0xF0 && b <= 0xF4:
		need = 3
		if b == 0xF0 {
			lo = 0x90
		} else if b == 0xF4 {
			hi = 0x8F
		}
	}
	n := 1
	for n <= need && n < len(s) && s[n] >= lo && s[n] <= hi {
		n, lo, hi = n+1, 0x80, 0xBF
	}
	return n
}
