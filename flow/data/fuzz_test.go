package data

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"datahall"
)

// tight limits, so that a small input can pass them.
var tight = Limits{Field: 200, Label: 40, Record: 2000, Bytes: 1 << 20, Rows: 500, Rejected: 20, Workbook: 1 << 20, Unzipped: 4 << 20}

// bounded reads a file for every task and checks what must hold of whatever
// comes out.
func bounded(t *testing.T, file []byte) {
	for _, task := range []string{Classify, MultiLabel, Regress, Text} {
		table, err := Read(bytes.NewReader(file), Options{Task: task, Limits: tight}, nil)
		if err != nil {
			if !userError(err) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: not for a user: %q", task, err)
			}
			continue
		}
		r := table.Report
		if r.Rows != len(table.Rows) || r.Rows == 0 || r.Rows > tight.Rows || len(table.Rejected) > tight.Rejected || r.Rejected < len(table.Rejected) {
			t.Errorf("%s: %d rows of %d, %d rejected of %d", task, r.Rows, len(table.Rows), len(table.Rejected), r.Rejected)
		}
		for _, row := range table.Rows {
			checkRow(t, task, row)
		}
		for _, row := range table.Rejected {
			if len(row.Raw) > rawBytes || !utf8.ValidString(row.Raw) || row.Reason.IsZero() || row.Line < 1 {
				t.Errorf("%s: rejected %+v", task, row)
			}
		}
		kept := roundTrip(t, table.Rows)
		if Digest(kept) != table.Digest {
			t.Errorf("%s: the kept rows have another digest", task)
		}
	}
}

func checkRow(t *testing.T, task string, row datahall.Row) {
	t.Helper()
	ok := row.Line >= 1 && len(row.Text) <= tight.Field && utf8.ValidString(row.Text) && !strings.Contains(row.Text, "\x00") && Normalise(row.Text) != ""
	switch task {
	case Classify:
		ok = ok && row.Label != "" && len(row.Label) <= tight.Label && row.Labels == nil && row.Value == nil
	case MultiLabel:
		ok = ok && row.Labels != nil && slices.IsSorted(row.Labels) && !slices.Contains(row.Labels, "") && row.Label == ""
	case Regress:
		ok = ok && row.Value != nil && !math.IsNaN(*row.Value) && !math.IsInf(*row.Value, 0)
	}
	if ok = ok && utf8.ValidString(row.Label) && slices.Contains([]string{"", Train, Validation, Test}, row.Split); !ok {
		t.Errorf("%s: %+v", task, row)
	}
}

