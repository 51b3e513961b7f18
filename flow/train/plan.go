package train

import (
	"cmp"
	"math"
	"strings"

	"datahall"
	"datahall/flow/prep"
	"datahall/numeric/nn"
)

// The shares that are split off where rows come without a split.
const (
	testShare       = 0.2
	validationShare = 0.1
)

// plan is the specification with every blank filled.
type plan struct {
	epochs, batch, accumulate, patience int
	length                              int // tokens of a row at most
	rate                                float64
	warmup, smoothing, dropout          float64
	optimizer                           nn.Optimizer
	decay                               nn.Decay
	checkpoint                          int // steps; 0: by time
}

// planOf fills the blanks. Rates and epochs were chosen on validation rows of
// banking77 and the built-in sample, see docs/lab.md.
func planOf(s datahall.TrainSpec, rows int, pretrained bool) plan {
	kind, _ := nn.ParseKind(cmp.Or(s.Optimizer, "adamw"))   // checked where it was submitted
	decay, _ := nn.ParseDecay(cmp.Or(s.Schedule, "linear")) // as above
	o := nn.Default(kind)
	o.Momentum = cmp.Or(s.Momentum, o.Momentum)
	o.Epsilon = cmp.Or(s.Epsilon, o.Epsilon)
	o.WeightDecay = cmp.Or(s.WeightDecay, o.WeightDecay)
	o.ClipNorm = cmp.Or(s.ClipNorm, o.ClipNorm)
	batch := 16
	if rows > 20000 {
		batch = 32
	}
	p := plan{
		batch: cmp.Or(s.BatchSize, batch), accumulate: max(1, s.Accumulate), length: cmp.Or(s.MaxLength, 256),
		rate: cmp.Or(s.LearningRate, defaultRate(s.Base, kind, pretrained)), warmup: cmp.Or(s.Warmup, 0.1),
		smoothing: s.LabelSmoothing, dropout: cmp.Or(s.Dropout, 0.1), optimizer: o, decay: decay, checkpoint: s.CheckpointEvery,
	}
	p.epochs = cmp.Or(s.Epochs, defaultEpochs(rows, pretrained))
	p.patience = cmp.Or(s.Patience, max(2, p.epochs/4))
	if p.warmup < 0 {
		p.warmup = 0 // a blank is 0, so none is asked for with -1
	}
	if p.dropout < 0 {
		p.dropout = 0
	}
	return p
}

// defaultRate is the peak learning rate: small new encoders bear more, and
// rules without a second moment need more.
func defaultRate(base string, kind nn.Kind, pretrained bool) float64 {
	rate := 1e-4
	switch {
	case pretrained:
	case strings.HasSuffix(base, "tiny"):
		rate = 1e-3
	case strings.HasSuffix(base, "small"):
		rate = 5e-4
	}
	switch kind {
	case nn.SGD:
		rate *= 100
	case nn.Adagrad:
		rate *= 10
	}
	return rate
}

// defaultEpochs lets few rows be seen more often.
func defaultEpochs(rows int, pretrained bool) int {
	seen, most := 120_000.0, 30.0
	if pretrained {
		seen, most = 50_000, 10
	}
	return int(min(most, max(2, math.Round(seen/float64(max(rows, 1))))))
}

func (p plan) check() error {
	if err := p.optimizer.Check(); err != nil {
		return datahall.Errorf(datahall.Invalid, "training: %s; give another value", err)
	}
	return nil
}

// split keeps the sides that rows come with and adds those that are missing.
func (t *trainer) split() ([]datahall.Row, error) {
	if len(t.Rows) == 0 {
		return nil, datahall.Errorf(datahall.Invalid, "training: the dataset has no rows; import some")
	}
	s, err := prep.Split(t.Rows, datahall.SplitSpec{Test: testShare, Validation: validationShare, Seed: t.Spec.Seed})
	if err != nil {
		return nil, err
	}
	return s.Rows, nil
}
