package linear

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"datahall"
)

// open reads a file of the shared data, or skips the test where there is none.
func open(t *testing.T, path string) io.Reader {
	t.Helper()
	folder := os.Getenv("DATAHALL_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(folder, "data", path))
	if err != nil {
		t.Skipf("no shared data: set DATAHALL_SHARED to its folder (%v)", err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func table(t *testing.T, path string, text, label int) []datahall.Row {
	t.Helper()
	records, err := csv.NewReader(open(t, path)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []datahall.Row
	for _, r := range records[1:] {
		rows = append(rows, datahall.Row{Text: r[text], Label: r[label]})
	}
	return rows
}

func banking77(t *testing.T) (train, test []datahall.Row) {
	return table(t, "banking77/train.csv.gz", 0, 1), table(t, "banking77/test.csv.gz", 0, 1)
}

func waimai(t *testing.T) (train, test []datahall.Row) {
	rows := table(t, "waimai_10k/waimai_10k.csv.gz", 1, 0)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	n := len(rows) - len(rows)/10
	return rows[:n], rows[n:]
}

func customerIntents(t *testing.T) (train, test []datahall.Row) {
	read := func(path string) (rows []datahall.Row) {
		for d := json.NewDecoder(open(t, path)); d.More(); {
			var r struct{ Label, Sentence string }
			if err := d.Decode(&r); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, datahall.Row{Text: r.Sentence, Label: r.Label})
		}
		return rows
	}
	return read("dataclue_cic/train.json.gz"), read("dataclue_cic/test_public.json.gz")
}

func domains(t *testing.T) (train, test []datahall.Row) {
	var all []struct{ Text, Domain string }
	b, err := io.ReadAll(open(t, "smp2019_nlu_zh/train.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	b = bytes.ReplaceAll(b, []byte(": NaN"), []byte(": null")) // as Python writes it, no JSON
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for i, r := range all {
		row := datahall.Row{Text: r.Text, Label: r.Domain}
		if i%5 == 0 {
			test = append(test, row)
		} else {
			train = append(train, row)
		}
	}
	return train, test
}

// examples reads rows, with the labels of the first.
func examples(t *testing.T, task string, labels []string, rows []datahall.Row) Examples {
	t.Helper()
	y, err := TargetOf(task, labels, rows)
	if err != nil {
		t.Fatal(err)
	}
	e := Examples{Target: y}
	for _, r := range rows {
		e.Texts = append(e.Texts, r.Text)
	}
	return e
}
