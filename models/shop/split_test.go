package shop

import (
	"cmp"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"datahall"
)

var update = flag.Bool("update", false, "fill the split column of en.tsv and zh.tsv")

// divide gives the side of each row. Within a label, the 30 % of the rows whose
// hashes are lowest are for testing: nobody chose them, and a new row moves at
// most one other.
func divide(rows []datahall.Row) []string {
	byLabel := map[string][]int{}
	for i, row := range rows {
		byLabel[row.Label] = append(byLabel[row.Label], i)
	}
	sides := make([]string, len(rows))
	for _, list := range byLabel {
		slices.SortFunc(list, func(a, b int) int {
			return cmp.Compare(hash("split", normal(rows[a].Text)), hash("split", normal(rows[b].Text)))
		})
		tests := (len(list)*3 + 5) / 10
		for k, i := range list {
			sides[i] = "train"
			if k < tests {
				sides[i] = "test"
			}
		}
	}
	return sides
}

func TestSplitIsTheOneThatHashesGive(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			if *update {
				fill(t, l.name)
				return
			}
			rows := l.rows(t)
			for i, side := range divide(rows) {
				if rows[i].Split != side {
					t.Fatalf("line %d: split is %q, want %q; run go test ./models/shop -update", i+2, rows[i].Split, side)
				}
			}
		})
	}
}

// fill writes the split column of the half on the disk, which may have lines
// without one.
func fill(t *testing.T, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows := parse(string(text))
	var b strings.Builder
	b.WriteString(header)
	for i, side := range divide(rows) {
		b.WriteString(rows[i].Text + "\t" + rows[i].Label + "\t" + side + "\n")
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestThirtyPercentAreForTesting(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			all, tests := map[string]int{}, map[string]int{}
			for _, row := range l.rows(t) {
				all[row.Label]++
				if row.Split == "test" {
					tests[row.Label]++
				}
			}
			for label, n := range all {
				if share := float64(tests[label]) / float64(n); share < 0.27 || share > 0.33 {
					t.Errorf("%s: %d of %d rows are for testing, want 30 %%", label, tests[label], n)
				}
			}
		})
	}
}

func TestNoTextStandsOnBothSides(t *testing.T) {
	side := map[string]string{}
	for _, row := range Rows() {
		if before, ok := side[normal(row.Text)]; ok && before != row.Split {
			t.Errorf("on both sides: %s", row.Text)
		}
		side[normal(row.Text)] = row.Split
	}
}
