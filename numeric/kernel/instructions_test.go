//go:build amd64 && !purego

package kernel

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
)

// instructions is what the interpreter knows, by the meaning that Intel's
// manual gives them. Operands stand in Go's order, sources before the target.
var instructions map[string]func(m *processor, in *instruction)

func init() {
	instructions = map[string]func(m *processor, in *instruction){
		"RET": nil, "VZEROUPPER": func(m *processor, in *instruction) {
			for i := range 16 {
				m.set(&operand{n: i}, 4, m.v[i])
			}
		},
		"PREFETCHT0": func(m *processor, in *instruction) {},

		"MOVQ": func(m *processor, in *instruction) { m.setWord64(&in.args[1], m.word64(&in.args[0])) },
		"MOVL": func(m *processor, in *instruction) {
			m.setWord64(&in.args[1], uint64(uint32(m.word64(&in.args[0]))))
		},
		"LEAQ": lea,
		"ADDQ": arithmetic(func(a, b uint64) uint64 { return b + a }),
		"SUBQ": arithmetic(func(a, b uint64) uint64 { return b - a }),
		"XORQ": arithmetic(func(a, b uint64) uint64 { return b ^ a }),
		"SHLQ": arithmetic(func(a, b uint64) uint64 { return b << (a & 63) }),
		"SHRQ": arithmetic(func(a, b uint64) uint64 { return b >> (a & 63) }),
		"SHLL": arithmetic(func(a, b uint64) uint64 { return uint64(uint32(b) << (a & 31)) }),
		"IMULQ": arithmetic(func(a, b uint64) uint64 {
			return b * a
		}),
		"NEGQ": single(func(a uint64) uint64 { return -a }),
		"DECQ": single(func(a uint64) uint64 { return a - 1 }),
		"DECL": single(func(a uint64) uint64 { return uint64(uint32(a) - 1) }),
		"CMPQ": func(m *processor, in *instruction) {
			m.order = cmp.Compare(int64(m.word64(&in.args[0])), int64(m.word64(&in.args[1])))
		},
		"TESTQ": func(m *processor, in *instruction) {
			m.order = cmp.Compare(int64(m.word64(&in.args[0])&m.word64(&in.args[1])), 0)
		},
		"CMOVQLE": func(m *processor, in *instruction) {
			if m.order <= 0 {
				m.r[in.args[1].n] = m.r[in.args[0].n]
			}
		},
		"JMP": branch(func(int) bool { return true }),
		"JEQ": branch(func(o int) bool { return o == 0 }),
		"JNE": branch(func(o int) bool { return o != 0 }),
		"JLT": branch(func(o int) bool { return o < 0 }),
		"JLE": branch(func(o int) bool { return o <= 0 }),

		"KMOVW": func(m *processor, in *instruction) { m.k[in.args[1].n] = uint32(uint16(m.r[in.args[0].n])) },
		"KNOTW": func(m *processor, in *instruction) { m.k[in.args[1].n] = uint32(uint16(^m.k[in.args[0].n])) },

		"VMOVUPS": move, "VMOVAPS": move, "VMASKMOVPS": maskedMove,
		"VMOVSS": part(1), "VMOVLPS": part(2), "VMOVSD": part(2),
		"VMOVQ": func(m *processor, in *instruction) {
			v := m.r[in.args[0].n]
			m.set(&in.args[1], 2, [16]uint32{uint32(v), uint32(v >> 32)})
		},
		"VBROADCASTSS": spread, "VPBROADCASTD": spread,
		"VEXTRACTF128":  extract(4),
		"VEXTRACTF64X4": extract(8),

		"VADDPS": floats(func(a, b float32) float32 { return b + a }),
		"VSUBPS": floats(func(a, b float32) float32 { return b - a }),
		"VMULPS": floats(func(a, b float32) float32 { return b * a }),
		"VDIVPS": floats(func(a, b float32) float32 { return b / a }),
		"VMAXPS": floats(func(a, b float32) float32 {
			if b > a {
				return b
			}
			return a
		}),
		"VMINPS": floats(func(a, b float32) float32 {
			if b < a {
				return b
			}
			return a
		}),
		"VSQRTPS": func(m *processor, in *instruction) {
			n := in.args[1].lanes
			v := m.lanes32(&in.args[0], n, in.bcast)
			for i := range n {
				v[i] = math.Float32bits(sqrt32(math.Float32frombits(v[i])))
			}
			m.set(&in.args[1], n, v)
		},
		"VADDSS":      scalar(func(a, b float32) float32 { return b + a }),
		"VMULSS":      scalar(func(a, b float32) float32 { return b * a }),
		"VDIVSS":      scalar(func(a, b float32) float32 { return b / a }),
		"VSQRTSS":     scalar(func(a, b float32) float32 { return sqrt32(a) }),
		"VFMADD231PS": fused(func(a, b, c float32) float32 { return fma32(b, a, c) }),
		"VFMADD213PS": fused(func(a, b, c float32) float32 { return fma32(b, c, a) }),
		"VFNMADD231PS": fused(func(a, b, c float32) float32 {
			return fma32(-b, a, c)
		}),
		"VCVTSI2SSQ": func(m *processor, in *instruction) {
			v := m.v[in.args[1].n]
			v[0] = math.Float32bits(float32(int64(m.r[in.args[0].n])))
			m.set(&in.args[2], 4, v)
		},
		"VCVTPS2PD":   widen,
		"VFMADD231PD": doubles(func(a, b, c float64) float64 { return math.FMA(b, a, c) }),
		"VADDPD":      doubles(func(a, b, _ float64) float64 { return b + a }),

		"VANDPS":   words(func(a, b uint32) uint32 { return b & a }),
		"VANDNPS":  words(func(a, b uint32) uint32 { return ^b & a }),
		"VORPS":    words(func(a, b uint32) uint32 { return b | a }),
		"VXORPS":   words(func(a, b uint32) uint32 { return b ^ a }),
		"VPADDD":   words(func(a, b uint32) uint32 { return b + a }),
		"VPSUBD":   words(func(a, b uint32) uint32 { return b - a }),
		"VPMAXUD":  words(func(a, b uint32) uint32 { return max(a, b) }),
		"VPCMPEQD": words(func(a, b uint32) uint32 { return when(a == b) }),
		"VPSLLD":   shift(func(n int, v uint32) uint32 { return v << n }),
		"VPSRAD":   shift(func(n int, v uint32) uint32 { return uint32(int32(v) >> n) }),
		"VPSLLQ":   shiftLong(func(n int, v uint64) uint64 { return v << n }),
		"VPSRLQ":   shiftLong(func(n int, v uint64) uint64 { return v >> n }),
		"VPMULUDQ": multiply,

		"VCMPPS": compare, "VPCMPUD": compareUnsigned,
		"VBLENDVPS": func(m *processor, in *instruction) {
			choice, n := m.v[in.args[0].n], in.args[3].lanes
			v, a := m.v[in.args[2].n], m.lanes32(&in.args[1], n, false)
			for i := range n {
				if choice[i]>>31 == 1 {
					v[i] = a[i]
				}
			}
			m.set(&in.args[3], n, v)
		},
		"VBLENDMPS": blendByMask, "VPBLENDMD": blendByMask,
		"VPBLENDD": func(m *processor, in *instruction) {
			n := in.args[3].lanes
			v, a := m.v[in.args[2].n], m.lanes32(&in.args[1], n, false)
			for i := range n {
				if in.args[0].value>>(i%8)&1 == 1 {
					v[i] = a[i]
				}
			}
			m.set(&in.args[3], n, v)
		},
		"VPTERNLOGD": ternary,

		"VPERMILPS": func(m *processor, in *instruction) {
			by, n := in.args[0].value, in.args[2].lanes
			a := m.lanes32(&in.args[1], n, false)
			var v [16]uint32
			for i := range n {
				v[i] = a[i&^3+int(by>>(2*(i%4)))&3]
			}
			m.set(&in.args[2], n, v)
		},
		"VUNPCKLPS":  shuffle(func(a, b []uint32, _ int64) [4]uint32 { return [4]uint32{b[0], a[0], b[1], a[1]} }),
		"VUNPCKHPS":  shuffle(func(a, b []uint32, _ int64) [4]uint32 { return [4]uint32{b[2], a[2], b[3], a[3]} }),
		"VSHUFPS":    shuffle(func(a, b []uint32, by int64) [4]uint32 { return [4]uint32{b[by&3], b[by>>2&3], a[by>>4&3], a[by>>6&3]} }),
		"VPERM2F128": halves,
	}
}

