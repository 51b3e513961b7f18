package shop

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// normal leaves lower-case letters and digits.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// words are the lower-case words of s without their punctuation.
func words(s string) []string {
	var list []string
	for _, w := range strings.Fields(s) {
		if w = normal(w); w != "" {
			list = append(list, w)
		}
	}
	return list
}

func characters(s string) []string { return strings.Split(normal(s), "") }

// grams is the set of the runs of n characters of s, sorted; s itself where it
// is shorter.
func grams(s string, n int) []string {
	r := []rune(normal(s))
	if len(r) < n {
		return []string{string(r)}
	}
	var list []string
	for i := range len(r) - n + 1 {
		list = append(list, string(r[i:i+n]))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func jaccard(a, b map[string]bool) float64 {
	both := 0
	for g := range a {
		if b[g] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// Within and across intents, and so within and across the sides of the split.
func TestNoTwoRowsAreNearlyTheSame(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			rows := l.rows(t)
			sets := make([]map[string]bool, len(rows))
			for i, row := range rows {
				sets[i] = map[string]bool{}
				for _, g := range grams(row.Text, l.gram) {
					sets[i][g] = true
				}
				for j := range i {
					if s := jaccard(sets[i], sets[j]); s >= l.near {
						t.Errorf("%.2f alike, lines %d and %d:\n\t%s\t%s\n\t%s\t%s", s, j+2, i+2, rows[j].Text, rows[j].Label, row.Text, row.Label)
					}
				}
			}
		})
	}
}

// A template shows by its fixed words, at the beginning or around the slot.
func TestRowsAreNotFilledFromTemplates(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			begins, runs := map[string][]int{}, map[string][]int{}
			for i, row := range l.rows(t) {
				tokens := l.token(row.Text)
				if len(tokens) >= l.begin {
					note(begins, tokens[:l.begin], i+2)
				}
				for k := range len(tokens) - l.run + 1 {
					note(runs, tokens[k:k+l.run], i+2)
				}
			}
			for _, found := range []map[string][]int{begins, runs} {
				for text, lines := range found {
					if len(lines) > l.sharing {
						t.Errorf("%d rows share %q: lines %d", len(lines), text, lines)
					}
				}
			}
		})
	}
}

func note(lines map[string][]int, tokens []string, line int) {
	key := strings.Join(tokens, " ")
	if list := lines[key]; len(list) == 0 || list[len(list)-1] != line {
		lines[key] = append(list, line)
	}
}

// A word that most rows of one intent have and hardly another row would turn
// the sample into a search for words. English words, Chinese pairs.
func TestNoWordGivesAnIntentAway(t *testing.T) {
	const most, alone = 0.65, 0.80
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			of := map[string]int{}
			here, all := map[[2]string]int{}, map[string]int{}
			for _, row := range l.rows(t) {
				of[row.Label]++
				list := grams(row.Text, 2)
				if l.name == "en.tsv" {
					list = words(row.Text)
					slices.Sort(list)
					list = slices.Compact(list)
				}
				for _, w := range list {
					here[[2]string{row.Label, w}]++
					all[w]++
				}
			}
			for k, n := range here {
				label, word := k[0], k[1]
				if float64(n) > most*float64(of[label]) && float64(n) > alone*float64(all[word]) {
					t.Errorf("%s: %q stands in %d of %d rows and in %d others", label, word, n, of[label], all[word]-n)
				}
			}
		})
	}
}
