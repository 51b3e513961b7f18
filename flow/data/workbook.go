package data

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"datahall"
)

// workbook reads one sheet of an XLSX file. The file is held in memory: a ZIP
// archive is read from its end, and what a hall seals is not unpacked to disk.
type workbook struct {
	opts   *Options
	book   *excelize.File
	sheet  string
	others []string // names of the other sheets
	rows   *excelize.Rows
	survey *survey
	merges []merge // that reach into the current row or lie below
	active []filling
	line   int
	widest int
	rec    record
}

// filling is a merged area that we are inside of.
type filling struct {
	merge
	value string
}

// maxActive bounds how many merged areas are filled at once.
const maxActive = 256

func openWorkbook(in io.Reader, opts *Options) (*workbook, error) {
	packed, err := whole(in, opts.Limits.Workbook, opts)
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, damaged(opts, err)
	}
	parts, err := partsOf(archive, opts)
	if err != nil {
		return nil, err
	}
	w := &workbook{opts: opts}
	if err := w.choose(parts); err != nil {
		return nil, err
	}
	limit := opts.Limits.Unzipped // one limit for all parts: none goes to a temporary file
	err = safely(func() (err error) {
		w.book, err = excelize.OpenReader(bytes.NewReader(packed), excelize.Options{
			UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit, ShortDatePattern: "yyyy-mm-dd"})
		if err == nil {
			w.rows, err = w.book.Rows(w.sheet)
		}
		return err
	})
	if err != nil {
		return nil, damaged(opts, err)
	}
	w.merges = w.survey.merges
	return w, nil
}

func damaged(opts *Options, cause error) error {
	return datahall.Errorf(datahall.Invalid, "%s: the workbook is damaged; open it in a spreadsheet program and save it again", opts.Name).Because(cause)
}

// safely turns a panic of the spreadsheet library on a hostile file into an
// error.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading the workbook: %v", p)
		}
	}()
	return f()
}

// partsOf lists the archive's files, and refuses bombs and other archives.
func partsOf(archive *zip.Reader, opts *Options) (map[string]*zip.File, error) {
	parts := map[string]*zip.File{}
	var total uint64
	for _, f := range archive.File {
		if total += f.UncompressedSize64; total > uint64(opts.Limits.Unzipped) || f.UncompressedSize64 > uint64(opts.Limits.Unzipped) {
			return nil, datahall.Errorf(datahall.TooLarge, "%s: the workbook unpacks to more than %s bytes; save the sheet as CSV", opts.Name, opts.Limits.Unzipped)
		}
		parts[strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))] = f
	}
	switch {
	case len(archive.File) > 10_000:
		return nil, datahall.Errorf(datahall.TooLarge, "%s: the workbook has %s parts; save the sheet as CSV", opts.Name, len(archive.File))
	case parts["xl/workbook.xml"] != nil:
		return parts, nil
	case parts["content.xml"] != nil:
		return nil, datahall.Errorf(datahall.Invalid, "%s: is an OpenDocument file; save it as .xlsx or CSV", opts.Name)
	}
	return nil, datahall.Errorf(datahall.Invalid, "%s: is a zip archive and no XLSX workbook; unpack it and bring the table inside", opts.Name)
}

// choose finds the sheet by name or number, and surveys its XML.
func (w *workbook) choose(parts map[string]*zip.File) error {
	sheets, err := sheetsOf(parts)
	if err != nil {
		return damaged(w.opts, err)
	}
	var names []string
	chosen := -1
	for i, s := range sheets {
		names = append(names, s.name)
		if chosen < 0 && w.opts.Sheet == "" && !s.hidden || w.opts.Sheet != "" && s.name == w.opts.Sheet {
			chosen = i
		}
	}
	if n, err := strconv.Atoi(w.opts.Sheet); chosen < 0 && err == nil && n >= 1 && n <= len(sheets) {
		chosen = n - 1
	}
	if chosen < 0 && w.opts.Sheet != "" {
		return datahall.Errorf(datahall.Invalid, "%s: has no sheet %q; it has %s", w.opts.Name, shorten(w.opts.Sheet), some(names))
	} else if chosen < 0 {
		return damaged(w.opts, fmt.Errorf("no visible sheet"))
	}
	w.sheet = names[chosen]
	w.others = slices.Delete(names, chosen, chosen+1)
	part := parts[strings.ToLower(sheets[chosen].part)]
	if part == nil {
		return damaged(w.opts, fmt.Errorf("part %s is missing", sheets[chosen].part))
	}
	if w.survey, err = surveySheet(part); err != nil {
		return damaged(w.opts, err)
	}
	return nil
}

