package train

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the fixtures in testdata anew")

func exampleState() state {
	return state{Task: "0123abcd", Seed: math.MaxUint64, Precision: "fp32", Kernel: "avx2", Step: 1234, Batches: 2468, Epoch: 2, At: 320,
		Loss: 12.5, Tokens: 99_999, Seconds: 61.25, BestEpoch: 1, BestScore: 0.9375, BestLoss: 0.25,
		History: []figures{{Epoch: 1, Train: 0.5, Loss: 0.25, Score: 0.9375, MacroF1: 0.9, Rate: 1e-4, PerToken: 5000}}}
}

func exampleParts() []part {
	long := make([]float32, 2*piece+3)
	for i := range long {
		long[i] = float32(i)
	}
	return []part{
		{"bert.pooler.dense.bias", 4, []float32{1, -2, float32(math.Inf(1)), 1e-40}},
		{"none", 0, []float32{}},
		{"long", len(long), long},
	}
}

func writtenCheckpoint(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeCheckpoint(&b, exampleState(), exampleParts()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll reads a checkpoint into memory of the sizes that it claims, which a
// test may and the trainer does not.
func readAll(b []byte) (header, error) {
	r, h, err := openCheckpoint(bytes.NewReader(b))
	if err != nil {
		return h, err
	}
	for i := range h.Tensors {
		if 4*h.Tensors[i].N > len(b) {
			return h, errNotWhole
		}
		h.Tensors[i].data = make([]float32, h.Tensors[i].N)
	}
	return h, r.tensors(h.Tensors)
}

func sameParts(a, b part) bool { return a.Name == b.Name && a.N == b.N && slices.Equal(a.data, b.data) }

func TestACheckpointIsReadAsItWasWritten(t *testing.T) {
	h, err := readAll(writtenCheckpoint(t))
	if err != nil || !reflect.DeepEqual(h.State, exampleState()) || !slices.EqualFunc(h.Tensors, exampleParts(), sameParts) {
		t.Errorf("%v: %+v", err, h.State)
	}
}

// Version 1 as it was first written is read for ever.
func TestVersion1IsRead(t *testing.T) {
	path := filepath.Join("testdata", "v1.checkpoint")
	small := exampleParts()[:2]
	if *update {
		var b bytes.Buffer
		if err := writeCheckpoint(&b, exampleState(), small); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := readAll(b)
	if err != nil || !reflect.DeepEqual(h.State, exampleState()) || !slices.EqualFunc(h.Tensors, small, sameParts) {
		t.Errorf("%v: %+v", err, h)
	}
}

func TestEveryChangedOrMissingByteIsNoticed(t *testing.T) {
	path := filepath.Join("testdata", "v1.checkpoint")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sound {
		for _, bit := range []byte{1, 128} {
			b := slices.Clone(sound)
			b[i] ^= bit
			if _, err := readAll(b); err == nil {
				t.Errorf("byte %d changed, and nobody noticed", i)
			}
		}
		if _, err := readAll(sound[:i]); err == nil {
			t.Errorf("cut after %d bytes, and nobody noticed", i)
		}
	}
}

func TestACheckpointsPromisesCostNothing(t *testing.T) {
	b := binary.LittleEndian.AppendUint32([]byte(checkpointMagic), checkpointVersion)
	huge := `{"state":{},"tensors":[{"name":"a","n":9000000000000000000}]}`
	for name, b := range map[string][]byte{
		"a header of 4 GiB":       binary.LittleEndian.AppendUint32(slices.Clone(b), math.MaxUint32),
		"a header that is absent": binary.LittleEndian.AppendUint32(slices.Clone(b), maxHeader),
		"a tensor of 32 EiB":      append(binary.LittleEndian.AppendUint32(slices.Clone(b), uint32(len(huge))), huge...),
	} {
		if n := testing.AllocsPerRun(1, func() {
			r, h, err := openCheckpoint(bytes.NewReader(b))
			if err == nil {
				err = r.tensors(h.Tensors)
			}
			if err == nil {
				t.Errorf("%s: was read", name)
			}
		}); n > 100 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// FuzzCheckpointIsWholeOrRefused: whatever is read was written, byte for byte.
func FuzzCheckpointIsWholeOrRefused(f *testing.F) {
	f.Add(writtenCheckpoint(f))
	b, err := os.ReadFile(filepath.Join("testdata", "v1.checkpoint"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readAll(b)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := writeCheckpoint(&again, h.State, h.Tensors); err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(again.Bytes()); err != nil {
			t.Errorf("what was read cannot be written and read: %v", err)
		}
	})
}
