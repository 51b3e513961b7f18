package kernel

import (
	"math"
	"testing"
)

// TestOptimizersMoveAsPyTorchDoes takes four steps with gradients
// (0.1, -0.2, 0.3, 1e-4)·t·(-1)^(t-1); the results are those of torch.optim in
// PyTorch 2.15.
func TestOptimizersMoveAsPyTorchDoes(t *testing.T) {
	adam := AdamStep{LearningRate: 0.01, Beta1: 0.9, Beta2: 0.98, Epsilon: 1e-6, WeightDecay: 0.1, GradScale: 0.5}
	for _, o := range []struct {
		name string
		want [4]float32
		step func(w, g, a, b []float32, n int)
	}{
		{"AdamW", [4]float32{0.490572989, -1.23757768, 1.98458219, -0.00635090563},
			func(w, g, a, b []float32, n int) { s := adam; s.Step = n; AdamW(w, g, a, b, s) }},
		{"Adam", [4]float32{0.48589763, -1.23418748, 1.98362517, 0.00666744169},
			func(w, g, a, b []float32, n int) { s := adam; s.Step = n; Adam(w, g, a, b, s) }},
		{"SGD", [4]float32{0.498336643, -1.24441457, 1.99049246, 0.000993819209}, func(w, g, a, _ []float32, _ int) {
			SGDMomentum(w, g, a, MomentumStep{LearningRate: 0.1, Momentum: 0.9, WeightDecay: 0.01, GradScale: 0.5})
		}},
		{"Nesterov", [4]float32{0.522529006, -1.29505813, 2.0675869, 0.00102252897}, func(w, g, a, _ []float32, _ int) {
			SGDMomentum(w, g, a, MomentumStep{LearningRate: 0.1, Momentum: 0.9, GradScale: 0.5, Nesterov: true})
		}},
		{"Adagrad", [4]float32{0.479741216, -1.2288928, 1.97860777, 0.0219614897}, func(w, g, a, _ []float32, _ int) {
			Adagrad(w, g, a, AdagradStep{LearningRate: 0.1, Epsilon: 1e-10, WeightDecay: 0.01, GradScale: 0.5})
		}},
	} {
		everySet(t, func(t *testing.T, slow bool) {
			w := []float32{0.5, -1.25, 2, 1e-3}
			a, b := make([]float32, 4), make([]float32, 4)
			for n := 1; n <= 4; n++ {
				by := float32(2*n) * float32(math.Pow(-1, float64(n-1))) // twice, and GradScale halves it
				o.step(w, []float32{0.1 * by, -0.2 * by, 0.3 * by, 1e-4 * by}, a, b, n)
			}
			for i := range w {
				if off := math.Abs(float64(w[i] - o.want[i])); off > 4e-7 {
					t.Errorf("%s: weight %d is %.9g, PyTorch has %.9g", o.name, i, w[i], o.want[i])
				}
			}
		})
	}
}

// TestOptimizersHaveTheSameBitsAnywhere: weights may be cut for threads.
func TestOptimizersHaveTheSameBitsAnywhere(t *testing.T) {
	for _, s := range sets() {
		use(t, s, func() {
			for _, k := range stepCases() {
				whole := k.input(500, 4)
				parts := clone(whole)
				k.run(whole)
				for i := 0; i < 500; i += 123 {
					piece := make([][]float32, len(parts))
					for j := range piece {
						piece[j] = parts[j][i:min(i+123, 500)]
					}
					k.run(piece)
				}
				for j := range whole {
					if i := differentAt(whole[j], parts[j]); i >= 0 {
						t.Errorf("%s at level %s: slice %d differs at %d when cut", k.name, s.level, j, i)
					}
				}
			}
		})
	}
}
