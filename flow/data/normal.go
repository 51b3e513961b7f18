package data

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normalise gives the form under which two texts count as the same. In order:
//
//  1. what has no width or form of its own is removed: control characters
//     other than white space, soft hyphens, zero-width marks, directional
//     marks, variation selectors, byte order marks;
//  2. Unicode NFKC, full case folding, NFKC again: full-width letters and
//     digits become half-width, ﬁ becomes fi, ẞ becomes ss;
//  3. Chinese punctuation and typographic quotes become their ASCII likeness;
//  4. a run of white space becomes one space; beside a Chinese character and
//     at either end it disappears.
//
// Normalise(Normalise(s)) == Normalise(s).
func Normalise(s string) string {
	if out, ok := appendCommon(make([]byte, 0, len(s)), s); ok {
		return string(out)
	}
	return normaliseAny(s)
}

// normalBytes is Normalise into a buffer that is used again.
func normalBytes(buf []byte, s string) []byte {
	out, ok := appendCommon(buf[:0], s)
	if !ok {
		out = append(buf[:0], normaliseAny(s)...)
	}
	return out
}

// appendCommon serves texts of ASCII, Chinese characters and full-width forms
// in one pass; it gives up on the first other rune.
func appendCommon(out []byte, s string) ([]byte, bool) {
	pending := false // white space was seen
	last := rune(0)
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		i += size
		switch {
		case r > ' ' && r < 0x7f:
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
		case r >= 0x4e00 && r <= 0x9fff:
			out, pending, last = append(out, s[i-3:i]...), false, r
			continue
		case isSpace(r):
			pending = last != 0
			continue
		case r < ' ' || r == 0x7f || r == 0xfeff || r >= 0x200b && r <= 0x200f:
			continue
		case r >= 0xff01 && r <= 0xff5e:
			if r -= 0xfee0; r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
		case r == '…':
			if pending && !isHan(last) {
				out = append(out, ' ')
			}
			out, pending, last = append(out, "..."...), false, '.'
			continue
		default:
			likeness, ok := punctuation[r]
			if !ok {
				return out, false
			}
			r = likeness
		}
		if pending && !isHan(last) {
			out = append(out, ' ')
		}
		out, pending, last = append(out, byte(r)), false, r
	}
	return out, true
}

func normaliseAny(s string) string {
	for range 4 { // folding and composing can feed each other; two rounds settle all known text
		next := normaliseOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func normaliseOnce(s string) string {
	s = strings.Map(func(r rune) rune {
		if ignorable(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	s = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
	var b strings.Builder
	b.Grow(len(s))
	sp := spacer{b: &b}
	for _, r := range s {
		if likeness, ok := punctuation[r]; ok {
			r = likeness
		}
		if isSpace(r) {
			sp.space()
		} else {
			sp.put(r)
		}
	}
	return b.String()
}

// spacer writes runes with the white space rule of Normalise.
type spacer struct {
	b       *strings.Builder
	pending bool
	last    rune
}

func (s *spacer) space() { s.pending = s.last != 0 }

func (s *spacer) put(r rune) {
	if s.pending && !isHan(s.last) && !isHan(r) {
		s.b.WriteByte(' ')
	}
	s.pending, s.last = false, r
	s.b.WriteRune(r)
}

func isSpace(r rune) bool { return r == ' ' || r == 0x3000 || unicode.IsSpace(r) }

func isHan(r rune) bool {
	if r < 0x2e80 {
		return false
	}
	return r >= 0x4e00 && r <= 0x9fff || unicode.Is(unicode.Han, r)
}

func ignorable(r rune) bool {
	switch {
	case isSpace(r):
		return false
	case r == 0xad, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf)
}

// punctuation maps what NFKC leaves alone.
var punctuation = map[rune]rune{
	'。': '.', '、': ',', '《': '"', '》': '"', '〈': '"', '〉': '"',
	'「': '"', '」': '"', '『': '"', '』': '"', '【': '[', '】': ']', '〔': '[', '〕': ']', '〖': '[', '〗': ']',
	'“': '"', '”': '"', '„': '"', '‟': '"', '‘': '\'', '’': '\'', '‚': '\'', '‛': '\'',
	'–': '-', '—': '-', '―': '-', '‐': '-', '‒': '-', '−': '-', '·': '.', '•': '.', '・': '.', '〜': '~',
}

// LabelKey gives the form under which two labels look like the same one: the
// normalised label without white space, hyphens and underscores.
func LabelKey(label string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' {
			return -1
		}
		return r
	}, Normalise(label))
}
