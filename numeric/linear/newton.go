package linear

import "math"

// newton minimises a convex function of a few variables from w, in place. f
// gives the value, and adds to the gradient (n) and the hessian (n, n), which
// come as zeros.
func newton(w []float64, f func(w, gradient, hessian []float64) float64) {
	n := len(w)
	gradient, hessian := make([]float64, n), make([]float64, n*n)
	next, nextGradient, nextHessian := make([]float64, n), make([]float64, n), make([]float64, n*n)
	value := f(w, gradient, hessian)
	for range 50 {
		step := solve(hessian, gradient)
		slope := inner(step, gradient)
		if !(slope > 1e-14*(1+math.Abs(value))) {
			return
		}
		for reach := 1.0; ; reach /= 2 {
			if reach < 1e-6 {
				return
			}
			for i := range w {
				next[i] = w[i] - reach*step[i]
			}
			clear(nextGradient)
			clear(nextHessian)
			if v := f(next, nextGradient, nextHessian); v <= value-1e-4*reach*slope {
				value = v
				break
			}
		}
		copy(w, next)
		gradient, nextGradient = nextGradient, gradient
		hessian, nextHessian = nextHessian, hessian
	}
}

// solve gives x with a·x = b for a symmetric positive a (n, n), by Cholesky's
// L·Lᵀ. Where a is singular, it is taken a little larger on the diagonal.
func solve(a, b []float64) []float64 {
	n := len(b)
	trace := 0.0
	for i := range n {
		trace += a[i*n+i]
	}
	l := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			s := a[i*n+j] - inner(l[i*n:i*n+j], l[j*n:j*n+j])
			if i != j {
				l[i*n+j] = s / l[j*n+j]
				continue
			}
			l[i*n+i] = math.Sqrt(max(s+1e-12*trace, 1e-300))
		}
	}
	x := make([]float64, n)
	for i := range n {
		x[i] = (b[i] - inner(l[i*n:i*n+i], x[:i])) / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			x[i] -= l[j*n+i] * x[j]
		}
		x[i] /= l[i*n+i]
	}
	return x
}
