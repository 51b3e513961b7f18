package main

// peak does nothing but multiply and add, in as many independent sums as the
// product's tile has: the most that a product can reach.
func (u *unit) peak() {
	u.function("peak", "(n int)", "does n rounds of as many independent fused products as the largest tile has.", 0, func(f *fn) {
		f.load("n", "CX")
		rows, cols := f.tile()
		a, b := f.vec(), f.vec()
		f.zero(a)
		f.zero(b)
		acc := f.vecs(rows * cols)
		for _, v := range acc {
			f.zero(v)
		}
		next, done := f.fresh("round"), f.fresh("done")
		f.block("one round")
		f.mark(next)
		f.op("TESTQ", "CX", "CX")
		f.op("JEQ", done)
		for _, v := range acc {
			f.op("VFMADD231PS", a, b, v)
		}
		f.op("DECQ", "CX")
		f.op("JMP", next)
		f.mark(done)
	})
}
