package main

// rows are the kernels of a row of a softmax.
func (u *unit) rows() {
	u.function("softmax", "(y, x []float32)", "is y = e^(x-max) / Σ e^(x-max).", 0, (*fn).softmax)
	u.function("expSum", "(y, x []float32, shift float32) float32", "is y = e^(x-shift) and returns Σ y; x is not above shift.", 0, func(f *fn) {
		f.slices("y", "DI", "x", "SI")
		shift := f.heldArg("shift")
		sum := f.expSum(shift, true)
		f.fold("VADDPS", sum)
		f.op("VMOVSS", x(sum), f.arg("ret"))
	})
	u.function("sumExp", "(x []float32, shift float32) float32", "is Σ e^(x-shift); x is not above shift.", 0, func(f *fn) {
		f.slices("x", "SI")
		shift := f.heldArg("shift")
		sum := f.expSum(shift, false)
		f.fold("VADDPS", sum)
		f.op("VMOVSS", x(sum), f.arg("ret"))
	})
	u.function("softmaxBackward", "(dx, dy, y []float32)", "is dx = y·(dy - Σ dy·y).", 0, (*fn).softmaxBackward)
}

// expSum writes e^(x-shift), if asked, and returns the sum by lanes.
func (f *fn) expSum(shift vec, write bool) vec {
	sum, floor := f.vec(), f.held(real(lowest))
	f.zero(sum)
	f.loop(1, func() {
		v := f.get("SI")
		f.op("VSUBPS", shift, v, v)
		f.expNegative(v, floor)
		if write {
			f.put(v, "DI")
		}
		f.only(v)
		f.op("VADDPS", v, sum, sum)
		f.drop(v)
	})
	f.drop(floor)
	return sum
}

func (f *fn) softmax() {
	f.slices("y", "DI", "x", "SI")
	f.block("the largest element; a NaN that is lost here makes the sum one")
	acc, low := f.vecs(2), f.held(constant(0xff800000))
	for _, v := range acc {
		f.op("VMOVAPS", low, v)
	}
	f.loop(2, func() {
		v := f.get("SI")
		f.orElse(v, low)
		f.op("VMAXPS", v, acc[f.at], acc[f.at])
		f.drop(v)
	})
	f.join("VMAXPS", acc)
	f.fold("VMAXPS", acc[0])
	f.op("VBROADCASTSS", x(acc[0]), acc[0])
	f.drop(acc[1], low)
	f.block("powers and their sum")
	f.load("len y", "CX")
	sum := f.expSum(acc[0], true)
	f.fold("VADDPS", sum)
	f.block("divided by the sum")
	f.spread(real(1), acc[0])
	f.op("VDIVSS", x(sum), x(acc[0]), x(sum))
	f.op("VBROADCASTSS", x(sum), sum)
	f.load("len y", "CX")
	f.loop(4, func() {
		v := f.get("DI")
		f.op("VMULPS", v, sum, v)
		f.put(v, "DI")
		f.drop(v)
	})
}

func (f *fn) softmaxBackward() {
	f.slices("dx", "DI", "dy", "DX", "y", "SI")
	acc := f.vecs(2)
	f.zero(acc[0])
	f.zero(acc[1])
	f.loop(2, func() {
		a, b := f.get("SI"), f.source("DX")
		f.op("VFMADD231PS", b, a, acc[f.at])
		f.drop(a)
		f.discard(b)
	})
	f.join("VADDPS", acc)
	f.fold("VADDPS", acc[0])
	f.op("VBROADCASTSS", x(acc[0]), acc[0])
	f.load("len dx", "CX")
	f.loop(4, func() {
		d, v := f.get("DX"), f.source("SI")
		f.op("VSUBPS", acc[0], d, d)
		f.op("VMULPS", v, d, d)
		f.put(d, "DI")
		f.drop(d)
		f.discard(v)
	})
}

// norms are the kernels of a row of layer normalisation.
func (u *unit) norms() {
	u.function("norm", "(y, x, gamma, beta []float32, eps float32) (mean, rstd float32)", "is y = (x-mean)·rstd·gamma + beta.", 0, (*fn).norm)
	u.function("normBackward", "(dx, dy, x, gamma, dgamma, dbeta []float32, mean, rstd float32)", "is the way back through norm; dgamma and dbeta are added to.", 0, (*fn).normBackward)
}

