package main

// optimizers move weights; c points to the factors, whose fields stand in the
// order of the structs in optimizer.go.
func (u *unit) optimizers() {
	u.function("adam", "(w, g, m, v []float32, c *adamFactors)", "moves w by Adam or AdamW.", 0, (*fn).adam)
	u.function("momentum", "(w, g, u []float32, c *momentumFactors)", "moves w by SGD with momentum.", 0, (*fn).momentum)
	u.function("adagrad", "(w, g, sum []float32, c *adagradFactors)", "moves w by Adagrad.", 0, (*fn).adagrad)
}

// factor spreads field i of the factors into a fresh register. It is read
// again in each turn: a load costs nothing where memory is the limit.
func (f *fn) factor(i int) vec {
	v := f.vec()
	f.op("VBROADCASTSS", at("R11", 4*i), v)
	return v
}

// gradient is gradScale·g + l2·w, the first two factors.
func (f *fn) gradient(w vec) vec {
	l2, scale, g := f.factor(1), f.factor(0), f.source("DX")
	f.op("VMULPS", w, l2, l2)
	f.op("VFMADD231PS", g, scale, l2)
	f.drop(scale)
	f.discard(g)
	return l2
}

func (f *fn) adam() {
	f.slices("w", "DI", "g", "DX", "m", "R8", "v", "R9")
	f.load("c", "R11")
	f.loop(1, func() {
		w := f.get("DI")
		d := f.gradient(w)
		m, beta, rest := f.get("R8"), f.factor(2), f.factor(3)
		f.op("VMULPS", beta, m, m)
		f.op("VFMADD231PS", d, rest, m)
		f.put(m, "R8")
		f.drop(beta, rest)
		v, beta, rest := f.get("R9"), f.factor(4), f.factor(5)
		f.op("VMULPS", d, d, d)
		f.op("VMULPS", beta, v, v)
		f.op("VFMADD231PS", d, rest, v)
		f.put(v, "R9")
		f.drop(beta, rest, d)
		correction, epsilon := f.factor(6), f.factor(7)
		f.op("VSQRTPS", v, v)
		f.op("VFMADD213PS", epsilon, correction, v)
		f.op("VDIVPS", v, m, m)
		f.drop(correction, epsilon, v)
		keep, rate := f.factor(8), f.factor(9)
		f.op("VMULPS", keep, w, w)
		f.op("VFNMADD231PS", m, rate, w)
		f.put(w, "DI")
		f.drop(keep, rate, w, m)
	})
}

func (f *fn) momentum() {
	f.slices("w", "DI", "g", "DX", "u", "R8")
	f.load("c", "R11")
	f.loop(1, func() {
		w := f.get("DI")
		d := f.gradient(w)
		u, by := f.get("R8"), f.factor(2)
		f.op("VFMADD213PS", d, by, u)
		f.put(u, "R8")
		f.drop(by)
		here, ahead, rate := f.factor(3), f.factor(4), f.factor(5)
		f.op("VMULPS", here, d, d)
		f.op("VFMADD231PS", u, ahead, d)
		f.op("VFNMADD231PS", d, rate, w)
		f.put(w, "DI")
		f.drop(here, ahead, rate, w, d, u)
	})
}

func (f *fn) adagrad() {
	f.slices("w", "DI", "g", "DX", "sum", "R8")
	f.load("c", "R11")
	f.loop(1, func() {
		w := f.get("DI")
		d := f.gradient(w)
		sum := f.get("R8")
		f.op("VFMADD231PS", d, d, sum)
		f.put(sum, "R8")
		epsilon, rate := f.factor(2), f.factor(3)
		f.op("VSQRTPS", sum, sum)
		f.op("VADDPS", epsilon, sum, sum)
		f.op("VDIVPS", sum, d, d)
		f.op("VFNMADD231PS", d, rate, w)
		f.put(w, "DI")
		f.drop(epsilon, rate, w, d, sum)
	})
}
