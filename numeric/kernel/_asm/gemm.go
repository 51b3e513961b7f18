package main

import "fmt"

// tile is the largest tile of C: rows, and columns in registers.
func (t target) tile() (rows, cols int) {
	if t.wide() {
		return 12, 2
	}
	return 6, 2
}

func (t target) panelBytes() int { _, c := t.tile(); return c * t.bytes() }

// Offsets in gemmArgs, which BX points to.
const (
	argA, argB, argC, argD  = 0, 24, 48, 72
	argRS, argKS, argBS     = 96, 104, 112
	argCS, argDS, argK      = 120, 128, 136
	argN, argRows, argTiles = 144, 152, 160
	argStep, argAlpha       = 168, 176
)

// The frame: where the current tile is, and how many are left.
const frameA, frameC, frameD, frameLeft, frameSize = 0, 8, 16, 24, 32

// gemm is the inner kernel of the matrix product. It has one body for each
// number of rows of a tile and each number of registers of a row; each body
// holds its tile of C in registers while it walks along k.
func (u *unit) gemm() {
	u.function("gemm", "(p *gemmArgs)", "does what gemmGo does, a tile at a time.", frameSize, func(f *fn) {
		rows, cols := f.tile()
		f.load("p", "BX")
		f.op("MOVQ", at("BX", argA), "AX")
		f.op("MOVQ", "AX", at("SP", frameA))
		f.op("MOVQ", at("BX", argC), "AX")
		f.op("MOVQ", "AX", at("SP", frameC))
		f.op("MOVQ", at("BX", argD), "AX")
		f.op("MOVQ", "AX", at("SP", frameD))
		f.op("MOVQ", at("BX", argTiles), "AX")
		f.op("MOVQ", "AX", at("SP", frameLeft))
		f.op("MOVQ", at("BX", argN), "R13")
		f.op("MOVQ", at("BX", argRows), "AX")
		end := "end"
		for c := cols; c >= 1; c-- {
			f.block(fmt.Sprintf("%d registers a row: which height?", c))
			f.mark(fmt.Sprintf("width%d", c))
			if c > 1 {
				f.op("CMPQ", "R13", (c-1)*f.lanes)
				f.op("JLE", fmt.Sprintf("width%d", c-1))
			}
			for r := rows; r >= 1; r-- {
				f.op("CMPQ", "AX", r)
				f.op("JEQ", fmt.Sprintf("tile%dx%d", r, c))
			}
			f.op("JMP", end)
		}
		for c := cols; c >= 1; c-- {
			for r := rows; r >= 1; r-- {
				t := tileBody{fn: f, rows: r, cols: c, end: end}
				t.write()
			}
		}
		f.block("all done")
		f.mark(end)
	})
}

// tileBody writes the body for one shape of tile.
type tileBody struct {
	*fn
	rows, cols int
	end        string
	acc        [][]vec
}

// rowBases walk rows 0, 3, 6 and 9 of a tile; a row between is reached by one
// or two strides, which R8 holds.
var rowBases = []string{"SI", "DI", "R11", "R12"}

// row is the address of row i.
func row(i, offset int) mem {
	if i%3 == 0 {
		return at(rowBases[i/3], offset)
	}
	return atIndex(rowBases[i/3], "R8", i%3, offset)
}

func (t *tileBody) name(part string) string { return fmt.Sprintf("%s%dx%d", part, t.rows, t.cols) }

func (t *tileBody) write() {
	taken := t.vecs(t.rows * t.cols)
	defer t.drop(taken...)
	t.acc = make([][]vec, t.rows)
	for i := range t.acc {
		t.acc[i] = taken[i*t.cols : (i+1)*t.cols]
	}
	t.block(fmt.Sprintf("tile of %d rows, %d registers wide: A in SI…, B in DX, strides R8 R9 R10, k in CX", t.rows, t.cols))
	t.mark(t.name("tile"))
	t.start()
	t.walk()
	t.result()
	t.next()
}

// start points to the first elements and clears the sums.
func (t *tileBody) start() {
	t.op("MOVQ", at("BX", argKS), "R9")
	t.op("SHLQ", 2, "R9")
	t.op("MOVQ", at("BX", argBS), "R10")
	t.op("SHLQ", 2, "R10")
	t.op("MOVQ", at("BX", argRS), "R8")
	t.op("SHLQ", 2, "R8")
	t.op("MOVQ", at("SP", frameA), "SI")
	t.bases()
	t.op("MOVQ", at("BX", argB), "DX")
	t.op("MOVQ", at("BX", argK), "CX")
	for _, r := range t.acc {
		for _, v := range r {
			t.zero(v)
		}
	}
}

// bases sets the other row bases from the first one and R8. It uses AX.
func (t *tileBody) bases() {
	if t.rows > 3 {
		t.op("LEAQ", "(R8)(R8*2)", "AX")
	}
	for i := 3; i < t.rows; i += 3 {
		t.op("LEAQ", atIndex(rowBases[i/3-1], "AX", 1, 0), rowBases[i/3])
	}
}

