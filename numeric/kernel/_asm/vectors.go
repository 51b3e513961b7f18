package main

// vectors are the kernels that do one or two operations on an element.
func (u *unit) vectors() {
	for _, k := range []struct{ name, op, doc string }{
		{"add", "VADDPS", "is dst = a + b."},
		{"sub", "VSUBPS", "is dst = a - b."},
		{"mul", "VMULPS", "is dst = a · b."},
	} {
		u.function(k.name, "(dst, a, b []float32)", k.doc, 0, func(f *fn) {
			f.slices("dst", "DI", "a", "SI", "b", "DX")
			f.loop(4, func() {
				a, b := f.get("SI"), f.source("DX")
				f.op(k.op, b, a, a)
				f.put(a, "DI")
				f.drop(a)
				f.discard(b)
			})
		})
	}
	u.function("scale", "(dst, x []float32, s float32)", "is dst = s·x.", 0, func(f *fn) {
		f.slices("dst", "DI", "x", "SI")
		s := f.heldArg("s")
		f.loop(4, func() {
			v := f.get("SI")
			f.op("VMULPS", v, s, v)
			f.put(v, "DI")
			f.drop(v)
		})
	})
	u.function("axpy", "(dst, x []float32, s float32)", "is dst += s·x, fused.", 0, func(f *fn) {
		f.slices("dst", "DI", "x", "SI")
		s := f.heldArg("s")
		f.loop(4, func() {
			d, v := f.get("DI"), f.source("SI")
			f.op("VFMADD231PS", v, s, d)
			f.put(d, "DI")
			f.drop(d)
			f.discard(v)
		})
	})
}

// slices loads the bases of slices to registers, and the length of the first to CX.
func (f *fn) slices(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		f.load(pairs[i], pairs[i+1])
	}
	f.load("len "+pairs[0], "CX")
}

// reductions make one number of a slice.
func (u *unit) reductions() {
	u.function("dot", "(a, b []float32) float32", "is Σ a·b, in four times as many partial sums as a register has lanes.", 0, func(f *fn) {
		f.slices("a", "SI", "b", "DX")
		f.reduce("VADDPS", "ret", func(acc vec) {
			a, b := f.get("SI"), f.source("DX")
			f.op("VFMADD231PS", b, a, acc)
			f.drop(a)
			f.discard(b)
		})
	})
	u.function("sum", "(x []float32) float32", "is Σ x, in as many partial sums as dot has.", 0, func(f *fn) {
		f.slices("x", "SI")
		f.reduce("VADDPS", "ret", func(acc vec) {
			v := f.source("SI")
			f.op("VADDPS", v, acc, acc)
			f.discard(v)
		})
	})
	u.function("sumSquares", "(x []float32) float64", "is Σ x² in float64.", 0, (*fn).sumSquares)
	u.function("maxAbs", "(x []float32) float32", "is the largest |x|; a NaN is.", 0, func(f *fn) {
		f.slices("x", "SI")
		f.largest(0, func(v vec) { f.op("VANDPS", constant(0x7fffffff), v, v) })
	})
	u.function("max", "(x []float32) float32", "is the largest x, -Inf for none; a NaN is.", 0, func(f *fn) {
		f.slices("x", "SI")
		f.largest(0xff800000, func(vec) {})
	})
}

// reduce runs body over all vectors with four accumulators and returns their sum.
func (f *fn) reduce(op, result string, body func(acc vec)) {
	acc := f.vecs(4)
	for _, v := range acc {
		f.zero(v)
	}
	f.loop(4, func() { body(acc[f.at]) })
	f.block("partial sums upon each other")
	f.join(op, acc)
	f.fold(op, acc[0])
	f.op("VMOVSS", x(acc[0]), f.arg(result))
}

// largest returns the largest element, beginning with low. MAX gives its last
// source if one is a NaN, so a NaN that the maximum meets would be lost: lanes
// that are not equal to themselves are gathered apart.
func (f *fn) largest(low constant, prepare func(v vec)) {
	acc, start, nan := f.vecs(4), f.held(low), f.vec()
	f.zero(nan)
	for _, v := range acc {
		f.op("VMOVAPS", start, v)
	}
	f.loop(4, func() {
		v := f.get("SI")
		prepare(v)
		f.orElse(v, start)
		f.op("VMAXPS", v, acc[f.at], acc[f.at])
		f.unordered(v, nan)
		f.drop(v)
	})
	f.block("partial maxima upon each other; NaN if one was met")
	f.join("VMAXPS", acc)
	f.fold("VMAXPS", acc[0])
	f.fold("VORPS", nan)
	f.op("VORPS", x(nan), x(acc[0]), x(acc[0]))
	f.op("VMOVSS", x(acc[0]), f.arg("ret"))
}

// unordered sets all bits of nan in the lanes where v is a NaN.
func (f *fn) unordered(v, nan vec) {
	if f.wide() {
		f.op("VCMPPS", "$3", v, v, "K2")
		f.op("VPTERNLOGD", "$0xff", nan, nan, "K2", nan)
		return
	}
	t := f.vec()
	f.op("VCMPPS", "$3", v, v, t)
	f.op("VORPS", t, nan, nan)
	f.drop(t)
}

// sumSquares widens each half of a vector to float64.
func (f *fn) sumSquares() {
	f.slices("x", "SI")
	acc := f.vecs(4)
	for _, v := range acc {
		f.zero(v)
	}
	f.loop(2, func() {
		v, wide := f.get("SI"), f.vec()
		half := func(i int) string { return y(v) }
		if !f.wide() {
			half = func(i int) string { return x(v) }
		}
		f.op("VCVTPS2PD", half(0), wide)
		f.op("VFMADD231PD", wide, wide, acc[2*f.at])
		if f.wide() {
			f.op("VEXTRACTF64X4", 1, v, y(v))
		} else {
			f.op("VEXTRACTF128", 1, y(v), x(v))
		}
		f.op("VCVTPS2PD", half(1), wide)
		f.op("VFMADD231PD", wide, wide, acc[2*f.at+1])
		f.drop(v, wide)
	})
	f.block("partial sums upon each other")
	f.join("VADDPD", acc)
	a, t := acc[0], acc[1]
	if f.wide() {
		f.op("VEXTRACTF64X4", 1, a, y(t))
		f.op("VADDPD", y(t), y(a), y(a))
	}
	f.op("VEXTRACTF128", 1, y(a), x(t))
	f.op("VADDPD", x(t), x(a), x(a))
	f.op("VPERMILPS", "$0x4e", x(a), x(t))
	f.op("VADDPD", x(t), x(a), x(a))
	f.op("VMOVSD", x(a), f.arg("ret"))
}
