package linear

import (
	"math"
	"slices"
	"testing"
	"time"

	"datahall"
	"datahall/numeric/kernel"
)

// The floors are what scikit-learn's TF-IDF and LinearSVC of comparable
// features reach on the same rows.
func TestTextsReachWhatScikitLearnReaches(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for some seconds on real data: run without -short")
	}
	for _, c := range []struct {
		name  string
		read  func(*testing.T) (train, test []datahall.Row)
		floor float64
	}{
		{"banking77", banking77, 0.894},
		{"waimai_10k", waimai, 0.897},
		{"dataclue_cic", customerIntents, 0.770},
		{"smp2019 domains", domains, 0.907},
	} {
		t.Run(c.name, func(t *testing.T) {
			train, test := c.read(t)
			labels := LabelsOf(train)
			pool := kernel.NewPool(2)
			defer pool.Close()
			start := time.Now()
			m, search, err := Train(t.Context(), examples(t, Classify, labels, train), Examples{}, Options{Seed: 1, Pool: pool})
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			asked := examples(t, Classify, labels, test)
			start = time.Now()
			scores := m.Predict(pool, asked.Texts)
			accuracy := Score(asked.Target, scores, 0.5)
			t.Logf("accuracy %.2f %%, calibration error %.3f, trained in %v (%d rows, %d labels, %d features), C %g of %.3v, answered in %v",
				100*accuracy, calibrationError(asked.Target, scores), took.Round(time.Millisecond), len(train), len(labels), m.Features(), m.C(), search.Trials, time.Since(start).Round(time.Millisecond))
			if accuracy < c.floor {
				t.Errorf("accuracy %.4f, want at least %.4f", accuracy, c.floor)
			}
		})
	}
}

func calibrationError(y Target, scores [][]float64) float64 {
	var n, confidence, right [15]float64
	for i, row := range scores {
		k := Argmax(row)
		b := min(14, max(0, int(math.Ceil(row[k]*15))-1))
		n[b]++
		confidence[b] += row[k]
		if k == y.Class[i] {
			right[b]++
		}
	}
	sum := 0.0
	for b := range n {
		sum += math.Abs(confidence[b] - right[b])
	}
	return sum / float64(len(scores))
}

func BenchmarkPredict(b *testing.B) {
	m := small(b, Classify)
	for name, texts := range map[string][]string{"one text": questions[:1], "a thousand": slices.Repeat(questions, 250)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.Predict(nil, texts)
			}
			b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}
