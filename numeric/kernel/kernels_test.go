package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// use makes a set compute while f runs.
func use(t testing.TB, s *set, f func()) {
	before := current
	current = s
	defer func() { current = before }()
	f()
}

// everySet runs f at each level: natively where this machine can, and by the
// interpreter in any case. cost 1 asks for few interpreted calls.
func everySet(t *testing.T, f func(t *testing.T, slow bool)) {
	for _, s := range sets() {
		t.Run(string(s.level), func(t *testing.T) { use(t, s, func() { f(t, false) }) })
	}
	for _, s := range interpreters(t) {
		t.Run(string(s.level), func(t *testing.T) { use(t, s, func() { f(t, true) }) })
	}
}

// e is half a unit in the last place of 1.
const e = 1.0 / (1 << 24)

// kernelCase is one public function with all that a test wants to know of it.
type kernelCase struct {
	name    string
	slices  int  // how many it takes; all of one length
	line    bool // is a function worth a walk along the whole line
	plain   bool // takes no infinities and the like
	sum     bool // adds elements up: its bits depend on the width of vectors
	run     func(x [][]float32)
	outputs []int // which of the slices it writes
	aliases []int // sources that the first one may be
	// want is the result in float64 for the first output, and how far float32
	// may be from it, at element i.
	want func(x [][]float64, i int) (value, error float64)
}

// special are numbers that break things.
var special = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 1e-39, -1e-39, math.MaxFloat32, -math.MaxFloat32,
	87, -87, 88.7, 88.73, 89, -86.9999, -87.00001, -103, -104.5, 0.6249999, 0.625, -0.625, 13.2, -13.2, 20, -20, 1e-20,
	math.Float32frombits(0x7f800001), math.Float32frombits(0xffc00123),
}

// input makes the slices of a case: normal numbers, and special ones here and
// there in the lengths of the form 3n+2.
func (k kernelCase) input(n int, seed uint64) [][]float32 {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([][]float32, k.slices)
	for i := range x {
		x[i] = random(r, n)
		if n%3 == 2 && !k.sum && !k.plain {
			for range n / 3 {
				x[i][r.IntN(n)] = special[r.IntN(len(special))]
			}
		}
	}
	return x
}

func clone(x [][]float32) [][]float32 {
	c := make([][]float32, len(x))
	for i := range x {
		c[i] = append([]float32(nil), x[i]...)
	}
	return c
}

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// guarded is n elements, odd elements into their memory, with NaNs on both
// sides, and a check that those were left alone.
func guarded(n, odd int) (x []float32, intact func() bool) {
	const guard = 40
	signal := math.Float32frombits(0x7fc0beef)
	all := make([]float32, guard+odd+n+guard)
	for i := range all {
		all[i] = signal
	}
	from := guard + odd
	return all[from : from+n : from+n], func() bool {
		for i, v := range all {
			if (i < from || i >= from+n) && math.Float32bits(v) != 0x7fc0beef {
				return false
			}
		}
		return true
	}
}

// TestKernelsComputeWhatTheySay compares every kernel with float64, for every
// tail and odd addresses, and looks whether it wrote beside its slices.
func TestKernelsComputeWhatTheySay(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		for _, k := range kernels() {
			t.Run(k.name, func(t *testing.T) {
				for n := 0; n < 100; n++ {
					if slow && n > 40 && n%7 != 0 {
						continue
					}
					compareWithFloat64(t, k, n, n%5)
				}
				if !slow {
					compareWithFloat64(t, k, 3001, 1)
					compareWithFloat64(t, k, span+77, 3)
				}
			})
		}
	})
}

