package linear

import (
	"context"
	"math"
)

// lbfgs is what bounds a minimisation.
type lbfgs struct {
	memory     int     // pairs of steps and changes of the gradient that are kept
	iterations int     // at most
	tolerance  float64 // ends when ‖gradient‖ ≤ tolerance·‖first gradient at zero‖, see minimise
	flat       float64 // ends when an iteration lowers the value by less than flat·|value|
}

// minimise goes from x to a minimum of f, in place (Nocedal and Wright,
// Numerical Optimization, 2nd edition, algorithm 7.4, with the strong Wolfe
// conditions replaced by backtracking and the skipping of pairs without
// curvature: f is convex). f fills the gradient and gives the value; it may be
// noisy in the seventh digit. scale is what the gradient is compared with.
func (l lbfgs) minimise(ctx context.Context, x []float64, scale float64, f func(x, gradient []float64) float64) {
	n := len(x)
	gradient, direction := make([]float64, n), make([]float64, n)
	next, nextGradient := make([]float64, n), make([]float64, n)
	value := f(x, gradient)
	var kept pairs
	for range l.iterations {
		if ctx.Err() != nil || length(gradient) <= l.tolerance*scale {
			return
		}
		kept.direction(direction, gradient)
		slope := inner(direction, gradient)
		if slope >= 0 { // noise has made the memory useless
			kept = pairs{}
			kept.direction(direction, gradient)
			slope = inner(direction, gradient)
		}
		reach := 1.0
		if len(kept) == 0 {
			reach = 1 / max(1, length(gradient))
		}
		nextValue := value
		for ; ; reach /= 2 {
			if reach < 1e-10 {
				return // noise hides any descent
			}
			for i := range x {
				next[i] = x[i] + reach*direction[i]
			}
			nextValue = f(next, nextGradient)
			if nextValue <= value+1e-4*reach*slope+1e-9*math.Abs(value) {
				break
			}
		}
		kept.add(l.memory, x, next, gradient, nextGradient)
		lowered := value - nextValue
		copy(x, next)
		gradient, nextGradient = nextGradient, gradient
		value = nextValue
		if lowered <= l.flat*math.Abs(value) {
			return
		}
	}
}

// pair is one step and the change of the gradient along it.
type pair struct {
	step, change []float64
	curvature    float64 // step·change
}

// pairs are the latest, oldest first.
type pairs []pair

func (p *pairs) add(memory int, x, next, gradient, nextGradient []float64) {
	var k pair
	if len(*p) == memory {
		k = (*p)[0]
		*p = append((*p)[:0], (*p)[1:]...)
	} else {
		k.step, k.change = make([]float64, len(x)), make([]float64, len(x))
	}
	for i := range x {
		k.step[i] = next[i] - x[i]
		k.change[i] = nextGradient[i] - gradient[i]
	}
	k.curvature = inner(k.step, k.change)
	if k.curvature > 1e-10*inner(k.change, k.change) {
		*p = append(*p, k)
	}
}

// direction is -H·gradient, H being the inverse Hessian that the pairs tell of.
func (p pairs) direction(d, gradient []float64) {
	for i, g := range gradient {
		d[i] = -g
	}
	if len(p) == 0 {
		return
	}
	share := make([]float64, len(p))
	for k := len(p) - 1; k >= 0; k-- {
		share[k] = inner(p[k].step, d) / p[k].curvature
		addScaled(d, -share[k], p[k].change)
	}
	last := p[len(p)-1]
	shrink := last.curvature / inner(last.change, last.change)
	for i := range d {
		d[i] *= shrink
	}
	for k := range p {
		addScaled(d, share[k]-inner(p[k].change, d)/p[k].curvature, p[k].step)
	}
}

func inner(a, b []float64) float64 {
	b = b[:len(a)]
	var even, odd float64
	i := 0
	for ; i+1 < len(a); i += 2 {
		even += a[i] * b[i]
		odd += a[i+1] * b[i+1]
	}
	if i < len(a) {
		even += a[i] * b[i]
	}
	return even + odd
}

func addScaled(dst []float64, scale float64, x []float64) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += scale * x[i]
	}
}

func length(x []float64) float64 { return math.Sqrt(inner(x, x)) }