func when(b bool) uint32 {
	if b {
		return math.MaxUint32
	}
	return 0
}

// fma32 is a·b + c rounded once. The product is exact in float64; the sum is
// rounded to odd there, which rounding to float32 then cannot see.
func fma32(a, b, c float32) float32 {
	p, d := float64(a)*float64(b), float64(c)
	s := p + d
	if math.IsInf(s, 0) || s != s {
		return float32(s)
	}
	t := s - p
	rest := (p - (s - t)) + (d - t)
	if b := math.Float64bits(s); rest != 0 && b&1 == 0 {
		if (rest > 0) == (s > 0) {
			s = math.Float64frombits(b + 1)
		} else {
			s = math.Float64frombits(b - 1)
		}
	}
	return float32(s)
}

func lea(m *processor, in *instruction) {
	a := &in.args[0]
	if a.kind == symbol {
		from := m.own(m.symbols[a.name])
		m.r[in.args[1].n] = from + uint64(a.value)
		return
	}
	m.r[in.args[1].n] = m.address(a)
}

func arithmetic(f func(a, b uint64) uint64) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		v := f(m.word64(&in.args[0]), m.word64(&in.args[1]))
		m.setWord64(&in.args[1], v)
		m.order = cmp.Compare(int64(v), 0)
	}
}

