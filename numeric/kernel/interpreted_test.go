//go:build amd64 && !purego

package kernel

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

var programs = map[Level]func(t testing.TB) *program{
	AVX2:   once("avx2_amd64.s"),
	AVX512: once("avx512_amd64.s"),
}

func once(path string) func(t testing.TB) *program {
	var p *program
	var mu sync.Mutex
	return func(t testing.TB) *program {
		mu.Lock()
		defer mu.Unlock()
		if p == nil {
			p = parse(t, path)
		}
		return p
	}
}

func float32At(b []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
}

// interpreted is a level whose kernels are run by the interpreter.
func interpreted(t testing.TB, l Level) *set {
	p, native := programs[l](t), map[Level]*set{AVX2: &avx2Set, AVX512: &avx512Set}[l]
	end := map[Level]string{AVX2: "AVX2", AVX512: "AVX512"}[l]
	two := func(name string) func(a, b []float32) {
		return func(a, b []float32) { p.call(t, name+end, 0, a, b) }
	}
	three := func(name string) func(a, b, c []float32) {
		return func(a, b, c []float32) { p.call(t, name+end, 0, a, b, c) }
	}
	scaled := func(name string) func(a, b []float32, s float32) {
		return func(a, b []float32, s float32) { p.call(t, name+end, 0, a, b, s) }
	}
	number := func(name string) func(x []float32) float32 {
		return func(x []float32) float32 { return float32At(p.call(t, name+end, 4, x), 0) }
	}
	return &set{
		level: l + " interpreted", lanes: native.lanes, nr: native.nr, mr: native.mr,
		add: three("add"), sub: three("sub"), mul: three("mul"), scale: scaled("scale"), axpy: scaled("axpy"),
		dot: func(a, b []float32) float32 { return float32At(p.call(t, "dot"+end, 4, a, b), 0) },
		sum: number("sum"), maxAbs: number("maxAbs"), max: number("max"),
		sumSquares: func(x []float32) float64 {
			return math.Float64frombits(binary.LittleEndian.Uint64(p.call(t, "sumSquares"+end, 8, x)))
		},
		exp: two("exp"), gelu: two("gelu"), tanh: two("tanh"), relu: two("relu"),
		geluBackward: three("geluBackward"), tanhBackward: three("tanhBackward"), reluBackward: three("reluBackward"),
		softmax: two("softmax"), softmaxBackward: three("softmaxBackward"),
		expSum: func(y, x []float32, shift float32) float32 {
			return float32At(p.call(t, "expSum"+end, 4, y, x, shift), 0)
		},
		sumExp: func(x []float32, shift float32) float32 {
			return float32At(p.call(t, "sumExp"+end, 4, x, shift), 0)
		},
		norm: func(y, x, gamma, beta []float32, eps float32) (mean, rstd float32) {
			r := p.call(t, "norm"+end, 8, y, x, gamma, beta, eps)
			return float32At(r, 0), float32At(r, 1)
		},
		normBackward: func(dx, dy, x, gamma, dgamma, dbeta []float32, mean, rstd float32) {
			p.call(t, "normBackward"+end, 0, dx, dy, x, gamma, dgamma, dbeta, mean, rstd)
		},
		adam:     func(w, g, m, v []float32, c *adamFactors) { p.call(t, "adam"+end, 0, w, g, m, v, c) },
		momentum: func(w, g, u []float32, c *momentumFactors) { p.call(t, "momentum"+end, 0, w, g, u, c) },
		adagrad:  func(w, g, sum []float32, c *adagradFactors) { p.call(t, "adagrad"+end, 0, w, g, sum, c) },
		dropout: func(dst, x []float32, first uint64, key0, key1, threshold uint32, scale float32) {
			p.call(t, "dropout"+end, 0, dst, x, first, key0, key1, threshold, scale)
		},
		pack: func(dst, b []float32, k, ldb, panels int) {
			p.call(t, "pack"+end, 0, dst, b, k, ldb, panels)
		},
		packTiles: func(dst, a []float32, k, lda, rows, count, apart int) {
			p.call(t, "packTiles"+end, 0, dst, a, k, lda, rows, count, apart)
		},
		packTransposed: func(dst, b []float32, k, ldb, rows int) {
			p.call(t, "packTransposed"+end, 0, dst, b, k, ldb, rows)
		},
		gemm: func(a *gemmArgs) { p.call(t, "gemm"+end, 0, a) },
		peak: func(n int) { p.call(t, "peak"+end, 0, n) },
	}
}

