//go:build amd64 && !purego

package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// This file and its neighbour interpret the generated assembly on plain
// memory, so that kernels for processors that this machine is not can be
// tested on it. What is run is the text of the .s file itself. Memory is what a
// call was handed, to the byte: a read or a write beside it ends the test.

// program is the functions of one assembly file.
type program struct {
	functions map[string]*function
	symbols   map[string][]byte
}

type function struct {
	name  string
	frame int
	code  []instruction
}

type instruction struct {
	op    string
	run   func(m *processor, in *instruction)
	args  []operand
	jump  int
	line  int
	bcast bool // .BCST: the first operand is one number for all lanes
	zero  bool // .Z: lanes that the mask turns off become 0
}

type kind int

const (
	immediate kind = iota
	general
	vector
	mask
	memory
	symbol
	argument
	label
)

type operand struct {
	kind        kind
	n           int // register number
	lanes       int // of a vector register: 4, 8 or 16 float32
	value       int64
	base, index int // of memory; index -1 for none; base 16 is SP
	scale       uint64
	name        string
}

var generalNames = map[string]int{"AX": 0, "BX": 1, "CX": 2, "DX": 3, "SI": 4, "DI": 5, "R8": 8, "R9": 9, "R10": 10, "R11": 11, "R12": 12, "R13": 13, "SP": 16}

// parse reads an assembly file as _asm writes it.
func parse(t testing.TB, path string) *program {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{functions: map[string]*function{}, symbols: map[string][]byte{}}
	var f *function
	labels := map[string]int{}
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "//")
		line = strings.TrimRight(line, " \t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "TEXT "):
			f.link(labels)
			labels = map[string]int{}
			f = &function{}
			rest := strings.TrimPrefix(line, "TEXT ·")
			f.name, rest, _ = strings.Cut(rest, "(SB), NOSPLIT, $")
			frame, _, _ := strings.Cut(rest, "-")
			f.frame, _ = strconv.Atoi(frame)
			p.functions[f.name] = f
		case strings.HasPrefix(line, "DATA "):
			p.define(strings.TrimPrefix(line, "DATA "))
		case strings.HasPrefix(line, "GLOBL "):
		case strings.HasSuffix(line, ":"):
			labels[strings.TrimSuffix(line, ":")] = len(f.code)
		default:
			f.code = append(f.code, assemble(t, strings.TrimSpace(line), i+1))
		}
	}
	f.link(labels)
	return p
}

// link resolves the labels of a function that is read to its end.
func (f *function) link(labels map[string]int) {
	if f == nil {
		return
	}
	for i := range f.code {
		for _, a := range f.code[i].args {
			if a.kind == label {
				f.code[i].jump = labels[a.name]
			}
		}
	}
}

// define adds a DATA line, "name<>+8(SB)/4, $0x3f800000".
func (p *program) define(line string) {
	place, value, _ := strings.Cut(line, ", $")
	place, width, _ := strings.Cut(place, "(SB)/")
	name, offset, _ := strings.Cut(place, "+")
	at, _ := strconv.Atoi(offset)
	v, _ := strconv.ParseUint(value, 0, 64)
	w, _ := strconv.Atoi(width)
	for len(p.symbols[name]) < at+w {
		p.symbols[name] = append(p.symbols[name], 0)
	}
	for i := range w {
		p.symbols[name][at+i] = byte(v >> (8 * i))
	}
}

func assemble(t testing.TB, line string, number int) instruction {
	op, rest, _ := strings.Cut(line, " ")
	in := instruction{line: number}
	name, suffix, _ := strings.Cut(op, ".")
	in.op, in.bcast, in.zero = op, suffix == "BCST", suffix == "Z"
	run, known := instructions[name]
	if !known {
		t.Fatalf("line %d: instruction %s is not known", number, op)
	}
	in.run = run
	if rest == "" {
		return in
	}
	for _, a := range strings.Split(rest, ", ") {
		in.args = append(in.args, readOperand(strings.TrimSpace(a)))
	}
	return in
}

