package eval

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"datahall"
	"datahall/numeric/linear"
)

// Measure compares scores with what rows say. Scores are (rows, labels)
// probabilities, for regress (rows, 1) numbers. Seed is that of the bootstrap.
// Model, dataset, split, baselines, winner and validation are the caller's to fill.
func Measure(task string, labels []string, rows []datahall.Row, scores [][]float64, seed uint64) (datahall.Evaluation, error) {
	if len(rows) != len(scores) {
		panic(fmt.Sprintf("eval: %d rows and scores for %d", len(rows), len(scores)))
	}
	e := datahall.Evaluation{Task: task, Rows: len(rows), Labels: []string{}, PerClass: []datahall.ClassScores{},
		Confusion: [][]int{}, Pairs: []datahall.Confusion{}, Reliability: []datahall.Bin{}, Mistakes: []datahall.Mistake{},
		Baselines: []datahall.Baseline{}}
	if len(rows) == 0 {
		return e, datahall.Errorf(datahall.Invalid, "rows to measure on: none; choose a split that has rows")
	}
	if err := check(task, labels, rows, scores); err != nil {
		return e, err
	}
	if task == linear.Regress {
		err := measureNumbers(&e, rows, scores)
		return e, err
	}
	a, err := compare(task, labels, rows, scores)
	if err != nil {
		return e, err
	}
	e.Labels = a.labels
	a.all().fill(&e, a.labels)
	if task == linear.Classify {
		e.MicroF1 = nil
		e.Confusion, e.Pairs = a.confusion()
	}
	a.bootstrap(&e, seed)
	e.Reliability, e.ECE = a.reliability()
	e.Mistakes = a.mistakes()
	return e, nil
}

// check refuses scores that are no numbers, and panics at those of another shape.
func check(task string, labels []string, rows []datahall.Row, scores [][]float64) error {
	want := len(labels)
	if task == linear.Regress {
		want = 1
	}
	for i, row := range scores {
		if len(row) != want {
			panic(fmt.Sprintf("eval: row %d has %d scores, want %d", i, len(row), want))
		}
		for _, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return datahall.Errorf(datahall.Internal, "row %s: the model answers with what is no number; it is broken, train it again", place(rows[i], i))
			}
		}
	}
	return nil
}

// answers are what rows say beside what a model said, as sets of indices of labels.
type answers struct {
	task   string
	labels []string // the model's, then those it does not know
	rows   []datahall.Row
	scores [][]float64
	truth  [][]int
	said   [][]int
}

func compare(task string, labels []string, rows []datahall.Row, scores [][]float64) (*answers, error) {
	a := &answers{task: task, labels: slices.Clone(labels), rows: rows, scores: scores}
	for _, l := range linear.LabelsOf(rows) {
		if !slices.Contains(labels, l) {
			a.labels = append(a.labels, l)
		}
	}
	index := make(map[string]int, len(a.labels))
	for k, l := range a.labels {
		index[l] = k
	}
	for i, r := range rows {
		truth := indices(index, r)
		if task == linear.Classify && len(truth) != 1 {
			return nil, datahall.Errorf(datahall.Invalid, "row %s: %s labels to compare with, one is needed; label it, or leave it out", place(r, i), len(truth))
		}
		a.truth = append(a.truth, truth)
		a.said = append(a.said, said(task, scores[i]))
	}
	return a, nil
}

