package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// matrix is rows×cols, ld apart, behind guards.
type matrix struct {
	x              []float32
	rows, cols, ld int
	intact         func() bool
}

func newMatrix(r *rand.Rand, rows, cols int) matrix {
	ld := cols + r.IntN(5)
	x, intact := guarded(max(0, (rows-1)*ld+cols), r.IntN(9))
	m := matrix{x, rows, cols, ld, intact}
	for i := range x { // what lies between the rows must not be touched either
		x[i] = float32(math.NaN())
	}
	for i := range rows {
		copy(x[i*ld:], random(r, cols))
	}
	return m
}

func (m matrix) at(i, j int) float64 { return float64(m.x[i*m.ld+j]) }

func (m matrix) copy() matrix {
	c := m
	c.x, c.intact = guarded(len(m.x), 3)
	copy(c.x, m.x)
	return c
}

// expect checks every element against want, which gives the value in float64
// and Σ|terms| of the sum, and that nothing else was written.
func (m matrix) expect(t *testing.T, terms int, want func(i, j int) (value, size float64)) {
	t.Helper()
	if !m.intact() {
		t.Fatal("wrote beside C")
	}
	every := 1 + m.rows*m.cols*terms/2_000_000 // of large sums look at some
	for i := range m.rows {
		for j := i % every; j < m.cols; j += every {
			v, size := want(i, j)
			if got := m.at(i, j); !(math.Abs(got-v) <= float64(terms+4)*e*size+1e-37) {
				t.Fatalf("C[%d,%d] of (%d,%d) is %g, want %g", i, j, m.rows, m.cols, got, v)
			}
		}
		for j := m.cols; j < m.ld && i < m.rows-1; j++ {
			if v := m.x[i*m.ld+j]; v == v {
				t.Fatalf("wrote between rows %d and %d", i, i+1)
			}
		}
	}
}

