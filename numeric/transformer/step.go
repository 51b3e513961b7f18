package transformer

import (
	"fmt"

	"datahall/numeric/nn"
	"datahall/numeric/tensor"
)

// Training is what the loss and the dropout of a run are set to.
type Training struct {
	Seed         uint64    // of dropout
	Smoothing    float64   // label smoothing, Classify
	ClassWeights []float32 // (Outputs), Classify; nil: all 1
}

// Targets is what a batch should give: a class for each row (Classify), or
// (rows, Outputs) numbers (MultiLabel: 0…1, Regress), or a similarity for rows
// 2i and 2i+1 (Embed).
type Targets struct {
	Classes []int32
	Values  []float32
}

// Drops tells the masks of one batch from those of all others. Its zero value
// drops nothing.
type Drops struct {
	on          bool
	seed, batch uint64
}

// The places of dropout in the model.
const (
	siteEmbedding = iota
	siteHead
	siteProbabilities // of a layer, see siteOf
	siteAttended
	siteOutput
)

// siteOf is the place of a kind in a layer.
func siteOf(layer, kind int) int { return 3*layer + kind }

func (d Drops) at(site int, p float64) nn.Dropout {
	if !d.on || p == 0 {
		return nn.Dropout{}
	}
	return nn.Dropout{P: float32(p), Key: nn.DropoutKey(d.seed, d.batch, site)}
}

// Forward gives (rows, Outputs) for a batch: logits, numbers, or vectors. They
// are valid until the next call. Nothing is dropped and nothing kept.
func (b *Bert) Forward(batch *tensor.Batch) ([]float32, error) {
	if err := b.check(batch); err != nil {
		return nil, err
	}
	b.Settle()
	b.prepare(batch, false, Drops{})
	return b.outputs(b.encode()), nil
}

// Vectors gives (rows, Hidden), what the classifier sees: pooled and, where the
// head says so, of length 1. They are valid until the next call.
func (b *Bert) Vectors(batch *tensor.Batch) ([]float32, error) {
	if err := b.check(batch); err != nil {
		return nil, err
	}
	b.Settle()
	b.prepare(batch, false, Drops{})
	b.poolRows(b.encode())
	return b.run.head.pooled, nil
}

func (b *Bert) check(batch *tensor.Batch) error {
	return batch.Check(b.Config.Vocabulary, b.Config.Positions, b.Config.Segments)
}

// Train makes the model ready to learn with a kind of optimizer.
func (b *Bert) Train(k nn.Kind, t Training) error {
	if t.ClassWeights != nil && len(t.ClassWeights) != b.Head.Outputs {
		return fmt.Errorf("%d class weights for %d classes", len(t.ClassWeights), b.Head.Outputs)
	}
	if !(t.Smoothing >= 0 && t.Smoothing < 1) {
		return fmt.Errorf("label smoothing is %v, not in [0, 1)", t.Smoothing)
	}
	b.Params.Train(k)
	b.bind()
	b.training, b.packed = t, false
	return nil
}

// ForwardBackward gives the mean loss of a batch and gathers its gradient,
// times share, for the next Update: share is the part of the step that the
// batch is (its rows by the step's rows; 1 without accumulation). The number
// counts the batches of the run from 0, and chooses the masks of dropout.
func (b *Bert) ForwardBackward(batch *tensor.Batch, targets Targets, number uint64, share float64) (float64, error) {
	if err := b.check(batch); err != nil {
		return 0, err
	}
	if err := b.checkTargets(batch.Rows(), targets); err != nil {
		return 0, err
	}
	accumulate := b.Params.Accumulate()
	b.Params.Table.Look(b.pool, batch.IDs, accumulate)
	b.pack()
	b.prepare(batch, true, Drops{true, b.training.Seed, number})
	logits := b.outputs(b.encode())
	loss := b.loss(b.run.head.dlogits, logits, targets, b.training, share)
	b.outputsBackward(accumulate)
	b.backward(accumulate)
	return loss, nil
}

// Outcome gives what the last ForwardBackward computed for its rows, (rows,
// Outputs), for measures of training. It is valid until the next call.
func (b *Bert) Outcome() []float32 { return b.run.head.logits }

// Update makes an optimizer step from the gathered gradients, and gives their
// global norm before clipping.
func (b *Bert) Update(o nn.Optimizer, rate float64) (float64, error) {
	norm, err := o.Update(b.pool, &b.Params, rate)
	if err == nil {
		b.packed = false
	}
	return norm, err
}

// Loss is the mean loss of a batch without dropout, smoothing or class weights.
func (b *Bert) Loss(batch *tensor.Batch, targets Targets) (float64, error) {
	logits, err := b.Forward(batch)
	if err != nil {
		return 0, err
	}
	if err := b.checkTargets(batch.Rows(), targets); err != nil {
		return 0, err
	}
	return b.loss(make([]float32, len(logits)), logits, targets, Training{}, 1), nil
}

func (b *Bert) loss(d, logits []float32, t Targets, how Training, share float64) float64 {
	switch b.Head.Task {
	case Classify:
		return nn.CrossEntropy(d, logits, b.Head.Outputs, t.Classes, how.Smoothing, how.ClassWeights, share)
	case MultiLabel:
		return nn.BinaryCrossEntropy(d, logits, t.Values, share)
	case Regress:
		return nn.MeanSquaredError(d, logits, t.Values, share)
	}
	return nn.CosineSimilarity(d, logits, b.Config.Hidden, t.Values, share)
}

func (b *Bert) checkTargets(rows int, t Targets) error {
	want, have := rows*b.Head.Outputs, len(t.Values)
	switch b.Head.Task {
	case Classify:
		want, have = rows, len(t.Classes)
		for i, c := range t.Classes {
			if c < 0 || int(c) >= b.Head.Outputs {
				return fmt.Errorf("row %d has class %d, the head has %d", i, c, b.Head.Outputs)
			}
		}
	case Embed:
		want = rows / 2
		if rows%2 != 0 || !b.Head.Normalize {
			return fmt.Errorf("pairs need an even number of rows, not %d, and a head that normalises", rows)
		}
	}
	if want != have {
		return fmt.Errorf("%d targets for %d rows, not %d", have, rows, want)
	}
	return nil
}
