package kernel

import "fmt"

// Level names a family of kernels.
type Level string

// The levels, slowest first.
const (
	Go     Level = "go"     // the twins in plain Go
	AVX2   Level = "avx2"   // 256-bit vectors and FMA
	AVX512 Level = "avx512" // 512-bit vectors (F, BW, DQ, VL)
)

// set is one level's kernels. Each field does what the twin of its name does.
type set struct {
	level  Level
	lanes  int // of a register
	nr, mr int // columns of a panel, most rows of a tile

	add, sub, mul func(dst, a, b []float32)
	scale         func(dst, x []float32, s float32)
	axpy          func(dst, x []float32, s float32)
	dot           func(a, b []float32) float32
	sum           func(x []float32) float32
	sumSquares    func(x []float32) float64
	maxAbs        func(x []float32) float32
	max           func(x []float32) float32

	exp, gelu, tanh, relu                    func(dst, x []float32)
	geluBackward, tanhBackward, reluBackward func(dx, dy, x []float32)

	softmax         func(y, x []float32)
	softmaxBackward func(dx, dy, y []float32)
	expSum          func(y, x []float32, shift float32) float32
	sumExp          func(x []float32, shift float32) float32

	norm         func(y, x, gamma, beta []float32, eps float32) (mean, rstd float32)
	normBackward func(dx, dy, x, gamma, dgamma, dbeta []float32, mean, rstd float32)

	adam     func(w, g, m, v []float32, c *adamFactors)
	momentum func(w, g, velocity []float32, c *momentumFactors)
	adagrad  func(w, g, sum []float32, c *adagradFactors)

	dropout func(dst, x []float32, first uint64, key0, key1, threshold uint32, scale float32)

	pack           func(dst, b []float32, k, ldb, panels int)
	packTiles      func(dst, a []float32, k, lda, rows, count, apart int)
	packTransposed func(dst, b []float32, k, ldb, rows int) // eight columns; nil at level go

	gemm func(*gemmArgs) // nil for the levels of [Available], which gemm calls directly
	peak func(n int)
}

// current is chosen by init of the build's own file.
var current = &goSet

// Available lists the levels that this machine and this build have, slowest first.
func Available() []Level {
	var list []Level
	for _, s := range sets() {
		list = append(list, s.level)
	}
	return list
}

// Current is the level that computes.
func Current() Level { return current.level }

// Use makes a level compute from now on. It is for tests, benchmarks and for
// going on with a job at the level it began with; call it while nothing else
// computes. A [Packed] of another level must be packed again.
func Use(l Level) error {
	for _, s := range sets() {
		if s.level == l {
			current = s
			return nil
		}
	}
	return fmt.Errorf("kernel level %q: not on this machine or in this build; use one of %v", l, Available())
}

// CPU says what the machine is.
type CPU struct {
	Name     string   // brand string, "unknown" where there is none
	Features []string // those that matter here, by their usual names in lower case
}

// Machine tells the processor that computes.
func Machine() CPU { return machine }
