package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"datahall"
	"datahall/numeric/linear"
)

// tally counts, for each label, the rows that have it, that were said to have
// it, and both; and the rows that were answered without any error.
type tally struct {
	truth, said, both []int
	rows, exact       int
	every             bool // labels that do not occur count in averages, as 0
}

// newTally follows scikit-learn: of several labels a row, every label counts.
func (a *answers) newTally() *tally {
	n := len(a.labels)
	return &tally{truth: make([]int, n), said: make([]int, n), both: make([]int, n), every: a.task == linear.Multilabel}
}

func (t *tally) clear() {
	clear(t.truth)
	clear(t.said)
	clear(t.both)
	t.rows, t.exact = 0, 0
}

// add counts n rows of the same truth and answer.
func (t *tally) add(truth, said []int, n int) {
	t.rows += n
	for _, k := range truth {
		t.truth[k] += n
	}
	common := 0
	for _, k := range said {
		t.said[k] += n
		for _, l := range truth {
			if k == l {
				t.both[k] += n
				common++
			}
		}
	}
	if common == len(truth) && common == len(said) {
		t.exact += n
	}
}

// all counts every row once.
func (a *answers) all() *tally {
	t := a.newTally()
	for i := range a.rows {
		t.add(a.truth[i], a.said[i], 1)
	}
	return t
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (t *tally) accuracy() float64 { return ratio(float64(t.exact), float64(t.rows)) }

// class gives the figures of label k; counts tells whether averages
// take it in.
func (t *tally) class(k int) (s datahall.ClassScores, counts bool) {
	both, said, truth := float64(t.both[k]), float64(t.said[k]), float64(t.truth[k])
	s = datahall.ClassScores{Precision: ratio(both, said), Recall: ratio(both, truth), F1: ratio(2*both, said+truth), Support: t.truth[k]}
	return s, t.every || said+truth > 0
}

// macroF1 is the mean F1 of the labels that count.
func (t *tally) macroF1() float64 {
	sum, n := 0.0, 0.0
	for k := range t.truth {
		if s, counts := t.class(k); counts {
			sum, n = sum+s.F1, n+1
		}
	}
	return ratio(sum, n)
}

// MacroF1 is that figure of [Measure] alone, as a metric of every epoch; 0 for
// regress. The truth must not have labels that the model does not know.
func MacroF1(truth linear.Target, scores [][]float64) float64 {
	if truth.Task == linear.Regress {
		return 0
	}
	a := &answers{task: truth.Task, labels: truth.Labels}
	t := a.newTally()
	for i, row := range scores {
		if truth.Task == linear.Classify {
			t.add(truth.Class[i:i+1], said(truth.Task, row), 1)
		} else {
			t.add(truth.Sets[i], said(truth.Task, row), 1)
		}
	}
	return t.macroF1()
}

// fill writes the figures of classes and their averages.
func (t *tally) fill(e *datahall.Evaluation, labels []string) {
	var precision, recall, f1, weighted, support, both, named, counted float64
	for k, label := range labels {
		s, counts := t.class(k)
		if !counts {
			continue
		}
		s.Label = label
		e.PerClass = append(e.PerClass, s)
		counted++
		precision, recall, f1 = precision+s.Precision, recall+s.Recall, f1+s.F1
		weighted, support = weighted+s.F1*float64(s.Support), support+float64(s.Support)
		both, named = both+float64(t.both[k]), named+float64(t.said[k]+t.truth[k])
	}
	e.Accuracy = t.accuracy()
	e.MacroPrecision, e.MacroRecall, e.MacroF1 = ratio(precision, counted), ratio(recall, counted), ratio(f1, counted)
	e.WeightedF1 = ratio(weighted, support)
	micro := ratio(2*both, named)
	e.MicroF1 = &micro
}

// resamples is how many times the bootstrap draws.
const resamples = 1000

// bootstrap fills the 95 % intervals: the 2.5th and 97.5th percentiles over
// 1,000 samples of as many rows, drawn with replacement (Efron and Tibshirani
// 1993, chapter 13).
func (a *answers) bootstrap(e *datahall.Evaluation, seed uint64) {
	random := rand.NewPCG(seed, 0x626f6f7473747261) // "bootstra"
	accuracy, macro := make([]float64, resamples), make([]float64, resamples)
	cells, of := a.cells()
	drawn, t := make([]int, len(cells)), a.newTally()
	for s := range resamples {
		clear(drawn)
		for d := 0; d < len(of); d += 2 { // two draws from each number
			r := random.Uint64()
			drawn[of[(r>>32)*uint64(len(of))>>32]]++
			if d+1 < len(of) {
				drawn[of[(r&math.MaxUint32)*uint64(len(of))>>32]]++
			}
		}
		t.clear()
		for c, i := range cells {
			t.add(a.truth[i], a.said[i], drawn[c])
		}
		accuracy[s], macro[s] = t.accuracy(), t.macroF1()
	}
	e.AccuracyLow, e.AccuracyHigh = interval(accuracy)
	e.MacroF1Low, e.MacroF1High = interval(macro)
}

// cells groups the rows of the same truth and answer: one row of each group,
// and the group of each row.
func (a *answers) cells() (rows []int, of []int32) {
	numbers := map[string]int32{}
	of = make([]int32, len(a.rows))
	for i := range a.rows {
		key := fmt.Sprint(a.truth[i], a.said[i])
		n, known := numbers[key]
		if !known {
			n = int32(len(rows))
			numbers[key], rows = n, append(rows, i)
		}
		of[i] = n
	}
	return rows, of
}

func interval(values []float64) (low, high float64) {
	slices.Sort(values)
	return percentile(values, 0.025), percentile(values, 0.975)
}

// percentile interpolates between the two nearest of sorted values.
func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
