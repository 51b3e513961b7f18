package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how many columns of a terminal a text takes: Chinese characters
// and most emoji take two, combining marks none (Unicode TR 11).
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r == '\u200d' || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < 0x1100:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// pad fills text up to a number of columns, on the right or on the left.
func pad(text string, to int, right bool) string {
	space := strings.Repeat(" ", max(0, to-columns(text)))
	if right {
		return space + text
	}
	return text + space
}

// cut shortens a text to a number of columns.
func cut(text string, to int) string {
	if columns(text) <= to {
		return text
	}
	n := 0
	for i, r := range text {
		if n += runeColumns(r); n > to-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// fold breaks a text into lines of at most so many columns: between words, and
// beside any Chinese character that is not followed by closing punctuation.
func fold(text string, to int) []string {
	var lines []string
	for columns(text) > to {
		at := breakAt(text, to)
		lines = append(lines, strings.TrimRight(text[:at], " "))
		text = strings.TrimLeft(text[at:], " ")
	}
	return append(lines, text)
}

// breakAt gives the byte at which the next line begins.
func breakAt(text string, to int) int {
	at, n, last := 0, 0, ' '
	for i, r := range text {
		if i > 0 && (r == ' ' || last == ' ' || mayPart(last, r)) {
			at = i
		}
		if n += runeColumns(r); n > to && at > 0 && r != ' ' {
			return at
		}
		last = r
	}
	if at == 0 {
		return len(text)
	}
	return at
}

func mayPart(a, b rune) bool {
	wide := runeColumns(a) == 2 || runeColumns(b) == 2
	return wide && !strings.ContainsRune("，。；：？！、）》」』”’,.;:?!)", b) && !strings.ContainsRune("（《「『“‘(", a)
}