func single(f func(a uint64) uint64) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		v := f(m.word64(&in.args[0]))
		m.setWord64(&in.args[0], v)
		m.order = cmp.Compare(int64(v), 0)
	}
}

func branch(when func(order int) bool) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		if when(m.order) {
			m.count = in.jump
		}
	}
}

// move is VMOVUPS and VMOVAPS: to or from memory, with or without a mask.
func move(m *processor, in *instruction) {
	from, to := &in.args[0], &in.args[len(in.args)-1]
	on := uint32(math.MaxUint32)
	if len(in.args) == 3 {
		on = m.k[in.args[1].n]
	}
	n := max(from.lanes, to.lanes)
	v := m.masked(from, to, n, func(i int) bool { return on>>i&1 == 1 }, in.zero || len(in.args) == 2)
	if to.kind == vector {
		m.set(to, n, v)
	}
}

// masked copies the lanes that are on. To memory it writes those only; from
// memory it reads those only; in a register the others are cleared or kept.
func (m *processor) masked(from, to *operand, n int, on func(i int) bool, clear bool) (v [16]uint32) {
	if to.kind == vector && !clear {
		v = m.v[to.n]
	}
	for i := range n {
		if !on(i) {
			continue
		}
		var word uint32
		if from.kind == vector {
			word = m.v[from.n][i]
		} else {
			word = binary.LittleEndian.Uint32(m.lane(from, i))
		}
		if to.kind == vector {
			v[i] = word
		} else {
			binary.LittleEndian.PutUint32(m.lane(to, i), word)
		}
	}
	return v
}

func (m *processor) lane(o *operand, i int) []byte {
	p := *o
	p.value += int64(4 * i)
	return m.place(&p, 4)
}

func maskedMove(m *processor, in *instruction) {
	from, by, to := &in.args[0], m.v[in.args[1].n], &in.args[2]
	n := in.args[1].lanes
	v := m.masked(from, to, n, func(i int) bool { return by[i]>>31 == 1 }, true)
	if to.kind == vector {
		m.set(to, n, v)
	}
}

