package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"datahall"
)

// book makes a workbook by a function that fills it in.
func book(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var w bytes.Buffer
	if err := f.Write(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func set(t *testing.T, f *excelize.File, sheet string, rows ...[]any) {
	t.Helper()
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow(sheet, at, &row); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMergedCellsGiveTheirValueToEachRow(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"客户问题清单", nil, nil}, []any{"意图", "问题", "备注"},
			[]any{"退货", "我要退货"}, []any{nil, "鞋子不合适"}, []any{nil, "买错了"}, []any{"物流", "快递到哪了"}, []any{nil, "怎么还没到"}, nil, []any{nil, "没有标签"})
		for _, r := range [][2]string{{"A1", "C1"}, {"A3", "A5"}, {"A6", "A7"}} {
			if err := f.MergeCell("Sheet1", r[0], r[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	got := told(Read(bytes.NewReader(file), Options{}, nil))
	want := `xlsx utf-8
text column 问题: recognised by its name
label column 意图: recognised by its name
3 "我要退货" 退货
4 "鞋子不合适" 退货
5 "买错了" 退货
6 "快递到哪了" 物流
7 "怎么还没到" 物流
rejected 9 "\t没有标签": the label is missing
problem rejected 1 [9]: rows that cannot be used: 1; each is kept with its reason
problem title-row 1 []: lines above the header that were passed over: 1
problem merged-cells 2 [3 6]: merged cells: 2; each cell of them was given the value of the first
problem rare-label 2 [6 3]: labels with fewer than 5 rows: 2 (物流, 退货); more examples would help them
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFormulasDatesAndErrors(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"text", "label", "when"},
			[]any{"plain", "a", 1}, []any{nil, "a", 1}, []any{"one", nil, 1}, []any{"error", "#N/A", 1}, []any{42, true, 1}, []any{1.5, "2024", 1})
		for cell, formula := range map[string]string{"A3": `CONCATENATE("from"," a formula")`, "B4": `"b"`} {
			if err := f.SetCellFormula("Sheet1", cell, formula); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellValue("Sheet1", "A8", time.Date(2024, 3, 9, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Sheet1", "B8", "a"); err != nil {
			t.Fatal(err)
		}
	})
	// A spreadsheet program stores the value beside the formula; this library does not.
	file = replaced(t, file, "xl/worksheets/sheet1.xml", `<f>CONCATENATE("from"," a formula")</f>`, `<f>CONCATENATE("from"," a formula")</f><v>from a formula</v>`, `CONCATENATE(&#34;from&#34;,&#34; a formula&#34;)</f>`, `1</f><v>from a formula</v>`)
	got := told(Read(bytes.NewReader(file), Options{}, nil))
	want := `xlsx utf-8
text column text: recognised by its name
label column label: recognised by its name
2 "plain" a
3 "from a formula" a
6 "42" TRUE
7 "1.5" 2024
8 "2024-03-09" a
rejected 4 "one\t\t1": the label is missing
rejected 5 "error\t#N/A\t1": the cell holds the error #N/A
`
	if !strings.HasPrefix(got, want) || !strings.Contains(got, "problem formula 2 [3 4]: cells with a formula: 2;") ||
		!strings.Contains(got, "problem formula-empty 1 [4]: formulas without a stored value: 1;") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// replaced writes a workbook with pieces of one part exchanged (old, new, …).
func replaced(t *testing.T, file []byte, part string, pieces ...string) []byte {
	t.Helper()
	parts := unzipped(t, file)
	parts[part] = strings.NewReplacer(pieces...).Replace(parts[part])
	return zipOf(t, parts)
}

func unzipped(t testing.TB, file []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(b)
	}
	return parts
}

func TestSheets(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		for _, name := range []string{"说明", "数据", "旧"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		set(t, f, "数据", []any{"text", "label"}, []any{"one", "a"}, []any{"two", "b"})
		set(t, f, "旧", []any{"text", "label"}, []any{"three", "a"}, []any{"four", "b"}, []any{"five", "b"})
		f.SetActiveSheet(2)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})
	for sheet, want := range map[string]string{
		"":   `error invalid: b.xlsx: its sheet "说明" is empty; name another with --sheet: Sheet1, 数据, 旧` + "\n",
		"数据": "2 rows of 数据",
		"4":  "3 rows of 旧",
		"9":  `error invalid: b.xlsx: has no sheet "9"; it has Sheet1, 说明, 数据, 旧` + "\n",
	} {
		table, err := Read(bytes.NewReader(file), Options{Name: "b.xlsx", Sheet: sheet}, nil)
		got := told(table, err)
		if err == nil {
			got = fmt.Sprintf("%d rows of %s", len(table.Rows), table.Report.Sheet)
			if p := table.Report.Problems[0]; p.Code != "sheets" || p.N != 3 {
				t.Errorf("sheet %q: first problem %+v", sheet, p)
			}
		}
		if got != want {
			t.Errorf("sheet %q: got %s, want %s", sheet, got, want)
		}
	}
}

func TestAWorkbookThatLiesIsDamaged(t *testing.T) {
	good := book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"text", "label"}, []any{"one", "a"}, []any{"two", "b"})
	})
	const sheet = "xl/worksheets/sheet1.xml"
	for name, file := range map[string][]byte{
		"sheet cut off":     replaced(t, good, sheet, "</sheetData>", ""),
		"no such part":      replaced(t, good, "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/none.xml"),
		"no relationships":  replaced(t, good, "xl/_rels/workbook.xml.rels", "<Relationship ", "<Other "),
		"cell out of range": replaced(t, good, sheet, `r="A2"`, `r="ZZZZZ99999999999"`),
		"strings cut off":   replaced(t, good, "xl/sharedStrings.xml", "</sst>", "<si>"),
		"size is a lie":     lying(t, good),
	} {
		got := told(Read(bytes.NewReader(file), Options{Name: "b.xlsx"}, nil))
		if got != "error invalid: b.xlsx: the workbook is damaged; open it in a spreadsheet program and save it again\n" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// lying says in the central directory that every part unpacks to ten bytes.
func lying(t *testing.T, file []byte) []byte {
	t.Helper()
	b := bytes.Clone(file)
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return b
		}
		at += i
		copy(b[at+24:at+28], []byte{10, 0, 0, 0})
	}
}

