package shop

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"datahall"
)

// language is one half of the sample and how near-duplicates show in it.
type language struct {
	name    string
	file    string
	gram    int     // characters that are compared at once
	near    float64 // Jaccard of them from which two rows are too alike
	token   func(string) []string
	begin   int // tokens at the beginning that at most sharing rows have in common
	run     int // tokens anywhere that at most sharing rows have in common
	sharing int
}

// A word of English says about as much as two characters of Chinese.
var languages = []language{
	{"en.tsv", english, 3, 0.55, words, 4, 6, 4},
	{"zh.tsv", chinese, 2, 0.50, characters, 6, 9, 4},
}

const (
	rowsInAll       = 2000
	rowsPerLanguage = 1000
	rowsPerIntent   = 30
	rowsOutOfScope  = 60
)

// rows gives one half, and stops the test where there is nothing to look at.
func (l language) rows(t *testing.T) []datahall.Row {
	t.Helper()
	rows := parse(l.file)
	if len(rows) == 0 {
		t.Fatalf("%s: is empty", l.name)
	}
	return rows
}

// intents are the labels that README.md defines, out_of_scope among them.
func intents(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		list = append(list, m[1])
	}
	return list
}

func TestThereAreThirtyIntentsAndTheRest(t *testing.T) {
	list := intents(t)
	if len(list) != 31 || !slices.Contains(list, OutOfScope) {
		t.Fatalf("README.md defines %d labels, want 30 intents and %s: %q", len(list), OutOfScope, list)
	}
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			count := map[string]int{}
			rows := l.rows(t)
			for i, row := range rows {
				count[row.Label]++
				if !slices.Contains(list, row.Label) {
					t.Errorf("line %d: %q is no label: %s", i+2, row.Label, row.Text)
				}
			}
			if len(rows) < rowsPerLanguage {
				t.Errorf("unfinished: %d rows, want at least %d", len(rows), rowsPerLanguage)
			}
			for _, label := range list {
				want := rowsPerIntent
				if label == OutOfScope {
					want = rowsOutOfScope
				}
				if count[label] < want {
					t.Errorf("unfinished: %s has %d rows, want at least %d", label, count[label], want)
				}
			}
		})
	}
}

func TestHalvesAreHalves(t *testing.T) {
	en, zh := len(languages[0].rows(t)), len(languages[1].rows(t))
	if en+zh < rowsInAll {
		t.Errorf("%d rows, want at least %d", en+zh, rowsInAll)
	}
	if share := float64(en) / float64(en+zh); share < 0.45 || share > 0.55 {
		t.Errorf("%d rows are English and %d Chinese, want about half each", en, zh)
	}
}

// Any reader of TSV must read the same, with or without rules for quotes.
func TestTextsAreClean(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			if !strings.HasPrefix(l.file, header) {
				t.Errorf("line 1 is not %q", header)
			}
			for i, row := range l.rows(t) {
				line := i + 2
				switch chinese := strings.ContainsFunc(row.Text, isHan); {
				case row.Text == "" || strings.TrimSpace(row.Text) != row.Text:
					t.Errorf("line %d: text is empty or has spaces around it: %q", line, row.Text)
				case strings.ContainsFunc(row.Text, unicode.IsControl) || strings.ContainsAny(row.Text, "\"\uFEFF\uFFFD"):
					t.Errorf("line %d: text has a control character, a broken one or a straight double quote: %q", line, row.Text)
				case l.name == "en.tsv" && chinese:
					t.Errorf("line %d: English text has Chinese characters: %s", line, row.Text)
				}
			}
		})
	}
}

func TestFileSaysWhatRowsSay(t *testing.T) {
	rows, lines := Rows(), strings.Split(strings.TrimSuffix(string(TSV()), "\n"), "\n")
	if len(lines) != len(rows)+1 || lines[0]+"\n" != header {
		t.Fatalf("%d lines for %d rows, beginning with %q", len(lines), len(rows), lines[0])
	}
	for _, row := range rows {
		if got, want := lines[row.Line-1], row.Text+"\t"+row.Label+"\t"+row.Split; got != want {
			t.Fatalf("line %d is %q, want %q", row.Line, got, want)
		}
	}
	if !bytes.Equal(TSV(), TSV()) {
		t.Error("two calls give two files")
	}
}

func TestBeginningsAreMixed(t *testing.T) {
	rows := Rows()
	for _, n := range []int{60, 200, 1000} {
		count := map[string]int{}
		labels := map[string]bool{}
		for _, row := range rows[:min(n, len(rows))] {
			count[row.Split]++
			labels[row.Label] = true
			if strings.ContainsFunc(row.Text, isHan) {
				count["chinese"]++
			}
		}
		if c := count["chinese"]; c < n*40/100 || c > n*60/100 {
			t.Errorf("%d of the first %d rows are Chinese", c, n)
		}
		if c := count["test"]; c < n*15/100 || c > n*45/100 {
			t.Errorf("%d of the first %d rows are for testing", c, n)
		}
		if want := min(31, n/3); len(labels) < want {
			t.Errorf("the first %d rows have %d labels, want at least %d", n, len(labels), want)
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
