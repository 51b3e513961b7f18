package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"

	"datahall"
)

// meter counts what is taken from the caller's stream and keeps its error
// apart from those of the layers above.
type meter struct {
	r   io.Reader
	n   int64
	err error
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// freeRatio is how much may come out before the ratio is looked at: small
// files of one repeated line are no bombs.
const freeRatio = 16 << 20

// guard ends a stream that unpacks beyond its limits.
type guard struct {
	r      io.Reader
	packed *meter // nil where nothing was packed
	n      int64
	opts   *Options
	what   string // the packing, for the error
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += int64(n)
	l := g.opts.Limits
	switch {
	case g.n > l.Bytes:
		return 0, datahall.Errorf(datahall.TooLarge, "%s: has more than %s bytes; split it, or bring a part of it", g.opts.Name, l.Bytes)
	case g.packed != nil && g.n > freeRatio && g.n/max(g.packed.n, 1) > l.Ratio:
		return 0, datahall.Errorf(datahall.TooLarge, "%s: unpacks to more than %s times its size; unpack it first if you trust it", g.opts.Name, l.Ratio)
	case err == nil || err == io.EOF:
		return n, err
	case g.packed == nil:
		return n, err
	case g.packed.err != nil:
		return n, g.packed.err
	}
	return n, datahall.Errorf(datahall.Invalid, "%s: its %s data is damaged or cut off; bring the whole file", g.opts.Name, g.what).Because(err)
}

// unpack takes one layer of gzip or zstd off, and names it ("+gz", "+zst").
func unpack(src *meter, opts *Options) (r io.Reader, suffix string, done func(), err error) {
	in := bufio.NewReaderSize(src, 1<<16)
	magic, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, "", nil, sourceError(src, opts, "gzip", err)
		}
		return &guard{r: z, packed: src, opts: opts, what: "gzip"}, "+gz", func() {}, nil
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, "", nil, sourceError(src, opts, "zstd", err)
		}
		return &guard{r: z, packed: src, opts: opts, what: "zstd"}, "+zst", z.Close, nil
	}
	return &guard{r: in, opts: opts}, "", func() {}, nil
}

func sourceError(src *meter, opts *Options, what string, err error) error {
	if src.err != nil {
		return src.err
	}
	return datahall.Errorf(datahall.Invalid, "%s: its %s data is damaged or cut off; bring the whole file", opts.Name, what).Because(err)
}

// foreign refuses the file types that people bring by mistake.
func foreign(head []byte, opts *Options) error {
	for _, f := range []struct{ magic, name string }{
		{"%PDF", "PDF"}, {"PAR1", "Parquet"}, {"Rar!", "RAR"}, {"7z\xbc\xaf", "7z"}, {"\x89PNG", "PNG"},
		{"\xff\xd8\xff", "JPEG"}, {"SQLite format 3", "SQLite"}, {"ARROW1", "Arrow"}, {"\x80\x04\x95", "pickle"}, {"\x1f\x8b", "gzip in gzip"}, {"BZh", "bzip2"}, {"\xfd7zXZ", "xz"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return datahall.Errorf(datahall.Invalid, "%s: is a %s file; save the table as CSV, JSONL or XLSX", opts.Name, f.name)
		}
	}
	if bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}) {
		return datahall.Errorf(datahall.Invalid, "%s: is an old .xls workbook or has a password; save it as .xlsx without one", opts.Name)
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return datahall.Errorf(datahall.Invalid, "%s: is a tar archive; unpack it and bring the table inside", opts.Name)
	}
	return nil
}

// whole reads all of r, or says that it is larger than limit.
func whole(r io.Reader, limit int64, opts *Options) ([]byte, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, datahall.Errorf(datahall.TooLarge, "%s: a workbook may have %s bytes at most; save the sheet as CSV", opts.Name, limit)
	}
	return b.Bytes(), nil
}

// userError reports whether err was written for the user already.
func userError(err error) bool {
	_, ok := errors.AsType[*datahall.Error](err)
	return ok
}