// part moves the lowest n lanes to memory.
func part(n int) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		b := m.place(&in.args[1], 4*n)
		for i := range n {
			binary.LittleEndian.PutUint32(b[4*i:], m.v[in.args[0].n][i])
		}
	}
}

func spread(m *processor, in *instruction) {
	n := in.args[1].lanes
	v := m.lanes32(&in.args[0], n, in.args[0].kind != vector)
	for i := range n {
		v[i] = v[0]
	}
	m.set(&in.args[1], n, v)
}

func extract(n int) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		var v [16]uint32
		copy(v[:n], m.v[in.args[1].n][int(in.args[0].value)*n:])
		m.set(&in.args[2], n, v)
	}
}

// words does f(first source, second source) in each lane; a mask before the
// target turns lanes off, which then become 0.
func words(f func(a, b uint32) uint32) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		to := &in.args[len(in.args)-1]
		n := to.lanes
		a, b := m.lanes32(&in.args[0], n, in.bcast), m.lanes32(&in.args[1], n, false)
		for i := range n {
			if in.zero && m.k[in.args[2].n]>>i&1 == 0 {
				a[i] = 0
				continue
			}
			a[i] = f(a[i], b[i])
		}
		m.set(to, n, a)
	}
}

func floats(f func(a, b float32) float32) func(m *processor, in *instruction) {
	return words(func(a, b uint32) uint32 {
		return math.Float32bits(f(math.Float32frombits(a), math.Float32frombits(b)))
	})
}

func scalar(f func(a, b float32) float32) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		a := m.lanes32(&in.args[0], 1, false)
		v := m.v[in.args[1].n]
		v[0] = math.Float32bits(f(math.Float32frombits(a[0]), math.Float32frombits(v[0])))
		m.set(&in.args[2], 4, v)
	}
}

func fused(f func(a, b, c float32) float32) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		to := &in.args[2]
		n := to.lanes
		a, b, c := m.lanes32(&in.args[0], n, in.bcast), m.v[in.args[1].n], m.v[to.n]
		for i := range n {
			c[i] = math.Float32bits(f(math.Float32frombits(a[i]), math.Float32frombits(b[i]), math.Float32frombits(c[i])))
		}
		m.set(to, n, c)
	}
}

func widen(m *processor, in *instruction) {
	n := in.args[1].lanes
	a := m.v[in.args[0].n]
	var v [16]uint32
	for i := range n / 2 {
		d := math.Float64bits(float64(math.Float32frombits(a[i])))
		v[2*i], v[2*i+1] = uint32(d), uint32(d>>32)
	}
	m.set(&in.args[1], n, v)
}

func double(v *[16]uint32, i int) float64 {
	return math.Float64frombits(uint64(v[2*i]) | uint64(v[2*i+1])<<32)
}

func doubles(f func(a, b, c float64) float64) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		to := &in.args[2]
		a, b, c := m.v[in.args[0].n], m.v[in.args[1].n], m.v[to.n]
		for i := range to.lanes / 2 {
			d := math.Float64bits(f(double(&a, i), double(&b, i), double(&c, i)))
			c[2*i], c[2*i+1] = uint32(d), uint32(d>>32)
		}
		m.set(to, to.lanes, c)
	}
}

func shift(f func(n int, v uint32) uint32) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		n := in.args[2].lanes
		v := m.v[in.args[1].n]
		for i := range n {
			v[i] = f(int(in.args[0].value), v[i])
		}
		m.set(&in.args[2], n, v)
	}
}

func shiftLong(f func(n int, v uint64) uint64) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		n := in.args[2].lanes
		v := m.v[in.args[1].n]
		for i := 0; i < n; i += 2 {
			d := f(int(in.args[0].value), uint64(v[i])|uint64(v[i+1])<<32)
			v[i], v[i+1] = uint32(d), uint32(d>>32)
		}
		m.set(&in.args[2], n, v)
	}
}

