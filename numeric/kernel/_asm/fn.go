package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// vec is the number of a vector register.
type vec int

// constant is a number that every lane gets, as an operand from memory.
type constant uint32

// real is a float32 constant.
func real(x float64) constant { return constant(math.Float32bits(float32(x))) }

// mem is an address.
type mem string

// fn is a function being written.
type fn struct {
	*unit
	args  map[string]string // name → operand
	free  []vec             // registers, lowest last
	label int
	at    int    // which of the vectors of an unrolled loop is being written
	tail  bool   // whether it is the last, partial one
	mask  vec    // lanes of the tail (AVX2)
	index string // register that counts bytes in each; "" for none
}

// layout gives each argument and result its place in the frame.
func (f *fn) layout(signature string) int {
	parts := strings.SplitN(signature[1:], ")", 2)
	at := f.place(parts[0], 0)
	if results := strings.Trim(parts[1], " ()"); results != "" {
		if !strings.Contains(results, " ") {
			results = "ret " + results
		}
		return f.place(results, (at+7)&^7)
	}
	return at
}

func (f *fn) place(list string, at int) int {
	var names []string
	for _, part := range strings.Split(list, ", ") {
		name, kind, typed := strings.Cut(part, " ")
		names = append(names, name)
		if !typed {
			continue
		}
		for _, n := range names {
			switch kind {
			case "[]float32":
				f.args[n] = fmt.Sprintf("%s_base+%d(FP)", n, at)
				f.args["len "+n] = fmt.Sprintf("%s_len+%d(FP)", n, at+8)
				at += 24
			case "float32", "uint32":
				f.args[n] = fmt.Sprintf("%s+%d(FP)", n, at)
				at += 4
			default:
				at = (at + 7) &^ 7
				f.args[n] = fmt.Sprintf("%s+%d(FP)", n, at)
				at += 8
			}
		}
		names = nil
	}
	return at
}

// arg is the operand of an argument: "x", or "len x" for the length of a slice.
func (f *fn) arg(name string) string {
	a, ok := f.args[name]
	if !ok {
		panic("no argument " + name)
	}
	return a
}

// load moves an argument to a general register.
func (f *fn) load(name, reg string) { f.op("MOVQ", f.arg(name), reg) }

// vec takes a register; drop gives it back.
func (f *fn) vec() vec {
	if len(f.free) == 0 {
		panic("no vector register is free")
	}
	v := f.free[len(f.free)-1]
	f.free = f.free[:len(f.free)-1]
	return v
}

func (f *fn) vecs(n int) []vec {
	list := make([]vec, n)
	for i := range list {
		list[i] = f.vec()
	}
	return list
}

func (f *fn) drop(list ...vec) {
	f.free = append(f.free, list...)
	slices.SortFunc(f.free, func(a, b vec) int { return int(b - a) })
}

// block begins a stretch of instructions with a comment.
func (f *fn) block(comment string) { fmt.Fprintf(&f.text, "\n\t// %s\n", comment) }

func (f *fn) fresh(name string) string {
	f.label++
	return fmt.Sprintf("%s%d", name, f.label)
}

func (f *fn) mark(label string) { fmt.Fprintf(&f.text, "%s:\n", label) }

// op writes one instruction, operands in Go's order: sources first.
func (f *fn) op(name string, operands ...any) {
	var list []string
	for _, o := range operands {
		switch o := o.(type) {
		case vec:
			list = append(list, fmt.Sprintf("%c%d", f.letter, o))
		case constant:
			if f.wide() {
				name += ".BCST"
			}
			list = append(list, f.constant(o))
		case int:
			list = append(list, fmt.Sprintf("$%d", o))
		default:
			list = append(list, fmt.Sprint(o))
		}
	}
	f.text.WriteString("\t" + strings.TrimSpace(name+" "+strings.Join(list, ", ")) + "\n")
}

func (f *fn) constant(c constant) string {
	i, ok := f.unit.place[uint32(c)]
	if !ok {
		i = len(f.consts)
		f.unit.place[uint32(c)] = i
		f.consts = append(f.consts, uint32(c))
	}
	step := 4
	if !f.wide() {
		step = f.bytes()
	}
	return fmt.Sprintf("%s+%d(SB)", f.table(), i*step)
}

// spread fills a register with a constant.
func (f *fn) spread(c constant, v vec) {
	if f.wide() {
		f.text.WriteString("\tVBROADCASTSS " + f.constant(c) + ", " + f.reg(v) + "\n")
		return
	}
	f.op("VMOVUPS", c, v)
}

// held is a fresh register with a constant.
func (f *fn) held(c constant) vec {
	v := f.vec()
	f.spread(c, v)
	return v
}

// heldArg is a fresh register with an argument in each lane.
func (f *fn) heldArg(name string) vec {
	v := f.vec()
	f.op("VBROADCASTSS", f.arg(name), v)
	return v
}

func (f *fn) reg(v vec) string { return fmt.Sprintf("%c%d", f.letter, v) }

// x and y are the lower parts of a register.
func x(v vec) string { return fmt.Sprintf("X%d", v) }
func y(v vec) string { return fmt.Sprintf("Y%d", v) }

// zero clears a register.
func (f *fn) zero(v vec) { f.op("VXORPS", x(v), x(v), x(v)) }

func at(base string, offset int) mem { return mem(fmt.Sprintf("%d(%s)", offset, base)) }

func atIndex(base, index string, scale, offset int) mem {
	return mem(fmt.Sprintf("%d(%s)(%s*%d)", offset, base, index, scale))
}
