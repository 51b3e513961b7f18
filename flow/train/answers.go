package train

import (
	"math"

	"datahall"
	"datahall/numeric/linear"
	"datahall/numeric/transformer"
)

// answers are what rows should give, as the model learns them.
type answers struct {
	classes []int32   // classify
	values  []float32 // (rows, width): labels as 0 or 1, or numbers in units of their spread
	width   int
	weights []float32 // what a row of each class counts, or nil
}

// answers reads them off rows.
func (t *trainer) answers(e *encoder, rows []datahall.Row) answers {
	index := map[string]int32{}
	for i, l := range t.labels {
		index[l] = int32(i)
	}
	a := answers{width: t.outputs()}
	for _, r := range rows {
		switch t.Spec.Task {
		case linear.Regress:
			a.values = append(a.values, float32((*r.Value-e.mean)/e.spread))
		case linear.Multilabel:
			row := make([]float32, a.width)
			for _, l := range linear.LabelsOf([]datahall.Row{r}) {
				row[index[l]] = 1
			}
			a.values = append(a.values, row...)
		default:
			a.classes = append(a.classes, index[r.Label])
		}
	}
	if t.balanced() && a.classes != nil {
		a.weights = balance(a.classes, a.width)
	}
	return a
}

// balance weighs classes so that each counts the same: n / (classes · n of the class).
func balance(classes []int32, n int) []float32 {
	count := make([]float64, n)
	for _, c := range classes {
		count[c]++
	}
	w := make([]float32, n)
	for i := range w {
		w[i] = float32(float64(len(classes)) / (float64(n) * max(1, count[i])))
	}
	return w
}

// of are the targets of some rows.
func (a *answers) of(rows []int) transformer.Targets {
	var t transformer.Targets
	for _, i := range rows {
		if a.classes != nil {
			t.Classes = append(t.Classes, a.classes[i])
		} else {
			t.Values = append(t.Values, a.values[i*a.width:(i+1)*a.width]...)
		}
	}
	return t
}

// share is the part of a step that a micro-batch is: of its rows, or, where
// classes have weights, of what they weigh, since the loss is a mean over that.
func (a *answers) share(part, step []int) float64 {
	return a.weigh(part) / a.weigh(step)
}

func (a *answers) weigh(rows []int) float64 {
	if a.weights == nil {
		return float64(len(rows))
	}
	sum := 0.0
	for _, i := range rows {
		sum += float64(a.weights[a.classes[i]])
	}
	return sum
}

// moments gives mean and standard deviation of the rows' numbers, 1 where all are the same.
func moments(rows []datahall.Row) (mean, spread float64) {
	n := 0.0
	for _, r := range rows {
		if r.Value != nil {
			n, mean = n+1, mean+*r.Value
		}
	}
	mean /= max(n, 1)
	for _, r := range rows {
		if r.Value != nil {
			spread += (*r.Value - mean) * (*r.Value - mean)
		}
	}
	if spread = math.Sqrt(spread / max(n, 1)); spread == 0 {
		spread = 1
	}
	return mean, spread
}
