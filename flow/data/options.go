package data

import (
	"cmp"
	"strings"
	"unicode"

	"datahall"
)

// The tasks of a dataset.
const (
	Classify   = "classify"   // one label a row
	MultiLabel = "multilabel" // a set of labels a row, possibly empty
	Regress    = "regress"    // a finite number a row
	Text       = "text"       // no label
)

// Options says what the caller knows about a file. The zero value recognises
// everything and classifies.
type Options struct {
	Name        string // of the file: a hint for the format, and the subject of errors
	TextColumn  string // header, or number from 1
	LabelColumn string
	SplitColumn string
	Sheet       string // name, or number from 1; empty is the first visible one
	Header      *bool  // nil: recognised
	Task        string // empty: Classify
	Limits      Limits
}

// OptionsOf takes the options out of an import's specification.
func OptionsOf(spec datahall.ImportSpec) Options {
	return Options{
		Name: spec.Source, TextColumn: spec.TextColumn, LabelColumn: spec.LabelColumn,
		SplitColumn: spec.SplitColumn, Sheet: spec.Sheet, Header: spec.Header, Task: spec.Task,
	}
}

// Limits bounds what a file may cost. Zero fields take the defaults.
type Limits struct {
	Field    int   // bytes of one text; 1 MiB
	Label    int   // bytes of one label; 1,000
	Record   int   // bytes of one record in the source; 4 MiB
	Bytes    int64 // bytes of the unpacked file; 1 GiB
	Ratio    int64 // unpacked bytes for each packed one, beyond the first 16 MiB; 200
	Rows     int   // rows taken; 5,000,000
	Rejected int   // rejected rows kept (all are counted); 10,000
	Workbook int64 // bytes of an XLSX file, held in memory; 64 MiB
	Unzipped int64 // bytes of an XLSX file's parts, held in memory; 512 MiB
}

func (l Limits) filled() Limits {
	return Limits{
		Field:    cmp.Or(l.Field, 1<<20),
		Label:    cmp.Or(l.Label, 1000),
		Record:   cmp.Or(l.Record, 4<<20),
		Bytes:    cmp.Or(l.Bytes, 1<<30),
		Ratio:    cmp.Or(l.Ratio, 200),
		Rows:     cmp.Or(l.Rows, 5_000_000),
		Rejected: cmp.Or(l.Rejected, 10_000),
		Workbook: cmp.Or(l.Workbook, 64<<20),
		Unzipped: cmp.Or(l.Unzipped, 512<<20),
	}
}

func (o Options) filled() (Options, error) {
	o.Limits = o.Limits.filled()
	o.Task = cmp.Or(o.Task, Classify)
	o.Name = printable(cmp.Or(o.Name, "data"))
	switch o.Task {
	case Classify, MultiLabel, Regress, Text:
		return o, nil
	}
	return o, datahall.Errorf(datahall.Invalid, "%s: %q is not a task; choose classify, multilabel, regress or text", o.Name, shorten(o.Task))
}

// printable keeps a name on one line, whatever somebody called a file.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '·'
	}, strings.ToValidUTF8(s, "·"))
}

// shorten keeps a value that is quoted in a sentence to 60 characters.
func shorten(s string) string {
	n := 0
	for i := range s {
		if n == 60 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