func TestExportedCellsDoNotCalculate(t *testing.T) {
	rows := []datahall.Row{{Text: "=1+1", Label: "+a"}, {Text: "@SUM(A1)", Label: "-b"}, {Text: "007", Label: "+a"}}
	var w bytes.Buffer
	if err := Export(&w, rows, "xlsx"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&w)
	if err != nil {
		t.Fatal(err)
	}
	for cell, want := range map[string]string{"A2": "=1+1", "B2": "+a", "A3": "@SUM(A1)", "B3": "-b", "A4": "007"} {
		formula, _ := f.GetCellFormula("Sheet1", cell)
		kind, _ := f.GetCellType("Sheet1", cell)
		got, _ := f.GetCellValue("Sheet1", cell)
		if formula != "" || got != want || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s: got %q, formula %q, type %v", cell, got, formula, kind)
		}
	}
}

func TestALargeSheetStaysInMemory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	rows := make([]datahall.Row, 1500)
	for i := range rows {
		rows[i] = datahall.Row{Text: strings.Repeat(fmt.Sprint("row ", i, " "), 1500), Label: fmt.Sprint(i % 2)}
	}
	var w bytes.Buffer
	if err := Export(&w, rows, "xlsx"); err != nil { // about 18 MB of XML: the library would use a file
		t.Fatal(err)
	}
	got, err := Read(&watched{r: &w, t: t, dir: dir}, Options{}, nil)
	if err != nil || got.Digest != Digest(rows) {
		t.Errorf("%v", err)
	}
	if made := entries(t, dir); len(made) > 0 {
		t.Errorf("files in the temporary folder: %v", made)
	}
}

func TestACellFarToTheRightIsPassedOver(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		set(t, f, "Sheet1", []any{"text", "label"}, []any{"one", "a"}, []any{"two", "b"})
		if err := f.SetCellValue("Sheet1", "XFD2", "far away"); err != nil {
			t.Fatal(err)
		}
	})
	got, err := Read(bytes.NewReader(file), Options{}, nil)
	if err != nil || len(got.Rows) != 2 || len(got.Columns) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}
