package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestEveryTile runs the inner kernel for every height and every kind of
// width, with and without D, on both ways of reading A.
func TestEveryTile(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		s := current
		r := rand.New(rand.NewPCG(3, 3))
		for rows := 1; rows <= s.mr; rows++ {
			for _, n := range []int{1, s.lanes - 1, s.lanes, s.lanes + 1, s.nr - 1, s.nr} {
				if n > s.nr {
					continue
				}
				for _, k := range []int{0, 1, 5} {
					oneTile(t, r, rows, n, k, false)
					oneTile(t, r, rows, n, k, true)
				}
			}
		}
	})
}

func oneTile(t *testing.T, r *rand.Rand, rows, n, k int, withD bool) {
	const tiles = 2
	s := current
	a, b := random(r, tiles*rows*(k+1)), random(r, (k+1)*s.nr)
	c, d := newMatrix(r, tiles*rows, n), newMatrix(r, tiles*rows, n)
	p := gemmArgs{a: a, b: b, c: c.x, cs: c.ld, rs: k + 1, ks: 1, bs: s.nr, k: k, n: n,
		rows: rows, tiles: tiles, step: rows * (k + 1), alpha: 0.5}
	if r.IntN(2) == 0 {
		p.rs, p.ks = 1, rows
	}
	if withD {
		p.d, p.ds = d.x, d.ld
	}
	gemm(s, &p)
	c.expect(t, k, func(i, j int) (float64, float64) {
		v, size := dotOf(k, func(l int) float64 { return 0.5 * float64(a[i/rows*p.step+i%rows*p.rs+l*p.ks]) },
			func(l int) float64 { return float64(b[l*p.bs+j]) })
		if withD {
			v, size = v+d.at(i, j), size+math.Abs(d.at(i, j))
		}
		return v, size
	})
}

// TestTilesCoverTheRowsEvenly: 14 rows are 5+5+4, never 6+6+2.
func TestTilesCoverTheRowsEvenly(t *testing.T) {
	for m := 1; m < 200; m++ {
		for _, most := range []int{4, 6, 12} {
			low, high, rest := heights(m, most)
			if high*(low+1)+rest*low != m || rest < 1 || low < 1 || low > most || high > 0 && low == most {
				t.Errorf("%d rows in tiles of at most %d: %d of %d and %d of %d", m, most, high, low+1, rest, low)
			}
		}
	}
}

// TestPartsOfLongRows are the kernels that only rows beyond a span need.
func TestPartsOfLongRows(t *testing.T) {
	everySet(t, func(t *testing.T, slow bool) {
		r := rand.New(rand.NewPCG(4, 4))
		for n := range 70 {
			x := random(r, n)
			if n > 3 {
				x[n/2] = -500
			}
			y, intact := guarded(n, n%7)
			want, within := sumOf(n, func(i int) float64 { return math.Exp(float64(x[i]) - 3.5) })
			for _, got := range []float32{current.expSum(y, x, 3.5), current.sumExp(x, 3.5)} {
				if math.Abs(float64(got)-want) > within+4*e*want {
					t.Fatalf("length %d: sum %g, want %g", n, got, want)
				}
			}
			if !intact() {
				t.Fatalf("length %d: wrote beside the row", n)
			}
			for i := range y {
				if want := math.Exp(float64(x[i]) - 3.5); math.Abs(float64(y[i])-want) > 6*e*want+1e-37 {
					t.Fatalf("length %d: element %d is %g, want %g", n, i, y[i], want)
				}
			}
		}
	})
}