func readOperand(s string) operand {
	o := operand{index: -1, scale: 1}
	if n, ok := generalNames[s]; ok {
		o.kind, o.n = general, n
		return o
	}
	if s[0] == '$' {
		o.kind = immediate
		u, err := strconv.ParseUint(s[1:], 0, 64)
		o.value = int64(u)
		if err != nil {
			o.value, _ = strconv.ParseInt(s[1:], 0, 64)
		}
		return o
	}
	if lanes := map[byte]int{'X': 4, 'Y': 8, 'Z': 16, 'K': 1}[s[0]]; lanes > 0 {
		if n, err := strconv.Atoi(s[1:]); err == nil {
			o.kind, o.n, o.lanes = vector, n, lanes
			if s[0] == 'K' {
				o.kind = mask
			}
			return o
		}
	}
	front, back, isMemory := strings.Cut(s, "(")
	if !isMemory {
		o.kind, o.name = label, s
		return o
	}
	inside, rest, _ := strings.Cut(back, ")")
	name, offset, named := strings.Cut(front, "+")
	if !named {
		name, offset = "", front
	}
	o.value, _ = strconv.ParseInt(offset, 10, 64)
	switch inside {
	case "SB":
		o.kind, o.name = symbol, name
	case "FP":
		o.kind = argument
	default:
		o.kind, o.base = memory, generalNames[inside]
	}
	if rest != "" { // (index*scale)
		index, scale, _ := strings.Cut(strings.Trim(rest, "()"), "*")
		o.index = generalNames[index]
		o.scale, _ = strconv.ParseUint(scale, 10, 64)
	}
	return o
}

// processor is the registers and the memory.
type processor struct {
	*program
	r        [17]uint64
	v        [32][16]uint32
	k        [4]uint32
	order    int // of the last comparison: -1, 0, 1
	segments []segment
	fp       []byte
	at       int
	count    int
}

type segment struct {
	from  uint64
	bytes []byte
}

// fault is what a stray address panics with.
type fault struct{ text string }

// bytes is memory that was handed over, n bytes of it.
func (m *processor) bytes(address uint64, n int) []byte {
	for i := range m.segments {
		s := &m.segments[i]
		if address >= s.from && address+uint64(n) <= s.from+uint64(len(s.bytes)) {
			return s.bytes[address-s.from:][:n:n]
		}
	}
	panic(fault{fmt.Sprintf("touches %d bytes at %#x, which it was not handed", n, address)})
}

func (m *processor) own(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	from := uint64(uintptr(unsafe.Pointer(&b[0])))
	m.segments = append(m.segments, segment{from, b})
	return from
}

func (m *processor) address(o *operand) uint64 {
	a := m.r[o.base] + uint64(o.value)
	if o.index >= 0 {
		a += m.r[o.index] * o.scale
	}
	return a
}

// place is n bytes of an operand in memory.
func (m *processor) place(o *operand, n int) []byte {
	switch o.kind {
	case memory:
		return m.bytes(m.address(o), n)
	case symbol:
		return m.symbols[o.name][o.value:][:n:n]
	case argument:
		return m.fp[o.value:][:n:n]
	}
	panic(fault{"operand is not in memory"})
}

// word64 is the value of a general operand.
func (m *processor) word64(o *operand) uint64 {
	switch o.kind {
	case immediate:
		return uint64(o.value)
	case general:
		return m.r[o.n]
	}
	return binary.LittleEndian.Uint64(m.place(o, 8))
}

func (m *processor) setWord64(o *operand, v uint64) {
	if o.kind == general {
		m.r[o.n] = v
		return
	}
	binary.LittleEndian.PutUint64(m.place(o, 8), v)
}

