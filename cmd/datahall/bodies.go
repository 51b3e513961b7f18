package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"datahall"
	"datahall/cluster/control"
	"datahall/cluster/work"
	"datahall/flow/data"
	"datahall/flow/prep"
	"datahall/models/shop"
)

// bodies are the kinds of jobs and what does their work.
var bodies = map[string]work.Body{
	"import":   importBody,
	"export":   exportBody,
	"split":    splitBody,
	"train":    trainBody,
	"evaluate": evaluateBody,
	"predict":  predictBody,
	"replica":  replicaBody,

	"model-import": modelImportBody,
	"model-pull":   modelPullBody,
}

// samples is how many rows a dataset shows of itself.
const samples = 50

// importBody turns a file into the files of a dataset version.
func importBody(_ context.Context, b *work.Bench) error {
	var spec datahall.ImportSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	source, size, err := openSource(b, spec)
	if err != nil {
		return err
	}
	defer source.Close()
	b.Stage(datahall.Say("reading %s", spec.Source), float64(size), "bytes")
	table, err := data.Read(source, data.OptionsOf(spec), func(bytes, _ int64) { b.Advance(float64(bytes)) })
	if err != nil {
		return err
	}
	b.Advance(float64(size))
	d := datahall.Dataset{Source: spec.Source, Task: spec.Task, Digest: table.Digest, Report: table.Report}
	if len(d.Report.Splits) > 1 {
		d.Report.Leaks, _ = prep.Leaks(table.Rows)
	}
	return keep(b, d, table.Rows, table.Rejected)
}

// openSource opens the uploaded bytes, or the sample that is built in.
func openSource(b *work.Bench, spec datahall.ImportSpec) (io.ReadCloser, int64, error) {
	if spec.Source == "builtin:shop" && spec.Blob.Digest == "" {
		tsv := shop.TSV()
		return io.NopCloser(bytes.NewReader(tsv)), int64(len(tsv)), nil
	}
	if spec.Blob.Digest == "" {
		return nil, 0, datahall.Errorf(datahall.NotFound, "sample %s: there is none built in; the one there is is builtin:shop", spec.Source)
	}
	f, err := b.Inputs.Open("source")
	return f, spec.Blob.Bytes, err
}

// keep writes the files of a dataset version and says what it is.
func keep(b *work.Bench, d datahall.Dataset, rows []datahall.Row, rejected []datahall.RejectedRow) error {
	b.Stage(datahall.Say("sealing %s rows", len(rows)), 0, "rows")
	err := b.WriteFile(control.RowsFile, func(w io.Writer) error { return data.WriteRows(w, slices.Values(rows)) })
	if err != nil {
		return err
	}
	if len(rejected) > 0 {
		if err := b.WriteFile("rejected.jsonl", func(w io.Writer) error { return data.WriteRejected(w, slices.Values(rejected)) }); err != nil {
			return err
		}
	}
	if err := b.WriteJSON("samples.json", spread(rows, samples)); err != nil {
		return err
	}
	return b.Result(d)
}

// spread takes at most n rows, of each label in turn, so that sorted data show
// more than their first label.
func spread(rows []datahall.Row, n int) []datahall.Row {
	byLabel := map[string][]datahall.Row{}
	var labels []string
	for _, r := range rows {
		key := r.Label + strings.Join(r.Labels, "|")
		if _, seen := byLabel[key]; !seen {
			labels = append(labels, key)
		}
		byLabel[key] = append(byLabel[key], r)
	}
	some := []datahall.Row{}
	for round := 0; len(some) < min(n, len(rows)); round++ {
		for _, l := range labels {
			if round < len(byLabel[l]) && len(some) < n {
				some = append(some, byLabel[l][round])
			}
		}
	}
	return some
}

// exportBody writes a dataset version as a file of the user's.
func exportBody(_ context.Context, b *work.Bench) error {
	var spec datahall.ExportSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	rows, err := loadRows(b)
	if err != nil {
		return err
	}
	b.Stage(datahall.Say("writing %s", spec.File), float64(len(rows)), "rows")
	return b.WriteFile(spec.File, func(w io.Writer) error { return data.Export(w, rows, spec.Format) })
}

// loadRows reads the rows that the job was given.
func loadRows(b *work.Bench) ([]datahall.Row, error) {
	f, err := b.Inputs.Open(control.RowsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return data.LoadRows(f)
}

// splitBody assigns the rows of a dataset version to splits.
func splitBody(_ context.Context, b *work.Bench) error {
	var spec datahall.SplitSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	rows, err := loadRows(b)
	if err != nil {
		return err
	}
	b.Stage(datahall.Say("splitting %s rows", len(rows)), 0, "rows")
	split, err := prep.Split(rows, spec)
	if err != nil {
		return err
	}
	task := taskOf(rows)
	d := datahall.Dataset{Parent: spec.Dataset, Task: task, Digest: data.Digest(split.Rows), Report: data.Describe(split.Rows, task)}
	d.Report.Splits = split.Counts
	d.Report.Leaks, _ = prep.Leaks(split.Rows)
	for _, label := range split.Untested {
		d.Report.Problems = append(d.Report.Problems, datahall.Problem{Code: "untested", N: 1,
			Message: datahall.Say("label %s: only one text; it is trained but not tested", label)})
	}
	return keep(b, d, split.Rows, nil)
}

// taskOf tells what rows are for by what they carry.
func taskOf(rows []datahall.Row) string {
	for _, r := range rows {
		switch {
		case r.Value != nil:
			return data.Regress
		case len(r.Labels) > 0:
			return data.MultiLabel
		case r.Label != "":
			return data.Classify
		}
	}
	return data.Text
}
