package main

import "math"

// The polynomials below were fitted by weighted least squares towards the
// least largest relative error, with 50 digits.

// expTail: e^r = 1 + r + r²·(…), |r| ≤ ln2/2, relative error 3.1e-9.
var expTail = []float64{0.49999993406937204, 0.1666652005496494, 0.041668395339014834, 0.008368785315899492, 0.0013814412611089816}

// millsTail: (1-Φ(a))·e^(a²/2) = t·(…) in t = 1/(1+millsScale·a), 0 ≤ a ≤ 13.3,
// relative error 2.3e-8. The form is Hastings' (1955).
var millsTail = []float64{0.10771924725384056, 0.10756532802467152, 0.10166019112945593, 0.0726042076022457, 0.10659166656092324, -0.06750989655414655, 0.16836424219287072, -0.1258251078729126, 0.028830133185277575}

const millsScale = 0.27

// tanhTail: tanh(x) = x + x·z·(…) in z = x² ≤ 0.4, relative error 8.4e-9.
var tanhTail = []float64{-0.3333328787923725, 0.13331383112362735, -0.05372398871505226, 0.020565957987551297, -0.0056076887343233335}

const (
	magic  = 3 << 22          // adding it leaves the nearest whole number in the low bits
	ln2Hi  = 0.693359375      // few bits: n·ln2Hi is exact
	ln2Lo  = -2.1219444005e-4 // ln2 - ln2Hi
	lowest = -87              // below it e^x is not a normal number any more
)

// horner evaluates a polynomial in v: lowest coefficient first.
func (f *fn) horner(coefficients []float64, v vec) vec {
	n := len(coefficients) - 1
	p := f.vec()
	f.spread(real(coefficients[n]), p)
	for i := n - 1; i >= 0; i-- {
		f.op("VFMADD213PS", real(coefficients[i]), v, p)
	}
	return p
}

// split makes x the rest r = x - n·ln2 and returns t, whose low bits are n,
// and e^r, in which one has been added last.
func (f *fn) split(x vec) (t, p vec) {
	t = f.vec()
	f.spread(real(math.Log2E), t)
	f.op("VFMADD213PS", real(magic), x, t)
	n := f.vec()
	f.op("VSUBPS", real(magic), t, n)
	f.op("VFNMADD231PS", real(ln2Hi), n, x)
	f.op("VFNMADD231PS", real(ln2Lo), n, x)
	f.drop(n)
	return t, f.horner(append([]float64{1, 1}, expTail...), x)
}

// expNegative makes x, which is not above 0, e^x; below e^-87 it is 0. floor
// holds -87.
func (f *fn) expNegative(x, floor vec) {
	tiny := f.less(x, floor) // a NaN is not less: it stays
	f.op("VMAXPS", x, floor, x)
	t, p := f.split(x)
	f.op("VPSLLD", "$23", t, t)
	f.op("VPADDD", real(1), t, t)
	f.op("VMULPS", t, p, x)
	f.drop(t, p)
	f.clearWhere(tiny, x)
}

// clearWhere clears the lanes of v that are in the mask, and ends the mask.
func (f *fn) clearWhere(m lanesMask, v vec) {
	if f.wide() {
		f.op("KNOTW", "K2", "K2")
		f.op("VMOVAPS.Z", v, "K2", v)
		return
	}
	f.op("VANDNPS", v, m.v, v)
	f.drop(m.v)
}

// activations are Exp, GELU, Tanh and ReLU and their ways back.
func (u *unit) activations() {
	u.function("exp", "(dst, x []float32)", "is dst = e^x.", 0, (*fn).exp)
	u.function("gelu", "(dst, x []float32)", "is dst = x·Φ(x) = max(x, 0) - |x|·(1-Φ(|x|)).", 0, (*fn).gelu)
	u.function("geluBackward", "(dx, dy, x []float32)", "is dx = dy·(Φ(x) + x·φ(x)).", 0, (*fn).geluBackward)
	u.function("tanh", "(dst, x []float32)", "is dst = tanh(x).", 0, (*fn).tanh)
	u.function("tanhBackward", "(dx, dy, y []float32)", "is dx = dy·(1 - y²).", 0, func(f *fn) {
		f.slices("dx", "DI", "dy", "DX", "y", "SI")
		one := f.held(real(1))
		f.loop(2, func() {
			v, s, d := f.get("SI"), f.vec(), f.source("DX")
			f.op("VMOVAPS", one, s)
			f.op("VFNMADD231PS", v, v, s)
			f.op("VMULPS", d, s, s)
			f.put(s, "DI")
			f.drop(v, s)
			f.discard(d)
		})
	})
	u.function("relu", "(dst, x []float32)", "is dst = max(x, 0).", 0, func(f *fn) {
		f.slices("dst", "DI", "x", "SI")
		zero := f.vec()
		f.zero(zero)
		f.loop(4, func() {
			v := f.get("SI")
			f.op("VMAXPS", v, zero, v)
			f.put(v, "DI")
			f.drop(v)
		})
	})
	u.function("reluBackward", "(dx, dy, x []float32)", "is dx = dy where x > 0, else 0.", 0, func(f *fn) {
		f.slices("dx", "DI", "dy", "DX", "x", "SI")
		zero := f.vec()
		f.zero(zero)
		f.loop(2, func() {
			v, d := f.get("SI"), f.get("DX")
			f.keep(f.less(zero, v), d)
			f.put(d, "DI")
			f.drop(v, d)
		})
	})
}

