package train

import (
	"slices"

	"datahall"
	"datahall/flow/eval"
	"datahall/numeric/linear"
)

// The ways of tuning, as models and reports name them.
const (
	tuneFull   = "full"
	tuneHead   = "head"
	tuneBoth   = "head+full"
	tuneLinear = "linear"
)

// result is what a way of tuning came to.
type result struct {
	tuning     string
	validation float64 // score on the validation rows
}

// tune fits the baselines and trains as asked: a head on frozen vectors, all
// weights, or first the one and then, from it, the other (Kumar et al. 2022,
// "Fine-Tuning can Distort Pretrained Features and Underperform
// Out-of-Distribution"), keeping what is better on the validation rows.
func (t *trainer) tune(e *encoder) (result, error) {
	if t.Base == nil {
		return t.tuneNew(e)
	}
	vectors, err := t.vectors(e)
	if err != nil {
		return result{}, err
	}
	if err := t.baselines(vectors); err != nil {
		return result{}, err
	}
	frozen := result{tuneHead, named(t.simple.Baselines, eval.FrozenHead).Validation}
	if t.Spec.Tune == tuneFull {
		score, err := t.learn(e, false)
		return result{tuneFull, score}, err
	}
	final, err := t.finalHead(vectors)
	if err != nil {
		return result{}, err
	}
	vectors = nil // they may be hundreds of megabytes
	put(e, t.simple.Head)
	if t.Spec.Tune != tuneHead {
		score, err := t.learn(e, true)
		if err != nil || t.work.best > 0 {
			return result{tuneBoth, score}, err
		}
		frozen.validation = score
		t.Log("tuning all weights did not help on the validation rows: the head on the frozen encoder is kept")
	}
	put(e, final)
	return frozen, nil
}

// tuneNew trains an encoder that knows nothing yet.
func (t *trainer) tuneNew(e *encoder) (result, error) {
	if t.Spec.Tune == tuneHead {
		return result{}, datahall.Errorf(datahall.Invalid, "training: a head alone cannot be tuned on %s, which has learnt nothing; give a trained base with --base, or take --tune full", t.Spec.Base)
	}
	if err := t.baselines(nil); err != nil {
		return result{}, err
	}
	score, err := t.learn(e, false)
	return result{tuneFull, score}, err
}

func named(list []datahall.Baseline, name string) datahall.Baseline {
	for _, b := range list {
		if b.Name == name {
			return b
		}
	}
	return datahall.Baseline{}
}

// finalHead fits the head to all rows but those of the test, its strength
// chosen by cross validation over them: where a label has ten rows, the one of
// them that is held out for validation says little.
func (t *trainer) finalHead(v *eval.Vectors) (*linear.Head, error) {
	y, err := t.target(slices.Concat(t.sides.train, t.sides.validation))
	if err != nil {
		return nil, err
	}
	if t.balanced() {
		y = y.Balanced()
	}
	y.Group = linear.Groups(texts(t.sides.train, t.sides.validation))
	t.Stage(datahall.Say("final fit of the head"), 0, "fits")
	head, _, err := linear.FitHead(t.ctx, linear.Vectors{Width: v.Width, Data: slices.Concat(v.Train, v.Validation)}, y,
		linear.Vectors{Width: v.Width}, linear.Target{Task: t.Spec.Task, Labels: t.labels},
		linear.HeadOptions{Seed: t.Spec.Seed, Pool: t.pool, Progress: func(done, _ float64) { t.Advance(done) }})
	return head, err
}

// texts are those of rows, side by side.
func texts(sides ...[]datahall.Row) (list []string) {
	for _, rows := range sides {
		for _, r := range rows {
			list = append(list, r.Text)
		}
	}
	return list
}

// put makes a head the classifier of the encoder.
func put(e *encoder, h *linear.Head) {
	w, b := e.bert.Params.Find("classifier.weight").W, e.bert.Params.Find("classifier.bias").W
	for i, v := range h.Weight {
		w[i] = float32(float64(v) / e.spread)
	}
	for i, v := range h.Bias {
		b[i] = float32((float64(v) - e.mean) / e.spread)
	}
	e.bert.Changed()
}