func compareWithFloat64(t *testing.T, k kernelCase, n, odd int) {
	t.Helper()
	values := k.input(n, 7)
	wide := make([][]float64, len(values))
	x := make([][]float32, len(values))
	checks := make([]func() bool, len(values))
	for i, v := range values {
		x[i], checks[i] = guarded(n, odd+i)
		copy(x[i], v)
		wide[i] = make([]float64, n)
		for j := range v {
			wide[i][j] = float64(v[j])
		}
	}
	k.run(x)
	for i, intact := range checks {
		if !intact() {
			t.Fatalf("length %d: wrote beside slice %d", n, i)
		}
	}
	for i := 0; i < n; i += 1 + n/500 {
		want, within := k.want(wide, i)
		got := float64(x[0][i])
		switch {
		case want != want && got != got, want == got:
		case math.IsInf(want, 0), want != want, !(math.Abs(got-want) <= within):
			if math.Abs(want) > math.MaxFloat32 && math.IsInf(got, int(math.Copysign(1, want))) {
				continue
			}
			t.Fatalf("length %d, element %d: got %g, want %g within %g (is off by %g)", n, i, got, want, within, math.Abs(got-want))
		}
	}
}

// TestKernelsMayWorkInPlace checks the aliasing that the documentation allows.
func TestKernelsMayWorkInPlace(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		for _, k := range kernels() {
			for _, alias := range k.aliases {
				t.Run(fmt.Sprintf("%s/%d", k.name, alias), func(t *testing.T) {
					for n := range 35 {
						want := k.input(n, 3)
						got := clone(want)
						k.run(want)
						got[0] = got[alias]
						k.run(got)
						if i := differentAt(got[0], want[0]); i >= 0 {
							t.Fatalf("length %d: element %d is %g in place, %g apart", n, i, got[0][i], want[0][i])
						}
					}
				})
			}
		}
	})
}

// differentAt is different for every build.
func differentAt(a, b []float32) int {
	for i := range a {
		if a[i] != b[i] && (a[i] == a[i] || b[i] == b[i]) {
			return i
		}
	}
	return -1
}

// TestAnElementHasTheSameBitsAnywhere is what lets callers cut slices: each
// element alone must come out as it does in the middle of many.
func TestAnElementHasTheSameBitsAnywhere(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		for _, k := range kernels() {
			if k.sum {
				continue
			}
			t.Run(k.name, func(t *testing.T) {
				all := k.input(68, 5)
				alone := clone(all)
				k.run(all)
				for i := 0; i < 68; i += 1 + i%3 {
					one := make([][]float32, len(alone))
					for j := range one {
						one[j] = alone[j][i : i+1 : i+1]
					}
					k.run(one)
					for _, o := range k.outputs {
						if differentAt(one[o], all[o][i:i+1]) >= 0 {
							t.Fatalf("element %d of slice %d is %g alone, %g among others", i, o, one[o][0], all[o][i])
						}
					}
				}
			})
		}
	})
}

// TestVectorFunctionsOverTheWholeLine measures the largest relative errors of
// the functions that are not one operation, over all magnitudes.
func TestVectorFunctionsOverTheWholeLine(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		step := uint32(9973)
		if slow {
			step = 9973 * 300
		}
		var x []float32
		for bits := uint32(0); bits < 0x7f800000; bits += step {
			x = append(x, math.Float32frombits(bits), math.Float32frombits(bits|1<<31))
		}
		y := make([]float32, len(x))
		for _, k := range kernels() {
			if k.slices != 2 || !k.line {
				continue
			}
			k.run([][]float32{y, x})
			worst := 0.0
			for i, v := range x {
				want, within := k.want([][]float64{nil, {float64(v)}}, 0)
				off := math.Abs(float64(y[i]) - want)
				if math.Abs(want) > math.MaxFloat32 && math.IsInf(float64(y[i]), 0) || want == float64(y[i]) {
					continue
				}
				if !(off <= within) {
					t.Errorf("%s(%g) is %g, want %g within %g", k.name, v, y[i], want, within)
					break
				}
				if math.Abs(want) > 1e-37 {
					worst = max(worst, off/math.Abs(want)/e)
				}
			}
			t.Logf("%s: largest relative error %.2f·2^-24", k.name, worst)
		}
	})
}