// exp scales in two steps, so that results below the normal numbers come out.
func (f *fn) exp() {
	f.slices("dst", "DI", "x", "SI")
	low, high := f.held(real(-104)), f.held(real(89))
	f.loop(1, func() {
		v, half := f.get("SI"), f.vec()
		f.op("VMAXPS", v, low, v)
		f.op("VMINPS", v, high, v)
		t, p := f.split(v)
		f.op("VPSUBD", real(magic), t, t)
		f.op("VPSRAD", "$1", t, half)
		f.op("VPSUBD", half, t, t)
		for _, n := range []vec{half, t} {
			f.op("VPADDD", constant(127), n, n)
			f.op("VPSLLD", "$23", n, n)
			f.op("VMULPS", n, p, p)
		}
		f.put(p, "DI")
		f.drop(v, half, t, p)
	})
}

// mills loads x and makes a = min(|x|, 20), e = e^(-a²/2) and m = (1-Φ(a))/e.
func (f *fn) mills(reg string, most, floor, one vec) (v, a, e, m vec) {
	v, a, e = f.get(reg), f.vec(), f.vec()
	f.op("VANDPS", constant(0x7fffffff), v, a)
	f.op("VMINPS", a, most, a)
	f.op("VMULPS", real(-0.5), a, e)
	f.op("VMULPS", a, e, e)
	f.expNegative(e, floor)
	t := f.vec()
	f.spread(real(millsScale), t)
	f.op("VFMADD213PS", real(1), a, t)
	f.op("VDIVPS", t, one, t)
	m = f.horner(millsTail, t)
	f.op("VMULPS", t, m, m)
	f.drop(t)
	return v, a, e, m
}

func (f *fn) gelu() {
	f.slices("dst", "DI", "x", "SI")
	most, floor, one, zero := f.held(real(20)), f.held(real(lowest)), f.held(real(1)), f.vec()
	f.zero(zero)
	f.loop(1, func() {
		v, a, e, m := f.mills("SI", most, floor, one)
		f.op("VMULPS", e, m, m)
		f.op("VMAXPS", v, zero, v)
		f.op("VFNMADD231PS", m, a, v)
		f.put(v, "DI")
		f.drop(v, a, e, m)
	})
}

// geluBackward: with h = e·(m - a/√2π) the slope is h for negative x, else 1-h.
func (f *fn) geluBackward() {
	f.slices("dx", "DI", "dy", "DX", "x", "SI")
	most, floor, one, zero := f.held(real(20)), f.held(real(lowest)), f.held(real(1)), f.vec()
	f.zero(zero)
	f.loop(1, func() {
		v, a, e, m := f.mills("SI", most, floor, one)
		f.op("VFNMADD231PS", real(1/math.Sqrt(2*math.Pi)), a, m)
		f.op("VMULPS", e, m, m)
		f.op("VSUBPS", m, one, a)
		f.choose(f.less(v, zero), m, a)
		d := f.source("DX")
		f.op("VMULPS", d, a, a)
		f.put(a, "DI")
		f.drop(v, a, e, m)
		f.discard(d)
	})
}

// tanh takes a polynomial below 0.625, (1-e)/(1+e) with e = e^(-2|x|) above.
func (f *fn) tanh() {
	f.slices("dst", "DI", "x", "SI")
	floor, one, edge := f.held(real(lowest)), f.held(real(1)), f.held(real(0.625))
	f.loop(1, func() {
		v, a, e := f.get("SI"), f.vec(), f.vec()
		f.op("VANDPS", constant(0x7fffffff), v, a)
		f.op("VMULPS", real(-2), a, e)
		f.expNegative(e, floor)
		big := f.vec()
		f.op("VSUBPS", e, one, big)
		f.op("VADDPS", e, one, e)
		f.op("VDIVPS", e, big, big)
		z := f.vec()
		f.op("VMULPS", a, a, z)
		p := f.horner(tanhTail, z)
		f.op("VMULPS", a, z, z)
		f.op("VFMADD213PS", a, z, p)
		f.choose(f.less(a, edge), p, big)
		f.op("VANDPS", constant(0x80000000), v, v)
		f.op("VORPS", v, big, big)
		f.put(big, "DI")
		f.drop(v, a, e, big, z, p)
	})
}
