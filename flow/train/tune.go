package train

import (
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

// finalHead fits the head once more, its strength being chosen, to the
// validation rows too.
func (t *trainer) finalHead(v *eval.Vectors) (*linear.Head, error) {
	train, err := t.target(t.sides.train)
	if err != nil {
		return nil, err
	}
	if t.balanced() {
		train = train.Balanced()
	}
	truth, err := t.target(t.sides.validation)
	if err != nil {
		return nil, err
	}
	t.Stage(datahall.Say("fitting the head to all rows but those of the test"), 0, "")
	head, _, err := linear.FitHead(t.ctx, linear.Vectors{Width: v.Width, Data: v.Train}, train,
		linear.Vectors{Width: v.Width, Data: v.Validation}, truth,
		linear.HeadOptions{C: []float64{t.simple.HeadC}, Refit: true, Seed: t.Spec.Seed, Pool: t.pool})
	return head, err
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
