package train

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"datahall"
	"datahall/numeric/nn"
	"datahall/numeric/transformer"
)

// plan is the specification with every blank filled.
type plan struct {
	epochs, patience  int
	batch, accumulate int     // rows of a step; its micro-batches, 0: as few as memory allows
	length            int     // tokens of a row at most; 0: as the base says
	rate              float64 // peak; 0: by the width of the base
	warmup            float64 // fraction of the steps
	smoothing         float64
	dropout           float64
	optimizer         nn.Optimizer
	decay             nn.Decay
	checkpoint        int // steps; 0: by time
}

// choices are the values that a specification's words may take.
var choices = []struct {
	name  string
	of    func(datahall.TrainSpec) string
	words []string
}{
	{"task", func(s datahall.TrainSpec) string { return s.Task }, []string{"classify", "multilabel", "regress"}},
	{"tune", func(s datahall.TrainSpec) string { return s.Tune }, []string{"", "auto", "full", "head"}},
	{"optimizer", func(s datahall.TrainSpec) string { return s.Optimizer }, []string{"", "adamw", "adam", "sgd", "adagrad"}},
	{"schedule", func(s datahall.TrainSpec) string { return s.Schedule }, []string{"", "linear", "cosine", "constant"}},
	{"precision", func(s datahall.TrainSpec) string { return s.Precision }, []string{"", "fp32"}},
	{"class weights", func(s datahall.TrainSpec) string { return s.ClassWeights }, []string{"", "none", "balanced"}},
}

// checkSpec refuses what nobody has checked where the job was submitted.
func checkSpec(s datahall.TrainSpec) error {
	for _, c := range choices {
		if !slices.Contains(c.words, c.of(s)) {
			known := strings.Join(slices.DeleteFunc(slices.Clone(c.words), func(w string) bool { return w == "" }), ", ")
			return datahall.Errorf(datahall.Invalid, "train: %s %q is unknown; one of %s", c.name, c.of(s), known)
		}
	}
	if size, scratch := strings.CutPrefix(s.Base, "scratch:"); scratch && !slices.Contains(transformer.Sizes, size) {
		return datahall.Errorf(datahall.Invalid, "base scratch:%s: no such size; one of tiny, small, base", size)
	}
	if s.ClassWeights == "balanced" && s.Task != "classify" {
		return datahall.Errorf(datahall.Invalid, "train: class weights belong to the task classify; leave them out for %s", s.Task)
	}
	if s.LabelSmoothing > 0 && s.Task != "classify" {
		return datahall.Errorf(datahall.Invalid, "train: label smoothing belongs to the task classify; leave it out for %s", s.Task)
	}
	return nil
}

// orNone fills a blank; a negative value asks for none.
func orNone(value, blank float64) float64 { return max(0, cmp.Or(value, blank)) }

// planOf fills the blanks.
func planOf(s datahall.TrainSpec, rows int, pretrained bool) plan {
	kind, _ := nn.ParseKind(cmp.Or(s.Optimizer, "adamw"))   // checkSpec knows the names
	decay, _ := nn.ParseDecay(cmp.Or(s.Schedule, "linear")) // as above
	o := nn.Default(kind)
	o.Momentum = orNone(s.Momentum, o.Momentum)
	o.Epsilon = cmp.Or(s.Epsilon, o.Epsilon)
	o.WeightDecay = orNone(s.WeightDecay, o.WeightDecay)
	o.ClipNorm = orNone(s.ClipNorm, o.ClipNorm)
	p := plan{
		batch: cmp.Or(s.BatchSize, defaultBatch(rows)), accumulate: s.Accumulate, length: s.MaxLength, rate: s.LearningRate,
		warmup: orNone(s.Warmup, 0.1), smoothing: s.LabelSmoothing, dropout: orNone(s.Dropout, 0.1),
		optimizer: o, decay: decay, checkpoint: s.CheckpointEvery,
	}
	p.epochs = cmp.Or(s.Epochs, defaultEpochs(rows, pretrained))
	p.patience = cmp.Or(s.Patience, defaultPatience(pretrained))
	return p
}

// defaultBatch is small for few rows, so that there are steps enough.
func defaultBatch(rows int) int {
	if rows <= 3000 {
		return 16
	}
	return 32
}

// defaultEpochs lets few rows be seen more often. A new encoder needs some
// thousand steps to begin to read, a trained one a few looks at each row.
func defaultEpochs(rows int, pretrained bool) int {
	n := float64(max(rows, 1))
	if pretrained {
		return int(min(10, max(2, math.Round(45_000/n))))
	}
	return int(min(40, max(3, math.Round(max(30_000/n, min(12, 120_000/n))))))
}

// defaultPatience is in epochs. A new encoder learns by fits and starts.
func defaultPatience(pretrained bool) int {
	if pretrained {
		return 3
	}
	return 5
}

// defaultRate is the peak learning rate. Small encoders bear more; rules
// without a second moment need more.
func defaultRate(base string, width int, kind nn.Kind) float64 {
	rate := min(2e-4, 1e-4*384/float64(width))
	switch base {
	case "scratch:tiny":
		rate = 1e-3
	case "scratch:small":
		rate = 5e-4
	case "scratch:base":
		rate = 1e-4
	}
	switch kind {
	case nn.SGD:
		rate *= 100
	case nn.Adagrad:
		rate *= 10
	}
	return rate
}

func (p plan) check() error {
	if err := p.optimizer.Check(); err != nil {
		return datahall.Errorf(datahall.Invalid, "training: %s; give another value", err)
	}
	if p.epochs < 1 || p.batch < 1 || p.accumulate < 0 || p.length < 0 || !(p.rate >= 0) || p.warmup > 1 || p.dropout >= 1 || p.smoothing < 0 || p.smoothing >= 1 {
		return datahall.Errorf(datahall.Invalid, "training: a setting is out of its range; leave out what you are not sure of")
	}
	return nil
}