// total folds accumulators into the first one, times v, in every lane.
func (f *fn) total(acc []vec, times vec) {
	f.join("VADDPS", acc)
	f.fold("VADDPS", acc[0])
	f.op("VMULSS", x(times), x(acc[0]), x(acc[0]))
	f.op("VBROADCASTSS", x(acc[0]), acc[0])
}

// reciprocal puts 1/CX into the lowest lane of a fresh register.
func (f *fn) reciprocal() vec {
	n, one := f.vec(), f.held(real(1))
	f.op("VXORPS", x(n), x(n), x(n))
	f.op("VCVTSI2SSQ", "CX", x(n), x(n))
	f.op("VDIVSS", x(n), x(one), x(n))
	f.drop(one)
	return n
}

func (f *fn) norm() {
	f.slices("y", "DI", "x", "SI", "gamma", "R8", "beta", "R9")
	part := f.reciprocal()
	f.block("mean")
	mean := f.vecs(4)
	for _, v := range mean {
		f.zero(v)
	}
	f.loop(4, func() {
		v := f.source("SI")
		f.op("VADDPS", v, mean[f.at], mean[f.at])
		f.discard(v)
	})
	f.total(mean, part)
	f.op("VMOVSS", x(mean[0]), f.arg("mean"))
	f.drop(mean[1:]...)
	f.block("variance")
	acc := f.vecs(4)
	for _, v := range acc {
		f.zero(v)
	}
	f.load("len y", "CX")
	f.loop(4, func() {
		v := f.get("SI")
		f.op("VSUBPS", mean[0], v, v)
		f.only(v)
		f.op("VFMADD231PS", v, v, acc[f.at])
		f.drop(v)
	})
	f.total(acc, part)
	f.op("VADDSS", f.arg("eps"), x(acc[0]), x(acc[0]))
	f.op("VSQRTSS", x(acc[0]), x(acc[0]), x(acc[0]))
	f.spread(real(1), part)
	f.op("VDIVSS", x(acc[0]), x(part), x(acc[0]))
	f.op("VMOVSS", x(acc[0]), f.arg("rstd"))
	f.op("VBROADCASTSS", x(acc[0]), acc[0])
	f.drop(acc[1:]...)
	f.block("result")
	f.load("len y", "CX")
	f.loop(2, func() {
		v, g, b := f.get("SI"), f.source("R8"), f.get("R9")
		f.op("VSUBPS", mean[0], v, v)
		f.op("VMULPS", acc[0], v, v)
		f.op("VFMADD231PS", g, v, b)
		f.put(b, "DI")
		f.drop(v, b)
		f.discard(g)
	})
}

func (f *fn) normBackward() {
	f.slices("dx", "DI", "dy", "DX", "x", "SI", "gamma", "R8", "dgamma", "R9", "dbeta", "R10")
	part := f.reciprocal()
	mean, rstd := f.heldArg("mean"), f.heldArg("rstd")
	s, t := f.vecs(2), f.vecs(2)
	for i := range 2 {
		f.zero(s[i])
		f.zero(t[i])
	}
	f.block("sums of g and of g·x̂; gradients of gamma and beta")
	f.loop(2, func() {
		d, h, g := f.get("DX"), f.get("SI"), f.get("R8")
		f.op("VSUBPS", mean, h, h)
		f.op("VMULPS", rstd, h, h)
		f.op("VMULPS", d, g, g)
		f.op("VADDPS", g, s[f.at], s[f.at])
		f.op("VFMADD231PS", g, h, t[f.at])
		f.drop(g)
		sum := f.get("R9")
		f.op("VFMADD231PS", d, h, sum)
		f.put(sum, "R9")
		f.drop(sum, h)
		sum = f.get("R10")
		f.op("VADDPS", d, sum, sum)
		f.put(sum, "R10")
		f.drop(sum, d)
	})
	f.total(s, part)
	f.total(t, part)
	f.drop(part)
	f.block("gradient of x")
	f.load("len dx", "CX")
	f.loop(2, func() {
		g, h, d := f.get("R8"), f.get("SI"), f.source("DX")
		f.op("VSUBPS", mean, h, h)
		f.op("VMULPS", rstd, h, h)
		f.op("VMULPS", d, g, g)
		f.op("VSUBPS", s[0], g, g)
		f.op("VFNMADD231PS", t[0], h, g)
		f.op("VMULPS", rstd, g, g)
		f.put(g, "DI")
		f.drop(g, h)
		f.discard(d)
	})
}
