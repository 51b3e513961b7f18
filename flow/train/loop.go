package train

import (
	"fmt"
	"math"

	"datahall"
	"datahall/numeric/linear"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
	"datahall/numeric/transformer"
)

// loop is the training of all weights, between two of its steps.
type loop struct {
	*trainer
	e        *encoder
	schedule nn.Schedule
	classes  []int32
	values   []float32
	truth    linear.Target // of the validation rows
	state    state
	best     map[string][]float32 // weights of the best epoch
	batch    tensor.Batch
	saved    float64 // seconds on the clock at the last checkpoint
}

// state is what a checkpoint keeps beside weights and moments.
type state struct {
	Version int     `json:"version"` // 1
	Task    string  `json:"task"`    // digest of what was asked for
	Kernel  string  `json:"kernel"`
	Step    int     `json:"step"`    // optimiser steps made
	Batches uint64  `json:"batches"` // micro-batches made: what chooses the masks of dropout
	Epoch   int     `json:"epoch"`   // the one that is being made, from 0
	At      int     `json:"at"`      // rows of it that are done
	Loss    float64 `json:"loss"`    // sum over the epoch so far, by rows
	Tokens  int64   `json:"tokens"`
	Seconds float64 `json:"seconds"`

	BestEpoch int     `json:"best_epoch"` // from 0; -1: none yet
	BestScore float64 `json:"best_score"`
	BestLoss  float64 `json:"best_loss"`
}

// learn trains all weights and leaves those of the best epoch in the encoder;
// it gives their score on the validation rows.
func (t *trainer) learn(e *encoder) (float64, error) {
	l, err := t.newLoop(e)
	if err != nil {
		return 0, err
	}
	if err := l.resume(); err != nil {
		return 0, err
	}
	for l.state.Epoch < t.plan.epochs && !l.patienceIsOver() {
		if err := l.epoch(); err != nil {
			return 0, err
		}
	}
	l.restoreBest()
	t.work = work{int64(l.state.Step), l.state.Tokens, l.state.Seconds}
	return l.state.BestScore, nil
}

func (t *trainer) newLoop(e *encoder) (*loop, error) {
	l := &loop{trainer: t, e: e, best: map[string][]float32{}}
	if t.Spec.Task == linear.Regress {
		e.mean, e.spread = meanSpread(t.sides.train)
	}
	l.classes, l.values = t.targets(e, t.sides.train)
	var err error
	if l.truth, err = linear.TargetOf(t.Spec.Task, t.labels, t.sides.validation); err != nil {
		return nil, err
	}
	rowsAStep := t.plan.batch * t.plan.accumulate
	total := t.plan.epochs * ((len(e.train) + rowsAStep - 1) / rowsAStep)
	l.schedule = nn.Schedule{Decay: t.plan.decay, Peak: t.plan.rate, Warmup: int(math.Round(t.plan.warmup * float64(total))), Total: total}
	l.state = state{Version: 1, Task: t.digest(), Kernel: kernelLevel(), BestEpoch: -1}
	err = e.bert.Train(t.plan.optimizer.Kind, transformer.Training{Seed: t.Spec.Seed, Smoothing: t.plan.smoothing, ClassWeights: t.classWeights(l.classes)})
	l.saved = t.seconds()
	return l, err
}

// meanSpread standardises the values of a regression while it learns.
func meanSpread(rows []datahall.Row) (mean, spread float64) {
	for _, r := range rows {
		mean += *r.Value / float64(len(rows))
	}
	for _, r := range rows {
		spread += (*r.Value - mean) * (*r.Value - mean) / float64(len(rows))
	}
	if spread = math.Sqrt(spread); spread == 0 {
		spread = 1
	}
	return mean, spread
}

// classWeights makes every label count the same: n / (labels · n of the label).
func (t *trainer) classWeights(classes []int32) []float32 {
	if t.Spec.ClassWeights != "balanced" || len(classes) == 0 {
		return nil
	}
	count := make([]float64, len(t.labels))
	for _, c := range classes {
		count[c]++
	}
	w := make([]float32, len(count))
	for i, n := range count {
		w[i] = float32(float64(len(classes)) / (float64(len(count)) * n))
	}
	return w
}

func (t *trainer) seconds() float64 { return float64(t.Now().UnixNano()) / 1e9 }

func (l *loop) patienceIsOver() bool {
	return l.state.BestEpoch >= 0 && l.state.Epoch-1-l.state.BestEpoch >= l.plan.patience
}

