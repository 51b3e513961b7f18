package data

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"datahall"
)

// survey is what lies in a sheet beside its values, which the row reader of
// the library does not tell. Reading the XML to its end also finds a sheet
// that is cut off.
type survey struct {
	merges   []merge          // by top row, then by left column
	formulas map[int]*finding // by column from 0
	unsaved  map[int]*finding // formulas without a stored value
}

// merge is a merged area: rows from 1, columns from 0, all inclusive.
type merge struct{ top, left, bottom, right int }

// maxMerges bounds the merged areas that are looked at.
const maxMerges = 100_000

// surveySheet walks a worksheet part (ECMA-376, part 1, 18.3.1).
func surveySheet(part *zip.File) (*survey, error) {
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // a reader has nothing to lose
	s := &survey{formulas: map[int]*finding{}, unsaved: map[int]*finding{}}
	d := xml.NewDecoder(r)
	var at cellPlace
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		switch e := t.(type) {
		case xml.StartElement:
			s.start(e, &at)
		case xml.EndElement:
			if e.Name.Local == "c" {
				s.leave(&at)
			}
		}
	}
	slices.SortFunc(s.merges, func(a, b merge) int {
		if a.top != b.top {
			return a.top - b.top
		}
		return a.left - b.left
	})
	return s, nil
}

// cellPlace is the cell that the walk is in.
type cellPlace struct {
	col, row       int
	formula, value bool
}

func (s *survey) start(e xml.StartElement, at *cellPlace) {
	switch e.Name.Local {
	case "row":
		at.row++
		at.col = -1
	case "c":
		col, row, err := excelize.CellNameToCoordinates(attribute(e, "r"))
		if err == nil {
			at.col, at.row = col-1, row
		} else {
			at.col++
		}
		at.formula, at.value = false, false
	case "f":
		at.formula = true
	case "v", "is":
		at.value = true
	case "mergeCell":
		s.mergeCell(attribute(e, "ref"))
	}
}

func (s *survey) leave(at *cellPlace) {
	if !at.formula {
		return
	}
	mark := func(m map[int]*finding) {
		if m[at.col] == nil {
			m[at.col] = &finding{}
		}
		m[at.col].add(at.row)
	}
	mark(s.formulas)
	if !at.value {
		mark(s.unsaved)
	}
}

func (s *survey) mergeCell(ref string) {
	from, to, ok := cutRange(ref)
	if !ok || len(s.merges) >= maxMerges {
		return
	}
	left, top, err1 := excelize.CellNameToCoordinates(from)
	right, bottom, err2 := excelize.CellNameToCoordinates(to)
	if err1 == nil && err2 == nil && left <= right && top <= bottom {
		s.merges = append(s.merges, merge{top, left - 1, bottom, right - 1})
	}
}

func (m merge) holds(col int) bool { return m.left <= col && col <= m.right }

func cutRange(ref string) (from, to string, ok bool) {
	for i, c := range ref {
		if c == ':' {
			return ref[:i], ref[i+1:], true
		}
	}
	return "", "", false
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// problems tells what of it concerns the columns in use, below the header.
func (w *workbook) problems(l layout, header int) []datahall.Problem {
	var list []datahall.Problem
	var merged, formulas, unsaved finding
	for _, m := range w.survey.merges {
		if m.bottom > header && (m.holds(l.text.Index) || m.holds(l.label.Index) || m.holds(l.split.Index)) {
			merged.add(m.top)
		}
	}
	for _, use := range []datahall.ColumnUse{l.text, l.label, l.split} {
		gather(&formulas, w.survey.formulas[use.Index])
		gather(&unsaved, w.survey.unsaved[use.Index])
	}
	if merged.n > 0 {
		list = append(list, datahall.Problem{Code: "merged-cells", N: merged.n, Lines: merged.lines,
			Message: datahall.Say("merged cells: %s; each cell of them was given the value of the first", merged.n)})
	}
	if formulas.n > 0 {
		list = append(list, datahall.Problem{Code: "formula", N: formulas.n, Lines: formulas.lines,
			Message: datahall.Say("cells with a formula: %s; the value that the spreadsheet program stored last was taken", formulas.n)})
	}
	if unsaved.n > 0 {
		list = append(list, datahall.Problem{Code: "formula-empty", N: unsaved.n, Lines: unsaved.lines,
			Message: datahall.Say("formulas without a stored value: %s; open the file in a spreadsheet program and save it", unsaved.n)})
	}
	if len(w.others) > 0 {
		list = append(list, datahall.Problem{Code: "sheets", N: len(w.others),
			Message: datahall.Say("other sheets that were not read: %s; name one with --sheet", some(w.others))})
	}
	return list
}

func gather(into, f *finding) {
	if f == nil {
		return
	}
	into.n += f.n
	into.lines = append(into.lines, f.lines[:min(len(f.lines), findingLines-len(into.lines))]...)
}
