package seal

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"datahall"
)

// text is n bytes that tell where they stand.
func text(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func sealed(t testing.TB, k Key, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, k)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openAll(b []byte, keys Keyring) ([]byte, error) {
	r, err := NewReader(bytes.NewReader(b), keys)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// openAtAll reads by way of OpenReaderAt.
func openAtAll(b []byte, keys Keyring) ([]byte, error) {
	r, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)), keys)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
}

var lengths = []int{0, 1, 15, 16, 17, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2 * ChunkSize, 3*ChunkSize + 7}

func TestWhatIsSealedOpens(t *testing.T) {
	k := NewKey()
	for _, n := range lengths {
		plain := text(n)
		b := sealed(t, k, plain)
		if got := SealedSize(int64(n)); got != int64(len(b)) {
			t.Errorf("SealedSize(%d) = %d, the stream has %d", n, got, len(b))
		}
		if got, err := PlainSize(int64(len(b))); err != nil || got != int64(n) {
			t.Errorf("PlainSize(%d) = %d, %v, want %d", len(b), got, err, n)
		}
		if got, err := openAll(b, Ring(k)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if got, err := openAtAll(b, Ring(NewKey(), k)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes at any place: %v", n, err)
		}
		r, err := NewReader(bytes.NewReader(b), Ring(k))
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, plain); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		at, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)), Ring(k))
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(io.NewSectionReader(at, 0, at.Size()), plain); err != nil {
			t.Errorf("%d bytes at any place: %v", n, err)
		}
	}
}

func TestPiecesDoNotMatter(t *testing.T) {
	k, plain := NewKey(), text(3*ChunkSize+100)
	r := rand.New(rand.NewPCG(2, 2))
	var salt [32]byte
	var whole, pieces bytes.Buffer
	w := newWriter(&whole, k, salt[:])
	w.Write(plain)
	w.Close()
	w = newWriter(&pieces, k, salt[:])
	for rest := plain; len(rest) > 0; {
		n := min(len(rest), r.IntN(ChunkSize*3/2))
		w.Write(rest[:n])
		rest = rest[n:]
	}
	w.Close()
	if w.Bytes() != int64(len(plain)) {
		t.Errorf("Bytes() = %d, want %d", w.Bytes(), len(plain))
	}
	if !bytes.Equal(whole.Bytes(), pieces.Bytes()) {
		t.Error("the same bytes in other pieces give another stream")
	}
}

func TestNoPlainSizeWhereNoStreamHasTheLength(t *testing.T) {
	for _, n := range lengths {
		for d := int64(1); d <= tagSize; d++ {
			// a last chunk of tagSize bytes and less cannot follow a full one
			size := headSize + int64(n/ChunkSize)*sealedChunk + d
			if n/ChunkSize == 0 && d == tagSize {
				continue // the empty stream
			}
			if got, err := PlainSize(size); err == nil {
				t.Errorf("PlainSize(%d) = %d", size, got)
			}
		}
	}
	for _, size := range []int64{-1, 0, headSize, headSize + tagSize - 1, 1<<63 - 1} {
		if got, err := PlainSize(size); err == nil {
			t.Errorf("PlainSize(%d) = %d", size, got)
		}
	}
}

