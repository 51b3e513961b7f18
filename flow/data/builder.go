package data

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"datahall"
)

// fault is the class of a rejection: what most rows suffer from decides what
// the whole file is refused for.
type fault int

const (
	noFault fault = iota
	faultEncoding
	faultShape
	faultText
	faultLabel
	faultSeveral
	faultNumber
	faultOther
)

// builder judges records and keeps what becomes of them.
type builder struct {
	opts     *Options
	file     *file
	layout   layout
	width    int     // fields of a record; 0: any number
	header   *record // nil where there is none
	rows     []datahall.Row
	rejected []datahall.RejectedRow
	faults   map[fault]*finding
	refused  int
	labels   map[string]string // so that a label is kept once in memory
	tally    *tally

	stray, spaced, marks, replaced, missingWords finding
}

func newBuilder(r *reading) *builder {
	b := &builder{opts: r.opts, file: r.file, layout: r.layout, header: r.header, faults: map[fault]*finding{}, labels: map[string]string{}, tally: newTally(r.opts.Task)}
	if _, ok := r.file.source.(*delimited); ok {
		b.width = len(r.layout.names)
	}
	return b
}

func (b *builder) take(r *record) {
	if r.bad.IsZero() && r.blank() && r.kind(b.layout.text.Index) != list {
		return
	}
	row, why, f := b.judge(r)
	if f != noFault {
		b.reject(r, why, f)
		return
	}
	if r.stray {
		b.stray.add(r.line)
	}
	b.rows = append(b.rows, row)
	b.tally.add(row)
}

func (b *builder) reject(r *record, why datahall.Message, f fault) {
	b.refused++
	if b.faults[f] == nil {
		b.faults[f] = &finding{}
	}
	b.faults[f].add(r.line)
	if len(b.rejected) < b.opts.Limits.Rejected {
		b.rejected = append(b.rejected, datahall.RejectedRow{Line: r.line, Raw: rawText(r.source()), Reason: why})
	}
}

