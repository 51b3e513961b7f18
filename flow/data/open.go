package data

import (
	"bufio"
	"bytes"
	"io"

	"datahall"
)

// file is an opened source and what was recognised about it.
type file struct {
	source
	format  string
	decoder *decoder // nil for XLSX
	sheet   *workbook
	close   func()
}

// open recognises what lies in src and readies it for reading.
func open(src *meter, opts *Options) (*file, error) {
	r, suffix, done, err := unpack(src, opts)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(r, 1<<16)
	head, err := in.Peek(512)
	if err != nil && err != io.EOF {
		done()
		return nil, err
	}
	f, err := openBytes(in, head, opts)
	if err != nil {
		done()
		return nil, err
	}
	f.format += suffix
	f.close = done
	return f, nil
}

func openBytes(in io.Reader, head []byte, opts *Options) (*file, error) {
	if err := foreign(head, opts); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		book, err := openWorkbook(in, opts)
		if err != nil {
			return nil, err
		}
		return &file{source: book, format: "xlsx", sheet: book}, nil
	}
	return openText(in, opts)
}

func openText(in io.Reader, opts *Options) (*file, error) {
	dec := newDecoder(in)
	w := newWindow(dec, opts.Limits.Record)
	w.fill(min(evidence, opts.Limits.Record))
	if w.err != nil {
		return nil, w.err
	}
	sample := w.bytes()
	if len(bytes.Trim(sample, " \t\r\n\ufeff")) == 0 && w.end {
		return nil, datahall.Errorf(datahall.Invalid, "%s: is empty; bring a file with a row for each example", opts.Name)
	}
	f := &file{decoder: dec}
	if shape, ok := sniffJSON(sample); ok {
		f.source, f.format = newJSON(w, shape), "json"
		if shape == jsonLines {
			f.format = "jsonl"
		}
		return f, nil
	}
	if line, _, _ := bytes.Cut(sample, []byte{'\n'}); len(line) < 8 && bytes.HasPrefix(line, []byte("sep=")) {
		w.skip(min(len(line)+1, len(sample))) // a line that Excel writes for itself
		sample = w.bytes()
	}
	d := &delimited{w: w, dialect: sniffDialect(sample, w.end, opts.Name)}
	w.eol = d.eol
	f.source, f.format = d, "csv"
	if d.comma == '\t' {
		f.format = "tsv"
	}
	return f, nil
}

// encoding names the encoding; it is only known for certain at the end.
func (f *file) encoding() string {
	if f.decoder == nil {
		return utf8Plain
	}
	return f.decoder.name
}
