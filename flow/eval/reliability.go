package eval

import (
	"math"
	"slices"

	"datahall"
	"datahall/numeric/linear"
)

// bars is the number of bins of the reliability diagram.
const bars = 15

// reliability gives the bins, ((b-1)/15, b/15] each, and the expected
// calibration error Σ n_b/n·|accuracy_b - confidence_b| (Guo et al. 2017,
// "On Calibration of Modern Neural Networks", equation 3). With one label a row
// the confidence is the probability of the label that was said; with several,
// every pair of row and label counts, with the label's probability and the share of yes.
func (a *answers) reliability() ([]datahall.Bin, float64) {
	bins := make([]datahall.Bin, bars)
	total := 0
	count := func(p float64, right bool) {
		b := &bins[bin(p)]
		b.N++
		total++
		b.Confidence += p
		if right {
			b.Accuracy++
		}
	}
	for i, scores := range a.scores {
		if a.task == linear.Classify {
			k := a.said[i][0]
			count(scores[k], k == a.truth[i][0])
			continue
		}
		for k, p := range scores {
			count(p, slices.Contains(a.truth[i], k))
		}
	}
	off := 0.0
	for b := range bins {
		n := float64(bins[b].N)
		off += math.Abs(bins[b].Accuracy - bins[b].Confidence)
		bins[b].From, bins[b].To = float64(b)/bars, float64(b+1)/bars
		bins[b].Accuracy, bins[b].Confidence = ratio(bins[b].Accuracy, n), ratio(bins[b].Confidence, n)
	}
	return bins, ratio(off, float64(total))
}

// bin is the number of the bin of a probability.
func bin(p float64) int {
	b := min(max(int(math.Ceil(p*bars))-1, 0), bars-1)
	for b > 0 && p <= float64(b)/bars {
		b--
	}
	for b < bars-1 && p > float64(b+1)/bars {
		b++
	}
	return b
}
