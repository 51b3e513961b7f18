package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Each loss's gradient is what finite differences of the loss say.
func TestGradientsOfLosses(t *testing.T) {
	const rows, n = 4, 3
	rng := rand.New(rand.NewPCG(1, 1))
	random := func(count int) []float32 {
		x := make([]float32, count)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		return x
	}
	values, classes := random(rows*n), []int32{2, 0, 0, 1}
	for name, loss := range map[string]func(d, x []float32, scale float64) float64{
		"cross-entropy": func(d, x []float32, s float64) float64 { return CrossEntropy(d, x, n, classes, 0, nil, s) },
		"smooth": func(d, x []float32, s float64) float64 {
			return CrossEntropy(d, x, n, classes, 0.2, []float32{0.5, 2, 1}, s)
		},
		"binary":  func(d, x []float32, s float64) float64 { return BinaryCrossEntropy(d, x, values, s) },
		"squares": func(d, x []float32, s float64) float64 { return MeanSquaredError(d, x, values, s) },
		"cosine": func(d, x []float32, s float64) float64 {
			return CosineSimilarity(d, x, n, values[:rows/2], s)
		},
	} {
		x, d, ignored := random(rows*n), make([]float32, rows*n), make([]float32, rows*n)
		whole := loss(d, x, 0.5)
		for i := range x {
			const step = 1.0 / 128
			kept := x[i]
			x[i] = kept + step
			up := loss(ignored, x, 1)
			x[i] = kept - step
			down := loss(ignored, x, 1)
			x[i] = kept
			if want := 0.5 * (up - down) / (2 * step); math.Abs(float64(d[i])-want) > 1e-4 {
				t.Errorf("%s: gradient %d is %v, finite difference %v", name, i, d[i], want)
			}
		}
		if again := loss(d, x, 1); again != whole {
			t.Errorf("%s: the scale changed the loss from %v to %v", name, whole, again)
		}
	}
}

func TestLossesOfExtremeLogitsAreFinite(t *testing.T) {
	x, d := []float32{1e30, -1e30, 0, 1e4}, make([]float32, 4)
	for name, got := range map[string]float64{
		"cross-entropy": CrossEntropy(d, x, 4, []int32{0}, 0, nil, 1),
		"binary":        BinaryCrossEntropy(d, x, []float32{1, 0, 0, 1}, 1),
	} {
		if math.IsNaN(got) || math.IsInf(got, 0) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := CrossEntropy(d, x, 4, []int32{0}, 0, nil, 1); got != 0 {
		t.Errorf("a certain and right answer costs %v", got)
	}
}

func TestCosineOfEqualVectors(t *testing.T) {
	d := make([]float32, 4)
	if got := CosineSimilarity(d, []float32{0.6, 0.8, 0.6, 0.8}, 2, []float32{1}, 1); got > 1e-12 {
		t.Errorf("loss %v", got)
	}
}
