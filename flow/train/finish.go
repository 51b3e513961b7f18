package train

import (
	"fmt"
	"slices"
	"strconv"

	"datahall"
	"datahall/flow/eval"
	"datahall/numeric/kernel"
	"datahall/numeric/linear"
)

// finish measures the trained model on the test rows, and writes it, or the
// linear model where that is better on the validation rows and may be taken.
func (t *trainer) finish(e *encoder, best result) (datahall.Trained, error) {
	t.Stage(datahall.Say("measuring on %s test rows", len(e.test)), float64(len(e.test)), "rows")
	scores, err := t.scores(e, e.test, func(n int) { t.Advance(float64(n)) })
	if err != nil {
		return datahall.Trained{}, err
	}
	report, err := t.report(scores, best.validation)
	if err != nil {
		return datahall.Trained{}, err
	}
	report.Winner = eval.Winner(best.validation, len(t.sides.validation), t.simple.Baselines, t.rivals(best)...)
	if t.Spec.AllowSimple && t.linearWins(best) {
		t.Log(fmt.Sprintf("the linear model is better on the validation rows (%.4f; %s has %.4f), and is the one that is registered",
			named(t.simple.Baselines, eval.TFIDF).Validation, t.Spec.Base, best.validation))
		return t.writeLinear(&datahall.Baseline{Name: t.Spec.Base, Accuracy: report.Accuracy, MacroF1: report.MacroF1,
			MSE: report.MSE, Validation: best.validation, Seconds: t.work.seconds})
	}
	if report.Winner != eval.ModelItself {
		t.Log(fmt.Sprintf("%s is better on the validation rows: %.4f, the trained model has %.4f", report.Winner,
			named(t.simple.Baselines, report.Winner).Validation, best.validation))
	}
	t.Log(eval.Text(report))
	if err := t.writeBert(e, best, report); err != nil {
		return datahall.Trained{}, err
	}
	return t.trained(datahall.Model{Family: "bert", Tuning: best.tuning, Parameters: e.bert.Params.Count(), Card: t.facts(e)}, report), nil
}

// rivals are the baselines that can beat what was trained: not the head where
// it is the head that was trained.
func (t *trainer) rivals(best result) []string {
	names := []string{eval.Majority, eval.TFIDF, eval.FrozenHead, eval.FrozenTFIDF}
	if best.tuning == tuneHead {
		names = slices.DeleteFunc(names, func(n string) bool { return n == eval.FrozenHead })
	}
	return names
}

// linearWins says whether, of the two that can be registered, it is the linear one.
func (t *trainer) linearWins(best result) bool {
	return eval.Winner(best.validation, len(t.sides.validation), t.simple.Baselines, eval.TFIDF) == eval.TFIDF
}

// report measures scores on the test rows and puts the baselines beside them.
func (t *trainer) report(scores [][]float64, validation float64) (datahall.Evaluation, error) {
	r, err := eval.Measure(t.Spec.Task, t.labels, t.sides.test, scores, t.Spec.Seed)
	if err != nil {
		return r, err
	}
	r.Model, r.Split, r.Dataset = t.Spec.Name, "test", t.Spec.Dataset
	r.Baselines, r.Validation = t.simple.Baselines, validation
	r.Baseline = eval.Best(r.Baselines)
	return r, nil
}

func (t *trainer) trained(m datahall.Model, r datahall.Evaluation) datahall.Trained {
	m.Name, m.Task, m.Labels, m.Base = t.Spec.Name, t.Spec.Task, t.labels, t.Spec.Base
	m.Accuracy, m.MacroF1, m.Dataset = r.Accuracy, r.MacroF1, t.Spec.Dataset
	out := datahall.Trained{Model: m, Steps: t.work.steps, Seconds: t.work.seconds, Tokens: t.work.tokens}
	if t.work.seconds > 0 {
		out.TokensPerSecond = float64(t.work.tokens) / t.work.seconds
	}
	return out
}

// facts are how the model was made, for its card.
func (t *trainer) facts(e *encoder) map[string]string {
	card := t.rowFacts()
	if e == nil {
		return card
	}
	c := e.bert.Config
	card["architecture"] = fmt.Sprintf("%d layers, %d wide, %d heads", c.Layers, c.Hidden, c.Heads)
	card["vocabulary"] = strconv.Itoa(e.words.Size())
	card["longest text"] = fmt.Sprintf("%d tokens", e.length)
	if t.work.steps == 0 {
		return card
	}
	o := t.plan.optimizer
	card["optimizer"] = fmt.Sprintf("%s, learning rate %s %s, weight decay %g, %d rows a step", o.Kind, short(t.plan.rate), t.plan.decay, o.WeightDecay, t.plan.batch)
	card["epochs"] = fmt.Sprintf("%d, the best was %d", t.work.epochs, t.work.best)
	return card
}

func (t *trainer) rowFacts() map[string]string {
	return map[string]string{
		"rows": fmt.Sprintf("%d train, %d validation, %d test", len(t.sides.train), len(t.sides.validation), len(t.sides.test)),
		"seed": strconv.FormatUint(t.Spec.Seed, 10), "kernels": string(kernel.Current()), "precision": "fp32",
	}
}

// onlyLinear trains no encoder.
func (t *trainer) onlyLinear() (datahall.Trained, error) {
	t.Log(fmt.Sprintf("rows: train %d, validation %d, test %d; labels %d", len(t.sides.train), len(t.sides.validation), len(t.sides.test), len(t.labels)))
	if err := t.baselines(nil); err != nil {
		return datahall.Trained{}, err
	}
	return t.writeLinear(nil)
}

// finalLinear fits the linear model once more, its strength being chosen, to
// the validation rows too.
func (t *trainer) finalLinear() (*linear.Model, error) {
	t.Stage(datahall.Say("final fit of the linear model"), 0, "")
	examples := func(rows []datahall.Row) (e linear.Examples, err error) {
		e.Texts = texts(rows)
		e.Target, err = t.target(rows)
		if t.balanced() {
			e.Target = e.Target.Balanced()
		}
		return e, err
	}
	train, err := examples(t.sides.train)
	if err != nil {
		return nil, err
	}
	validation, err := examples(t.sides.validation)
	if err != nil {
		return nil, err
	}
	m, _, err := linear.Train(t.ctx, train, validation, linear.Options{C: []float64{t.simple.Linear.C()}, Refit: true, Seed: t.Spec.Seed, Pool: t.pool})
	return m, err
}
