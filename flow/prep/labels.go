package prep

import (
	"cmp"
	"slices"
	"unicode"

	"datahall"
	"datahall/flow/data"
)

// Suggestion proposes to call label From by the name To.
type Suggestion struct {
	From, To string
	Rows     int // that have From
	Reason   datahall.Message
}

// misspeltRows is the most rows that a label may have to be taken for a slip.
const misspeltRows = 3

// SuggestLabels looks for labels that probably mean the same: those that differ
// only in case, width, spaces, hyphens or underscores, and rare ones that are
// one letter away from a label at least five times as frequent. labels is a
// report's list, the most frequent first; the more frequent name is kept.
func SuggestLabels(labels []datahall.Count) []Suggestion {
	ranked := slices.Clone(labels)
	slices.SortFunc(ranked, func(a, b datahall.Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name))
	})
	var list []Suggestion
	kept := map[string]string{} // key: the name that is kept
	var frequent []datahall.Count
	for _, l := range ranked {
		key := data.LabelKey(l.Name)
		if to, ok := kept[key]; ok && key != "" {
			list = append(list, Suggestion{l.Name, to, l.N, datahall.Say("differs only in case, width, spaces or hyphens")})
			continue
		}
		kept[key] = l.Name
		if to, ok := misspelt(l, key, frequent); ok {
			list = append(list, Suggestion{l.Name, to, l.N, datahall.Say("is one letter away and rare")})
			continue
		}
		frequent = append(frequent, datahall.Count{Name: key, N: l.N})
	}
	for i, s := range list {
		if to, ok := kept[s.To]; ok { // a slip names the key of its label
			list[i].To = to
		}
	}
	return list
}

// misspelt finds the label that l is one letter away from. Short names and
// differences in a digit are meant.
func misspelt(l datahall.Count, key string, frequent []datahall.Count) (string, bool) {
	a := []rune(key)
	if l.N > misspeltRows || len(a) < 5 {
		return "", false
	}
	for _, f := range frequent {
		if f.N >= 5*l.N && oneLetterApart(a, []rune(f.Name)) {
			return f.Name, true
		}
	}
	return "", false
}

// oneLetterApart is true for one letter changed, added, left out, or two
// neighbours swapped (Damerau 1964). Another Chinese character is another word.
func oneLetterApart(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	start := 0
	for start < len(a) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	x, y := a[start:len(a)-end], b[start:len(b)-end]
	letter := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) }
	switch {
	case len(y) == 1:
		return letter(y[0]) && (len(x) == 0 || letter(x[0]))
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0] && letter(x[0]) && letter(x[1])
	}
	return false
}

// Relabel gives rows in which each label that merges names has its new name.
func Relabel(rows []datahall.Row, merges map[string]string) []datahall.Row {
	out := slices.Clone(rows)
	for i, row := range out {
		if to, ok := merges[row.Label]; ok && row.Label != "" {
			out[i].Label = to
		}
		if row.Labels == nil {
			continue
		}
		set := make([]string, 0, len(row.Labels))
		for _, l := range row.Labels {
			if to, ok := merges[l]; ok {
				l = to
			}
			set = append(set, l)
		}
		slices.Sort(set)
		out[i].Labels = slices.Compact(set)
	}
	return out
}
