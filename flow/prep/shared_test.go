package prep

import (
	"os"
	"path/filepath"
	"testing"

	"datahall"
	"datahall/flow/data"
)

// shared reads a real file that is not part of the project, or skips.
func shared(t *testing.T, name, split string) []datahall.Row {
	t.Helper()
	root := os.Getenv("DATAHALL_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(root, "data", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("no real data here (DATAHALL_SHARED names its folder): %v", err)
	}
	defer func() { _ = f.Close() }()
	table, err := data.Read(f, data.Options{Name: filepath.Base(name)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range table.Rows {
		table.Rows[i].Split = split
	}
	return table.Rows
}

// TestAKnownLeakIsFound: 331 of the 1,200 test texts of this set stand word
// for word in its training part.
func TestAKnownLeakIsFound(t *testing.T) {
	rows := append(shared(t, "chnsenticorp_splits/train.tsv.gz", data.Train), shared(t, "chnsenticorp_splits/test.tsv.gz", data.Test)...)
	words := map[string]bool{}
	exact := 0
	for _, row := range rows {
		if row.Split == data.Train {
			words[row.Text] = true
		} else if words[row.Text] {
			exact++
		}
	}
	leaks, leaked := Leaks(rows)
	if exact != 331 || leaks.Rows != 1200 || leaks.Exact < exact || len(leaked) != leaks.Exact+leaks.Near {
		t.Errorf("word for word %d, got %+v, %d indices", exact, leaks, len(leaked))
	}
	t.Logf("word for word %d, normalised %d, near %d, unseen %d", exact, leaks.Exact, leaks.Near, leaks.Rows-len(leaked))
}

func TestRealSetsSplit(t *testing.T) {
	for _, name := range []string{"banking77/train.csv.gz", "dataclue_cic/train.json.gz", "waimai_10k/waimai_10k.csv.gz", "smp2019_nlu_zh/train.json.gz"} {
		t.Run(name, func(t *testing.T) {
			out, err := Split(shared(t, name, ""), datahall.SplitSpec{Test: 0.2, Validation: 0.1, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			for text, on := range sidesOf(out.Rows) {
				if len(on) != 1 {
					t.Errorf("%q stands on %v", text, on)
				}
			}
			if leaks, _ := Leaks(out.Rows); leaks.Exact != 0 {
				t.Errorf("got %+v", leaks)
			} else {
				t.Logf("%v, %d texts, near on both sides %d of %d, untested %v", out.Counts, out.Texts, leaks.Near, leaks.Rows, out.Untested)
			}
		})
	}
}
