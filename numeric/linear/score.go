package linear

import "math"

// Score is the number by which choices are made, the larger the better: for
// classify the share of rows whose largest output is the right label's, for
// multilabel the F1 over all pairs of row and label, an output over threshold
// being a yes (0 for decision values and logits, 0.5 for probabilities), for
// regress R², the share of the variance that is explained. No rows score 0.
func Score(truth Target, outputs [][]float64, threshold float64) float64 {
	switch {
	case truth.Rows() == 0:
		return 0
	case truth.Task == Multilabel:
		return microF1(truth, outputs, threshold)
	case truth.Task == Regress:
		return explained(truth.Value, outputs)
	}
	right := 0
	for i, k := range truth.Class {
		if Argmax(outputs[i]) == k {
			right++
		}
	}
	return float64(right) / float64(truth.Rows())
}

// Loss is what the choice of a strength goes by, the smaller the better: for
// classify the mean cross-entropy of the probabilities, for multilabel that of
// yes and no for each row and label, for regress the share of the variance that
// is not explained. Probabilities count as at least 1e-12.
func Loss(truth Target, scores [][]float64) float64 {
	if truth.Task == Regress {
		return 1 - explained(truth.Value, scores)
	}
	sum, count := 0.0, 0
	for i, row := range scores {
		for k, v := range row {
			switch {
			case contains(truth.of(i), k):
				sum -= math.Log(max(v, 1e-12))
				count++
			case truth.Task == Multilabel:
				sum -= math.Log(max(1-v, 1e-12))
				count++
			}
		}
	}
	return sum / float64(max(count, 1))
}

// Argmax is the place of the largest, the first of several; -1 for none.
func Argmax(values []float64) int {
	best := -1
	for k, v := range values {
		if best < 0 || v > values[best] {
			best = k
		}
	}
	return best
}

func microF1(truth Target, outputs [][]float64, threshold float64) float64 {
	both, said, is := 0, 0, 0
	for i, set := range truth.Sets {
		is += len(set)
		for k, v := range outputs[i] {
			if v >= threshold {
				said++
				if contains(set, k) {
					both++
				}
			}
		}
	}
	if said+is == 0 {
		return 1 // nothing was to be said, and nothing was
	}
	return 2 * float64(both) / float64(said+is)
}

func contains(set []int, k int) bool {
	for _, s := range set {
		if s == k {
			return true
		}
	}
	return false
}

func explained(truth []float64, outputs [][]float64) float64 {
	mean, _ := moments(truth)
	var error, variance float64
	for i, v := range truth {
		error += (v - outputs[i][0]) * (v - outputs[i][0])
		variance += (v - mean) * (v - mean)
	}
	if variance == 0 {
		return 0
	}
	return 1 - error/variance
}
