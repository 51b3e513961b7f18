package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestMatMulIsTheSumOfProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pool := NewPool(3)
	defer pool.Close()
	for range 60 {
		m, n, k := 1+r.IntN(120), 1+r.IntN(300), 1+r.IntN(500)
		a, b, c := random(r, m*k), random(r, k*n), make([]float32, m*n)
		var p Packed
		p.Pack(pool, b, k, n, n, false)
		MatMul(pool, c, n, a, k, m, &p, Epilogue{})
		for range 20 {
			i, j := r.IntN(m), r.IntN(n)
			var want float64
			for l := range k {
				want += float64(a[i*k+l]) * float64(b[l*n+j])
			}
			if d := want - float64(c[i*n+j]); d > 1e-3 || d < -1e-3 {
				t.Fatalf("%d×%d×%d: C[%d,%d] is %v, want %v", m, n, k, i, j, c[i*n+j], want)
			}
		}
	}
}

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}