// epoch makes what is left of an epoch, step by step, and measures it.
func (l *loop) epoch() error {
	order := l.rng(streamOrder + uint64(l.state.Epoch)).Perm(len(l.e.train))
	l.Stage(datahall.Say("epoch %s of %s", l.state.Epoch+1, l.plan.epochs), float64(len(order)), "rows")
	for l.state.At < len(order) {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		n := min(l.plan.batch*l.plan.accumulate, len(order)-l.state.At)
		if err := l.step(order[l.state.At : l.state.At+n]); err != nil {
			return err
		}
		l.Advance(float64(l.state.At))
		if err := l.checkpoint(); err != nil {
			return err
		}
	}
	return l.endOfEpoch()
}

// step is one of the optimiser, of one or more micro-batches.
func (l *loop) step(rows []int) error {
	began := l.seconds()
	for at := 0; at < len(rows); at += l.plan.batch {
		part := rows[at:min(len(rows), at+l.plan.batch)]
		loss, err := l.e.bert.ForwardBackward(l.pack(part), l.targetsOf(part), l.state.Batches, float64(len(part))/float64(len(rows)))
		if err != nil {
			return err
		}
		if err := l.finite(loss, l.state.Step); err != nil {
			return err
		}
		l.state.Loss += loss * float64(len(part))
		l.state.Tokens += int64(l.batch.Tokens())
		l.state.Batches++
	}
	rate := l.schedule.Rate(l.state.Step)
	if _, err := l.e.bert.Update(l.plan.optimizer, rate); err != nil {
		return datahall.Errorf(datahall.Invalid, "training: the gradient is no number at step %s with learning rate %s; lower it with --lr", l.state.Step, rate).Because(err)
	}
	l.state.Step++
	l.state.At += len(rows)
	l.state.Seconds += l.seconds() - began
	if l.state.Step%10 == 0 {
		l.Measure(datahall.Point{Step: int64(l.state.Step), Name: "train_loss", Value: l.state.Loss / float64(l.state.At)},
			datahall.Point{Step: int64(l.state.Step), Name: "learning_rate", Value: rate},
			datahall.Point{Step: int64(l.state.Step), Name: "tokens_per_second", Value: float64(l.state.Tokens) / max(l.state.Seconds, 1e-9)})
	}
	return nil
}

func (l *loop) pack(rows []int) *tensor.Batch {
	l.batch.Reset()
	for _, i := range rows {
		l.batch.Append(l.e.train[i].IDs, nil)
	}
	return &l.batch
}

func (l *loop) targetsOf(rows []int) transformer.Targets {
	var t transformer.Targets
	width := l.outputs()
	for _, i := range rows {
		if l.classes != nil {
			t.Classes = append(t.Classes, l.classes[i])
		} else {
			t.Values = append(t.Values, l.values[i*width:(i+1)*width]...)
		}
	}
	return t
}

// endOfEpoch measures on the validation rows, keeps the weights where they are
// the best so far, and goes on to the next epoch.
func (l *loop) endOfEpoch() error {
	scores, err := l.scores(l.e, l.e.validation)
	if err != nil {
		return err
	}
	score := linear.Score(l.truth, scores, 0.5)
	loss := lossOf(l.truth, scores)
	macro := macroF1(l.truth, scores)
	step := int64(l.state.Step)
	trainLoss := l.state.Loss / float64(max(l.state.At, 1))
	l.Measure(datahall.Point{Step: step, Name: "epoch_train_loss", Value: trainLoss}, datahall.Point{Step: step, Name: "validation_loss", Value: loss},
		datahall.Point{Step: step, Name: "validation_accuracy", Value: score}, datahall.Point{Step: step, Name: "validation_macro_f1", Value: macro})
	s := &l.state
	note := ""
	if s.BestEpoch < 0 || score > s.BestScore || score == s.BestScore && loss < s.BestLoss {
		s.BestEpoch, s.BestScore, s.BestLoss = s.Epoch, score, loss
		l.keepBest()
		note = "  best so far"
	}
	l.Log(fmt.Sprintf("epoch %2d/%d  train loss %.4f  validation loss %.4f  accuracy %.4f  macro F1 %.4f%s",
		s.Epoch+1, l.plan.epochs, trainLoss, loss, score, macro, note))
	s.Epoch, s.At, s.Loss = s.Epoch+1, 0, 0
	return l.checkpoint()
}

func (l *loop) keepBest() {
	l.e.bert.Settle()
	for _, p := range l.e.bert.Params.List {
		l.best[p.Name] = append(l.best[p.Name][:0], p.W...)
	}
}

func (l *loop) restoreBest() {
	l.e.bert.Settle()
	for _, p := range l.e.bert.Params.List {
		if w, ok := l.best[p.Name]; ok {
			copy(p.W, w)
		}
	}
	l.e.bert.Changed()
	l.e.bert.Release()
}