// shapes are m, n, k: every small one near the edges of tiles and panels, and
// some that need several blocks.
func shapes(slow bool) [][3]int {
	list := [][3]int{{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {1, 1, 1}, {13, 33, 9}, {25, 17, 12}}
	for i := 1; i <= 40; i++ {
		list = append(list, [3]int{i, 1 + i*7%37, 1 + i*5%23})
	}
	if !slow {
		list = append(list, [3]int{97, 300, 800}, [3]int{200, 40, 385}, [3]int{14, 384, 64}, [3]int{100, 257, 384}, [3]int{3, 21, 5003})
	}
	return list
}

func eachShape(t *testing.T, f func(t *testing.T, r *rand.Rand, m, n, k int)) {
	everySet(t, func(t *testing.T, slow bool) {
		for i, s := range shapes(slow) {
			t.Run(fmt.Sprint(s), func(t *testing.T) {
				f(t, rand.New(rand.NewPCG(uint64(i), 3)), s[0], s[1], s[2])
			})
		}
	})
}

// product is Σ a(l)·b(l) and Σ|a(l)·b(l)|.
func dotOf(k int, a, b func(l int) float64) (sum, size float64) {
	for l := range k {
		v := a(l) * b(l)
		sum += v
		size += math.Abs(v)
	}
	return sum, size
}

func TestMatMul(t *testing.T) {
	eachShape(t, func(t *testing.T, r *rand.Rand, m, n, k int) {
		a, b, c := newMatrix(r, m, k), newMatrix(r, k, n), newMatrix(r, m, n)
		if r.IntN(2) == 0 { // not one bit of what C held may matter
			for i := range c.x {
				c.x[i] = float32(math.NaN())
			}
		}
		var p Packed
		p.Pack(nil, b.x, k, n, b.ld, false)
		MatMul(nil, c.x, c.ld, a.x, a.ld, m, &p, Epilogue{})
		c.expect(t, k, func(i, j int) (float64, float64) {
			return dotOf(k, func(l int) float64 { return a.at(i, l) }, func(l int) float64 { return b.at(l, j) })
		})
	})
}

func TestMatMulWithEpilogue(t *testing.T) {
	eachShape(t, func(t *testing.T, r *rand.Rand, m, n, k int) {
		a, b, c := newMatrix(r, m, k), newMatrix(r, n, k), newMatrix(r, m, n)
		before, pre := c.copy(), c.copy()
		e := Epilogue{Accumulate: r.IntN(2) == 0, Activation: Activation(r.IntN(4))}
		if r.IntN(4) > 0 {
			e.Bias = random(r, n)
		}
		if r.IntN(2) == 0 {
			e.Pre = pre.x
		}
		var p Packed
		p.Pack(nil, b.x, k, n, b.ld, true)
		MatMul(nil, c.x, c.ld, a.x, a.ld, m, &p, e)
		sum := func(i, j int) (float64, float64) {
			v, size := dotOf(k, func(l int) float64 { return a.at(i, l) }, func(l int) float64 { return b.at(j, l) })
			if e.Bias != nil {
				v, size = v+float64(e.Bias[j]), size+math.Abs(float64(e.Bias[j]))
			}
			return v, size
		}
		c.expect(t, k+12, func(i, j int) (float64, float64) {
			v, size := sum(i, j)
			v = activate(e.Activation, v)
			if e.Accumulate {
				v, size = v+before.at(i, j), size+math.Abs(before.at(i, j))
			}
			return v, 2 * (size + math.Abs(v))
		})
		if e.Pre != nil {
			pre.expect(t, k, sum)
		}
	})
}

func activate(a Activation, v float64) float64 {
	switch a {
	case ActGELU:
		return v * normalCDF(v)
	case ActTanh:
		return math.Tanh(v)
	case ActReLU:
		return math.Max(v, 0)
	}
	return v
}

func TestMatMulTA(t *testing.T) {
	eachShape(t, func(t *testing.T, r *rand.Rand, m, n, k int) {
		a, b, c := newMatrix(r, k, m), newMatrix(r, k, n), newMatrix(r, m, n)
		before, add := c.copy(), r.IntN(2) == 0
		MatMulTA(nil, c.x, c.ld, a.x, a.ld, k, m, b.x, b.ld, n, add)
		c.expect(t, k, func(i, j int) (float64, float64) {
			v, size := dotOf(k, func(l int) float64 { return a.at(l, i) }, func(l int) float64 { return b.at(l, j) })
			if add {
				v, size = v+before.at(i, j), size+math.Abs(before.at(i, j))
			}
			return v, size
		})
	})
}

func TestMatMulSmall(t *testing.T) {
	eachShape(t, func(t *testing.T, r *rand.Rand, m, n, k int) {
		a, b := newMatrix(r, m, k), newMatrix(r, k, n)
		at, bt := newMatrix(r, k, m), newMatrix(r, n, k)
		alpha := float32(r.NormFloat64())
		for _, kind := range []string{"NN", "NT", "TN"} {
			c := newMatrix(r, m, n)
			before, add := c.copy(), r.IntN(2) == 0
			left, right := a.at, b.at
			switch kind {
			case "NN":
				MatMulSmallNN(c.x, c.ld, a.x, a.ld, b.x, b.ld, m, n, k, alpha, add)
			case "NT":
				MatMulSmallNT(c.x, c.ld, a.x, a.ld, bt.x, bt.ld, m, n, k, alpha, add)
				right = func(l, j int) float64 { return bt.at(j, l) }
			case "TN":
				MatMulSmallTN(c.x, c.ld, at.x, at.ld, b.x, b.ld, m, n, k, alpha, add)
				left = func(i, l int) float64 { return at.at(l, i) }
			}
			c.expect(t, k+2, func(i, j int) (float64, float64) {
				v, size := dotOf(k, func(l int) float64 { return left(i, l) }, func(l int) float64 { return right(l, j) })
				v, size = v*float64(alpha), size*math.Abs(float64(alpha))
				if add {
					v, size = v+before.at(i, j), size+math.Abs(before.at(i, j))
				}
				return v, size
			})
		}
	})
}

// TestThreadsChangeNoBit is what makes a run with a seed repeatable anywhere.
func TestThreadsChangeNoBit(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for _, s := range sets() {
		use(t, s, func() {
			const m, n, k = 211, 333, 400
			a, b, x := random(r, m*k), random(r, k*n), random(r, m*n)
			bias := random(r, n)
			var first []float32
			for _, threads := range []int{1, 2, 3, 7} {
				pool := NewPool(threads)
				var p Packed
				p.Pack(pool, b, k, n, n, false)
				c := append([]float32(nil), x...)
				MatMul(pool, c, n, a, k, m, &p, Epilogue{Bias: bias, Accumulate: true, Activation: ActGELU})
				MatMulTA(pool, c, n, a, m, k, m, b, n, n, true)
				pool.Close()
				if first == nil {
					first = c
				}
				if i := differentAt(c, first); i >= 0 {
					t.Errorf("%s: element %d with %d threads is %g, with one %g", s.level, i, threads, c[i], first[i])
				}
			}
		})
	}
}

// TestARowHasTheSameBitsInAnyBatch: a text must be classified alike alone and
// among others.
func TestARowHasTheSameBitsInAnyBatch(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for _, s := range sets() {
		use(t, s, func() {
			const m, n, k = 131, 77, 400
			a, b := random(r, m*k), random(r, n*k)
			var p Packed
			p.Pack(nil, b, k, n, k, true)
			all, one := make([]float32, m*n), make([]float32, n)
			MatMul(nil, all, n, a, k, m, &p, Epilogue{Activation: ActTanh})
			for i := range m {
				MatMul(nil, one, n, a[i*k:], k, 1, &p, Epilogue{Activation: ActTanh})
				if differentAt(one, all[i*n:]) >= 0 {
					t.Fatalf("%s: row %d differs alone", s.level, i)
				}
			}
		})
	}
}

func TestShapesThatDoNotFitPanicWithASentence(t *testing.T) {
	var p Packed
	p.Pack(nil, make([]float32, 6), 2, 3, 3, false)
	for want, f := range map[string]func(){
		"kernel: Add: slices of 2 and 3 elements, want the same length": func() {
			Add(make([]float32, 2), make([]float32, 3), make([]float32, 2))
		},
		"kernel: MatMul A: shape (2, 2) with rows 2 apart needs 4 elements, has 3": func() {
			MatMul(nil, make([]float32, 6), 3, make([]float32, 3), 2, 2, &p, Epilogue{})
		},
		"kernel: MatMul C: rows of 3 columns are only 2 apart": func() {
			MatMul(nil, make([]float32, 6), 2, make([]float32, 4), 2, 2, &p, Epilogue{})
		},
		"kernel: MatMul: B is not packed yet": func() {
			MatMul(nil, nil, 0, nil, 0, 0, &Packed{}, Epilogue{})
		},
		"kernel: Dropout: probability 2 is not in [0, 1]": func() { Dropout(nil, nil, 0, 0, 2) },
		"kernel: AdamStep: Step counts from 1":            func() { AdamW(nil, nil, nil, nil, AdamStep{}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func FuzzMatMulMatchesItsTwin(f *testing.F) {
	f.Add(uint16(7), uint16(33), uint16(40), uint64(1))
	f.Add(uint16(97), uint16(16), uint16(390), uint64(2))
	f.Fuzz(func(t *testing.T, m, n, k uint16, seed uint64) {
		rows, cols, depth := int(m%200), int(n%300), int(k%800)
		r := rand.New(rand.NewPCG(seed, 1))
		a, b, bias := random(r, rows*depth), random(r, cols*depth), random(r, cols)
		var results [][]float32
		for _, s := range sets() {
			use(t, s, func() {
				var p Packed
				p.Pack(nil, b, depth, cols, depth, true)
				c := make([]float32, rows*cols)
				MatMul(nil, c, cols, a, depth, rows, &p, Epilogue{Bias: bias})
				results = append(results, c)
			})
		}
		for _, c := range results[1:] {
			for i := range c {
				_, size := dotOf(depth, func(l int) float64 { return float64(a[i/cols*depth+l]) }, func(l int) float64 { return float64(b[i%cols*depth+l]) })
				size += math.Abs(float64(bias[i%cols]))
				if off := math.Abs(float64(c[i]) - float64(results[0][i])); !(off <= 2*float64(depth+4)*e*size) {
					t.Fatalf("element %d: %g, the twin has %g", i, c[i], results[0][i])
				}
			}
		}
	})
}

func TestAPackedOperandKeepsToItsLevel(t *testing.T) {
	if len(sets()) < 2 {
		t.Skip("this machine or build has one level only")
	}
	defer Use(Current())
	var p Packed
	for _, l := range Available() {
		if err := Use(l); err != nil {
			t.Fatal(err)
		}
		if l != Go {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("an operand packed at another level was taken")
					}
				}()
				MatMul(nil, make([]float32, 1), 1, make([]float32, 1), 1, 1, &p, Epilogue{})
			}()
		}
		p.Pack(nil, []float32{3}, 1, 1, 1, false)
		c := []float32{0}
		MatMul(nil, c, 1, []float32{2}, 1, 1, &p, Epilogue{})
		if c[0] != 6 {
			t.Errorf("2·3 is %g at level %s", c[0], l)
		}
	}
	if err := Use("sse"); err == nil {
		t.Error("took a level that there is not")
	}
}