// interpreters are the levels of this build as the interpreter runs them.
func interpreters(t testing.TB) []*set { return []*set{interpreted(t, AVX2), interpreted(t, AVX512)} }

// TestTheInterpreterIsTheMachine runs the AVX2 kernels both ways: what the
// interpreter says of AVX-512 can be believed as far as this holds.
func TestTheInterpreterIsTheMachine(t *testing.T) {
	for _, native := range sets()[1:] {
		t.Run(string(native.level), func(t *testing.T) {
			sameBits(t, native, interpreted(t, native.level), true)
		})
	}
	if len(sets()) < 2 {
		t.Skip("not run natively here: no AVX2")
	}
	if len(sets()) < 3 {
		t.Run(string(AVX512), func(t *testing.T) { t.Skip("not run natively here: no AVX-512") })
	}
}

// TestWiderVectorsChangeNoBitOfAnElement holds for what is not a sum.
func TestWiderVectorsChangeNoBitOfAnElement(t *testing.T) {
	sameBits(t, interpreted(t, AVX2), interpreted(t, AVX512), false)
}

// sameBits compares two sets on every length, and on numbers of all kinds.
func sameBits(t *testing.T, a, b *set, sums bool) {
	for _, k := range kernels() {
		if k.sum && !sums {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			for n := 0; n < 100; n += 1 + n/40 {
				x, y := k.input(n, 1), k.input(n, 1)
				use(t, a, func() { k.run(x) })
				use(t, b, func() { k.run(y) })
				for i := range x {
					if j := different(x[i], y[i]); j >= 0 {
						t.Fatalf("length %d: slice %d differs at %d: %s has %g, %s has %g", n, i, j, a.level, x[i][j], b.level, y[i][j])
					}
				}
			}
		})
	}
}

// different is where two slices have other bits first, -1 for nowhere. A NaN
// is a NaN: which one it is is not ours to say.
func different(a, b []float32) int {
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) && (a[i] == a[i] || b[i] == b[i]) {
			return i
		}
	}
	return -1
}

// TestProductsHaveTheSameBitsAtEveryWidth: each element of C is one chain of
// fused products, in whatever tile it lies. The last shape has rows of A that
// fall on the same cache lines.
func TestProductsHaveTheSameBitsAtEveryWidth(t *testing.T) {
	list := append(shapes(true), [3]int{29, 40, 400}, [3]int{13, 20, 1024})
	for i, s := range list {
		m, n, k := s[0], s[1], s[2]
		r := rand.New(rand.NewPCG(uint64(i), 4))
		a, b, bias, x := random(r, m*k), random(r, n*k), random(r, n), random(r, m*m)
		var first []float32
		for _, s := range append(sets()[1:], interpreters(t)...) {
			use(t, s, func() {
				var p Packed
				p.Pack(nil, b, k, n, k, true)
				c := make([]float32, 2*m*n+m*m)
				MatMul(nil, c, n, a, k, m, &p, Epilogue{Bias: bias, Activation: ActGELU})
				MatMulTA(nil, c[m*n:], n, a, m, k, m, b, n, n, true)
				MatMulSmallNT(c[2*m*n:], m, a, k, a, k, m, m, k, 0.3, false)
				MatMulSmallTN(c[2*m*n:], m, x, m, x, m, m, m, m, 0.3, true)
				if first == nil {
					first = c
				}
				if j := different(c, first); j >= 0 {
					t.Fatalf("%v: element %d is %g at level %s, else %g", list[i], j, c[j], s.level, first[j])
				}
			})
		}
	}
}
