package datahall

import "time"

// Dataset is one immutable version of a named table of rows. Its digest is
// that of its rows: the same rows are the same version, whoever brings them.
type Dataset struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Project string          `json:"project"`
	Version int             `json:"version"`
	State   string          `json:"state"` // always "ready": what is not whole is not stored
	Created time.Time       `json:"created"`
	Job     string          `json:"job"`              // the job that made it
	Parent  string          `json:"parent,omitempty"` // the version it was split or prepared from
	Digest  string          `json:"digest"`           // SHA-256 of the canonical rows, hex
	Source  string          `json:"source"`           // the file name as it was given, or "builtin:shop"
	Task    string          `json:"task"`             // classify, multilabel, regress or text
	Report  DatasetReport   `json:"report"`
	Files   map[string]Blob `json:"files,omitempty"` // rows.jsonl, rejected.jsonl
}

// Row is one example.
type Row struct {
	Text   string   `json:"text"`
	Label  string   `json:"label,omitempty"`
	Labels []string `json:"labels,omitzero"` // multi-label rows; empty and not nil: none applies
	Value  *float64 `json:"value,omitempty"` // regression target
	Split  string   `json:"split,omitempty"` // train, validation, test or empty
	Line   int      `json:"line,omitempty"`  // where it stood in the source, from 1
}

// RejectedRow is a row that was not taken, and why.
type RejectedRow struct {
	Line   int     `json:"line"`
	Raw    string  `json:"raw"` // at most 1,000 bytes of it
	Reason Message `json:"reason"`
}

// DatasetReport says what was read.
type DatasetReport struct {
	Format      string    `json:"format"`   // csv tsv jsonl json xlsx, with +gz or +zst
	Encoding    string    `json:"encoding"` // utf-8 utf-8-bom gb18030 utf-16le utf-16be
	Sheet       string    `json:"sheet,omitempty"`
	TextColumn  ColumnUse `json:"text_column"`
	LabelColumn ColumnUse `json:"label_column"`
	Rows        int       `json:"rows"`
	Rejected    int       `json:"rejected"`
	Duplicates  int       `json:"duplicates"` // rows whose normalised text and label stood before
	Conflicts   int       `json:"conflicts"`  // normalised texts with more than one label
	Labels      []Count   `json:"labels"`     // most frequent first
	Languages   []Count   `json:"languages"`  // zh en mixed other
	Splits      []Count   `json:"splits,omitempty"`
	Lengths     Lengths   `json:"lengths"` // in characters
	Problems    []Problem `json:"problems,omitempty"`
	Leaks       *Leaks    `json:"leaks,omitempty"`
}

// ColumnUse says which column was taken and why.
type ColumnUse struct {
	Name   string  `json:"name"`   // header, or its number from 1
	Index  int     `json:"index"`  // from 0; -1 where there is none
	Reason Message `json:"reason"` // named by the user, recognised by name, or by content
}

// Count is a name and how many.
type Count struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Lengths is a distribution in numbers and bars.
type Lengths struct {
	Min  int     `json:"min"`
	Mean float64 `json:"mean"`
	P50  int     `json:"p50"`
	P95  int     `json:"p95"`
	Max  int     `json:"max"`
	Bars []Bar   `json:"bars,omitempty"`
}

// Bar is one bar of a histogram: From <= x < To.
type Bar struct {
	From int `json:"from"`
	To   int `json:"to"`
	N    int `json:"n"`
}

// Problem is one finding about the data that a person should look at.
type Problem struct {
	Code    string  `json:"code"` // duplicate conflict short long rejected label-space rare-label imbalance merged-cells formula …
	Message Message `json:"message"`
	Lines   []int   `json:"lines,omitempty"` // the first few
	N       int     `json:"n"`
}

// Leaks says how much of the test side stands on the training side too.
type Leaks struct {
	Exact int   `json:"exact"` // same normalised text
	Near  int   `json:"near"`  // Jaccard of character 5-grams at least 0.8
	Rows  int   `json:"rows"`  // test rows looked at
	Lines []int `json:"lines,omitempty"`
}
