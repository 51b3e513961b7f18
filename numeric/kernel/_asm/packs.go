package main

import "fmt"

// packs copy pieces of B to panels.
func (u *unit) packs() {
	_, cols := u.tile()
	u.function("pack", "(dst, b []float32, k, ldb, panels int)", "copies k rows, ldb apart, to that many panels (k, columns) one after the other.", 0, func(f *fn) {
		f.load("dst", "DI")
		f.load("b", "SI")
		f.load("k", "CX")
		f.load("ldb", "DX")
		f.load("panels", "R8")
		f.op("SHLQ", 2, "DX")
		f.op("MOVQ", "CX", "R9")
		f.op("IMULQ", cols*f.bytes(), "R9") // bytes of a panel
		row, panel, done := f.fresh("row"), f.fresh("panel"), f.fresh("done")
		f.block("one row: SI and DI stay, R10 and R11 walk along it")
		f.mark(row)
		f.op("TESTQ", "CX", "CX")
		f.op("JEQ", done)
		f.op("MOVQ", "SI", "R10")
		f.op("MOVQ", "DI", "R11")
		f.op("MOVQ", "R8", "AX")
		f.block("one panel's part of it")
		f.mark(panel)
		list := f.vecs(cols)
		f.ahead()
		for i, v := range list {
			f.op("VMOVUPS", at("R10", i*f.bytes()), v)
		}
		for i, v := range list {
			f.op("VMOVUPS", v, at("R11", i*f.bytes()))
		}
		f.op("ADDQ", cols*f.bytes(), "R10")
		f.op("ADDQ", "R9", "R11")
		f.op("DECQ", "AX")
		f.op("JNE", panel)
		f.op("ADDQ", "DX", "SI")
		f.op("ADDQ", cols*f.bytes(), "DI")
		f.op("DECQ", "CX")
		f.op("JMP", row)
		f.mark(done)
	})
	u.function("packTiles", "(dst, a []float32, k, lda, rows, count, apart int)", "copies k rows, lda apart, of count·rows columns to count tiles (k, rows), apart elements from one another. It writes up to a register less one element beyond a tile.", 0, (*fn).packTiles)
	u.function("packTransposed", "(dst, b []float32, k, ldb, rows int)", "copies 8 columns of a panel: column j is row min(j, rows-1) of b, rows ldb apart. k counts down in eights; what is left of k is not done.", 0, (*fn).packTransposed)
}

// ahead fetches what is eight rows below R10: rows lie too far apart for the
// processor to foresee them.
func (f *fn) ahead() { f.op("PREFETCHT0", atIndex("R10", "DX", 8, 0)) }

// packTiles reads with a mask, since A may end behind the columns, and writes
// whole registers, of which the next row hides what is too much.
func (f *fn) packTiles() {
	f.load("rows", "CX")
	f.op("MOVQ", "CX", "R8")
	f.op("SHLQ", 2, "R8") // bytes of a row of a tile
	f.maskFor("CX", "BX")
	f.load("dst", "DI")
	f.load("a", "SI")
	f.load("k", "CX")
	f.load("lda", "DX")
	f.op("SHLQ", 2, "DX")
	f.load("apart", "R9")
	f.op("SHLQ", 2, "R9")
	row, tile, done := f.fresh("row"), f.fresh("tile"), f.fresh("done")
	f.block("one row: SI and DI stay, R10 and R11 walk along it")
	f.mark(row)
	f.op("TESTQ", "CX", "CX")
	f.op("JEQ", done)
	f.op("MOVQ", "SI", "R10")
	f.op("MOVQ", "DI", "R11")
	f.load("count", "AX")
	f.block("one tile's part of it")
	f.mark(tile)
	v := f.vec()
	f.ahead()
	if f.wide() {
		f.op("VMOVUPS.Z", at("R10", 0), "K1", v)
	} else {
		f.op("VMASKMOVPS", at("R10", 0), f.mask, v)
	}
	f.op("VMOVUPS", v, at("R11", 0))
	f.op("ADDQ", "R8", "R10")
	f.op("ADDQ", "R9", "R11")
	f.op("DECQ", "AX")
	f.op("JNE", tile)
	f.op("ADDQ", "DX", "SI")
	f.op("ADDQ", "R8", "DI")
	f.op("DECQ", "CX")
	f.op("JMP", row)
	f.mark(done)
}

// rowPointers are the registers that walk the eight rows.
var rowPointers = []string{"SI", "R8", "R9", "R10", "R11", "R12", "R13", "AX"}

// packTransposed turns blocks of 8×8, with 256-bit registers at any level.
func (f *fn) packTransposed() {
	width := f.panelBytes()
	f.load("dst", "DI")
	f.load("b", "SI")
	f.load("k", "CX")
	f.load("ldb", "DX")
	f.load("rows", "BX")
	f.op("SHLQ", 2, "DX")
	f.block("where the rows are; beyond the last one, the last one again")
	for i := 1; i < 8; i++ {
		f.op("LEAQ", atIndex(rowPointers[i-1], "DX", 1, 0), rowPointers[i])
		f.op("CMPQ", "BX", i)
		f.op("CMOVQLE", rowPointers[i-1], rowPointers[i])
	}
	next, done := f.fresh("block"), f.fresh("done")
	f.block("a block of 8×8: pairs, then fours, then halves change places")
	f.mark(next)
	f.op("CMPQ", "CX", 8)
	f.op("JLT", done)
	f.transpose(func(i int) mem { return at(rowPointers[i], 0) }, func(i int) mem { return at("DI", i*width) })
	for _, p := range rowPointers {
		f.op("ADDQ", 32, p)
	}
	f.op("ADDQ", 8*width, "DI")
	f.op("SUBQ", 8, "CX")
	f.op("JMP", next)
	f.mark(done)
}

// transpose moves 8×8 elements from rows to columns.
func (f *fn) transpose(from, to func(i int) mem) {
	r := make([]string, 8)
	t := make([]string, 8)
	for i := range 8 {
		r[i], t[i] = fmt.Sprintf("Y%d", i), fmt.Sprintf("Y%d", 8+i)
		f.op("VMOVUPS", from(i), r[i])
	}
	for i := 0; i < 8; i += 2 {
		f.op("VUNPCKLPS", r[i+1], r[i], t[i])
		f.op("VUNPCKHPS", r[i+1], r[i], t[i+1])
	}
	for i := 0; i < 8; i += 4 {
		f.op("VSHUFPS", "$0x44", t[i+2], t[i], r[i])
		f.op("VSHUFPS", "$0xee", t[i+2], t[i], r[i+1])
		f.op("VSHUFPS", "$0x44", t[i+3], t[i+1], r[i+2])
		f.op("VSHUFPS", "$0xee", t[i+3], t[i+1], r[i+3])
	}
	for i := range 4 {
		f.op("VPERM2F128", "$0x20", r[i+4], r[i], t[i])
		f.op("VPERM2F128", "$0x31", r[i+4], r[i], t[i+4])
	}
	for i := range 8 {
		f.op("VMOVUPS", t[i], to(i))
	}
}
