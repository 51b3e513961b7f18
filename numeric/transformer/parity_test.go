package transformer

import (
	"math"
	"path/filepath"
	"testing"

	"datahall/numeric/nn"
)

const labels = 5

// The cases of testdata/make_golden.py.
var cases = []struct {
	name     string
	head     Head
	training Training
	targets  func(g golden) Targets
}{
	{"classify", Head{Classify, Pooler, false, labels, 0}, Training{},
		func(g golden) Targets { return Targets{Classes: g.ints("targets.classes")} }},
	{"smooth", Head{Classify, Pooler, false, labels, 0}, Training{Smoothing: 0.1},
		func(g golden) Targets { return Targets{Classes: g.ints("targets.classes")} }},
	{"weighted", Head{Classify, Pooler, false, labels, 0}, Training{Smoothing: 0.1, ClassWeights: []float32{}},
		func(g golden) Targets { return Targets{Classes: g.ints("targets.classes")} }},
	{"multilabel", Head{MultiLabel, Pooler, false, labels, 0}, Training{},
		func(g golden) Targets { return Targets{Values: g.float32s("targets.many")} }},
	{"regress", Head{Regress, Pooler, false, labels, 0}, Training{},
		func(g golden) Targets { return Targets{Values: g.float32s("targets.values")} }},
	{"mean", Head{MultiLabel, MeanToken, false, labels, 0}, Training{},
		func(g golden) Targets { return Targets{Values: g.float32s("targets.many")} }},
	{"unit", Head{Regress, MeanToken, true, labels, 0}, Training{},
		func(g golden) Targets { return Targets{Values: g.float32s("targets.values")} }},
	{"cosine", Head{Embed, MeanToken, true, 0, 0}, Training{},
		func(g golden) Targets { return Targets{Values: g.float32s("targets.similarity")} }},
}

func TestForwardIsThatOfPyTorch(t *testing.T) {
	g := openGolden(t, filepath.Join("testdata", "golden.safetensors"))
	batch := g.batch("batch")
	for _, c := range cases {
		b := loadTiny(t, c.head)
		if _, ok := g.header[c.name+".logits"]; ok {
			got, err := b.Forward(batch)
			if err != nil {
				t.Fatal(err)
			}
			d := worst(got, g.floats(c.name+".logits"))
			t.Logf("%s: max |Δlogit| %.1e", c.name, d)
			if d > 1e-4 {
				t.Errorf("%s: max |Δlogit| %v", c.name, d)
			}
		}
		if _, ok := g.header[c.name+".pooled"]; ok {
			got, err := b.Vectors(batch)
			if err != nil {
				t.Fatal(err)
			}
			if d := worst(got, g.floats(c.name+".pooled")); d > 1e-5 {
				t.Errorf("%s: vectors differ by %v", c.name, d)
			}
		}
	}
	b := loadTiny(t, Head{Task: Embed, Pooling: FirstToken, Normalize: true})
	got, err := b.Forward(batch)
	if err != nil {
		t.Fatal(err)
	}
	if d := worst(got, g.floats("cls.pooled")); d > 1e-5 {
		t.Errorf("first token: vectors differ by %v", d)
	}
}

func TestGradientsAreThoseOfPyTorch(t *testing.T) {
	g := openGolden(t, filepath.Join("testdata", "golden.safetensors"))
	batch := g.batch("batch")
	for _, c := range cases {
		b := loadTiny(t, c.head)
		training := c.training
		if training.ClassWeights != nil {
			training.ClassWeights = g.float32s("targets.weights")
		}
		if err := b.Train(nn.AdamW, training); err != nil {
			t.Fatal(err)
		}
		loss, err := b.ForwardBackward(batch, c.targets(g), 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if want := g.floats(c.name + ".loss")[0]; math.Abs(loss-want) > 1e-5*math.Abs(want) {
			t.Errorf("%s: loss %v, want %v", c.name, loss, want)
		}
		if _, ok := g.header[c.name+".grad.bert.embeddings.LayerNorm.weight"]; ok {
			compareGradients(t, b, g, c.name)
		}
	}
}

// compareGradients holds every tensor to ‖Δ‖ ≤ 1e-4·‖gradient‖ + 1e-6. A tensor
// that the file lacks has no gradient.
func compareGradients(t *testing.T, b *Bert, g golden, name string) {
	t.Helper()
	most, which := 0.0, ""
	for _, p := range b.Params.List {
		got, want := make([]float32, p.Size()), make([]float64, p.Size())
		b.Params.Gradient(got, p)
		if _, ok := g.header[name+".grad."+p.Name]; ok {
			want = g.floats(name + ".grad." + p.Name)
		}
		d, norm := apart(got, want)
		if d > 1e-4*norm+1e-6 {
			t.Errorf("%s: gradient of %s: |Δ| %.2e, norm %.2e", name, p.Name, d, norm)
		}
		if norm > 1e-3 && d/norm > most {
			most, which = d/norm, p.Name
		}
	}
	t.Logf("%s: largest |Δgradient|/|gradient| %.1e (%s)", name, most, which)
}

func TestTwentyStepsAreThoseOfPyTorch(t *testing.T) {
	g := openGolden(t, filepath.Join("testdata", "golden.safetensors"))
	for _, c := range []struct {
		optimizer nn.Optimizer
		rate      float64
	}{
		{nn.Optimizer{Kind: nn.AdamW, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0.1, ClipNorm: 1}, 3e-3},
		{nn.Optimizer{Kind: nn.Adam, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-6, WeightDecay: 0.01}, 3e-3},
		{nn.Optimizer{Kind: nn.SGD, Momentum: 0.9, WeightDecay: 0.01, ClipNorm: 1}, 3e-2},
		{nn.Optimizer{Kind: nn.Adagrad, Epsilon: 1e-10, WeightDecay: 0.01}, 1e-2},
	} {
		b := loadTiny(t, Head{Classify, Pooler, false, labels, 0})
		if err := b.Train(c.optimizer.Kind, Training{}); err != nil {
			t.Fatal(err)
		}
		schedule := nn.Schedule{Decay: nn.DecayLinear, Peak: c.rate, Warmup: 4, Total: 20}
		name, most := c.optimizer.Kind.String(), 0.0
		for i, want := range g.floats(name + ".losses") {
			at := "train." + string(rune('0'+i))
			if i > 9 {
				at = "train.1" + string(rune('0'+i-10))
			}
			loss, err := b.ForwardBackward(g.batch(at), Targets{Classes: g.ints(at + ".classes")}, uint64(i), 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Update(c.optimizer, schedule.Rate(i)); err != nil {
				t.Fatal(err)
			}
			most = max(most, math.Abs(loss-want)/want)
		}
		t.Logf("%s: largest relative difference of 20 losses %.1e", name, most)
		if most > 1e-3 {
			t.Errorf("%s: a loss differs by %.1e of it", name, most)
		}
	}
}