// A stream that was cut, lengthened, put together anew or sealed by another is
// refused by both readers.
func TestTamperedStreamsAreRefused(t *testing.T) {
	k := NewKey()
	b := sealed(t, k, text(3*ChunkSize+50))
	chunk := func(i int) []byte { return b[headSize+i*sealedChunk : min(len(b), headSize+(i+1)*sealedChunk)] }
	head := b[:headSize]
	other := sealed(t, k, text(3*ChunkSize+50))
	foreign := sealed(t, NewKey(), text(10))
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, bad := range map[string][]byte{
		"empty":                         nil,
		"head alone":                    head,
		"half a head":                   head[:40],
		"not sealed at all":             text(1000),
		"last chunk missing":            b[:headSize+3*sealedChunk],
		"last byte missing":             b[:len(b)-1],
		"cut in a chunk":                b[:headSize+sealedChunk+100],
		"one byte more":                 append(bytes.Clone(b), 0),
		"a chunk more":                  join(b, chunk(0)),
		"a stream behind a stream":      join(b, b),
		"two chunks exchanged":          join(head, chunk(1), chunk(0), chunk(2), chunk(3)),
		"a chunk twice":                 join(head, chunk(0), chunk(0), chunk(2), chunk(3)),
		"a chunk left out":              join(head, chunk(0), chunk(2), chunk(3)),
		"last chunk alone":              join(head, chunk(3)),
		"a chunk of another stream":     join(head, chunk(0), other[headSize+sealedChunk:headSize+2*sealedChunk], chunk(2), chunk(3)),
		"the head of another stream":    join(other[:headSize], b[headSize:]),
		"a stream of a key not at hand": foreign,
	} {
		if _, err := openAll(bad, Ring(k)); datahall.KindOf(err) != datahall.Internal {
			t.Errorf("%s: read to its end, %v", name, err)
		} else if _, ours := errors.AsType[*datahall.Error](err); !ours {
			t.Errorf("%s: %v is not said to a user", name, err)
		}
		if _, err := openAtAll(bad, Ring(k)); err == nil {
			t.Errorf("%s: read at any place", name)
		}
	}
}

func TestAWriterThatWasKilledLeavesNothingWhole(t *testing.T) {
	k := NewKey()
	for _, n := range lengths {
		var b bytes.Buffer
		w := NewWriter(&b, k)
		w.Write(text(n)) // and no Close
		if got, err := openAll(b.Bytes(), Ring(k)); err == nil {
			t.Errorf("%d bytes: read %d of an unfinished stream", n, len(got))
		}
	}
}

func TestReaderAtReadsAnyPlace(t *testing.T) {
	k, plain := NewKey(), text(4*ChunkSize+123)
	b := sealed(t, k, plain)
	r, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)), Ring(k))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		off, n := random.Int64N(int64(len(plain))+10), random.IntN(2*ChunkSize)
		p := make([]byte, n)
		got, err := r.ReadAt(p, off)
		want := plain[min(int(off), len(plain)):min(int(off)+n, len(plain))]
		if !bytes.Equal(p[:got], want) || (got < n) != (err == io.EOF) {
			t.Fatalf("ReadAt(%d bytes, %d) = %d, %v", n, off, got, err)
		}
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("read before the beginning")
	}
}

// What was read before a change is found was authentic.
func TestNoByteOfAChangedChunkComesOut(t *testing.T) {
	k, plain := NewKey(), text(3*ChunkSize)
	b := sealed(t, k, plain)
	b[headSize+sealedChunk+5] ^= 1
	got, err := openAll(b, Ring(k))
	if err == nil || !bytes.Equal(got, plain[:ChunkSize]) {
		t.Errorf("%d bytes came out, %v", len(got), err)
	}
}

func TestWriterSaysWhatTheDiskSays(t *testing.T) {
	w := NewWriter(writerFunc(func([]byte) (int, error) { return 0, io.ErrShortWrite }), NewKey())
	w.Write(text(10))
	if err := w.Close(); err != io.ErrShortWrite {
		t.Errorf("Close() = %v", err)
	}
	if _, err := w.Write(text(1)); err == nil {
		t.Error("a write after Close was taken")
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func BenchmarkSeal(b *testing.B) {
	k, plain := NewKey(), text(8<<20)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		w := NewWriter(io.Discard, k)
		w.Write(plain)
		w.Close()
	}
}

func BenchmarkOpen(b *testing.B) {
	k := NewKey()
	s := sealed(b, k, text(8<<20))
	b.SetBytes(8 << 20)
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(s), Ring(k))
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, r)
	}
}