// sheet is an entry of the workbook's list.
type sheet struct {
	name, part string
	hidden     bool
}

// sheetsOf reads xl/workbook.xml and its relationships (ECMA-376, part 1, 18.2).
func sheetsOf(parts map[string]*zip.File) ([]sheet, error) {
	var book struct {
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(parts["xl/workbook.xml"], &book); err != nil {
		return nil, err
	}
	if err := decodePart(parts["xl/_rels/workbook.xml.rels"], &rels); err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range rels.List {
		targets[r.ID] = strings.TrimPrefix(path.Join("/xl", r.Target), "/")
		if strings.HasPrefix(r.Target, "/") {
			targets[r.ID] = strings.TrimPrefix(path.Clean(r.Target), "/")
		}
	}
	var list []sheet
	for _, s := range book.Sheets {
		for _, a := range s.Attrs {
			if a.Name.Local == "id" {
				list = append(list, sheet{s.Name, targets[a.Value], s.State == "hidden" || s.State == "veryHidden"})
			}
		}
	}
	return list, nil
}

func decodePart(f *zip.File, into any) error {
	if f == nil {
		return fmt.Errorf("a part is missing")
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // a reader has nothing to lose
	return xml.NewDecoder(r).Decode(into)
}

func (w *workbook) next() (*record, error) {
	for {
		var cells []string
		done := false
		err := safely(func() (err error) {
			if done = !w.rows.Next(); done {
				return w.rows.Error()
			}
			cells, err = w.rows.Columns()
			return err
		})
		if err != nil {
			return nil, damaged(w.opts, err)
		}
		if done {
			return nil, io.EOF
		}
		w.line++
		cells = cells[:min(len(cells), maxColumns+1)]
		w.widest = max(w.widest, len(cells))
		cells = w.fill(cells)
		w.rec = record{line: w.line, cells: w.rec.cells[:0]}
		for _, c := range cells {
			w.rec.cells = append(w.rec.cells, cell{b: []byte(strings.ToValidUTF8(c, "\ufffd"))})
		}
		if !w.rec.blank() {
			return &w.rec, nil
		}
	}
}

// fill gives every cell of a merged area the value of its first, as a person
// reads it. A row with nothing else is left as it is.
func (w *workbook) fill(cells []string) []string {
	for len(w.merges) > 0 && w.merges[0].top <= w.line {
		m := w.merges[0]
		w.merges = w.merges[1:]
		if m.top == w.line && m.left < len(cells) && cells[m.left] != "" && len(w.active) < maxActive {
			w.active = append(w.active, filling{m, cells[m.left]})
		}
	}
	if len(w.active) == 0 || !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return cells
	}
	w.active = slices.DeleteFunc(w.active, func(f filling) bool { return f.bottom < w.line })
	for _, f := range w.active {
		for col := f.left; col <= min(f.right, w.widest-1); col++ {
			for len(cells) <= col {
				cells = append(cells, "")
			}
			if cells[col] == "" {
				cells[col] = f.value
			}
		}
	}
	return cells
}

func (w *workbook) emptyError() error {
	if len(w.others) > 0 {
		return datahall.Errorf(datahall.Invalid, "%s: its sheet %q is empty; name another with --sheet: %s", w.opts.Name, shorten(w.sheet), some(w.others))
	}
	return datahall.Errorf(datahall.Invalid, "%s: is empty; bring a file with a row for each example", w.opts.Name)
}
