package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"datahall"
	"datahall/flow/eval"
	"datahall/flow/infer"
	"datahall/numeric/linear"
	"datahall/numeric/transformer"
)

func TestBlanksAreFilled(t *testing.T) {
	for _, c := range []struct {
		spec                    datahall.TrainSpec
		rows                    int
		base                    bool
		epochs, batch, patience int
	}{
		{datahall.TrainSpec{}, 300, false, 40, 16, 5},
		{datahall.TrainSpec{}, 1500, false, 20, 16, 5},
		{datahall.TrainSpec{}, 10_000, false, 12, 32, 5},
		{datahall.TrainSpec{}, 1_000_000, false, 3, 32, 5},
		{datahall.TrainSpec{}, 300, true, 10, 16, 3},
		{datahall.TrainSpec{}, 9_000, true, 5, 32, 3},
		{datahall.TrainSpec{}, 1_000_000, true, 2, 32, 3},
		{datahall.TrainSpec{Epochs: 7, BatchSize: 5, Patience: 1}, 9_000, true, 7, 5, 1},
	} {
		p := planOf(c.spec, c.rows, c.base)
		if p.epochs != c.epochs || p.batch != c.batch || p.patience != c.patience {
			t.Errorf("%+v, %d rows, base %v: %d epochs of %d rows a step, patience %d", c.spec, c.rows, c.base, p.epochs, p.batch, p.patience)
		}
	}
	p := planOf(datahall.TrainSpec{}, 100, true)
	if o := p.optimizer; o.Kind.String() != "adamw" || o.WeightDecay != 0.01 || o.ClipNorm != 1 || p.warmup != 0.1 || p.dropout != 0.1 || p.decay.String() != "linear" {
		t.Errorf("%+v", p)
	}
	if p := planOf(datahall.TrainSpec{Warmup: -1, Dropout: -1, WeightDecay: -1, ClipNorm: -1}, 100, true); p.warmup+p.dropout+p.optimizer.WeightDecay+p.optimizer.ClipNorm != 0 {
		t.Errorf("-1 is not none: %+v", p)
	}
}

func TestStepsThatNeedGigabytesAreCut(t *testing.T) {
	shape, err := transformer.Sized("tiny", 40)
	if err != nil {
		t.Fatal(err)
	}
	bert, err := transformer.New(shape, transformer.Head{Task: transformer.Classify, Outputs: 2}, nil, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	bert.Config.Layers, bert.Config.Hidden, bert.Config.Inner = 12, 768, 3072 // as large as base; nothing is computed
	for _, c := range []struct{ tokens, accumulate, rows int }{{16, 0, 32}, {128, 0, 32}, {256, 0, 16}, {512, 0, 8}, {512, 1, 32}, {16, 4, 8}} {
		tr := &trainer{plan: plan{batch: 32, accumulate: c.accumulate}}
		if got := tr.microBatch(&encoder{bert: bert, train: []infer.Text{{Tokens: 3}, {Tokens: c.tokens}}}); got != c.rows {
			t.Errorf("%+v: %d rows at once", c, got)
		}
	}
}

// The figures of an epoch are counted as those of a report.
func TestFiguresOfAnEpochAreThoseOfAReport(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	labels := []string{"a", "b", "c", "d"}
	for _, task := range []string{"classify", "multilabel"} {
		var rows []datahall.Row
		var scores [][]float64
		for range 40 {
			r := datahall.Row{Text: "x", Label: labels[rng.IntN(3)]} // d is never right
			if task == "multilabel" {
				r.Labels, r.Label = []string{r.Label, labels[rng.IntN(2)]}, ""
			}
			rows = append(rows, r)
			scores = append(scores, []float64{rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64()})
		}
		truth, err := linear.TargetOf(task, labels, rows)
		if err != nil {
			t.Fatal(err)
		}
		r, err := eval.Measure(task, labels, rows, scores, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := macroF1(truth, scores); math.Abs(got-r.MacroF1) > 1e-12 {
			t.Errorf("%s: macro F1 %v, the report has %v", task, got, r.MacroF1)
		}
	}
}
