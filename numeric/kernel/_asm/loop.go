package main

import "fmt"

// General registers of the loops: AX counts bytes into each slice, CX counts
// elements left, BX is for masks.

// here is the address of the current vector of a slice whose base is in reg.
func (f *fn) here(reg string) mem { return atIndex(reg, "AX", 1, f.at*f.bytes()) }

// get loads the current vector; lanes beyond the end are 0.
func (f *fn) get(reg string) vec {
	v := f.vec()
	switch {
	case f.tail && f.wide():
		f.op("VMOVUPS.Z", f.here(reg), "K1", v)
	case f.tail:
		f.op("VMASKMOVPS", f.here(reg), f.mask, v)
	default:
		f.op("VMOVUPS", f.here(reg), v)
	}
	return v
}

// put stores the current vector, but not what lies beyond the end.
func (f *fn) put(v vec, reg string) {
	switch {
	case f.tail && f.wide():
		f.op("VMOVUPS", v, "K1", f.here(reg))
	case f.tail:
		f.op("VMASKMOVPS", v, f.mask, f.here(reg))
	default:
		f.op("VMOVUPS", v, f.here(reg))
	}
}

// source is the current vector as an operand: memory where possible, else a
// register that the caller drops with discard.
func (f *fn) source(reg string) any {
	if f.tail {
		return f.get(reg)
	}
	return f.here(reg)
}

func (f *fn) discard(operand any) {
	if v, ok := operand.(vec); ok {
		f.drop(v)
	}
}

// only clears the lanes beyond the end.
func (f *fn) only(v vec) {
	switch {
	case f.tail && f.wide():
		f.op("VMOVAPS.Z", v, "K1", v)
	case f.tail:
		f.op("VANDPS", f.mask, v, v)
	}
}

// orElse puts other into the lanes beyond the end.
func (f *fn) orElse(v, other vec) {
	switch {
	case f.tail && f.wide():
		f.op("VBLENDMPS", v, other, "K1", v)
	case f.tail:
		f.op("VBLENDVPS", f.mask, v, other, v)
	}
}

// loop runs body for the vectors of CX elements, unroll vectors at a time,
// then one at a time, then for the partial one. It begins at byte AX = 0.
func (f *fn) loop(unroll int, body func()) {
	many, one, rest, done := f.fresh("many"), f.fresh("one"), f.fresh("rest"), f.fresh("done")
	f.op("XORQ", "AX", "AX")
	if unroll > 1 {
		f.block(fmt.Sprintf("%d vectors at a time", unroll))
		f.mark(many)
		f.op("CMPQ", "CX", unroll*f.lanes)
		f.op("JLT", one)
		for f.at = 0; f.at < unroll; f.at++ {
			body()
		}
		f.at = 0
		f.op("ADDQ", unroll*f.bytes(), "AX")
		f.op("SUBQ", unroll*f.lanes, "CX")
		f.op("JMP", many)
	}
	f.block("one vector at a time")
	f.mark(one)
	f.op("CMPQ", "CX", f.lanes)
	f.op("JLT", rest)
	body()
	f.op("ADDQ", f.bytes(), "AX")
	f.op("SUBQ", f.lanes, "CX")
	f.op("JMP", one)
	f.block("the partial vector")
	f.mark(rest)
	f.op("TESTQ", "CX", "CX")
	f.op("JEQ", done)
	f.maskFor("CX", "BX")
	f.tail = true
	body()
	f.tail = false
	if !f.wide() {
		f.drop(f.mask)
	}
	f.mark(done)
}

// maskFor turns on as many lanes as the register says: 1 to lanes-1. It
// destroys that register and the free one.
func (f *fn) maskFor(count, free string) {
	if f.wide() {
		f.op("MOVL", "$1", free)
		f.op("SHLL", count, free)
		f.op("DECL", free)
		f.op("KMOVW", free, "K1")
		return
	}
	f.mask = f.vec()
	f.op("NEGQ", count)
	f.op("LEAQ", "tail<>+32(SB)", free)
	f.op("VMOVUPS", atIndex(free, count, 4, 0), f.mask)
}

// fold adds (or whatever op says) the lanes of v; the result is in every lane
// of its lowest 128 bits. The order is: halves upon each other until one is left.
func (f *fn) fold(op string, v vec) {
	t := f.vec()
	if f.wide() {
		f.op("VEXTRACTF64X4", 1, v, y(t))
		f.op(op, y(t), y(v), y(v))
	}
	f.op("VEXTRACTF128", 1, y(v), x(t))
	f.op(op, x(t), x(v), x(v))
	f.op("VPERMILPS", "$0x4e", x(v), x(t))
	f.op(op, x(t), x(v), x(v))
	f.op("VPERMILPS", "$0xb1", x(v), x(t))
	f.op(op, x(t), x(v), x(v))
	f.drop(t)
}

// join folds several registers into the first one.
func (f *fn) join(op string, list []vec) {
	for n := len(list); n > 1; n /= 2 {
		for i := range n / 2 {
			f.op(op, list[i+n/2], list[i], list[i])
		}
	}
}

// atLeast is a mask of the lanes in which a ≥ b; a NaN is not.
func (f *fn) atLeast(a vec, b any) lanesMask {
	return f.compare("$0x1d", a, b) // GE, ordered, quiet
}

// less is a mask of the lanes in which a < b; a NaN is not.
func (f *fn) less(a vec, b any) lanesMask {
	return f.compare("$0x11", a, b) // LT, ordered, quiet
}

// lanesMask is a register of lanes (AVX2) or K2 (AVX-512): one at a time.
type lanesMask struct{ v vec }

func (f *fn) compare(how string, a vec, b any) lanesMask {
	if f.wide() {
		f.op("VCMPPS", how, b, a, "K2")
		return lanesMask{}
	}
	m := lanesMask{f.vec()}
	f.op("VCMPPS", how, b, a, m.v)
	return m
}

// keep clears the lanes of v that are not in the mask, and ends the mask.
func (f *fn) keep(m lanesMask, v vec) {
	if f.wide() {
		f.op("VMOVAPS.Z", v, "K2", v)
		return
	}
	f.op("VANDPS", m.v, v, v)
	f.drop(m.v)
}

// choose puts a where the mask is on and b elsewhere into b, and ends the mask.
func (f *fn) choose(m lanesMask, a, b vec) {
	if f.wide() {
		f.op("VBLENDMPS", a, b, "K2", b)
		return
	}
	f.op("VBLENDVPS", m.v, a, b, b)
	f.drop(m.v)
}
