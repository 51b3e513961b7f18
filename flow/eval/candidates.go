package eval

import (
	"context"
	"fmt"
	"slices"

	"datahall"
	"datahall/numeric/linear"
)

// candidates are the baselines in the making.
type candidates struct {
	*Fitted
	Contest
	ctx         context.Context
	train       linear.Examples
	validation  linear.Examples
	vectors     [3]linear.Vectors // train, validation, test
	texts       []string          // of the test rows
	svm, frozen *linear.Search

	name  string      // of the one that is being fitted
	score float64     // its validation score
	test  [][]float64 // its probabilities for the test rows
}

func newCandidates(ctx context.Context, c Contest) (*candidates, error) {
	k := &candidates{Fitted: &Fitted{Scores: map[string][][]float64{}}, Contest: c, ctx: ctx}
	train, known, err := k.examples(c.Train)
	if err != nil {
		return nil, err
	}
	if len(known) < len(c.Train) {
		i := firstMissing(known)
		return nil, datahall.Errorf(datahall.Invalid, "training row %s: its label is not among the labels; give all of them", place(c.Train[i], i))
	}
	if c.Balanced {
		train.Target = train.Target.Balanced()
	}
	k.train = train
	k.train.Target.Group = linear.Groups(train.Texts)
	if k.validation, known, err = k.examples(c.Validation); err != nil {
		return nil, err
	}
	for _, r := range c.Test {
		k.texts = append(k.texts, r.Text)
	}
	if v := c.Vectors; v != nil {
		k.vectors = [3]linear.Vectors{{Width: v.Width, Data: v.Train}, pick(v.Width, v.Validation, known), {Width: v.Width, Data: v.Test}}
		for i, rows := range [][]datahall.Row{c.Train, k.Validation[:len(known)], c.Test} {
			if k.vectors[i].Rows() != len(rows) {
				panic(fmt.Sprintf("eval: %d vectors for %d rows", k.vectors[i].Rows(), len(rows)))
			}
		}
	}
	return k, nil
}

// examples reads the rows whose labels are known, and tells which those are:
// of the others nothing can be learned, and nobody can be right.
func (k *candidates) examples(rows []datahall.Row) (e linear.Examples, known []int, err error) {
	var some []datahall.Row
	for i, r := range rows {
		if k.knows(r) {
			some, known = append(some, r), append(known, i)
			e.Texts = append(e.Texts, r.Text)
		}
	}
	e.Target, err = linear.TargetOf(k.Task, k.Labels, some)
	return e, known, err
}

func (k *candidates) knows(r datahall.Row) bool {
	for _, l := range linear.LabelsOf([]datahall.Row{r}) {
		if k.Task != linear.Regress && !slices.Contains(k.Labels, l) {
			return false
		}
	}
	return true
}

// firstMissing is the first number that an ascending list from 0 leaves out.
func firstMissing(list []int) int {
	for i, v := range list {
		if i != v {
			return i
		}
	}
	return len(list)
}

func pick(width int, data []float32, rows []int) linear.Vectors {
	v := linear.Vectors{Width: width}
	for _, i := range rows {
		v.Data = append(v.Data, data[i*width:(i+1)*width]...)
	}
	return v
}

func (k *candidates) progress(done, total float64) {
	if k.Progress != nil {
		k.Progress(datahall.Progress{Stage: datahall.Say("baseline %s", k.name), Done: done, Total: total, Unit: baselineUnit})
	}
}

// majority answers with the shares of the labels, or the mean.
func (k *candidates) majority() error {
	y := k.train.Target
	answer := make([]float64, max(1, len(y.Labels)))
	n := float64(y.Rows())
	for _, v := range y.Value {
		answer[0] += v / n
	}
	for _, l := range y.Class {
		answer[l] += 1 / n
	}
	for _, set := range y.Sets {
		for _, l := range set {
			answer[l] += 1 / n
		}
	}
	if truth := k.validation.Target; truth.Rows() > 0 {
		y = truth
	}
	k.score = linear.Score(y, slices.Repeat([][]float64{answer}, y.Rows()), 0.5)
	k.test = slices.Repeat([][]float64{answer}, len(k.Test))
	return nil
}

func (k *candidates) tfidf() (err error) {
	k.Linear, k.svm, err = linear.Train(k.ctx, k.train, k.validation, linear.Options{Seed: k.Seed, Pool: k.Pool, Progress: k.progress})
	if err != nil {
		return err
	}
	k.score, k.test = k.svm.Score, k.Linear.Predict(k.Pool, k.texts)
	return nil
}

func (k *candidates) head() (err error) {
	k.Head, k.frozen, err = linear.FitHead(k.ctx, k.vectors[0], k.train.Target, k.vectors[1], k.validation.Target,
		linear.HeadOptions{Seed: k.Seed, Pool: k.Pool, Progress: k.progress})
	if err != nil {
		return err
	}
	k.score, k.test = k.frozen.Score, k.Head.Predict(k.Pool, k.vectors[2])
	return nil
}

// stack joins the two before it. Both searches held out the same rows.
func (k *candidates) stack() error {
	truth := k.validation.Target
	if !k.svm.Validated {
		truth = k.train.Target.Pick(k.svm.Rows)
	}
	k.Stack = linear.FitStack(truth, k.svm.Outputs, k.frozen.Outputs)
	k.score = linear.Score(truth, k.Stack.Predict(k.svm.Outputs, k.frozen.Outputs), 0.5)
	k.test = k.Stack.Predict(k.Linear.Outputs(k.Pool, k.texts), k.Head.Logits(k.Pool, k.vectors[2]))
	return nil
}

// measure writes the line of the one that was fitted.
func (k *candidates) measure(seconds float64) error {
	b := datahall.Baseline{Name: k.name, Validation: k.score, Seconds: seconds}
	if len(k.Test) > 0 {
		var e datahall.Evaluation
		var err error
		if k.Task == linear.Regress {
			err = measureNumbers(&e, k.Test, k.test)
		} else {
			var a *answers
			if a, err = compare(k.Task, k.Labels, k.Test, k.test); err == nil {
				a.all().fill(&e, a.labels)
			}
		}
		if err != nil {
			return err
		}
		b.Accuracy, b.MacroF1, b.MSE = e.Accuracy, e.MacroF1, e.MSE
	}
	k.Baselines = append(k.Baselines, b)
	k.Scores[k.name] = k.test
	return nil
}
