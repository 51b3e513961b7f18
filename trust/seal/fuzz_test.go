package seal

import (
	"bytes"
	"testing"
)

// FuzzStreamRefusesAnyChangedBit changes any one bit of a stream, or its length.
func FuzzStreamRefusesAnyChangedBit(f *testing.F) {
	f.Add([]byte("short"), 3, uint32(0), byte(1))
	f.Add([]byte{}, 1, uint32(4), byte(128))
	f.Add([]byte("two chunks"), 7000, uint32(70000), byte(4))
	f.Add([]byte("padding"), 1, uint32(90), byte(0))
	key := Key{9}
	f.Fuzz(func(t *testing.T, seed []byte, times int, at uint32, mask byte) {
		plain := bytes.Repeat(seed, max(0, times)%9000)
		if len(plain) > 3*ChunkSize {
			plain = plain[:3*ChunkSize]
		}
		b := sealed(t, key, plain)
		if mask == 0 { // cut or lengthen instead
			b = append(b, 0)[:int(at)%(len(b)+2)]
			if len(b) == int(SealedSize(int64(len(plain)))) {
				return
			}
		} else {
			b[int(at)%len(b)] ^= mask
		}
		if _, err := openAll(b, Ring(key)); err == nil {
			t.Fatalf("byte %d changed by %02x, and read to the end", int(at)%len(b), mask)
		}
		r, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)), Ring(key))
		if err != nil {
			return
		}
		p := make([]byte, r.Size())
		if _, err := r.ReadAt(p, 0); err == nil {
			t.Fatal("read at any place")
		}
	})
}

// FuzzBoxRefusesAnyChangedBit is the same for small values.
func FuzzBoxRefusesAnyChangedBit(f *testing.F) {
	f.Add([]byte("value"), "jobs", uint32(0), byte(1))
	f.Add([]byte{}, "", uint32(60), byte(255))
	b := NewBox(Key{9}, Key{8})
	f.Fuzz(func(t *testing.T, plain []byte, place string, at uint32, mask byte) {
		s := b.Seal(plain, place)
		if got, err := b.Open(s, place); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("does not open: %v", err)
		}
		if mask == 0 {
			return
		}
		s[int(at)%len(s)] ^= mask
		if _, err := b.Open(s, place); err == nil {
			t.Fatal("opened after a change")
		}
	})
}

// FuzzForeignBytesAreRefused opens what nobody sealed.
func FuzzForeignBytesAreRefused(f *testing.F) {
	key := Key{9}
	head, _ := newHead(key, make([]byte, 32))
	f.Add([]byte{})
	f.Add(head)
	f.Add(append(head, make([]byte, 40)...))
	f.Add(sealed(f, key, []byte("x"))[:headSize+1])
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := openAll(b, Ring(key)); err == nil {
			t.Fatal("a stream that nobody sealed")
		}
		if _, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)), Ring(key)); err == nil {
			t.Fatal("a stream that nobody sealed")
		}
		if _, err := NewBox(key).Open(b); err == nil {
			t.Fatal("a box that nobody sealed")
		}
	})
}

// FuzzMasterKeyFile reads any file as a master key: what is taken is what is
// written again.
func FuzzMasterKeyFile(f *testing.F) {
	f.Add(MasterKey{Key{9}}.Encode())
	f.Add([]byte(masterHead + " 00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMasterKey(b)
		if err == nil && !bytes.Equal(bytes.Join(bytes.Fields(b), []byte(" ")), bytes.TrimSpace(m.Encode())) {
			t.Fatalf("%q is read as a key that is written differently", b)
		}
	})
}
