package main

import "fmt"

// dropout serves groups of 64 elements: 16 counters, whose word w belongs to
// elements 16w to 16w+15 (Philox4x32-10, Salmon et al. 2011).
func (u *unit) dropout() {
	u.function("dropout", "(dst, x []float32, first uint64, key0, key1, threshold uint32, scale float32)", "is dst = x·scale where the word of the position is not below threshold, else 0; for whole groups.", 0, func(f *fn) {
		f.slices("dst", "DI", "x", "SI")
		f.load("first", "R8")
		f.op("SHLQ", 4, "R8")
		p := philox{fn: f, first: f.vec(), second: f.vec()}
		f.spread(constant(0xD2511F53), p.first)
		f.spread(constant(0xCD9E8D57), p.second)
		if f.wide() {
			f.op("MOVL", "$0xaaaa", "BX")
			f.op("KMOVW", "BX", "K3")
		}
		next, done := f.fresh("group"), f.fresh("done")
		f.block("a group of 64 elements")
		f.mark(next)
		f.op("CMPQ", "CX", 64)
		f.op("JLT", done)
		for half := 0; half < 16; half += f.lanes {
			p.lanesFrom(half)
		}
		f.op("ADDQ", 256, "SI")
		f.op("ADDQ", 256, "DI")
		f.op("ADDQ", 16, "R8")
		f.op("SUBQ", 64, "CX")
		f.op("JMP", next)
		f.mark(done)
	})
}

type philox struct {
	*fn
	first, second vec // the multipliers
}

// lanesFrom does as many counters as a register has lanes, from number at of the group.
func (p philox) lanesFrom(at int) {
	f := p.fn
	c := f.vecs(4)
	f.block(fmt.Sprintf("counters from %d", at))
	f.op("MOVQ", "R8", "BX")
	f.op("ADDQ", at, "BX")
	f.op("VMOVQ", "BX", x(c[0]))
	f.op("SHRQ", "$32", "BX")
	f.op("VMOVQ", "BX", x(c[1]))
	f.op("VPBROADCASTD", x(c[0]), c[0])
	f.op("VPBROADCASTD", x(c[1]), c[1])
	f.op("VPADDD", "lanes"+f.name+"<>+0(SB)", c[0], c[0])
	f.zero(c[2])
	f.zero(c[3])
	key := [2]vec{f.heldArg("key0"), f.heldArg("key1")}
	for round := range 10 {
		if round > 0 {
			f.op("VPADDD", constant(0x9E3779B9), key[0], key[0])
			f.op("VPADDD", constant(0xBB67AE85), key[1], key[1])
		}
		c = p.round(c, key)
	}
	f.drop(key[:]...)
	f.block("words below the threshold drop their element")
	threshold, scale := f.heldArg("threshold"), f.heldArg("scale")
	for w, v := range c {
		place := 4 * (16*w + at)
		if f.wide() {
			f.op("VPCMPUD", "$5", threshold, v, "K2") // not less
			f.op("VMULPS.Z", mem(fmt.Sprintf("%d(SI)", place)), scale, "K2", v)
		} else {
			t := f.vec()
			f.op("VPMAXUD", threshold, v, t)
			f.op("VPCMPEQD", v, t, v)
			f.op("VMULPS", mem(fmt.Sprintf("%d(SI)", place)), scale, t)
			f.op("VANDPS", t, v, v)
			f.drop(t)
		}
		f.op("VMOVUPS", v, mem(fmt.Sprintf("%d(DI)", place)))
	}
	f.drop(threshold, scale)
	f.drop(c...)
}

// round is one round of Philox; it takes the counters and gives the new ones.
func (p philox) round(c []vec, key [2]vec) []vec {
	f := p.fn
	h0, l0 := p.product(c[0], p.first)
	h1, l1 := p.product(c[2], p.second)
	f.op("VXORPS", c[1], h1, h1)
	f.op("VXORPS", key[0], h1, h1)
	f.op("VXORPS", c[3], h0, h0)
	f.op("VXORPS", key[1], h0, h0)
	f.drop(c...)
	return []vec{h1, l1, h0, l0}
}

// product is the upper and lower words of a·b in each lane.
func (p philox) product(a, b vec) (high, low vec) {
	f := p.fn
	even, odd := f.vec(), f.vec()
	f.op("VPMULUDQ", a, b, even)
	f.op("VPSRLQ", "$32", a, odd)
	f.op("VPMULUDQ", odd, b, odd)
	high, low = f.vec(), f.vec()
	f.op("VPSRLQ", "$32", even, high)
	f.op("VPSLLQ", "$32", odd, low)
	if f.wide() {
		f.op("VPBLENDMD", odd, high, "K3", high)
		f.op("VPBLENDMD", low, even, "K3", low)
	} else {
		f.op("VPBLENDD", "$0xaa", odd, high, high)
		f.op("VPBLENDD", "$0xaa", low, even, low)
	}
	f.drop(even, odd)
	return high, low
}
