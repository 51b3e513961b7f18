package tokenizer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AddedToken is a token that is found in text before words are made.
type AddedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"` // only where no word character stands beside it
	LStrip     bool   `json:"lstrip"`      // takes the white space before it along
	RStrip     bool   `json:"rstrip"`      // and after it
	Normalized bool   `json:"normalized"`  // looked for in normalised text
	Special    bool   `json:"special"`     // decoding leaves it out
}

// matcher finds added tokens in text: the leftmost, of those the longest.
type matcher struct {
	trie   *trie
	tokens []AddedToken
	only   byte // the first byte of all of them, where they share it
	shared bool
}

// newMatcher makes the matcher of the tokens that are looked for in normalised
// text, or of the others; nil where there are none.
func newMatcher(added []AddedToken, normalized bool, normal func(string) string) *matcher {
	m := &matcher{}
	var keys []string
	var values []int32
	// the special ones first: of two that read the same after normalisation the first counts
	for _, special := range []bool{true, false} {
		for _, a := range added {
			if a.Special != special || a.Normalized != normalized {
				continue
			}
			key := a.Content
			if normal != nil {
				key = normal(key)
			}
			keys, values = append(keys, key), append(values, int32(len(m.tokens)))
			m.tokens = append(m.tokens, a)
		}
	}
	keep := slices.ContainsFunc(keys, func(k string) bool { return k != "" })
	if !keep {
		return nil
	}
	m.trie = newTrie(keys, values)
	children := m.trie.first[1] - m.trie.first[0]
	m.only, m.shared = m.trie.label[1], children == 1
	return m
}

// next finds the first token in s at or after from: where it starts and ends.
func (m *matcher) next(s string, from int) (token *AddedToken, start, end int) {
	for i := from; i < len(s); i++ {
		if m.shared {
			skip := strings.IndexByte(s[i:], m.only)
			if skip < 0 {
				break
			}
			i += skip
		} else if m.trie.root[s[i]] == 0 {
			continue
		}
		if v, n := longest(m.trie, &m.trie.root, s[i:]); n > 0 {
			return &m.tokens[v], i, i + n
		}
	}
	return nil, 0, 0
}

// split gives the text between tokens to piece and the tokens to token, in
// their order. A nil matcher finds none.
func (m *matcher) split(s string, piece func(string), token func(int32)) {
	done := 0 // bytes given away
	if m != nil {
		for from := 0; ; {
			t, start, end := m.next(s, from)
			if t == nil {
				break
			}
			from = end
			if t.SingleWord && (endsInWord(s[:start]) || startsInWord(s[end:])) {
				continue
			}
			if t.LStrip {
				start = max(len(strings.TrimRightFunc(s[:start], unicode.IsSpace)), done)
			}
			if t.RStrip {
				end = len(s) - len(strings.TrimLeftFunc(s[end:], unicode.IsSpace))
			}
			if done < start {
				piece(s[done:start])
			}
			token(t.ID)
			done = end
		}
	}
	if done < len(s) {
		piece(s[done:])
	}
}

func endsInWord(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return n > 0 && isWord(r)
}

func startsInWord(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && isWord(r)
}

// isWord is \w of Unicode Technical Standard 18, annex C.
func isWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}
