// Package data brings a user's file in: rows, rejected rows, and a report.
//
// [Read] takes CSV (comma, semicolon, tab or bar), TSV, JSON lines, a JSON
// array and XLSX, each also under gzip or zstd, in UTF-8, GB18030 or UTF-16.
// Format, encoding, delimiter, header and columns are recognised; what the
// caller names is obeyed. A row that cannot be used is kept aside with its
// line and a reason; a file that cannot be used is one error with a remedy.
//
// [WriteRows] and [ReadRows] are the kept format of a dataset version, with
// its own version in the first line. [Digest] names rows by content, so that
// the same rows are the same version whatever file they came in. [Describe]
// makes the report of rows that exist already, [Export] writes them out.
//
// What a person should look at is a problem of the report, by code: rejected
// encoding title-row merged-cells formula formula-empty sheets quote conflict
// label-near single-row-label rare-label imbalance duplicate short long
// label-space null-label bom replacement.
//
// It refuses: archives that unpack beyond [Limits], records and texts beyond
// them, NUL bytes, broken encodings, values that are not finite numbers. It
// opens nothing itself and writes no temporary file: what a hall keeps sealed
// must not lie beside it in the clear.
//
// A new format is a [source] and a branch in open; a new check of a row is a
// line in the builder's take; a new finding about the whole is a line in the
// tally's problems. Each sentence needs its Chinese in phrase/zh_data.go.
package data
