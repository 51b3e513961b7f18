package transformer

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"datahall/numeric/nn"
	"datahall/numeric/tensor"
)

var (
	dwarf      = Config{Vocabulary: 11, Hidden: 8, Layers: 2, Heads: 2, Inner: 12, Positions: 6, Segments: 2, Activation: "gelu", Epsilon: 1e-12, InitRange: 0.4}
	dwarfRows  = [][]int32{{1, 5, 5, 10}, {7}, {2, 0, 9, 3, 1, 8}}
	dwarfParts = [][]int32{{0, 0, 1, 1}, {0}, {0, 0, 0, 0, 0, 1}}
	dwarfGoal  = []int32{2, 0, 1}
)

// makeDwarf is a model small enough for the twin, with all its weights away
// from 0 and 1.
func makeDwarf(t *testing.T, dropout float64) (*Bert, twin, map[string][]float64) {
	t.Helper()
	c := dwarf
	c.Dropout, c.AttentionDropout = dropout, dropout
	rng := rand.New(rand.NewPCG(1, 2))
	b, err := New(c, Head{Classify, Pooler, false, 3, dropout}, nil, rng)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float64{}
	for _, p := range b.Params.List {
		for i := range p.W {
			if len(p.Shape) == 1 {
				p.W[i] += float32(0.2 * rng.NormFloat64())
			}
			values[p.Name] = append(values[p.Name], float64(p.W[i]))
		}
	}
	if err := b.Train(nn.AdamW, Training{Seed: 9}); err != nil {
		t.Fatal(err)
	}
	return b, twin{layers: c.Layers, heads: c.Heads, eps: c.Epsilon}, values
}

func TestTheTwinsGradientsAreFiniteDifferences(t *testing.T) {
	_, w, values := makeDwarf(t, 0)
	gradients := map[string][]float64{}
	w.loss(values, dwarfRows, dwarfParts, dwarfGoal, gradients)
	const step = 1e-4
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p := values[name]
		for i := 0; i < len(p); i += 1 + len(p)/4 { // a few of each tensor
			kept := p[i]
			p[i] = kept + step
			up := w.loss(values, dwarfRows, dwarfParts, dwarfGoal, nil)
			p[i] = kept - step
			down := w.loss(values, dwarfRows, dwarfParts, dwarfGoal, nil)
			p[i] = kept
			if want := (up - down) / (2 * step); math.Abs(gradients[name][i]-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("%s[%d]: gradient %.9f, finite difference %.9f", name, i, gradients[name][i], want)
			}
		}
	}
}

func TestTheFastModelIsItsTwin(t *testing.T) {
	for _, dropout := range []float64{0, 0.3} {
		b, w, values := makeDwarf(t, dropout)
		const number = 5
		if dropout > 0 {
			w.mask = func(site, n int) []float64 {
				ones := make([]float32, n)
				for i := range ones {
					ones[i] = 1
				}
				Drops{true, 9, number}.at(site, dropout).Apply(ones, 0)
				mask := make([]float64, n)
				for i := range ones {
					mask[i] = float64(ones[i])
				}
				return mask
			}
		}
		var batch tensor.Batch
		for i := range dwarfRows {
			batch.Append(dwarfRows[i], dwarfParts[i])
		}
		gradients := map[string][]float64{}
		want := w.loss(values, dwarfRows, dwarfParts, dwarfGoal, gradients)
		loss, err := b.ForwardBackward(&batch, Targets{Classes: dwarfGoal}, number, 1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(loss-want) > 1e-5*want {
			t.Errorf("dropout %v: loss %v, the twin says %v", dropout, loss, want)
		}
		most := 0.0
		for _, p := range b.Params.List {
			got := make([]float32, p.Size())
			b.Params.Gradient(got, p)
			d, norm := apart(got, gradients[p.Name])
			if d > 1e-4*norm+1e-6 {
				t.Errorf("dropout %v: gradient of %s: |Δ| %.2e, norm %.2e", dropout, p.Name, d, norm)
			}
			if norm > 1e-4 {
				most = max(most, d/norm)
			}
		}
		t.Logf("dropout %v: loss %.6f, largest |Δgradient|/|gradient| %.1e", dropout, loss, most)
	}
}
