package seal

import (
	"bufio"
	"io"
)

// reader opens a stream from its beginning.
type reader struct {
	r      *bufio.Reader
	cipher cipherOf
	buffer []byte
	plain  []byte // opened and not yet read
	next   uint32
	err    error
}

// NewReader gives the plain bytes of the stream in r. What it returns was
// authenticated, but only io.EOF says that the stream was whole.
func NewReader(r io.Reader, keys Keyring) (io.Reader, error) {
	head := make([]byte, headSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, readError(err)
	}
	c, err := parseHead(head, keys)
	if err != nil {
		return nil, err
	}
	return &reader{r: bufio.NewReaderSize(r, sealedChunk), cipher: c, buffer: make([]byte, sealedChunk)}, nil
}

func (s *reader) Read(p []byte) (int, error) {
	for len(s.plain) == 0 && s.err == nil && len(p) > 0 {
		s.plain, s.err = s.chunk()
	}
	n := copy(p, s.plain)
	s.plain = s.plain[n:]
	if n > 0 {
		return n, nil
	}
	return 0, s.err
}

// chunk opens the next one; io.EOF comes with the last.
func (s *reader) chunk() ([]byte, error) {
	n, err := io.ReadFull(s.r, s.buffer)
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, readError(err)
	}
	last := err == io.ErrUnexpectedEOF
	if !last {
		_, peek := s.r.Peek(1)
		if peek != nil && peek != io.EOF {
			return nil, peek
		}
		last = peek == io.EOF
	}
	plain, err := s.cipher.open(s.buffer[:n], s.next, last)
	if err != nil {
		return nil, err
	}
	s.next++
	if last {
		return plain, io.EOF
	}
	return plain, nil
}

// readError tells a stream that ends too early from a disk that does not read.
func readError(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errChanged()
	}
	return err
}
