package seal

import (
	"errors"
	"io"
	"sync"
)

// ReaderAt opens the chunks of a stream in any order. It is safe for
// concurrent use.
type ReaderAt struct {
	r      io.ReaderAt
	cipher cipherOf
	size   int64 // plain
	sealed int64

	mu     sync.Mutex
	buffer []byte
	chunk  int64  // the one in plain; -1 for none
	plain  []byte // in the memory of buffer
}

// OpenReaderAt reads the stream of size sealed bytes in r. It opens the last
// chunk at once, which proves that the stream ends where r does.
func OpenReaderAt(r io.ReaderAt, size int64, keys Keyring) (*ReaderAt, error) {
	plain, err := PlainSize(size)
	if err != nil {
		return nil, err
	}
	head := make([]byte, headSize)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, readError(err)
	}
	c, err := parseHead(head, keys)
	if err != nil {
		return nil, err
	}
	s := &ReaderAt{r: r, cipher: c, size: plain, sealed: size, buffer: make([]byte, sealedChunk), chunk: -1}
	if err := s.load(s.chunks() - 1); err != nil {
		return nil, err
	}
	return s, nil
}

// Size gives the number of plain bytes.
func (s *ReaderAt) Size() int64 { return s.size }

// ReadAt fills p with the plain bytes from off on.
func (s *ReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("seal: negative offset")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	done := 0
	for done < len(p) && off < s.size {
		if err := s.load(off / ChunkSize); err != nil {
			return done, err
		}
		n := copy(p[done:], s.plain[off%ChunkSize:])
		done, off = done+n, off+int64(n)
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

func (s *ReaderAt) chunks() int64 { return max(1, (s.size+ChunkSize-1)/ChunkSize) }

// load opens a chunk unless it is the one at hand.
func (s *ReaderAt) load(i int64) error {
	if i == s.chunk {
		return nil
	}
	s.chunk = -1
	from := headSize + i*sealedChunk
	b := s.buffer[:min(sealedChunk, s.sealed-from)]
	if n, err := s.r.ReadAt(b, from); n < len(b) {
		return readError(err)
	}
	plain, err := s.cipher.open(b, uint32(i), i == s.chunks()-1)
	if err != nil {
		return err
	}
	s.chunk, s.plain = i, plain
	return nil
}
