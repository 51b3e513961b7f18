package train

import (
	"math"

	"datahall"
	"datahall/flow/eval"
	"datahall/flow/infer"
	"datahall/numeric/linear"
)

// The ways of tuning, as models and reports name them.
const (
	tuneFull = "full"
	tuneHead = "head"
	tuneBoth = "head+full"
)

// result is what a way of tuning came to.
type result struct {
	tuning     string
	validation float64 // score on the validation rows
	head       *linear.Head
}

// tune trains as asked: a head on frozen vectors, all weights, or first the
// one and then, from it, the other (Kumar et al. 2022, "Fine-Tuning can Distort
// Pretrained Features and Underperform Out-of-Distribution"), keeping what is
// better on the validation rows.
func (t *trainer) tune(e *encoder) (result, error) {
	if t.Base == nil {
		if t.Spec.Tune == tuneHead {
			return result{}, datahall.Errorf(datahall.Invalid, "training: --tune head needs a base with something learnt in it; give one with --base, or take --tune full")
		}
		score, err := t.learn(e)
		return result{tuning: tuneFull, validation: score}, err
	}
	frozen := result{tuning: tuneHead, validation: named(t.simple.Baselines, eval.FrozenHead).Validation, head: t.simple.Head}
	switch t.Spec.Tune {
	case tuneHead:
		return frozen, t.place(e, frozen)
	case tuneFull:
		score, err := t.learn(e)
		return result{tuning: tuneFull, validation: score}, err
	}
	put(e, frozen.head)
	score, err := t.learn(e)
	if err != nil || score > frozen.validation {
		return result{tuning: tuneBoth, validation: score}, err
	}
	t.Log("tuning all weights did not help on the validation rows: the head on the frozen encoder is kept")
	if e2, err := t.encoder(); err != nil { // the encoder as it was
		return frozen, err
	} else {
		*e = *e2
	}
	return frozen, t.place(e, frozen)
}

func named(list []datahall.Baseline, name string) datahall.Baseline {
	for _, b := range list {
		if b.Name == name {
			return b
		}
	}
	return datahall.Baseline{}
}

// put makes a head the classifier of the encoder.
func put(e *encoder, h *linear.Head) {
	for _, p := range e.bert.Params.List {
		switch p.Name {
		case "classifier.weight":
			copy(p.W, h.Weight)
		case "classifier.bias":
			copy(p.W, h.Bias)
		}
	}
	e.bert.Changed()
}

// place fits the head once more, to the validation rows too now that the
// strength is chosen, and makes it the classifier.
func (t *trainer) place(e *encoder, r result) error {
	t.Stage(datahall.Say("fitting the head"), 0, "fits")
	v, err := t.vectors(e)
	if err != nil {
		return err
	}
	target, err := linear.TargetOf(t.Spec.Task, t.labels, t.sides.train)
	if err != nil {
		return err
	}
	truth, err := linear.TargetOf(t.Spec.Task, t.labels, t.sides.validation)
	if err != nil {
		return err
	}
	head, _, err := linear.FitHead(t.ctx, linear.Vectors{Width: v.Width, Data: v.Train}, target,
		linear.Vectors{Width: v.Width, Data: v.Validation}, truth, linear.HeadOptions{Refit: true, Seed: t.Spec.Seed, Pool: t.pool})
	if err != nil {
		return err
	}
	put(e, head)
	return nil
}

// finish measures and writes the winner.
func (t *trainer) finish(e *encoder, best result) (datahall.Trained, error) {
	t.Stage(datahall.Say("measuring on %s test rows", len(e.test)), 0, "rows")
	scores, err := t.scores(e, e.test)
	if err != nil {
		return datahall.Trained{}, err
	}
	rivals := []string{eval.Majority, eval.TFIDF}
	winner := eval.Winner(best.validation, t.simple.Baselines, rivals...)
	if winner == eval.TFIDF && t.Spec.AllowSimple {
		t.Log("the linear model is better on the validation rows, and is the one that is registered")
		return t.writeLinear(best.validation)
	}
	report, err := t.report(scores, best.validation, winner)
	if err != nil {
		return datahall.Trained{}, err
	}
	if err := t.writeBert(e, best, report); err != nil {
		return datahall.Trained{}, err
	}
	return t.trained(datahall.Model{Family: "bert", Tuning: best.tuning, Parameters: e.bert.Params.Count()}, report), nil
}

// report measures scores on the test rows and puts the baselines beside them.
func (t *trainer) report(scores [][]float64, validation float64, winner string) (datahall.Evaluation, error) {
	r, err := eval.Measure(t.Spec.Task, t.labels, t.sides.test, scores, t.Spec.Seed)
	if err != nil {
		return r, err
	}
	r.Model, r.Split, r.Dataset = t.Spec.Name, "test", t.Spec.Dataset
	r.Baselines, r.Validation, r.Winner = t.simple.Baselines, validation, winner
	r.Baseline = eval.Best(r.Baselines)
	t.Log(eval.Text(r))
	return r, nil
}

func (t *trainer) trained(m datahall.Model, r datahall.Evaluation) datahall.Trained {
	m.Task, m.Labels, m.Base, m.Accuracy, m.MacroF1 = t.Spec.Task, t.labels, t.Spec.Base, r.Accuracy, r.MacroF1
	out := datahall.Trained{Model: m, Steps: t.work.steps, Seconds: t.work.seconds, Tokens: t.work.tokens}
	if t.work.seconds > 0 {
		out.TokensPerSecond = float64(t.work.tokens) / t.work.seconds
	}
	return out
}

// onlyLinear trains no encoder.
func (t *trainer) onlyLinear() (datahall.Trained, error) {
	if err := t.baselines(nil); err != nil {
		return datahall.Trained{}, err
	}
	return t.writeLinear(named(t.simple.Baselines, eval.TFIDF).Validation)
}

// finite refuses a loss that has run away.
func (t *trainer) finite(loss float64, step int) error {
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return datahall.Errorf(datahall.Invalid, "training: the loss is no number at step %s with learning rate %s; lower it with --lr", step, t.plan.rate)
	}
	return nil
}

// targets are what a batch should give.
func (t *trainer) targets(e *encoder, rows []datahall.Row) (classes []int32, values []float32) {
	index := map[string]int32{}
	for i, l := range t.labels {
		index[l] = int32(i)
	}
	for _, r := range rows {
		switch t.Spec.Task {
		case linear.Regress:
			values = append(values, float32((*r.Value-e.mean)/e.spread))
		case linear.Multilabel:
			row := make([]float32, len(t.labels))
			for _, l := range linear.LabelsOf([]datahall.Row{r}) {
				row[index[l]] = 1
			}
			values = append(values, row...)
		default:
			classes = append(classes, index[r.Label])
		}
	}
	return classes, values
}

// tokens counts what a batch really holds.
func tokens(texts []infer.Text) int64 {
	n := int64(0)
	for _, t := range texts {
		n += int64(t.Tokens)
	}
	return n
}