// lanes32 is n lanes of an operand.
func (m *processor) lanes32(o *operand, n int, spread bool) (v [16]uint32) {
	if o.kind == vector {
		return m.v[o.n]
	}
	if spread {
		one := binary.LittleEndian.Uint32(m.place(o, 4))
		for i := range n {
			v[i] = one
		}
		return v
	}
	b := m.place(o, 4*n)
	for i := range n {
		v[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return v
}

// set writes n lanes and clears those above, as every VEX and EVEX instruction does.
func (m *processor) set(o *operand, n int, v [16]uint32) {
	for i := n; i < 16; i++ {
		v[i] = 0
	}
	m.v[o.n] = v
}

// call runs a function with arguments as Go lays them out, and gives what it
// returned (size bytes).
func (p *program) call(t testing.TB, name string, size int, args ...any) []byte {
	t.Helper()
	f := p.functions[name]
	if f == nil {
		t.Fatalf("no function %s", name)
	}
	m := &processor{program: p}
	for i := range m.v { // registers hold anything at a call: NaNs and large numbers
		for j := range m.v[i] {
			m.v[i][j] = [2]uint32{0x7fc0dead, 0x7f7fffff}[(i+j)%2]
		}
	}
	for _, a := range args {
		m.pass(a)
	}
	for len(m.fp)%8 != 0 && size > 0 {
		m.fp = append(m.fp, 0)
	}
	result := len(m.fp)
	m.fp = append(m.fp, make([]byte, size)...)
	m.r[16] = m.own(make([]byte, max(f.frame, 8)))
	defer func() {
		if e := recover(); e != nil {
			if bad, ok := e.(fault); ok {
				t.Fatalf("%s, line %d (%s): %s", name, f.code[m.at].line, f.code[m.at].op, bad.text)
			}
			t.Fatalf("%s, line %d (%s): %v", name, f.code[m.at].line, f.code[m.at].op, e)
		}
	}()
	m.run(f)
	return m.fp[result:]
}

func (m *processor) run(f *function) {
	clean := false
	for {
		in := &f.code[m.at]
		if in.op == "RET" {
			if !clean {
				panic(fault{"returns without VZEROUPPER"})
			}
			return
		}
		clean = in.op == "VZEROUPPER"
		next := m.at + 1
		m.count = next
		in.run(m, in)
		m.at = m.count
	}
}

// pass lays out one argument and makes what it points to reachable.
func (m *processor) pass(a any) {
	put := func(n int, v uint64) {
		for len(m.fp)%n != 0 {
			m.fp = append(m.fp, 0)
		}
		for i := range n {
			m.fp = append(m.fp, byte(v>>(8*i)))
		}
	}
	switch a := a.(type) {
	case []float32:
		put(8, m.own(bytesOf(a)))
		put(8, uint64(len(a)))
		put(8, uint64(cap(a)))
	case float32:
		put(4, uint64(math.Float32bits(a)))
	case uint32:
		put(4, uint64(a))
	case int:
		put(8, uint64(a))
	case uint64:
		put(8, a)
	case *gemmArgs:
		for _, s := range [][]float32{a.a, a.b, a.c, a.d} {
			m.own(bytesOf(s))
		}
		put(8, m.own(unsafe.Slice((*byte)(unsafe.Pointer(a)), unsafe.Sizeof(*a))))
	case *adamFactors:
		put(8, m.own(unsafe.Slice((*byte)(unsafe.Pointer(a)), unsafe.Sizeof(*a))))
	case *momentumFactors:
		put(8, m.own(unsafe.Slice((*byte)(unsafe.Pointer(a)), unsafe.Sizeof(*a))))
	case *adagradFactors:
		put(8, m.own(unsafe.Slice((*byte)(unsafe.Pointer(a)), unsafe.Sizeof(*a))))
	default:
		panic(fmt.Sprintf("argument of type %T", a))
	}
}

func bytesOf(s []float32) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), 4*len(s))
}
