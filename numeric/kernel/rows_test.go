package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestRowsAreStrided walks several rows apart from one another.
func TestRowsAreStrided(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		r := rand.New(rand.NewPCG(2, 2))
		for _, cols := range []int{1, 5, 16, 37} {
			x, y := newMatrix(r, 7, cols), newMatrix(r, 7, cols)
			dy, dx := newMatrix(r, 7, cols), newMatrix(r, 7, cols)
			Softmax(y.x, y.ld, x.x, x.ld, 7, cols)
			y.expect(t, cols+16, func(i, j int) (float64, float64) {
				sum := 0.0
				for l := range cols {
					sum += math.Exp(x.at(i, l) - x.at(i, j))
				}
				return 1 / sum, 1 / sum
			})
			SoftmaxBackward(dx.x, dx.ld, dy.x, dy.ld, y.x, y.ld, 7, cols)
			dx.expect(t, cols+4, func(i, j int) (float64, float64) {
				s, size := dotOf(cols, func(l int) float64 { return dy.at(i, l) }, func(l int) float64 { return y.at(i, l) })
				return y.at(i, j) * (dy.at(i, j) - s), y.at(i, j) * (size + math.Abs(dy.at(i, j)))
			})
			bias, sums := random(r, cols), random(r, cols)
			before, sumsBefore := x.copy(), append([]float32(nil), sums...)
			AddBias(x.x, x.ld, bias, 7, cols)
			x.expect(t, 1, func(i, j int) (float64, float64) {
				v := before.at(i, j) + float64(bias[j])
				return v, math.Abs(v)
			})
			ColumnSum(sums, x.x, x.ld, 7, cols)
			for j, got := range sums {
				want, size := sumOf(7, func(i int) float64 { return x.at(i, j) })
				if want += float64(sumsBefore[j]); math.Abs(float64(got)-want) > size+9*e*math.Abs(want) {
					t.Errorf("column %d sums to %g, want %g", j, got, want)
				}
			}
		}
	})
}

// TestSoftmaxAtTheEdges: masked columns, nothing but masked ones, a NaN, large
// numbers, and a row too long for one call.
func TestSoftmaxAtTheEdges(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	everySet(t, func(t *testing.T, slow bool) {
		y := make([]float32, 19)
		x := make([]float32, 19)
		for i := range x {
			x[i] = -inf
		}
		x[3], x[17] = 3e38, 3e38
		Softmax(y, 19, x, 19, 1, 19)
		for i, v := range y {
			if want := map[int]float32{3: 0.5, 17: 0.5}[i]; v != want {
				t.Errorf("masked: element %d is %g, want %g", i, v, want)
			}
		}
		if got := LogSumExp(x); got != 3e38 {
			t.Errorf("LogSumExp of two large numbers is %g", got)
		}
		for _, bad := range []float32{nan, -inf, inf} {
			x[3], x[17] = bad, -inf
			Softmax(y, 19, x, 19, 1, 19)
			for i, v := range y {
				if v == v {
					t.Errorf("with %g: element %d is %g, want NaN", bad, i, v)
				}
			}
			if got := LogSumExp(x); got != bad && (got == got || bad == bad) {
				t.Errorf("LogSumExp with %g is %g", bad, got)
			}
		}
		if got := LogSumExp(nil); got != -inf {
			t.Errorf("LogSumExp of nothing is %g", got)
		}
		if got := MaxAbs([]float32{1, nan, 3}); got == got {
			t.Errorf("MaxAbs of a NaN is %g", got)
		}
		if slow {
			return
		}
		long := make([]float32, 3*span+5)
		r := rand.New(rand.NewPCG(5, 5))
		for i := range long {
			long[i] = float32(r.NormFloat64())
		}
		sum := LogSumExp(long)
		Softmax(long, len(long), long, len(long), 1, len(long))
		if total := Sum(long); math.Abs(float64(total)-1) > 1e-5 {
			t.Errorf("a long row sums to %g (log of the sum %g)", total, sum)
		}
	})
}