// rawText is the beginning of a record as text, read as GB18030 where it is
// not UTF-8.
func rawText(raw []byte) string {
	raw = bytes.TrimRight(raw, "\r\n")
	cut := raw[:min(len(raw), rawBytes)]
	cut = cut[:len(cut)-trailing(cut)]
	if !utf8.Valid(cut) && readsAsGB18030(cut) {
		if s, err := gbText(cut); err == nil {
			cut = s[:min(len(s), rawBytes)]
		}
	}
	s := strings.ToValidUTF8(string(cut), "\ufffd")
	for len(s) > rawBytes {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// judge makes a row of a record, or says why not.
func (b *builder) judge(r *record) (row datahall.Row, why datahall.Message, f fault) {
	if why, f = b.judgeWhole(r); f != noFault {
		return row, why, f
	}
	row.Line = r.line
	if row.Text, why, f = b.text(r); f != noFault {
		return row, why, f
	}
	if why, f = b.target(r, &row); f != noFault {
		return row, why, f
	}
	if i := b.layout.split.Index; i >= 0 {
		value := string(bytes.TrimSpace(r.text(i)))
		if row.Split = splitOf(value); row.Split == "" && value != "" {
			return row, datahall.Say("the split %q is none of train, validation and test", shorten(value)), faultOther
		}
	}
	return row, why, noFault
}

// judgeWhole looks at the record as it stands in the file.
func (b *builder) judgeWhole(r *record) (datahall.Message, fault) {
	if d := b.file.decoder; d != nil && r.raw != nil {
		switch {
		case bytes.IndexByte(r.raw, 0) >= 0:
			return datahall.Say("holds a NUL byte"), faultOther
		case !utf8.Valid(r.raw):
			return datahall.Say("is not UTF-8: save the whole file as UTF-8"), faultEncoding
		case d.transcoded() && bytes.Contains(r.raw, []byte("\ufffd")):
			return datahall.Say("is damaged or not in %s like the rest of the file", strings.ToUpper(d.name)), faultEncoding
		}
	}
	switch {
	case !r.bad.IsZero():
		return r.bad, faultShape
	case b.width > 0 && len(r.cells) < b.width,
		b.width > 0 && len(r.cells) > b.width && !(&record{cells: r.cells[b.width:]}).blank():
		return datahall.Say("the number of fields is %s, %s are expected", len(r.cells), b.width), faultShape
	case b.header != nil && b.repeatsHeader(r):
		return datahall.Say("repeats the header"), faultOther
	}
	return datahall.Message{}, noFault
}

func (b *builder) repeatsHeader(r *record) bool {
	for i := range b.layout.names {
		if !bytes.Equal(bytes.TrimSpace(r.text(i)), bytes.TrimSpace(b.header.text(i))) {
			return false
		}
	}
	return true
}

func (b *builder) text(r *record) (string, datahall.Message, fault) {
	i := b.layout.text.Index
	raw := r.text(i)
	if k := r.kind(i); k == list || k == object {
		return "", datahall.Say("the text is a JSON array or object, not a string"), faultText
	}
	marked := bytes.HasPrefix(raw, []byte("\ufeff"))
	if marked {
		raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	}
	switch {
	case len(raw) > b.opts.Limits.Field:
		return "", datahall.Say("the text has %s bytes, %s are allowed", len(raw), b.opts.Limits.Field), faultOther
	case saysNothing(raw):
		return "", datahall.Say("the text is empty"), faultText
	case bytes.IndexByte(raw, 0) >= 0:
		return "", datahall.Say("holds a NUL byte"), faultOther
	case b.file.sheet != nil && sheetError(raw):
		return "", datahall.Say("the cell holds the error %s", string(raw)), faultText
	}
	if marked {
		b.marks.add(r.line)
	}
	if bytes.Contains(raw, []byte("\ufffd")) {
		b.replaced.add(r.line)
	}
	if bytes.Contains(raw, []byte("\r\n")) {
		raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	}
	return string(raw), datahall.Message{}, noFault
}

// saysNothing reports whether only white space and invisible marks are there.
func saysNothing(raw []byte) bool {
	return bytes.IndexFunc(raw, func(c rune) bool { return !isSpace(c) && !ignorable(c) }) < 0
}

// target reads label, labels or value.
func (b *builder) target(r *record, row *datahall.Row) (datahall.Message, fault) {
	i := b.layout.label.Index
	switch {
	case i < 0:
		return datahall.Message{}, noFault
	case b.file.sheet != nil && sheetError(r.text(i)):
		return datahall.Say("the cell holds the error %s", string(r.text(i))), faultLabel
	case bytes.IndexByte(r.text(i), 0) >= 0:
		return datahall.Say("holds a NUL byte"), faultOther
	case r.kind(i) == object:
		return datahall.Say("the label is a JSON object, not a string"), faultLabel
	}
	switch b.opts.Task {
	case Regress:
		return b.value(r, row)
	case MultiLabel:
		return b.several(r, row)
	}
	return b.single(r, row)
}

func (b *builder) single(r *record, row *datahall.Row) (why datahall.Message, f fault) {
	i := b.layout.label.Index
	name := string(r.text(i))
	if r.kind(i) == list {
		names := listOf(r.text(i))
		if len(names) > 1 {
			return datahall.Say("has several labels: import the file with --task multilabel"), faultSeveral
		}
		name = strings.Join(names, "")
	}
	if row.Label, why, f = b.label(name, r.line); f == faultLabel && b.opts.Task == Text {
		return datahall.Message{}, noFault // a label is welcome there, not needed
	}
	return why, f
}

// label trims a label and checks it.
func (b *builder) label(name string, line int) (string, datahall.Message, fault) {
	trimmed := strings.TrimFunc(name, func(c rune) bool { return isSpace(c) || ignorable(c) })
	switch {
	case trimmed == "":
		return "", datahall.Say("the label is missing"), faultLabel
	case len(trimmed) > b.opts.Limits.Label:
		return "", datahall.Say("the label has %s bytes, %s are allowed: is it the right column?", len(trimmed), b.opts.Limits.Label), faultOther
	}
	if trimmed != name {
		b.spaced.add(line)
	}
	switch strings.ToLower(trimmed) {
	case "nan", "null", "none", "n/a", "#n/a", "nil", "undefined":
		b.missingWords.add(line)
	}
	if kept, ok := b.labels[trimmed]; ok {
		return kept, datahall.Message{}, noFault
	}
	kept := strings.Clone(trimmed)
	b.labels[kept] = kept
	return kept, datahall.Message{}, noFault
}

// several reads a set of labels, sorted. An empty JSON array is a row to which
// no label applies; an empty cell is a row that nobody labelled.
func (b *builder) several(r *record, row *datahall.Row) (datahall.Message, fault) {
	i := b.layout.label.Index
	raw := bytes.TrimSpace(r.text(i))
	var names []string
	switch {
	case r.kind(i) == list || len(raw) > 1 && raw[0] == '[' && raw[len(raw)-1] == ']':
		names = listOf(raw)
	case len(raw) == 0:
		return datahall.Say("the label is missing"), faultLabel
	default:
		names = strings.Split(string(raw), b.layout.separator)
	}
	row.Labels = []string{}
	for _, name := range names {
		label, why, f := b.label(name, r.line)
		if f == faultLabel {
			continue // a|b| and a||b say nothing more than a|b
		} else if f != noFault {
			return why, f
		}
		row.Labels = append(row.Labels, label)
	}
	if len(names) > 0 && len(row.Labels) == 0 {
		return datahall.Say("the label is missing"), faultLabel
	}
	slices.Sort(row.Labels)
	row.Labels = slices.Compact(row.Labels)
	return datahall.Message{}, noFault
}

func (b *builder) value(r *record, row *datahall.Row) (datahall.Message, fault) {
	s := Normalise(string(r.text(b.layout.label.Index)))
	if s == "" {
		return datahall.Say("the value is missing"), faultLabel
	}
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		v, err = strconv.ParseFloat(withoutThousands(number), 64)
	}
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return datahall.Say("the value %q is not a number", shorten(s)), faultNumber
	}
	if percent {
		v /= 100
	}
	row.Value = &v
	return datahall.Message{}, noFault
}

// withoutThousands takes the commas out of 1,234,567.8 and leaves 1,5 alone.
func withoutThousands(s string) string {
	whole, _, _ := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return s
		}
	}
	return strings.ReplaceAll(s, ",", "")
}