func multiply(m *processor, in *instruction) {
	n := in.args[2].lanes
	a, b := m.v[in.args[0].n], m.v[in.args[1].n]
	for i := 0; i < n; i += 2 {
		a[i+1], a[i] = bits.Mul32(a[i], b[i])
	}
	m.set(&in.args[2], n, a)
}

// compare is VCMPPS: the second source against the first.
func compare(m *processor, in *instruction) {
	to := &in.args[3]
	n := in.args[2].lanes
	a, b := m.lanes32(&in.args[1], n, in.bcast), m.v[in.args[2].n]
	m.answer(to, n, func(i int) bool {
		x, y := math.Float32frombits(b[i]), math.Float32frombits(a[i])
		switch in.args[0].value {
		case 0x11: // LT_OQ
			return x < y
		case 0x1d: // GE_OQ
			return x >= y
		case 3: // UNORD_Q
			return x != x || y != y
		}
		panic(fault{"comparison is not known"})
	})
}

func compareUnsigned(m *processor, in *instruction) {
	n := in.args[2].lanes
	a, b := m.lanes32(&in.args[1], n, in.bcast), m.v[in.args[2].n]
	if in.args[0].value != 5 {
		panic(fault{"comparison is not known"})
	}
	m.answer(&in.args[3], n, func(i int) bool { return b[i] >= a[i] }) // NLT
}

// answer writes a comparison to a mask register or to lanes.
func (m *processor) answer(to *operand, n int, f func(i int) bool) {
	var v [16]uint32
	var k uint32
	for i := range n {
		if f(i) {
			v[i] = math.MaxUint32
			k |= 1 << i
		}
	}
	if to.kind == mask {
		m.k[to.n] = k
		return
	}
	m.set(to, n, v)
}

func blendByMask(m *processor, in *instruction) {
	n := in.args[3].lanes
	on := m.k[in.args[2].n]
	v, a := m.v[in.args[1].n], m.lanes32(&in.args[0], n, in.bcast)
	for i := range n {
		if on>>i&1 == 1 {
			v[i] = a[i]
		}
	}
	m.set(&in.args[3], n, v)
}

// ternary is VPTERNLOGD with a mask whose lanes that are off are kept.
func ternary(m *processor, in *instruction) {
	by, to := in.args[0].value, &in.args[4]
	n := to.lanes
	a, b, c := m.v[in.args[1].n], m.v[in.args[2].n], m.v[to.n]
	for i := range n {
		if m.k[in.args[3].n]>>i&1 == 0 {
			continue
		}
		var w uint32
		for bit := range 32 {
			row := c[i]>>bit&1<<2 | b[i]>>bit&1<<1 | a[i]>>bit&1
			w |= uint32(by>>row&1) << bit
		}
		c[i] = w
	}
	m.set(to, n, c)
}

// shuffle does f within each 128 bits; the first operand may be a number.
func shuffle(f func(a, b []uint32, by int64) [4]uint32) func(m *processor, in *instruction) {
	return func(m *processor, in *instruction) {
		args := in.args
		var by int64
		if args[0].kind == immediate {
			by, args = args[0].value, args[1:]
		}
		n := args[2].lanes
		a, b := m.v[args[0].n], m.v[args[1].n]
		var v [16]uint32
		for i := 0; i < n; i += 4 {
			four := f(a[i:i+4], b[i:i+4], by)
			copy(v[i:], four[:])
		}
		m.set(&args[2], n, v)
	}
}

func halves(m *processor, in *instruction) {
	by := in.args[0].value
	a, b := m.v[in.args[1].n], m.v[in.args[2].n]
	pick := func(how int64) []uint32 {
		from := &b
		if how&2 != 0 {
			from = &a
		}
		return from[4*(how&1):][:4]
	}
	var v [16]uint32
	copy(v[:4], pick(by&3))
	copy(v[4:8], pick(by>>4&3))
	m.set(&in.args[3], 8, v)
}
