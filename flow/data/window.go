package data

import (
	"bytes"
	"io"
)

// window is the part of a stream that is being looked at. It grows while
// somebody needs more, up to its limit, and knows the number of the line it
// starts on.
type window struct {
	r     io.Reader
	buf   []byte
	from  int
	to    int
	limit int
	end   bool // nothing will come after buf[:to]
	err   error
	eol   byte
	line  int // of buf[from], from 1
}

func newWindow(r io.Reader, limit int) *window {
	return &window{r: r, buf: make([]byte, min(limit, 1<<16)), limit: limit, eol: '\n', line: 1}
}

func (w *window) bytes() []byte { return w.buf[w.from:w.to] }

// full reports whether the window cannot grow.
func (w *window) full() bool { return w.to-w.from >= w.limit }

// more reads on; false at the end of the stream, at an error, and when full.
func (w *window) more() bool {
	if w.end || w.err != nil || w.full() {
		return false
	}
	if w.from > 0 && w.from >= len(w.buf)/2 {
		copy(w.buf, w.buf[w.from:w.to])
		w.from, w.to = 0, w.to-w.from
	}
	if w.to == len(w.buf) {
		grown := make([]byte, min(2*len(w.buf), w.from+w.limit))
		copy(grown, w.buf[:w.to])
		w.buf = grown
	}
	for range 100 {
		n, err := w.r.Read(w.buf[w.to:])
		w.to += n
		if err == io.EOF {
			w.end = true
		} else if err != nil {
			w.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// fill reads until n bytes stand in the window, or nothing more comes.
func (w *window) fill(n int) {
	for w.to-w.from < n && w.more() {
	}
}

func (w *window) skip(n int) {
	w.line += bytes.Count(w.buf[w.from:w.from+n], []byte{w.eol})
	w.from += n
	if w.from == w.to {
		w.from, w.to = 0, 0
	}
}

// discardLine throws the rest of a line away that does not fit.
func (w *window) discardLine() {
	for {
		if i := bytes.IndexByte(w.bytes(), w.eol); i >= 0 {
			w.skip(i + 1)
			return
		}
		w.skip(w.to - w.from)
		if !w.more() {
			return
		}
	}
}

// nextLine takes a line off, without its end. It is valid until the next
// call. Where it is longer than the window, its beginning and true.
func (w *window) nextLine() (line []byte, overlong bool, err error) {
	searched := 0
	for {
		b := w.bytes()
		if i := bytes.IndexByte(b[searched:], w.eol); i >= 0 {
			w.skip(searched + i + 1)
			return bytes.TrimSuffix(b[:searched+i], []byte{'\r'}), false, nil
		}
		searched = len(b)
		if w.more() {
			continue
		}
		switch {
		case w.err != nil:
			return nil, false, w.err
		case !w.end:
			head := bytes.Clone(b[:min(len(b), rawBytes)])
			w.discardLine()
			return head, true, w.err
		case len(b) == 0:
			return nil, false, io.EOF
		}
		w.skip(len(b))
		return bytes.TrimSuffix(b, []byte{'\r'}), false, nil
	}
}