func indices(index map[string]int, r datahall.Row) []int {
	names := r.Labels
	if len(names) == 0 && r.Label != "" {
		names = []string{r.Label}
	}
	set := make([]int, 0, len(names))
	for _, l := range names {
		set = append(set, index[l])
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// place is the line of a row in its source, or else its number, from 1.
func place(r datahall.Row, i int) int {
	if r.Line > 0 {
		return r.Line
	}
	return i + 1
}

// said is what a row of probabilities answers.
func said(task string, scores []float64) []int {
	if task == linear.Classify {
		return []int{linear.Argmax(scores)}
	}
	set := []int{}
	for k, p := range scores {
		if p >= 0.5 {
			set = append(set, k)
		}
	}
	return set
}

// confusion gives the matrix and its largest entries off the diagonal.
func (a *answers) confusion() (matrix [][]int, pairs []datahall.Confusion) {
	matrix = make([][]int, len(a.labels))
	for k := range matrix {
		matrix[k] = make([]int, len(a.labels))
	}
	for i := range a.rows {
		matrix[a.truth[i][0]][a.said[i][0]]++
	}
	pairs = []datahall.Confusion{}
	for k, row := range matrix {
		for l, n := range row {
			if k != l && n > 0 {
				pairs = append(pairs, datahall.Confusion{Truth: a.labels[k], Predicted: a.labels[l], N: n})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q datahall.Confusion) int { return q.N - p.N })
	return matrix, pairs[:min(len(pairs), 20)]
}

// mistakes lists at most 100, most confident first: by the probability of the
// label that was said, for several labels by that of the worst error.
func (a *answers) mistakes() []datahall.Mistake {
	list := []datahall.Mistake{}
	for i, r := range a.rows {
		if slices.Equal(a.truth[i], a.said[i]) {
			continue
		}
		list = append(list, datahall.Mistake{Text: r.Text, Line: r.Line, Score: a.confidence(i),
			Truth: a.names(a.truth[i]), Predicted: a.names(a.said[i])})
	}
	return worst(list)
}

func worst(list []datahall.Mistake) []datahall.Mistake {
	slices.SortStableFunc(list, func(p, q datahall.Mistake) int {
		switch {
		case p.Score > q.Score:
			return -1
		case p.Score < q.Score:
			return 1
		}
		return 0
	})
	return list[:min(len(list), 100)]
}

func (a *answers) confidence(i int) float64 {
	if a.task == linear.Classify {
		return a.scores[i][a.said[i][0]]
	}
	most := 0.0
	for k := range a.labels {
		p, is := 0.0, slices.Contains(a.truth[i], k)
		if k < len(a.scores[i]) {
			p = a.scores[i][k]
		}
		if is != (p >= 0.5) {
			most = max(most, p, 1-p)
		}
	}
	return most
}

func (a *answers) names(set []int) string {
	names := make([]string, len(set))
	for i, k := range set {
		names[i] = a.labels[k]
	}
	return strings.Join(names, ", ")
}

// measureNumbers fills the figures of a regression. A mistake's score is how
// far it is off.
func measureNumbers(e *datahall.Evaluation, rows []datahall.Row, scores [][]float64) error {
	var truth, given []float64
	square := 0.0
	for i, r := range rows {
		if r.Value == nil {
			return datahall.Errorf(datahall.Invalid, "row %s: no number to compare with; give one, or leave the row out", place(r, i))
		}
		number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
		d := scores[i][0] - *r.Value
		truth, given = append(truth, *r.Value), append(given, scores[i][0])
		square += d * d / float64(len(rows))
		e.Mistakes = append(e.Mistakes, datahall.Mistake{Text: r.Text, Line: r.Line, Score: math.Abs(d),
			Truth: number(*r.Value), Predicted: number(scores[i][0])})
	}
	e.Mistakes = worst(e.Mistakes)
	correlation := pearson(truth, given)
	e.MSE, e.Pearson = &square, &correlation
	return nil
}

// pearson is the correlation of two lists; 0 where one of them does not vary.
func pearson(a, b []float64) float64 {
	var ma, mb, sab, saa, sbb float64
	for i := range a {
		ma, mb = ma+a[i]/float64(len(a)), mb+b[i]/float64(len(a))
	}
	for i := range a {
		da, db := a[i]-ma, b[i]-mb
		sab, saa, sbb = sab+da*db, saa+da*da, sbb+db*db
	}
	if saa == 0 || sbb == 0 {
		return 0
	}
	return sab / math.Sqrt(saa*sbb)
}
