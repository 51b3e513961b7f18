package linear

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes is how much of a text is looked at, in characters: enough for
// forty pages, and a bound on what one hostile row can cost.
const maxRunes = 1 << 16

// kind is what a token is made of.
type kind uint8

const (
	gap      kind = iota // white space, control characters
	word                 // letters, digits and marks of scripts that put spaces between words
	unspaced             // characters of scripts that do not
	sign                 // punctuation, symbols, emoji
)

// token is a part of a normalised text, [from, to) in bytes.
type token struct {
	kind     kind
	from, to int
}

// normalised is a text in NFKC and lower case: its tokens with one space before,
// between and after them, so that every feature of the text is a piece of it.
type normalised struct {
	text   string
	tokens []token
}

// normalise reads a text as tokens: runs of characters of one kind. An
// apostrophe between letters, and a point or comma between digits, belong to
// their word.
func normalise(text string) normalised {
	runes := []rune(strings.ToLower(norm.NFKC.String(head(text))))
	n := normalised{}
	var b strings.Builder
	b.Grow(len(text) + len(text)/4 + 2)
	b.WriteByte(' ')
	last := gap
	for i, r := range runes {
		k := kindOf(r, last)
		if k == sign && last == word && i+1 < len(runes) && joins(runes[i-1], r, runes[i+1]) {
			k = word
		}
		if k != last {
			n.end(&b, last)
			if k != gap {
				n.tokens = append(n.tokens, token{kind: k, from: b.Len()})
			}
		}
		if last = k; k != gap {
			b.WriteRune(straight(r))
		}
	}
	n.end(&b, last)
	n.text = b.String()
	return n
}

func (n *normalised) end(b *strings.Builder, last kind) {
	if last != gap {
		n.tokens[len(n.tokens)-1].to = b.Len()
		b.WriteByte(' ')
	}
}

// head is at most the first maxRunes characters of a text.
func head(text string) string {
	if len(text) <= maxRunes {
		return text
	}
	count := 0
	for i := range text {
		if count == maxRunes {
			return text[:i]
		}
		count++
	}
	return text
}

// scriptsWithoutSpaces are those whose words are not told by spaces; U+30FC
// belongs to no script but to their words.
var scriptsWithoutSpaces = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// kindOf tells what r is after a character of kind last: a mark goes with what
// stands before it.
func kindOf(r rune, last kind) kind {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '_':
		return word
	case r == utf8.RuneError, unicode.IsSpace(r), unicode.IsControl(r):
		return gap
	case r < utf8.RuneSelf:
		return sign
	case r == 'ー', unicode.In(r, scriptsWithoutSpaces...):
		return unspaced
	case unicode.Is(unicode.Cf, r): // joiners and direction marks show nothing
		return last
	case unicode.IsMark(r) && last != gap:
		return last
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return word
	default:
		return sign
	}
}

// joins reports whether r holds its neighbours together as one word.
func joins(before, r, after rune) bool {
	switch straight(r) {
	case '\'':
		return unicode.IsLetter(before) && unicode.IsLetter(after)
	case '.', ',':
		return unicode.IsDigit(before) && unicode.IsDigit(after)
	}
	return false
}

// straight makes the curved apostrophe the plain one.
func straight(r rune) rune {
	if r == '’' {
		return '\''
	}
	return r
}
