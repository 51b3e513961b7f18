package seal

import (
	"crypto/rand"
	"errors"
	"io"
	"math"

	"datahall"
)

// Writer seals a stream. Without Close the stream has no end and is refused
// by every reader, so a writer that was killed leaves nothing that looks whole.
type Writer struct {
	w      io.Writer
	cipher cipherOf
	head   []byte // until it is written
	plain  []byte // of the chunk that is being filled
	sealed []byte
	next   uint32
	bytes  int64
	err    error
	closed bool
}

// NewWriter seals what is written to it into w. It writes nothing before the
// first full chunk or Close.
func NewWriter(w io.Writer, k Key) *Writer {
	var salt [commitAt - saltAt]byte
	rand.Read(salt[:])
	return newWriter(w, k, salt[:])
}

func newWriter(w io.Writer, k Key, salt []byte) *Writer {
	head, c := newHead(k, salt)
	return &Writer{w: w, cipher: c, head: head, plain: make([]byte, 0, ChunkSize)}
}

// Write seals p. A full chunk goes out once it is known not to be the last.
func (s *Writer) Write(p []byte) (int, error) {
	if s.closed {
		return 0, errors.New("seal: write after close")
	}
	written := 0
	for len(p) > 0 && s.err == nil {
		if len(s.plain) == ChunkSize {
			s.flush(false)
			continue
		}
		n := min(len(p), ChunkSize-len(s.plain))
		s.plain = append(s.plain, p[:n]...)
		p, written = p[n:], written+n
	}
	s.bytes += int64(written)
	return written, s.err
}

// Bytes gives the number of plain bytes written so far.
func (s *Writer) Bytes() int64 { return s.bytes }

// Close writes the last chunk. It does not close the writer below.
func (s *Writer) Close() error {
	if !s.closed {
		s.closed = true
		s.flush(true)
	}
	return s.err
}

func (s *Writer) flush(last bool) {
	if s.err != nil {
		return
	}
	if s.next == math.MaxUint32 {
		s.err = datahall.Errorf(datahall.TooLarge, "sealed data: more than 256 TiB; write several files")
		return
	}
	s.sealed = s.cipher.seal(append(s.sealed[:0], s.head...), s.plain, s.next, last)
	s.head, s.plain = nil, s.plain[:0]
	s.next++
	_, s.err = s.w.Write(s.sealed)
}
