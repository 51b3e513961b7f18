package linear

import "slices"

// Stack answers with several models at once: with the sum of their outputs,
// each with a weight of its own. Two weights, learned on rows that none of the
// models was trained on, are all that joining TF-IDF and sentence vectors
// needs (Wolpert 1992, "Stacked generalization").
type Stack struct {
	Task      string
	Labels    []string
	Weight    []float64 // one a source
	Intercept float64   // added for regress

	calibration calibration
}

// FitStack learns how to join sources: outputs of models, (rows, labels) each,
// for the rows that truth tells of.
func FitStack(truth Target, sources ...[][]float64) *Stack {
	s := &Stack{Task: truth.Task, Labels: truth.Labels, calibration: plain(truth.Task, len(truth.Labels))}
	switch {
	case truth.Rows() == 0:
		s.Weight = slices.Repeat([]float64{1 / float64(len(sources))}, len(sources))
	case truth.Task == Classify:
		s.Weight = mixture(truth, sources)
	case truth.Task == Multilabel:
		s.fitYes(truth, sources)
	default:
		s.fitNumbers(truth, sources)
	}
	return s
}

// fitYes takes the weights of all labels together, then calibrates each.
func (s *Stack) fitYes(truth Target, sources [][][]float64) {
	values := make([][]float64, len(sources))
	var yes []bool
	for k := range truth.Labels {
		for i, set := range truth.Sets {
			yes = append(yes, contains(set, k))
			for v, outputs := range sources {
				values[v] = append(values[v], outputs[i][k])
			}
		}
	}
	near := slices.Repeat([]float64{1}, len(sources)+1)
	near[len(sources)] = 0
	s.Weight = logistic(values, yes, near, 1e-3)[:len(sources)]
	s.calibration = platt(truth, s.join(sources))
}

// fitNumbers is least squares.
func (s *Stack) fitNumbers(truth Target, sources [][][]float64) {
	n := len(sources) + 1
	square, goal := make([]float64, n*n), make([]float64, n)
	x := slices.Repeat([]float64{1}, n)
	for i, y := range truth.Value {
		for k, outputs := range sources {
			x[k] = outputs[i][0]
		}
		for k := range n {
			addScaled(square[k*n:(k+1)*n], x[k], x)
		}
		addScaled(goal, y, x)
	}
	w := solve(square, goal)
	s.Weight, s.Intercept = w[:n-1], w[n-1]
}

// join gives the weighted sum of the sources' outputs.
func (s *Stack) join(sources [][][]float64) [][]float64 {
	sum := make([][]float64, len(sources[0]))
	for i := range sum {
		sum[i] = slices.Repeat([]float64{s.Intercept}, len(sources[0][i]))
		for k, outputs := range sources {
			addScaled(sum[i], s.Weight[k], outputs[i])
		}
	}
	return sum
}

// Predict gives the probability of each label for each row, for regress the
// number, from the outputs of the sources for it, in FitStack's order.
func (s *Stack) Predict(sources ...[][]float64) [][]float64 {
	scores := s.join(sources)
	s.calibration.all(s.Task, scores)
	return scores
}
