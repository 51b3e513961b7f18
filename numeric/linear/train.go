package linear

import (
	"context"
	"slices"
	"sync"

	"datahall/numeric/kernel"
)

// Examples are texts and what they are to be answered with.
type Examples struct {
	Texts  []string
	Target Target
}

func (e Examples) pick(rows []int) Examples {
	texts := make([]string, len(rows))
	for k, i := range rows {
		texts[k] = e.Texts[i]
	}
	return Examples{texts, e.Target.Pick(rows)}
}

// Options say how a model of texts is trained. The zero value is a good choice.
type Options struct {
	Vectorizer VectorizerOptions
	C          []float64 // ascending; see [Search]; default 1/64, 1/32, … 8, begun with 1/4
	Refit      bool      // with validation rows: train on them too, once C is chosen
	Seed       uint64
	Pool       *kernel.Pool
	Progress   func(done, total float64) // descents done, and to be done as far as can be told; called by one goroutine at a time
}

// Search is how a strength was chosen: by rows that were held out, from the
// middle of the grid upwards while the loss falls, else downwards.
//
// The loss is [Loss] after calibration. It is smoother than the share of errors,
// and as good a guide to it.
type Search struct {
	C         float64     // of the best trial: the weight of the errors beside the penalty
	Loss      float64     // of the best trial, as [Loss] counts
	Score     float64     // of the best trial, as [Score] counts
	Trials    []Trial     // in the order they were made
	Rows      []int       // held out: indices of training rows, or of validation rows if Validated
	Outputs   [][]float64 // of the best trial for Rows: decision values, logits or numbers, one a label
	Validated bool

	calibration calibration // of the best trial
}

// Trial is one strength that was tried.
type Trial struct {
	C     float64 `json:"c"`
	Loss  float64 `json:"loss"`
	Score float64 `json:"score"`
}

// climb tries strengths of an ascending grid and keeps the best. try gives the
// outputs for the rows held out, of which truth tells, and whether to go on.
func (s *Search) climb(grid []float64, truth Target, try func(c float64) (outputs [][]float64, ok bool)) {
	middle := (len(grid) - 1) / 2
	better := func(k int) bool {
		outputs, ok := try(grid[k])
		if !ok {
			return false
		}
		c := calibrate(truth, outputs)
		scores := make([][]float64, len(outputs))
		for i, row := range outputs {
			scores[i] = slices.Clone(row)
		}
		c.all(truth.Task, scores)
		t := Trial{grid[k], Loss(truth, scores), Score(truth, scores, 0.5)}
		s.Trials = append(s.Trials, t)
		if len(s.Trials) > 1 && t.Loss >= s.Loss {
			return false
		}
		s.C, s.Loss, s.Score, s.Outputs, s.calibration = t.C, t.Loss, t.Score, outputs, c
		return true
	}
	if !better(middle) {
		return
	}
	for k := middle + 1; k < len(grid) && better(k); k++ {
	}
	if s.C != grid[middle] {
		return
	}
	for k := middle - 1; k >= 0 && better(k); k-- {
	}
}

// Train learns a model of texts. Without validation rows C is chosen by cross
// validation, or by a fifth held out of 6,000 rows and more; the model is then
// trained on all. Of more than 20,000 rows a sample is used for the choice.
func Train(ctx context.Context, train, validation Examples, o Options) (*Model, *Search, error) {
	if err := train.Target.check(); err != nil {
		return nil, nil, err
	}
	if len(o.C) == 0 {
		o.C = []float64{1. / 64, 1. / 32, 1. / 16, 1. / 8, 1. / 4, 1. / 2, 1, 2, 4, 8}
	}
	t := &trainer{ctx: ctx, o: o, train: train, validation: validation}
	t.divide()
	search := t.search()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	m := t.best
	if m == nil {
		all := train
		if o.Refit && t.validated() {
			all = Examples{slices.Concat(train.Texts, validation.Texts), train.Target.and(validation.Target)}
		}
		final := t.part(all, nil, nil, 0)
		t.expect([]*part{final}, 1)
		t.descend([]*part{final}, search.C, finalTolerance)
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		m = final.assemble()
	}
	m.c = search.C
	m.calibration = search.calibration
	return m, search, nil
}

// expectedTrials is how many strengths a climb tries as a rule.
const expectedTrials = 4

// trainer is one call of Train.
type trainer struct {
	ctx               context.Context
	o                 Options
	train, validation Examples
	parts             []*part
	truth             Target // of the rows held out, part by part
	keep              bool   // the one part's model is what is wanted
	best              *Model // of the best trial, if keep

	counting    sync.Mutex
	done, total float64 // descents
	trials      int
}

func (t *trainer) validated() bool { return len(t.validation.Texts) > 0 }

// divide makes the parts by which C is chosen. Each has a vectoriser of its
// own, so that a row held out has as many unknown words as a new text has.
func (t *trainer) divide() {
	y := t.train.Target
	if y.Group == nil {
		y.Group = Groups(t.train.Texts)
	}
	if t.validated() {
		used := sample(y, searchRows, t.o.Seed)
		t.keep = len(used) == len(t.train.Texts) && !t.o.Refit
		t.truth = t.validation.Target
		rows := without(len(t.validation.Texts), nil)
		t.parts = []*part{t.part(t.train.pick(used), t.validation.Texts, rows, 1)}
		return
	}
	var order []int
	for f, d := range divide(y, t.o.Seed) {
		t.parts = append(t.parts, t.part(t.train.pick(d.rest), t.train.pick(d.held).Texts, d.held, uint64(f+2)))
		order = append(order, d.held...)
	}
	t.truth = t.train.Target.Pick(order)
}

// search tries strengths, each from where the last one ended. With nothing to
// hold out there is no choice to make.
func (t *trainer) search() *Search {
	y := t.train.Target
	s := &Search{C: 1, Validated: t.validated(), calibration: plain(y.Task, len(y.Labels))}
	if len(t.parts) == 0 {
		return s
	}
	for _, p := range t.parts {
		s.Rows = append(s.Rows, p.rows...)
	}
	var models []*Model
	s.climb(t.o.C, t.truth, func(c float64) ([][]float64, bool) {
		t.trials++
		t.expect(t.parts, max(1, expectedTrials-t.trials+1))
		t.descend(t.parts, c, searchTolerance)
		if t.ctx.Err() != nil {
			return nil, false
		}
		var outputs [][]float64
		for _, p := range t.parts {
			m := p.assemble()
			outputs = append(outputs, m.outputs(t.o.Pool, p.held)...)
			if t.keep {
				models = append(models, m)
			}
		}
		return outputs, true
	})
	for i, m := range models {
		if s.Trials[i].C == s.C {
			t.best = m
		}
	}
	return s
}
