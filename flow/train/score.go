package train

import (
	"fmt"
	"math"

	"datahall"
	"datahall/numeric/kernel"
	"datahall/numeric/linear"
)

func kernelLevel() string { return string(kernel.Current()) }

// lossOf is the mean cross-entropy of probabilities, or the mean squared error.
func lossOf(truth linear.Target, scores [][]float64) float64 {
	sum := 0.0
	for i, row := range scores {
		switch truth.Task {
		case linear.Regress:
			sum += (row[0] - truth.Value[i]) * (row[0] - truth.Value[i])
		case linear.Multilabel:
			is := map[int]bool{}
			for _, l := range truth.Sets[i] {
				is[l] = true
			}
			for l, p := range row {
				if !is[l] {
					p = 1 - p
				}
				sum -= math.Log(max(p, 1e-12)) / float64(len(row))
			}
		default:
			sum -= math.Log(max(row[truth.Class[i]], 1e-12))
		}
	}
	return sum / float64(max(len(scores), 1))
}

// macroF1 is the mean F1 over the labels that occur, of single labels; 0 for others.
func macroF1(truth linear.Target, scores [][]float64) float64 {
	if truth.Task != linear.Classify {
		return 0
	}
	n := len(truth.Labels)
	hit, said, is := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, row := range scores {
		best := 0
		for k, v := range row {
			if v > row[best] {
				best = k
			}
		}
		said[best]++
		is[truth.Class[i]]++
		if best == truth.Class[i] {
			hit[best]++
		}
	}
	sum, labels := 0.0, 0.0
	for k := range n {
		if said[k]+is[k] > 0 {
			sum += 2 * hit[k] / (said[k] + is[k])
			labels++
		}
	}
	return sum / max(labels, 1)
}

func baselineLine(b datahall.Baseline) string {
	return fmt.Sprintf("baseline %-13s validation %.4f  test accuracy %.4f  macro F1 %.4f  %.1f s", b.Name, b.Validation, b.Accuracy, b.MacroF1, b.Seconds)
}
