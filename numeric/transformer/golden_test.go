package transformer

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"datahall/numeric/tensor"
)

// golden is a safetensors file of the tests, read without the code under test.
type golden struct {
	header map[string]struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	data []byte
}

func openGolden(t testing.TB, path string) golden {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	n := binary.LittleEndian.Uint64(raw)
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw[8:8+n], &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "__metadata__")
	again, _ := json.Marshal(all)
	if err := json.Unmarshal(again, &g.header); err != nil {
		t.Fatal(err)
	}
	g.data = raw[8+n:]
	return g
}

func (g golden) Shape(name string) ([]int, bool) {
	h, ok := g.header[name]
	return h.Shape, ok
}

func (g golden) Float32(name string, dst []float32) error {
	v := g.floats(name)
	if len(v) != len(dst) {
		return fmt.Errorf("%s has %d elements, not %d", name, len(v), len(dst))
	}
	for i := range v {
		dst[i] = float32(v[i])
	}
	return nil
}

func (g golden) bytes(name string) ([]byte, string) {
	h, ok := g.header[name]
	if !ok {
		panic("golden: no " + name)
	}
	return g.data[h.Offsets[0]:h.Offsets[1]], h.DType
}

func (g golden) floats(name string) []float64 {
	raw, dtype := g.bytes(name)
	var v []float64
	for i := 0; i < len(raw); {
		if dtype == "F64" {
			v = append(v, math.Float64frombits(binary.LittleEndian.Uint64(raw[i:])))
			i += 8
		} else {
			v = append(v, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[i:]))))
			i += 4
		}
	}
	return v
}

func (g golden) float32s(name string) []float32 {
	v := make([]float32, len(g.floats(name)))
	for i, f := range g.floats(name) {
		v[i] = float32(f)
	}
	return v
}

func (g golden) ints(name string) []int32 {
	raw, _ := g.bytes(name)
	var v []int32
	for i := 0; i < len(raw); i += 4 {
		v = append(v, int32(binary.LittleEndian.Uint32(raw[i:])))
	}
	return v
}

func (g golden) batch(name string) *tensor.Batch {
	return &tensor.Batch{IDs: g.ints(name + ".ids"), Segments: g.ints(name + ".segments"), Offsets: g.ints(name + ".offsets")}
}

// tinyConfig is testdata/tiny/config.json.
var tinyConfig = Config{Vocabulary: 96, Hidden: 36, Layers: 2, Heads: 3, Inner: 52, Positions: 40, Segments: 2,
	Activation: "gelu", Epsilon: 1e-12, InitRange: 0.15}

func loadTiny(t testing.TB, h Head) *Bert {
	t.Helper()
	b, err := Load(tinyConfig, h, openGolden(t, filepath.Join("testdata", "tiny", "model.safetensors")), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// worst is the largest difference.
func worst(got []float32, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	most := 0.0
	for i := range got {
		d := math.Abs(float64(got[i]) - want[i])
		if !(d <= most) {
			most = d
		}
	}
	return most
}

// apart gives the norms of got - want and of want.
func apart(got []float32, want []float64) (difference, norm float64) {
	if len(got) != len(want) {
		return math.Inf(1), 0
	}
	for i := range got {
		d := float64(got[i]) - want[i]
		difference += d * d
		norm += want[i] * want[i]
	}
	return math.Sqrt(difference), math.Sqrt(norm)
}
