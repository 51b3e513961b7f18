package data

import (
	"strconv"

	"datahall"
)

// finish turns what was read into a table, or says why there is none.
func (r *reading) finish() (*Table, error) {
	b := r.build
	if err := r.refuse(); err != nil {
		return nil, err
	}
	t := &Table{Rows: b.rows, Rejected: b.rejected, Columns: r.layout.names, Digest: Digest(b.rows)}
	t.Report = datahall.DatasetReport{
		Format: r.file.format, Encoding: r.file.encoding(), Rejected: b.refused,
		TextColumn: r.layout.text, LabelColumn: r.layout.label,
	}
	b.tally.fill(&t.Report)
	t.Report.Problems = r.problems()
	if s := r.file.sheet; s != nil {
		t.Report.Sheet = s.sheet
	}
	return t, nil
}

func (r *reading) problems() []datahall.Problem {
	b := r.build
	var list []datahall.Problem
	note := func(code string, f finding, m datahall.Message) {
		if f.n > 0 {
			list = append(list, datahall.Problem{Code: code, Message: m, Lines: f.lines, N: f.n})
		}
	}
	var rejected finding
	for _, row := range b.rejected[:min(len(b.rejected), findingLines)] {
		rejected.add(row.Line)
	}
	rejected.n = b.refused
	note("rejected", rejected, datahall.Say("rows that cannot be used: %s; each is kept with its reason", b.refused))
	if f := b.faults[faultEncoding]; f != nil {
		note("encoding", *f, datahall.Say("rows that are not %s like the rest of the file: %s; save the whole file as UTF-8", r.file.encoding(), f.n))
	}
	if r.titles > 0 {
		list = append(list, datahall.Problem{Code: "title-row", N: r.titles, Message: datahall.Say("lines above the header that were passed over: %s", r.titles)})
	}
	if s := r.file.sheet; s != nil {
		header := 0
		if r.header != nil {
			header = r.header.line
		}
		list = append(list, s.problems(r.layout, header)...)
	}
	note("quote", b.stray, datahall.Say("rows with a quote that closes nowhere, taken as they stand: %s", b.stray.n))
	list = append(list, b.tally.problems()...)
	note("label-space", b.spaced, datahall.Say("labels with white space around them: %s; it was taken off, they count as the same label", b.spaced.n))
	note("null-label", b.missingWords, datahall.Say("labels that say there is none (nan, null, none, n/a): %s; delete those rows if they have no label", b.missingWords.n))
	note("bom", b.marks, datahall.Say("texts that began with a byte order mark, which was taken off: %s", b.marks.n))
	note("replacement", b.replaced, datahall.Say("texts with the replacement character U+FFFD, left by an earlier conversion: %s", b.replaced.n))
	return list
}

// refuse says what makes a whole file unusable.
func (r *reading) refuse() error {
	b, o, col := r.build, r.opts, r.layout.label.Name
	worst, n := noFault, 0
	for f := faultEncoding; f <= faultOther; f++ {
		if seen := b.faults[f]; seen != nil && seen.n > n {
			worst, n = f, seen.n
		}
	}
	if worst == faultSeveral && n > len(b.rows) {
		return datahall.Errorf(datahall.Invalid, "%s: its rows have several labels each; import it with --task multilabel", o.Name)
	}
	if len(b.rows) > 0 {
		return r.refuseTarget()
	}
	switch worst {
	case noFault:
		return datahall.Errorf(datahall.Invalid, "%s: has a header and no rows; add rows below it", o.Name)
	case faultEncoding:
		return datahall.Errorf(datahall.Invalid, "%s: is neither UTF-8 nor GB18030 nor UTF-16; save it as UTF-8", o.Name)
	case faultText:
		return datahall.Errorf(datahall.Invalid, "%s: its text column %q has no text in any row; name another with --text-column", o.Name, shorten(r.layout.text.Name))
	case faultLabel:
		return datahall.Errorf(datahall.Invalid, "%s: its label column %q is empty in every row; name another with --label-column, or import it with --task text", o.Name, shorten(col))
	case faultNumber:
		return datahall.Errorf(datahall.Invalid, "%s: its column %q holds no numbers; name another with --label-column", o.Name, shorten(col))
	}
	first := b.rejected[0]
	return datahall.Errorf(datahall.Invalid, "%s: none of its %s rows can be used; look at line %s: %q", o.Name, b.refused, first.Line, shorten(first.Raw))
}

// refuseTarget looks for labels or values from which nothing can be learnt.
func (r *reading) refuseTarget() error {
	b, o := r.build, r.opts
	rows, labels := len(b.rows), b.tally.labels
	switch {
	case o.Task == Regress && len(b.tally.targets) == 1 && rows > 1:
		return datahall.Errorf(datahall.Invalid, "%s: every row has the value %s; bring rows of different values", o.Name, strconv.FormatFloat(*b.rows[0].Value, 'g', -1, 64))
	case o.Task == Classify && len(labels) == 1:
		return datahall.Errorf(datahall.Invalid, "%s: every row has the label %q; bring rows of at least two labels", o.Name, shorten(b.rows[0].Label))
	case o.Task == MultiLabel && (len(labels) == 0 || len(labels) == 1 && b.tally.unlabeled == 0):
		return datahall.Errorf(datahall.Invalid, "%s: its rows do not differ in their labels; bring rows of at least two labels", o.Name)
	case o.Task == Classify && rows >= 10 && len(labels) == rows:
		return datahall.Errorf(datahall.Invalid, "%s: every row has a label of its own in column %q; name the column of labels with --label-column", o.Name, shorten(r.layout.label.Name))
	}
	return nil
}