// TestLayerNormGradientAgainstDifferences takes the slope of Σ y·dy in float64.
func TestLayerNormGradientAgainstDifferences(t *testing.T) {
	const cols, h = 13, 1e-5
	r := rand.New(rand.NewPCG(6, 6))
	x, dy, gamma, beta := random(r, cols), random(r, cols), random(r, cols), random(r, cols)
	value := func(x, gamma, beta []float64) (sum float64) {
		mean, rstd := moments(x)
		for i := range x {
			sum += ((x[i]-mean)*rstd*gamma[i] + beta[i]) * float64(dy[i])
		}
		return sum
	}
	everySet(t, func(t *testing.T, slow bool) {
		y, mean, rstd := make([]float32, cols), make([]float32, 1), make([]float32, 1)
		got := [3][]float32{make([]float32, cols), make([]float32, cols), make([]float32, cols)}
		LayerNorm(y, x, gamma, beta, mean, rstd, 1, cols, 1e-5)
		LayerNormBackward(got[0], dy, x, gamma, mean, rstd, got[1], got[2], 1, cols)
		for which, name := range []string{"x", "gamma", "beta"} {
			for i := range cols {
				side := func(by float64) float64 {
					args := [3][]float64{}
					for j, s := range [][]float32{x, gamma, beta} {
						for _, v := range s {
							args[j] = append(args[j], float64(v))
						}
					}
					args[which][i] += by
					return value(args[0], args[1], args[2])
				}
				want := (side(h) - side(-h)) / (2 * h)
				if math.Abs(float64(got[which][i])-want) > 2e-5*(1+math.Abs(want)) {
					t.Errorf("gradient by %s[%d] is %g, want %g", name, i, got[which][i], want)
				}
			}
		}
	})
}

func TestGatherAndScatterAdd(t *testing.T) {
	table := []float32{0, 1, 10, 11, 20, 21}
	got := make([]float32, 6)
	Gather(got, table, []int32{2, 0, 2}, 2)
	want := []float32{20, 21, 0, 1, 20, 21}
	if i := differentAt(got, want); i >= 0 {
		t.Errorf("gathered %v, want %v", got, want)
	}
	ScatterAdd(table, got, []int{1, 0, 1}, 2)
	want = []float32{0, 2, 50, 53, 20, 21}
	if i := differentAt(table, want); i >= 0 {
		t.Errorf("scattered to %v, want %v", table, want)
	}
}

// TestTheLargestIsFoundAnywhere puts one larger number, or one NaN, at every
// place among negative ones.
func TestTheLargestIsFoundAnywhere(t *testing.T) {
	nan := float32(math.NaN())
	everySet(t, func(t *testing.T, slow bool) {
		for n := 1; n < 100; n += 1 + n/8 {
			x := make([]float32, n)
			for i := range x {
				x[i] = -5
			}
			for i := range x {
				x[i] = -3
				if got := current.max(x); got != -3 {
					t.Fatalf("length %d: the largest, at %d, is %g, want -3", n, i, got)
				}
				x[i] = -7
				if got := MaxAbs(x); got != 7 {
					t.Fatalf("length %d: the largest |x|, at %d, is %g, want 7", n, i, got)
				}
				x[i] = nan
				if got := current.max(x); got == got {
					t.Fatalf("length %d: a NaN at %d is lost: %g", n, i, got)
				}
				if got := MaxAbs(x); got == got {
					t.Fatalf("length %d: MaxAbs loses a NaN at %d: %g", n, i, got)
				}
				x[i] = -5
			}
		}
	})
}

// TestLayerNormBackwardAddsToGammaAndBeta walks the rows one after the other.
func TestLayerNormBackwardAddsToGammaAndBeta(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		r := rand.New(rand.NewPCG(9, 9))
		for cols := 1; cols < 100; cols += 1 + cols/8 {
			const rows = 3
			x, dy, gamma := random(r, rows*cols), random(r, rows*cols), random(r, cols)
			mean, rstd := random(r, rows), []float32{0.5, 1, 2}
			dgamma, dbeta := random(r, cols), random(r, cols)
			before := clone([][]float32{dgamma, dbeta})
			LayerNormBackward(make([]float32, rows*cols), dy, x, gamma, mean, rstd, dgamma, dbeta, rows, cols)
			for j := range cols {
				g, b := float64(before[0][j]), float64(before[1][j])
				for i := range rows {
					d := float64(dy[i*cols+j])
					g += d * (float64(x[i*cols+j]) - float64(mean[i])) * float64(rstd[i])
					b += d
				}
				if math.Abs(float64(dgamma[j])-g) > 1e-5 || math.Abs(float64(dbeta[j])-b) > 1e-5 {
					t.Fatalf("%d columns: gradient of gamma[%d] is %g, want %g; of beta %g, want %g", cols, j, dgamma[j], g, dbeta[j], b)
				}
			}
		}
	})
}
