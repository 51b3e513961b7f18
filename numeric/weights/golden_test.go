package weights

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// The folder golden was written by Python's safetensors (testdata/make_golden.py):
// every type of number, two shards, metadata and a name that JSON must escape.
func TestWhatPythonWroteIsRead(t *testing.T) {
	folder := os.DirFS(filepath.Join("testdata", "golden"))
	set, err := OpenFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	var values map[string]struct {
		Shape []int    `json:"shape"`
		Bits  []uint32 `json:"bits"`
	}
	if err := readJSON(folder, "values.json", &values); err != nil {
		t.Fatal(err)
	}
	if len(values) != 15 || len(set.Names()) != len(values) {
		t.Fatalf("%d tensors, %d are wanted: %q", len(set.Names()), len(values), set.Names())
	}
	for name, want := range values {
		shape, ok := set.Shape(name)
		if !ok || !slices.Equal(shape, want.Shape) {
			t.Errorf("%s has shape %v %v, want %v", name, shape, ok, want.Shape)
			continue
		}
		got := make([]float32, len(want.Bits))
		if err := set.Float32(name, got); err != nil {
			t.Fatal(err)
		}
		for i, bits := range want.Bits {
			if math.Float32bits(got[i]) != bits {
				t.Errorf("%s[%d] = %v, want %v", name, i, got[i], math.Float32frombits(bits))
			}
		}
	}
	for _, f := range set.files {
		if f.Metadata["format"] != "pt" || f.Metadata["note"] != "模型 \"quoted\"" {
			t.Errorf("metadata %q", f.Metadata)
		}
	}
}

// The other way: DATAHALL_PYTHON names a Python that has safetensors.
func TestPythonReadsWhatIsWritten(t *testing.T) {
	python := os.Getenv("DATAHALL_PYTHON")
	if python == "" {
		t.Skip("DATAHALL_PYTHON names no Python with safetensors")
	}
	a := make([]float32, 300_000) // over one chunk
	for i := range a {
		a[i] = float32(i*7919%100_003) / 1024
	}
	w := Writer{Metadata: map[string]string{"format": "pt", "note": "模型"}}
	for _, x := range []struct {
		name  string
		shape []int
		data  []float32
	}{{"a.weight", []int{300, 1000}, a}, {"empty", []int{0, 4}, nil}, {"scalar", nil, []float32{2.5}}, {"名字", []int{2}, []float32{1, -1}}} {
		if err := w.Float32(x.name, x.shape, x.data); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, filepath.Join("testdata", "make_golden.py"), "check", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestTheSameTensorsAreTheSameBytes(t *testing.T) {
	write := func(names ...string) string {
		var w Writer
		for _, name := range names {
			if err := w.Float32(name, []int{1}, []float32{float32(len(name))}); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "f")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := w.WriteTo(f); err != nil {
			t.Fatal(err)
		}
		b, _ := os.ReadFile(path)
		return string(b)
	}
	if write("a", "bb", "ccc") != write("ccc", "a", "bb") {
		t.Error("the order of adding changes the bytes")
	}
	var w Writer
	if w.Float32("a", []int{2}, []float32{1}) == nil {
		t.Error("a shape that does not fit is taken")
	}
	if w.Float32("a", []int{1}, []float32{1}) != nil || w.Float32("a", []int{1}, []float32{1}) == nil || w.Float32("__metadata__", []int{0}, nil) == nil {
		t.Error("a name twice, or one that is taken, is taken")
	}
}
