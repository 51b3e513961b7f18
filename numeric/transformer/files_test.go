package transformer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datahall/numeric/weights"
)

// A model that transformers saved is read, written and read again without a
// changed bit or a lost tensor.
func TestAFileOfTransformersComesBackAsItWas(t *testing.T) {
	path := filepath.Join("testdata", "tiny", "model.safetensors")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := weights.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load(tinyConfig, Head{Classify, Pooler, false, labels, 0}, file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var w weights.Writer
	if err := b.Save(&w); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := w.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	again, err := weights.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(slices.Values(again.Names()))
	if want := slices.Sorted(slices.Values(file.Names())); !slices.Equal(names, want) {
		t.Fatalf("tensors %v, want %v", names, want)
	}
	for _, name := range names {
		info, _ := file.Info(name)
		got, want := make([]float32, info.Elements()), make([]float32, info.Elements())
		if err := again.Float32(name, got); err != nil {
			t.Fatal(err)
		}
		if err := file.Float32(name, want); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s changed", name)
		}
	}
}
