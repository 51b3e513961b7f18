package data

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"datahall"
)

// Table is what a file gave.
type Table struct {
	Rows     []datahall.Row
	Rejected []datahall.RejectedRow // the first Limits.Rejected of them
	Report   datahall.DatasetReport
	Digest   string   // of Rows
	Columns  []string // headers, or numbers from 1
}

// The sample by which columns are chosen.
const (
	sampleRows  = 20_000
	sampleBytes = 16 << 20
)

// Read takes a file in. src is read once, forwards, to its end. progress, if
// given, hears now and then how many bytes of src and how many records were
// read. Errors of src are returned as they are; all others are for the user.
func Read(src io.Reader, opts Options, progress func(bytes, rows int64)) (*Table, error) {
	opts, err := opts.filled()
	if err != nil {
		return nil, err
	}
	m := &meter{r: src}
	f, err := open(m, &opts)
	if err != nil {
		return nil, err
	}
	defer f.close()
	r := &reading{file: f, opts: &opts, src: m, progress: progress}
	if err := r.run(); err != nil {
		return nil, err
	}
	return r.finish()
}

// reading is one call of Read.
type reading struct {
	file     *file
	opts     *Options
	src      *meter
	progress func(bytes, rows int64)
	layout   layout
	header   *record // nil where there is none
	titles   int     // records above the header
	build    *builder
	records  int64
}

func (r *reading) run() error {
	sample, end, err := r.sample()
	if err != nil {
		return err
	}
	rest, err := r.lay(sample)
	if err != nil {
		return err
	}
	r.build = newBuilder(r)
	for _, rec := range rest {
		if err := r.take(rec); err != nil {
			return err
		}
	}
	for !end {
		rec, err := r.file.next()
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if err := r.take(rec); err != nil {
			return err
		}
	}
	r.tell()
	return nil
}

func (r *reading) take(rec *record) error {
	r.build.take(rec)
	if r.records++; r.records%1000 == 0 {
		r.tell()
	}
	if len(r.build.rows) > r.opts.Limits.Rows {
		return datahall.Errorf(datahall.TooLarge, "%s: has more than %s rows; bring a part of it", r.opts.Name, r.opts.Limits.Rows)
	}
	return nil
}

func (r *reading) tell() {
	if r.progress != nil {
		r.progress(r.src.n, r.records)
	}
}

// sample reads the first records, and whether they are all.
func (r *reading) sample() (sample []*record, end bool, err error) {
	size := 0
	for len(sample) < sampleRows && size < sampleBytes {
		rec, err := r.file.next()
		if err == io.EOF {
			return sample, true, nil
		} else if err != nil {
			return nil, false, err
		}
		c := rec.clone()
		size += c.size()
		sample = append(sample, c)
	}
	return sample, false, nil
}

// lay finds header and columns, and gives the sample's records below them.
func (r *reading) lay(sample []*record) ([]*record, error) {
	whole := make([]*record, 0, len(sample))
	for _, rec := range sample {
		if rec.bad.IsZero() && !rec.blank() {
			whole = append(whole, rec)
		}
	}
	if len(whole) == 0 {
		return nil, r.nothing(sample)
	}
	names, header := []string(nil), false
	if j, ok := r.file.source.(*jsonSource); ok {
		names, header = j.names, j.keyed
	} else {
		r.titles = titleRows(whole)
		whole = whole[r.titles:]
		header = hasHeader(whole[0], whole[1:], r.opts)
		names = columnNames(whole, header)
		if header {
			r.header = whole[0]
			sample = below(sample, whole[0])
			whole = whole[1:]
		}
	}
	if len(names) > maxColumns {
		return nil, datahall.Errorf(datahall.TooLarge, "%s: has more than %s columns; keep those of text and label", r.opts.Name, maxColumns)
	}
	if len(whole) == 0 {
		return nil, datahall.Errorf(datahall.Invalid, "%s: has a header and no rows; add rows below it", r.opts.Name)
	}
	var err error
	r.layout, err = choose(names, header, whole, r.opts)
	return sample, err
}

// nothing explains a file in which no record can be read at all.
func (r *reading) nothing(sample []*record) error {
	if _, ok := r.file.source.(*jsonSource); ok && len(sample) > 0 {
		return datahall.Errorf(datahall.Invalid, "%s: none of its %s records is valid JSON; bring JSON lines, a JSON array, CSV or XLSX", r.opts.Name, len(sample))
	}
	if len(sample) > 0 && !sample[0].bad.IsZero() {
		return datahall.Errorf(datahall.Invalid, "%s: its lines are longer than %s bytes; bring a row for each example", r.opts.Name, r.opts.Limits.Record)
	}
	if r.file.sheet != nil {
		return r.file.sheet.emptyError()
	}
	return datahall.Errorf(datahall.Invalid, "%s: is empty; bring a file with a row for each example", r.opts.Name)
}

func below(sample []*record, header *record) []*record {
	for i, rec := range sample {
		if rec == header {
			return sample[i+1:]
		}
	}
	return sample
}

// columnNames gives the header's names, or numbers from 1 for as many columns
// as most records have.
func columnNames(whole []*record, header bool) []string {
	width := len(whole[0].cells)
	for header && width > 1 && !slices.ContainsFunc(whole, func(r *record) bool { return len(bytes.TrimSpace(r.text(width-1))) > 0 }) {
		width-- // the empty columns that a spreadsheet program writes at the right
	}
	if !header {
		counts := map[int]int{}
		for _, rec := range whole {
			counts[len(rec.cells)]++
		}
		for w, n := range counts {
			if n > counts[width] || n == counts[width] && w > width {
				width = w
			}
		}
	}
	names := make([]string, width)
	for i := range names {
		names[i] = strconv.Itoa(i + 1)
		if h := strings.Trim(string(whole[0].text(i)), " \t\r\n\u3000\u00a0\ufeff\u200b"); header && h != "" {
			names[i] = strings.ToValidUTF8(h, "\ufffd")
		}
	}
	return names
}