func roundTrip(t *testing.T, rows []datahall.Row) []datahall.Row {
	t.Helper()
	var w bytes.Buffer
	if err := WriteRows(&w, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	back, err := LoadRows(&w)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func FuzzReadIsBoundedText(f *testing.F) {
	for _, s := range []string{
		table, "text\tlabel\n\"a\"\"\tb\"\tx\nc\ty\n", "\"a;b\";c\n\"d;\"\"e\";f\n", "a,b\r\nc,d\r\n\"", "text,label\n\"" + strings.Repeat("long\n", 500) + "\",a\nb,c\n",
		`{"text":"a","label":["b"]}` + "\n" + `{"text":"c","label":"d"}`, `[{"text":"a","label":1},{"text":"b","label":2.5}]`, `{"train":[["a","b"]],"test":[["c","d"]]}`,
		"{\n\"text\": \"a\"\n}\n{\n}", `[["a","x"],["b","y"]]`, "[\"a\",\n\"b\"]", "\xff\xfea\x00,\x00b\x00\n\x00", "\x00a\x00,\x00b\x00\n\x00c\x00,\x00d", "\xc4\xe3,\xba\xc3\n\xc4\xe3\xc4\xe3,\xba\n",
		"{\"data\":[{\"a\":NaN}]}", "sep=;\na;b\nc;d", "text,label,split\na,b,dev\nc,d,x\n", "a\rb,c\rd,e\r",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) { bounded(t, file) })
}

func FuzzReadIsBoundedPacked(f *testing.F) {
	f.Add(gzipped([]byte(table)))
	f.Add(zstded([]byte(table)))
	f.Add(gzipped(gzipped([]byte(table))))
	f.Add(zstded(bytes.Repeat([]byte("one,a\ntwo,b\n"), 100_000)))
	f.Fuzz(func(t *testing.T, file []byte) { bounded(t, file) })
}

// FuzzReadIsBoundedWorkbook changes the parts inside the archive: a changed
// archive is nearly always refused by its checksums.
func FuzzReadIsBoundedWorkbook(f *testing.F) {
	book := excelize.NewFile()
	for at, row := range map[string][]any{"A1": {"text", "label"}, "A2": {"one", "a"}, "A3": {"two", 1.5}, "A5": {"three", "a"}} {
		_ = book.SetSheetRow("Sheet1", at, &row)
	}
	_ = book.MergeCell("Sheet1", "B2", "B3")
	_ = book.SetCellFormula("Sheet1", "B3", "1+1")
	var w bytes.Buffer
	if err := book.Write(&w); err != nil {
		f.Fatal(err)
	}
	parts := unzipped(f, w.Bytes())
	f.Add(parts["xl/workbook.xml"], parts["xl/worksheets/sheet1.xml"], parts["xl/sharedStrings.xml"], parts["xl/styles.xml"])
	f.Fuzz(func(t *testing.T, workbook, sheet, strings, styles string) {
		changed := map[string]string{}
		for name, content := range parts {
			changed[name] = content
		}
		changed["xl/workbook.xml"], changed["xl/worksheets/sheet1.xml"] = workbook, sheet
		changed["xl/sharedStrings.xml"], changed["xl/styles.xml"] = strings, styles
		bounded(t, zipOf(t, changed))
	})
}

func FuzzRowsRoundTrip(f *testing.F) {
	f.Add("where, is \"it\"?", "a b", "train", 1.5, uint8(0))
	f.Add("=1+1\n\ttabbed", "-x", "", math.Copysign(0, -1), uint8(1))
	f.Add("\"quoted\"", "[odd|", "test", 1e300, uint8(2))
	f.Add("_x000D_ &amp; \x01 \ue000", "\u2028", "validation", 0.1, uint8(3))
	f.Add(" spaces ", "'", "", 0.0, uint8(1))
	f.Fuzz(func(t *testing.T, text, label, split string, value float64, shape uint8) {
		row := datahall.Row{Text: text, Split: split}
		task := Classify
		switch shape % 4 {
		case 0:
			row.Label = label
		case 1:
			row.Labels, task = strings.Split(label, ","), MultiLabel
			slices.Sort(row.Labels)
			row.Labels = slices.Compact(row.Labels)
		case 2:
			row.Value, task = &value, Regress
		case 3:
			task = Text
		}
		if !canStand(row) || task == Classify && row.Label == "" {
			t.Skip()
		}
		other := datahall.Row{Text: "something else to say", Label: row.Label, Labels: row.Labels, Split: row.Split}
		rows := []datahall.Row{row, other}
		switch task {
		case Classify:
			rows[1].Label = "other"
		case MultiLabel:
			rows[1].Labels = []string{}
		case Regress:
			further := value/2 + 1
			rows[1].Value = &further
		}
		if Digest(roundTrip(t, rows)) != Digest(rows) {
			t.Error("the kept format changed the rows")
		}
		for _, format := range Formats {
			if format == "xlsx" && strings.Map(inSheet, text+label) != text+label {
				continue
			}
			var w bytes.Buffer
			if err := Export(&w, rows, format); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			file := w.String()
			file = file[:min(len(file), 500)]
			got, err := Read(&w, Options{Name: "x." + format, Task: task}, nil)
			if err != nil {
				t.Fatalf("%s: %v\n%q", format, err, file)
			}
			if got.Digest != Digest(rows) {
				t.Errorf("%s: wrote %+v, read %+v, rejected %+v\n%q", format, rows, got.Rows, got.Rejected, file)
			}
		}
	})
}

// canStand reports whether Read could have made a row.
func canStand(row datahall.Row) bool {
	clean := func(s string) bool {
		return utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\ufffd") && !strings.Contains(s, "\r\n") && !strings.HasPrefix(s, "\ufeff")
	}
	label := func(s string) bool {
		return s != "" && len(s) < 1000 && clean(s) && strings.TrimFunc(s, func(c rune) bool { return isSpace(c) || ignorable(c) }) == s
	}
	if !clean(row.Text) || saysNothing([]byte(row.Text)) || len(row.Text) > 30_000 || !slices.Contains([]string{"", Train, Validation, Test}, row.Split) {
		return false
	}
	if row.Labels != nil {
		return !slices.ContainsFunc(row.Labels, func(l string) bool { return !label(l) })
	}
	return row.Value != nil && !math.IsNaN(*row.Value) && !math.IsInf(*row.Value, 0) && *row.Value != 2 || row.Value == nil && (row.Label == "" || label(row.Label) && row.Label != "other")
}
