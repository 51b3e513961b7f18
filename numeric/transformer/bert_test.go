package transformer

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"datahall/numeric/kernel"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
)

// small is large enough to be cut into several tasks everywhere.
var small = Config{Vocabulary: 300, Hidden: 64, Layers: 2, Heads: 4, Inner: 136, Positions: 150, Segments: 2,
	Activation: "gelu", Epsilon: 1e-12, Dropout: 0.1, AttentionDropout: 0.1, InitRange: 0.05}

// someBatch holds rows of 1 to longest tokens and a class for each.
func someBatch(seed uint64, rows, longest, vocabulary, classes int) (*tensor.Batch, Targets) {
	rng := rand.New(rand.NewPCG(seed, 7))
	b, y := &tensor.Batch{}, Targets{}
	for range rows {
		ids := make([]int32, 1+rng.IntN(longest))
		for i := range ids {
			ids[i] = int32(rng.IntN(vocabulary))
		}
		b.Append(ids, nil)
		y.Classes = append(y.Classes, ids[0]%int32(classes))
	}
	return b, y
}

func newSmall(t testing.TB, pool *kernel.Pool) *Bert {
	t.Helper()
	b, err := New(small, Head{Classify, Pooler, false, 5, 0.1}, pool, rand.New(rand.NewPCG(4, 4)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Train(nn.AdamW, Training{Seed: 3}); err != nil {
		t.Fatal(err)
	}
	return b
}

// learn makes steps from…to-1 of one run, each of two micro-batches.
func learn(t testing.TB, b *Bert, from, to int) (losses []float64) {
	t.Helper()
	o, s := nn.Default(nn.AdamW), nn.Schedule{Decay: nn.DecayLinear, Peak: 1e-3, Warmup: 2, Total: 12}
	for step := from; step < to; step++ {
		for half := range 2 {
			number := uint64(2*step + half)
			batch, y := someBatch(number, 3, 140, small.Vocabulary, 5)
			loss, err := b.ForwardBackward(batch, y, number, 0.5)
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, loss)
		}
		if _, err := b.Update(o, s.Rate(step)); err != nil {
			t.Fatal(err)
		}
	}
	return losses
}

func sameBits(t *testing.T, what string, a, b *Bert) {
	t.Helper()
	a.Settle()
	b.Settle()
	for i, p := range a.Params.List {
		q := b.Params.List[i]
		for _, s := range [][2][]float32{{p.W, q.W}, {p.M, q.M}, {p.V, q.V}} {
			for k := range s[0] {
				if math.Float32bits(s[0][k]) != math.Float32bits(s[1][k]) {
					t.Fatalf("%s: %s differs at %d: %v and %v", what, p.Name, k, s[0][k], s[1][k])
				}
			}
		}
	}
}

func TestBitsDoNotDependOnThreads(t *testing.T) {
	levels := kernel.Available()
	before := kernel.Current()
	defer kernel.Use(before)
	for _, level := range levels {
		if err := kernel.Use(level); err != nil {
			t.Fatal(err)
		}
		alone := newSmall(t, nil)
		want := learn(t, alone, 0, 2)
		for _, threads := range []int{2, 3} {
			pool := kernel.NewPool(threads)
			b := newSmall(t, pool)
			if got := learn(t, b, 0, 2); !slices.Equal(got, want) {
				t.Errorf("%s: losses with %d threads %v, with one %v", level, threads, got, want)
			}
			sameBits(t, fmt.Sprintf("%s, %d threads", level, threads), alone, b)
			pool.Close()
		}
	}
}

// A run that is cut off, and goes on from what was kept, ends with the same
// bits; and so does one that is looked at in between.
func TestARunIsGoneOnWithBitByBit(t *testing.T) {
	whole := newSmall(t, nil)
	learn(t, whole, 0, 6)

	first, second := newSmall(t, nil), newSmall(t, nil)
	learn(t, first, 0, 4)
	first.Settle()
	kept := first.Params.State()
	for i, s := range second.Params.State() {
		if s.Name != kept[i].Name {
			t.Fatalf("state %d is %s, was %s", i, s.Name, kept[i].Name)
		}
		copy(s.Data, kept[i].Data)
	}
	second.Params.Restore(first.Params.Step)
	second.Changed()
	learn(t, second, 4, 6)
	sameBits(t, "gone on with", whole, second)

	batch, _ := someBatch(99, 3, 20, small.Vocabulary, 5)
	if _, err := first.Forward(batch); err != nil {
		t.Fatal(err)
	}
	learn(t, first, 4, 6)
	sameBits(t, "looked at in between", whole, first)
}

func TestAccumulatedPartsAreTheWholeBatch(t *testing.T) {
	plain := small
	plain.Dropout, plain.AttentionDropout = 0, 0
	whole, y := someBatch(1, 6, 30, small.Vocabulary, 5)
	gradients := func(parts ...[2]int) (map[string][]float64, float64) {
		b, err := New(plain, Head{Classify, Pooler, false, 5, 0}, nil, rand.New(rand.NewPCG(4, 4)))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Train(nn.AdamW, Training{}); err != nil {
			t.Fatal(err)
		}
		loss := 0.0
		for i, p := range parts {
			var part tensor.Batch
			for r := p[0]; r < p[1]; r++ {
				part.Append(whole.Row(r), nil)
			}
			share := float64(p[1]-p[0]) / 6
			l, err := b.ForwardBackward(&part, Targets{Classes: y.Classes[p[0]:p[1]]}, uint64(i), share)
			if err != nil {
				t.Fatal(err)
			}
			loss += share * l
		}
		all := map[string][]float64{}
		for _, p := range b.Params.List {
			g := make([]float32, p.Size())
			b.Params.Gradient(g, p)
			for _, v := range g {
				all[p.Name] = append(all[p.Name], float64(v))
			}
		}
		return all, loss
	}
	want, wantLoss := gradients([2]int{0, 6})
	got, loss := gradients([2]int{0, 1}, [2]int{1, 4}, [2]int{4, 6})
	if math.Abs(loss-wantLoss) > 1e-6 {
		t.Errorf("loss %v, want %v", loss, wantLoss)
	}
	for name := range want {
		part := make([]float32, len(got[name]))
		for i, v := range got[name] {
			part[i] = float32(v)
		}
		if d, norm := apart(part, want[name]); d > 1e-5*norm+1e-6 {
			t.Errorf("%s: |Δ| %v of %v", name, d, norm)
		}
	}
}

// A row's result does not depend on the rows beside it.
func TestRowsDoNotSeeEachOther(t *testing.T) {
	b := newSmall(t, nil)
	together, _ := someBatch(2, 7, 100, small.Vocabulary, 5)
	got, err := b.Forward(together)
	if err != nil {
		t.Fatal(err)
	}
	got = slices.Clone(got)
	for r := range together.Rows() {
		var one tensor.Batch
		one.Append(together.Row(r), nil)
		alone, err := b.Share(nil).Forward(&one)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range alone {
			if d := math.Abs(float64(v - got[r*5+i])); d > 1e-5 {
				t.Errorf("row %d: %v alone, %v together", r, v, got[r*5+i])
			}
		}
	}
}

func TestSharedWeightsServeSeveralGoroutines(t *testing.T) {
	b := newSmall(t, nil)
	batch, _ := someBatch(2, 7, 100, small.Vocabulary, 5)
	want, err := b.Forward(batch)
	if err != nil {
		t.Fatal(err)
	}
	want = slices.Clone(want)
	done := make(chan error)
	for range 4 {
		go func() {
			other := b.Share(nil)
			for range 3 {
				got, err := other.Forward(batch)
				if err == nil && !slices.Equal(got, want) {
					err = errors.New("a shared instance gives other logits")
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestForwardAllocatesNothingThatGrows(t *testing.T) {
	b := newSmall(t, nil)
	few, _ := someBatch(2, 2, 100, small.Vocabulary, 5)
	many, _ := someBatch(3, 16, 100, small.Vocabulary, 5)
	count := func(batch *tensor.Batch) float64 {
		return testing.AllocsPerRun(3, func() {
			if _, err := b.Forward(batch); err != nil {
				t.Fatal(err)
			}
		})
	}
	count(many)
	if a, c := count(few), count(many); c > a+8 {
		t.Errorf("%v allocations for 2 rows, %v for 16", a, c)
	}
}

// memory is a Source and a Sink.
type memory struct {
	shapes map[string][]int
	data   map[string][]float32
}

func (m memory) Shape(name string) ([]int, bool) { s, ok := m.shapes[name]; return s, ok }
func (m memory) Float32(name string, dst []float32) error {
	copy(dst, m.data[name])
	return nil
}

func (m memory) rename(f func(string) string) memory {
	n := memory{map[string][]int{}, map[string][]float32{}}
	for name := range m.shapes {
		n.shapes[f(name)], n.data[f(name)] = m.shapes[name], m.data[name]
	}
	return n
}

type sink memory

func (s sink) Float32(name string, shape []int, data []float32) error {
	s.shapes[name], s.data[name] = slices.Clone(shape), slices.Clone(data)
	return nil
}

func saved(t *testing.T, b *Bert) memory {
	t.Helper()
	m := memory{map[string][]int{}, map[string][]float32{}}
	if err := b.Save(sink(m)); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatIsSavedIsLoaded(t *testing.T) {
	b := newSmall(t, nil)
	learn(t, b, 0, 2)
	file := saved(t, b)
	batch, _ := someBatch(2, 4, 50, small.Vocabulary, 5)
	want, err := b.Forward(batch)
	if err != nil {
		t.Fatal(err)
	}
	head := b.Head
	for name, source := range map[string]memory{
		"as saved":       file,
		"without prefix": file.rename(func(s string) string { return strings.TrimPrefix(s, "bert.") }),
		"old norms": file.rename(func(s string) string {
			return strings.NewReplacer("LayerNorm.weight", "LayerNorm.gamma", "LayerNorm.bias", "LayerNorm.beta").Replace(s)
		}),
	} {
		again, err := Load(small, head, source, nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := again.Forward(batch); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: other logits, error %v", name, err)
		}
	}
	// A pooler that a head does not use is not lost.
	mean, err := Load(small, Head{Task: Embed, Pooling: MeanToken, Normalize: true}, file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(saved(t, mean).shapes))
	if !slices.Contains(names, "pooler.dense.weight") || slices.Contains(names, "classifier.weight") {
		t.Errorf("an encoder is saved as %v", names)
	}
}

func TestANewHeadOnAnOldEncoder(t *testing.T) {
	file := saved(t, newSmall(t, nil))
	rng := rand.New(rand.NewPCG(1, 1))
	b, err := Load(small, Head{Classify, Pooler, false, 9, 0}, file, nil, rng)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"classifier.weight", "classifier.bias"}; !slices.Equal(b.Fresh, want) {
		t.Errorf("new: %v, want %v", b.Fresh, want)
	}
	if _, err := Load(small, Head{Classify, Pooler, false, 9, 0}, file, nil, nil); err == nil {
		t.Error("a classifier of another size was loaded")
	}
}

func TestWeightsThatDoNotFitAreRefused(t *testing.T) {
	file := saved(t, newSmall(t, nil))
	const query = "bert.encoder.layer.1.attention.self.query.weight"
	for _, c := range []struct {
		name   string
		change func(*Config, *Head, memory)
		want   string
	}{
		{"vocabulary", func(c *Config, _ *Head, _ memory) { c.Vocabulary = 299 },
			"tensor bert.embeddings.word_embeddings.weight has shape [300 64], the configuration asks for [299 64]"},
		{"missing", func(_ *Config, _ *Head, m memory) { delete(m.shapes, query) },
			"tensor " + query + " is missing, shape [64 64]"},
		{"shape", func(_ *Config, _ *Head, m memory) { m.shapes[query] = []int{64, 63} },
			"tensor " + query + " has shape [64 63], the configuration asks for [64 64]"},
		{"layers", func(c *Config, _ *Head, _ memory) { c.Layers = 3 }, "layer.2"},
		{"heads", func(c *Config, _ *Head, _ memory) { c.Heads = 5 }, "no multiple of num_attention_heads 5"},
		{"activation", func(c *Config, _ *Head, _ memory) { c.Activation = "swish" }, `hidden_act is "swish"`},
		{"huge", func(c *Config, _ *Head, _ memory) { c.Hidden = 1 << 40 }, "hidden_size is"},
		{"negative", func(c *Config, _ *Head, _ memory) { c.Inner = -1 }, "intermediate_size is -1"},
		{"no outputs", func(_ *Config, h *Head, _ memory) { h.Outputs = 0 }, "a head needs"},
		{"one class", func(_ *Config, h *Head, _ memory) { h.Outputs = 1 }, "2 or more classes"},
	} {
		config, head := small, Head{Classify, Pooler, false, 5, 0}
		source := file.rename(func(s string) string { return s })
		c.change(&config, &head, source)
		_, err := Load(config, head, source, nil, rand.New(rand.NewPCG(1, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	b := newSmall(t, nil)
	if b.Fits(300) != nil || b.Fits(301) == nil {
		t.Error("Fits does not tell 300 from 301")
	}
}

func TestTargetsThatDoNotFitAreRefused(t *testing.T) {
	b := newSmall(t, nil)
	batch, y := someBatch(2, 4, 50, small.Vocabulary, 5)
	for name, targets := range map[string]Targets{
		"none": {}, "few": {Classes: y.Classes[:3]}, "unknown": {Classes: []int32{0, 1, 5, 0}}, "values": {Values: make([]float32, 20)},
	} {
		if _, err := b.ForwardBackward(batch, targets, 0, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	long := &tensor.Batch{}
	long.Append(make([]int32, small.Positions+1), nil)
	if _, err := b.Forward(long); err == nil {
		t.Error("a row longer than the positions was taken")
	}
	if _, err := b.Forward(&tensor.Batch{}); err == nil {
		t.Error("an empty batch was taken")
	}
}

func TestSizes(t *testing.T) {
	for _, size := range Sizes {
		c, err := Sized(size, 8000)
		if err != nil || c.Check() != nil {
			t.Errorf("%s: %v, %v", size, err, c.Check())
		}
	}
	if _, err := Sized("huge", 1); err == nil {
		t.Error("an unknown size was made")
	}
}

func TestScratchLearns(t *testing.T) {
	c, _ := Sized("tiny", 200)
	b, err := New(c, Head{Classify, MeanToken, false, 4, 0.1}, nil, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Train(nn.AdamW, Training{}); err != nil {
		t.Fatal(err)
	}
	o, first, last := nn.Default(nn.AdamW), 0.0, 0.0
	for step := range 40 {
		batch, y := someBatch(uint64(step), 12, 6, 200, 4)
		loss, err := b.ForwardBackward(batch, y, uint64(step), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Update(o, 3e-3); err != nil {
			t.Fatal(err)
		}
		if step < 5 {
			first += loss / 5
		}
		if step >= 35 {
			last += loss / 5
		}
	}
	t.Logf("mean loss of steps 0–4 %.3f, of 35–39 %.3f", first, last)
	if last > first-0.1 {
		t.Errorf("40 steps took the loss from %.3f to %.3f", first, last)
	}
}