// walk goes along k.
func (t *tileBody) walk() {
	t.op("TESTQ", "CX", "CX")
	t.op("JEQ", t.name("sum"))
	t.mark(t.name("walk"))
	b, a := t.vecs(t.cols), t.vec()
	for j, v := range b {
		t.op("VMOVUPS", at("DX", j*t.bytes()), v)
	}
	t.op("ADDQ", "R10", "DX")
	for i, r := range t.acc {
		t.op("VBROADCASTSS", row(i, 0), a)
		for j, v := range r {
			t.op("VFMADD231PS", b[j], a, v)
		}
	}
	t.drop(a)
	t.drop(b...)
	for i := 0; i < t.rows; i += 3 {
		t.op("ADDQ", "R9", rowBases[i/3])
	}
	t.op("DECQ", "CX")
	t.op("JNE", t.name("walk"))
	t.mark(t.name("sum"))
}

// result multiplies with alpha, adds D, and stores the tile.
func (t *tileBody) result() {
	alpha := t.vec()
	t.op("VBROADCASTSS", at("BX", argAlpha), alpha)
	for _, r := range t.acc {
		for _, v := range r {
			t.op("VMULPS", alpha, v, v)
		}
	}
	t.drop(alpha)
	t.block("full width or not?")
	t.op("MOVQ", "R13", "CX")
	t.op("SUBQ", (t.cols-1)*t.lanes, "CX")
	t.op("CMPQ", "CX", t.lanes)
	t.op("JNE", t.name("narrow"))
	t.addD(false)
	t.toC()
	for i, r := range t.acc {
		for j, v := range r {
			t.op("VMOVUPS", v, row(i, j*t.bytes()))
		}
	}
	t.op("JMP", t.name("next"))
	t.block("the last register is partial: CX lanes")
	t.mark(t.name("narrow"))
	t.op("MOVQ", "CX", "DX")
	t.maskFor("CX", "AX")
	t.addD(true)
	t.toC()
	if t.wide() {
		t.storeMasked()
	} else {
		t.drop(t.mask)
		t.storeByBits()
	}
	t.mark(t.name("next"))
}

// addD adds D, if there is one, to the sums.
func (t *tileBody) addD(partial bool) {
	skip := t.fresh("plain")
	t.op("MOVQ", at("SP", frameD), "SI")
	t.op("TESTQ", "SI", "SI")
	t.op("JEQ", skip)
	t.op("MOVQ", at("BX", argDS), "R8")
	t.op("SHLQ", 2, "R8")
	t.bases()
	for i, r := range t.acc {
		for j, v := range r {
			from := row(i, j*t.bytes())
			if !partial || j < t.cols-1 {
				t.op("VADDPS", from, v, v)
				continue
			}
			d := t.vec()
			if t.wide() {
				t.op("VMOVUPS.Z", from, "K1", d)
			} else {
				t.op("VMASKMOVPS", from, t.mask, d)
			}
			t.op("VADDPS", d, v, v)
			t.drop(d)
		}
	}
	t.mark(skip)
}

// toC points the row bases to C.
func (t *tileBody) toC() {
	t.op("MOVQ", at("SP", frameC), "SI")
	t.op("MOVQ", at("BX", argCS), "R8")
	t.op("SHLQ", 2, "R8")
	t.bases()
}

func (t *tileBody) storeMasked() {
	for i, r := range t.acc {
		for j, v := range r {
			if j < t.cols-1 {
				t.op("VMOVUPS", v, row(i, j*t.bytes()))
			} else {
				t.op("VMOVUPS", v, "K1", row(i, j*t.bytes()))
			}
		}
	}
}

// storeByBits stores four, two and one lanes of the last registers as the bits
// of DX say: masked stores are slow on some processors.
func (t *tileBody) storeByBits() {
	last := (t.cols - 1) * t.bytes()
	for i, r := range t.acc {
		for j, v := range r[:t.cols-1] {
			t.op("VMOVUPS", v, row(i, j*t.bytes()))
		}
	}
	for _, part := range []struct {
		lanes int
		store string
	}{{4, "VMOVUPS"}, {2, "VMOVLPS"}, {1, "VMOVSS"}} {
		skip := t.fresh("bit")
		t.op("TESTQ", part.lanes, "DX")
		t.op("JEQ", skip)
		for i, r := range t.acc {
			v := r[t.cols-1]
			t.op(part.store, x(v), row(i, last))
			switch part.lanes {
			case 4:
				t.op("VEXTRACTF128", 1, y(v), x(v))
			case 2:
				t.op("VPERMILPS", "$0x4e", x(v), x(v))
			}
		}
		for i := 0; i < t.rows; i += 3 {
			t.op("ADDQ", 4*part.lanes, rowBases[i/3])
		}
		t.mark(skip)
	}
}

// next moves on by a tile.
func (t *tileBody) next() {
	t.op("MOVQ", at("BX", argStep), "AX")
	t.op("SHLQ", 2, "AX")
	t.op("ADDQ", "AX", at("SP", frameA))
	for _, p := range []struct{ frame, stride int }{{frameC, argCS}, {frameD, argDS}} {
		if p.frame == frameD {
			// no D stays no D
			t.op("CMPQ", at("SP", frameD), 0)
			t.op("JEQ", t.name("same"))
		}
		t.op("MOVQ", at("BX", p.stride), "AX")
		t.op("IMULQ", 4*t.rows, "AX")
		t.op("ADDQ", "AX", at("SP", p.frame))
	}
	t.mark(t.name("same"))
	t.op("DECQ", at("SP", frameLeft))
	t.op("JNE", t.name("tile"))
	t.op("JMP", t.end)
}
