package linear

import (
	"math"
	"slices"
)

// calibration turns outputs into probabilities: softmax(slope·output) for
// classify (Guo et al. 2017, temperature scaling, which changes no decision),
// sigmoid(slope·output + intercept) of each label for multilabel (Platt 1999).
type calibration struct {
	Slope     []float64 `json:"slope,omitempty"`     // one, or one a label; none for regress
	Intercept []float64 `json:"intercept,omitempty"` // one a label for multilabel
}

// plain leaves logits as they are: slope 1, intercept 0.
func plain(task string, labels int) calibration {
	switch task {
	case Classify:
		return calibration{Slope: []float64{1}}
	case Multilabel:
		return calibration{slices.Repeat([]float64{1}, labels), make([]float64, labels)}
	}
	return calibration{}
}

// all turns the outputs of rows into probabilities in place.
func (c calibration) all(task string, rows [][]float64) {
	for _, row := range rows {
		c.probabilities(task, row)
	}
}

// probabilities turns one row's outputs, one a label, into probabilities in place.
func (c calibration) probabilities(task string, row []float64) {
	c.scale(task, row)
	switch task {
	case Classify:
		softmax(row)
	case Multilabel:
		for k := range row {
			row[k] = sigmoid(row[k])
		}
	}
}

// scale makes one row's outputs logits, in place; numbers stay as they are.
func (c calibration) scale(task string, row []float64) {
	switch task {
	case Classify:
		for k := range row {
			row[k] *= c.Slope[0]
		}
	case Multilabel:
		for k := range row {
			row[k] = c.Slope[k]*row[k] + c.Intercept[k]
		}
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// softmax replaces values by e^v/Σe^v, and gives log Σe^v.
func softmax(row []float64) float64 {
	most, sum := slices.Max(row), 0.0
	for k, v := range row {
		row[k] = math.Exp(v - most)
		sum += row[k]
	}
	for k := range row {
		row[k] /= sum
	}
	return most + math.Log(sum)
}

// calibrate fits to the outputs of rows held out, which may be none.
func calibrate(truth Target, outputs [][]float64) calibration {
	switch {
	case truth.Task == Classify && len(outputs) > 0:
		slope := mixture(truth, [][][]float64{outputs})[0]
		return calibration{Slope: []float64{min(max(slope, 1e-3), 1e3)}}
	case truth.Task == Multilabel && len(outputs) > 0:
		return platt(truth, outputs)
	}
	return plain(truth.Task, len(truth.Labels))
}

// mixture gives the weights of sources that minimise the cross-entropy of
// softmax(Σ weight·outputs). The goals are a little less than certain,
// 1 - 1/(n+2), so that a perfect separation gives finite weights.
func mixture(truth Target, sources [][][]float64) []float64 {
	n, labels := len(sources), len(truth.Labels)
	doubt := 1 / float64(truth.Rows()+2)
	weight := slices.Repeat([]float64{1}, n)
	p := make([]float64, labels)
	newton(weight, func(w, gradient, hessian []float64) (value float64) {
		mean, goal := make([]float64, n), make([]float64, n)
		for i, own := range truth.Class {
			clear(p)
			for s, outputs := range sources {
				addScaled(p, w[s], outputs[i])
				even := 0.0
				for _, v := range outputs[i] {
					even += v / float64(labels)
				}
				goal[s] = (1-doubt)*outputs[i][own] + doubt*even
			}
			value += softmax(p) - inner(w, goal)
			for s, outputs := range sources {
				mean[s] = inner(p, outputs[i])
				gradient[s] += mean[s] - goal[s]
			}
			for s := range n {
				for t := range n {
					square := -mean[s] * mean[t]
					for k, q := range p {
						square += q * sources[s][i][k] * sources[t][i][k]
					}
					hessian[s*n+t] += square
				}
			}
		}
		return value
	})
	return weight
}

// platt fits slope and intercept for all labels together, then for each label
// near those: a label of few rows stays close to the common ones.
func platt(truth Target, outputs [][]float64) calibration {
	labels := len(truth.Labels)
	c := plain(Multilabel, labels)
	values, yes := make([][]float64, labels), make([][]bool, labels)
	for k := range labels {
		for i, row := range outputs {
			values[k] = append(values[k], row[k])
			yes[k] = append(yes[k], contains(truth.Sets[i], k))
		}
	}
	common := logistic([][]float64{slices.Concat(values...)}, slices.Concat(yes...), []float64{1, 0}, 1e-3)
	for k := range labels {
		own := logistic(values[k:k+1], yes[k], common, 1)
		c.Slope[k], c.Intercept[k] = own[0], own[1]
	}
	return c
}

// logistic fits P(yes) = sigmoid(Σ w·values + b), values being (variables,
// rows), with the penalty pull/2·‖(w, b) - near‖² and Platt's goals
// (n₊+1)/(n₊+2) and 1/(n₋+2). It gives w and b, the latter last.
func logistic(values [][]float64, yes []bool, near []float64, pull float64) []float64 {
	positive := 0.0
	for _, y := range yes {
		if y {
			positive++
		}
	}
	high, low := (positive+1)/(positive+2), 1/(float64(len(yes))-positive+2)
	theta, n := slices.Clone(near), len(near)
	x := slices.Repeat([]float64{1}, n)
	newton(theta, func(w, gradient, hessian []float64) (value float64) {
		for k := range n {
			d := w[k] - near[k]
			value += pull / 2 * d * d
			gradient[k] += pull * d
			hessian[k*n+k] += pull
		}
		for i, y := range yes {
			for k := range values {
				x[k] = values[k][i]
			}
			goal, z := low, inner(w, x)
			if y {
				goal = high
			}
			p := sigmoid(z)
			value += max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) - goal*z
			for k := range n {
				gradient[k] += (p - goal) * x[k]
				for l := range n {
					hessian[k*n+l] += p * (1 - p) * x[k] * x[l]
				}
			}
		}
		return value
	})
	return theta
}
