package data

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"datahall"
)

// Formats are those that Export writes.
var Formats = []string{"csv", "tsv", "jsonl", "xlsx"}

// Export writes rows for other programs: a column each for text, for label
// (labels, value) and for split where any row has one. Read takes each format
// back to the same Digest.
//
// CSV and TSV are UTF-8 without a mark, and exact: a text such as =1+1 is
// written as it is, and a spreadsheet program that opens the file will
// calculate it. XLSX stores every text as text, so that nothing calculates; it
// leaves out the control characters that no sheet can hold.
// The labels of a multi-label row are joined by a bar, or written as a JSON
// array where a label holds a bar or none applies.
func Export(w io.Writer, rows []datahall.Row, format string) error {
	switch format {
	case "csv":
		return exportCSV(w, rows)
	case "tsv":
		return exportTSV(w, rows)
	case "jsonl":
		return exportJSONL(w, rows)
	case "xlsx":
		return exportXLSX(w, rows)
	}
	return datahall.Errorf(datahall.Invalid, "format %q: is not known; choose one of %s", shorten(format), strings.Join(Formats, ", "))
}

// columnsOf names the columns that rows need.
func columnsOf(rows []datahall.Row) []string {
	some := func(has func(datahall.Row) bool) bool { return slices.ContainsFunc(rows, has) }
	cols := []string{"text"}
	if some(func(r datahall.Row) bool { return r.Label != "" }) {
		cols = append(cols, "label")
	}
	if some(func(r datahall.Row) bool { return r.Labels != nil }) {
		cols = append(cols, "labels")
	}
	if some(func(r datahall.Row) bool { return r.Value != nil }) {
		cols = append(cols, "value")
	}
	if some(func(r datahall.Row) bool { return r.Split != "" }) {
		cols = append(cols, "split")
	}
	return cols
}

func cellsOf(row datahall.Row, cols []string) []string {
	cells := make([]string, len(cols))
	for i, c := range cols {
		switch c {
		case "text":
			cells[i] = row.Text
		case "label":
			cells[i] = row.Label
		case "labels":
			cells[i] = joinLabels(row.Labels)
		case "value":
			if row.Value != nil {
				cells[i] = strconv.FormatFloat(*row.Value, 'g', -1, 64)
			}
		case "split":
			cells[i] = row.Split
		}
	}
	return cells
}

func joinLabels(labels []string) string {
	if labels == nil {
		return ""
	}
	if len(labels) == 0 || slices.ContainsFunc(labels, func(l string) bool { return strings.Contains(l, "|") || strings.HasPrefix(l, "[") }) {
		b, _ := json.Marshal(labels)
		return string(b)
	}
	return strings.Join(labels, "|")
}

func exportCSV(w io.Writer, rows []datahall.Row) error {
	c := csv.NewWriter(w)
	cols := columnsOf(rows)
	if err := c.Write(cols); err != nil {
		return err
	}
	for _, row := range rows {
		if err := c.Write(cellsOf(row, cols)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// exportTSV puts a field in quotes only where it must be, so that each quoted
// field can be told from a text in quotes (see delimited).
func exportTSV(w io.Writer, rows []datahall.Row) error {
	b := bufio.NewWriter(w)
	cols := columnsOf(rows)
	writeTSV(b, cols)
	for _, row := range rows {
		writeTSV(b, cellsOf(row, cols))
	}
	return b.Flush() // a bufio.Writer keeps its first error
}

func writeTSV(b *bufio.Writer, cells []string) {
	for i, c := range cells {
		if i > 0 {
			_ = b.WriteByte('\t')
		}
		if strings.ContainsAny(c, "\t\n\r") || strings.HasPrefix(c, `"`) {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		_, _ = b.WriteString(c)
	}
	_ = b.WriteByte('\n')
}

func exportJSONL(w io.Writer, rows []datahall.Row) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for _, row := range rows {
		row.Line = 0
		if err := e.Encode(row); err != nil {
			return err
		}
	}
	return b.Flush()
}

// What a sheet can hold.
const (
	sheetRows = 1_048_576
	sheetCell = 32_767 // UTF-16 units
)

func exportXLSX(w io.Writer, rows []datahall.Row) error {
	if len(rows)+1 > sheetRows {
		return datahall.Errorf(datahall.TooLarge, "a sheet holds %s rows; export these %s as csv or jsonl", sheetRows-1, len(rows))
	}
	// No such folder can exist: a sheet beyond 16 MB stays in memory, where
	// the library would write it to a temporary file in the clear.
	book := excelize.NewFile(excelize.Options{TmpDir: "\x00"})
	defer func() { _ = book.Close() }() // only temporary files could fail to go
	s, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	cols := columnsOf(rows)
	if err := setRow(s, 1, cols); err != nil {
		return err
	}
	for i, row := range rows {
		if err := setRow(s, i+2, cellsOf(row, cols)); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return book.Write(w)
}

func setRow(s *excelize.StreamWriter, number int, cells []string) error {
	values := make([]any, len(cells))
	for i, c := range cells {
		if len(c) > sheetCell && len(utf16.Encode([]rune(c))) > sheetCell {
			return datahall.Errorf(datahall.Invalid, "row %s: a cell of a sheet holds %s characters; export as csv or jsonl", number-1, sheetCell)
		}
		values[i] = strings.Map(inSheet, c)
	}
	at, err := excelize.CoordinatesToCellName(1, number)
	if err != nil {
		return err
	}
	return s.SetRow(at, values)
}

// inSheet drops what XML 1.0 (section 2.2) does not allow in a document.
func inSheet(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}
