package data

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// hasHeader decides whether the first record names the columns. Yes, where one
// of its cells is a known header or a name the user gave. Otherwise its cells
// must be short, different, no numbers, and must not come back below; and some
// column must look otherwise below: numbers, few repeated values, or texts
// several times as long.
func hasHeader(first *record, rest []*record, opts *Options) bool {
	if opts.Header != nil {
		return *opts.Header
	}
	if knownHeaders(first.cells) && !comesBack(first, rest) {
		return true
	}
	for _, c := range first.cells {
		for _, name := range []string{opts.TextColumn, opts.LabelColumn, opts.SplitColumn} {
			if _, err := strconv.Atoi(name); name != "" && err != nil && plain(string(c.b)) == plain(name) {
				return true
			}
		}
	}
	return looksLikeHeader(first) && len(rest) > 0 && !comesBack(first, rest) && differs(first, rest)
}

func looksLikeHeader(first *record) bool {
	seen := map[string]bool{}
	for i, c := range first.cells {
		b := bytes.TrimSpace(c.b)
		if len(b) == 0 && i == 0 && len(first.cells) > 2 {
			continue // the nameless row number that pandas writes
		}
		if _, err := strconv.ParseFloat(string(b), 64); err == nil || len(b) == 0 || utf8.RuneCount(b) > 40 || seen[string(b)] {
			return false
		}
		seen[string(b)] = true
	}
	return true
}

// comesBack reports whether a cell of the first record is a value further down
// in its own column. A whole record that comes back is a header that was
// repeated, as in files joined end to end.
func comesBack(first *record, rest []*record) bool {
	for _, r := range rest {
		some, all := false, true
		for i, c := range first.cells {
			b := bytes.TrimSpace(c.b)
			same := bytes.Equal(b, bytes.TrimSpace(r.text(i)))
			some = some || same && len(b) > 0
			all = all && same
		}
		if some && !all {
			return true
		}
	}
	return false
}

func differs(first *record, rest []*record) bool {
	for _, p := range profiles(rest, len(first.cells)) {
		own := float64(utf8.RuneCount(bytes.TrimSpace(first.text(p.index))))
		switch {
		case p.filled == 0:
		case p.numbers == p.filled:
			return true
		case len(p.distinct)*3 <= p.filled && len(p.distinct) > 1:
			return true
		case p.mean() > 15 && p.mean() > 4*own:
			return true
		}
	}
	return false
}

// titleRows counts the leading records that are a caption rather than a table:
// one thing said once or across merged cells, above a header that is known.
func titleRows(sample []*record) int {
	for n, r := range sample[:min(len(sample), 5)] {
		values := map[string]bool{}
		filled := 0
		for _, c := range r.cells {
			if b := bytes.TrimSpace(c.b); len(b) > 0 {
				values[string(b)] = true
				filled++
			}
		}
		if filled > 1 && len(values) > 1 {
			if n > 0 && knownHeaders(r.cells) {
				return n
			}
			return 0
		}
	}
	return 0
}
