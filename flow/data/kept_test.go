package data

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"datahall"
)

func keptRows() []datahall.Row {
	v := -0.125
	return []datahall.Row{
		{Text: "where is my order?", Label: "shipping", Split: "train", Line: 2},
		{Text: "怎么退款？\n<急> \"now\"\t\u2028", Label: "退款", Line: 3},
		{Text: "two at once", Labels: []string{"a", "b|c"}, Line: 4},
		{Text: "none applies", Labels: []string{}, Split: "test", Line: 5},
		{Text: "a number", Value: &v, Line: 1_000_000},
	}
}

func keptRejected() []datahall.RejectedRow {
	return []datahall.RejectedRow{
		{Line: 7, Raw: ",shipping", Reason: datahall.Say("the text is empty")},
		{Line: 8, Raw: "x,bench", Reason: datahall.Say("the split %q is none of train, validation and test", "bench")},
	}
}

// TestDataWrittenByAnEarlierVersionStillOpens reads the committed files. A new
// version of the format adds files and leaves these alone.
func TestDataWrittenByAnEarlierVersionStillOpens(t *testing.T) {
	var rows, rejected bytes.Buffer
	if err := WriteRows(&rows, slices.Values(keptRows())); err != nil {
		t.Fatal(err)
	}
	if err := WriteRejected(&rejected, slices.Values(keptRejected())); err != nil {
		t.Fatal(err)
	}
	for path, b := range map[string]*bytes.Buffer{"testdata/kept/rows-1.jsonl": &rows, "testdata/kept/rejected-1.jsonl": &rejected} {
		if _, err := os.Stat(path); *update && err != nil {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	file, err := os.ReadFile("testdata/kept/rows-1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	got, err := LoadRows(bytes.NewReader(file))
	if err != nil || !reflect.DeepEqual(got, keptRows()) {
		t.Errorf("got %+v, %v", got, err)
	}
	file, err = os.ReadFile("testdata/kept/rejected-1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var back []datahall.RejectedRow
	for row, err := range ReadRejected(bytes.NewReader(file)) {
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, row)
	}
	if !reflect.DeepEqual(back, keptRejected()) {
		t.Errorf("got %+v", back)
	}
}

func TestKeptFilesThatAreNot(t *testing.T) {
	head := `{"format":"datahall.rows","version":1}` + "\n"
	for name, c := range map[string]struct{ file, want string }{
		"empty":           {"", "datahall.rows: the first line does not name this format; import the data again"},
		"another format":  {`{"format":"datahall.rejected","version":1}`, "datahall.rows: the first line does not name this format; import the data again"},
		"a later version": {`{"format":"datahall.rows","version":2}`, "datahall.rows: was written by a newer datahall (version 2 of the format); upgrade this one"},
		"cut off":         {head + `{"text":"a"}` + "\n" + `{"text":"b`, "datahall.rows: line 3 is damaged; import the data again"},
		"an empty line":   {head + "\n", "datahall.rows: line 2 is damaged; import the data again"},
	} {
		if _, err := LoadRows(strings.NewReader(c.file)); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if rows, err := LoadRows(strings.NewReader(head)); err != nil || len(rows) != 0 {
		t.Errorf("no rows: got %v, %v", rows, err)
	}
	for range ReadRows(strings.NewReader(head + `{"text":"a"}` + "\n" + `{"text":"b"}` + "\n")) {
		break // a reader may stop early
	}
}

func TestDescribe(t *testing.T) {
	var rows []datahall.Row
	for i := range 100 {
		row := datahall.Row{Text: strings.Repeat("字", i+1), Label: "a", Split: Train}
		if i >= 90 {
			row.Label, row.Split = "b", Test
		}
		rows = append(rows, row)
	}
	rows = append(rows, datahall.Row{Text: strings.Repeat("word ", 1000), Label: "a"})
	r := Describe(rows, Classify)
	if r.Rows != 101 || r.Lengths.Min != 1 || r.Lengths.Max != 5000 || r.Lengths.P50 != 51 || r.Lengths.P95 != 96 {
		t.Errorf("got %+v", r.Lengths)
	}
	n, from := 0, r.Lengths.Bars[0].From
	for _, b := range r.Lengths.Bars {
		if b.From != from {
			t.Errorf("a gap before %+v", b)
		}
		n, from = n+b.N, b.To
	}
	if n != 101 || from <= 5000 || len(r.Lengths.Bars) > maxBars {
		t.Errorf("%d rows in bars up to %d: %+v", n, from, r.Lengths.Bars)
	}
	if want := []datahall.Count{{Name: "a", N: 91}, {Name: "b", N: 10}}; !slices.Equal(r.Labels, want) {
		t.Errorf("labels %v", r.Labels)
	}
	if want := []datahall.Count{{Name: "train", N: 90}, {Name: "test", N: 10}}; !slices.Equal(r.Splits, want) {
		t.Errorf("splits %v", r.Splits)
	}
	if want := []datahall.Count{{Name: "zh", N: 100}, {Name: "en", N: 1}}; !slices.Equal(r.Languages, want) {
		t.Errorf("languages %v", r.Languages)
	}
	var codes []string
	for _, p := range r.Problems {
		codes = append(codes, p.Code)
	}
	if !slices.Equal(codes, []string{"imbalance", "short", "long"}) {
		t.Errorf("problems %v", codes)
	}
}
