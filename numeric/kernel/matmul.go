package kernel

import (
	"fmt"
	"sync"
)

// Blocks of the matrix product. They depend on nothing, and every element of C
// is its products of one block of K summed in order, block added to block: so
// neither the cut into tasks nor the threads can change a bit.
const (
	blockK = 384 // a panel of B, 384×16 or 384×32, stays in the nearest caches
	blockM = 96  // rows of A that stay in the second-level cache; 16 tiles of 6, 8 of 12
	blockN = 256 // most columns of a task

	leastN    = 64 // fewest
	manyTasks = 64

	alone = 1 << 19 // products (10 µs) that are not worth waking somebody
)

// Packed is the right-hand operand of [MatMul], (K, N), cut into panels of a
// few columns, each contiguous and filled up with zeros. Its zero value is
// ready for Pack.
type Packed struct {
	set  *set
	k, n int
	data []float32 // (panels, K, nr)
}

// K is the number of rows, N the number of columns.
func (p *Packed) K() int { return p.k }

// N is the number of columns.
func (p *Packed) N() int { return p.n }

// Pack reads b, (k, n) with rows ldb apart, or (n, k) if transposed, as the
// weight of a Hugging Face linear layer (out, in) is. It uses the memory of
// the last Pack again where that suffices.
func (p *Packed) Pack(pool *Pool, b []float32, k, n, ldb int, transposed bool) {
	if transposed {
		fits("Pack (transposed)", len(b), n, k, ldb)
	} else {
		fits("Pack", len(b), k, n, ldb)
	}
	s := current
	panels := (n + s.nr - 1) / s.nr
	p.set, p.k, p.n = s, k, n
	p.data = room(p.data, panels*k*s.nr)
	if k == 0 {
		return
	}
	pool.Run(panels, func(i int) {
		panel := p.data[i*k*s.nr : (i+1)*k*s.nr]
		j := i * s.nr
		cols := min(s.nr, n-j)
		if transposed {
			packTransposed(s, panel, b[j*ldb:], k, cols, ldb)
		} else {
			packRows(s, panel, b[j:], k, cols, ldb)
		}
	})
}

// Epilogue is what happens to a block of C while it is in the cache.
type Epilogue struct {
	Bias       []float32  // (N), or nil
	Accumulate bool       // add to what C holds instead of replacing it
	Activation Activation // applied to A·B + bias, before it is added to C
	Pre        []float32  // gets A·B + bias if not nil; same layout as C
}

// MatMul is C(m, n) = act(A(m, k)·B + bias), or C += that. Rows of a are lda
// apart, rows of c (and of e.Pre) ldc. c may not alias a.
func MatMul(pool *Pool, c []float32, ldc int, a []float32, lda, m int, b *Packed, e Epilogue) {
	checkMatMul(c, ldc, a, lda, m, b, e)
	s, n := b.set, b.n
	if m == 0 || n == 0 {
		return
	}
	t := product{c: c, ldc: ldc, a: a, lda: lda, b: b, e: e, set: s, m: m}
	if m*n*b.k < alone {
		pool = nil
	}
	height, width := cut(m, n, s.mr, s.nr)
	cols := (n + width - 1) / width
	pool.Run((m+height-1)/height*cols, func(i int) {
		i0, j0 := i/cols*height, i%cols*width
		t.block(i0, min(i0+height, m), j0, min(j0+width, n))
	})
}

// cut says how high and wide the blocks of C (m, n) are: nearly equal, whole
// tiles and panels, and small enough for a small product to keep many threads
// busy.
func cut(m, n, mr, nr int) (height, width int) {
	rows := (m + blockM - 1) / blockM
	width = blockN
	for width > leastN && rows*((n+width-1)/width) < manyTasks {
		width /= 2
	}
	cols := (n + width - 1) / width
	return roundUp((m+rows-1)/rows, mr), roundUp((n+cols-1)/cols, nr)
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

func checkMatMul(c []float32, ldc int, a []float32, lda, m int, b *Packed, e Epilogue) {
	if b.set != current {
		if b.set == nil {
			panic("kernel: MatMul: B is not packed yet")
		}
		panic(fmt.Sprintf("kernel: MatMul: B was packed at level %s, current is %s: pack it again", b.set.level, current.level))
	}
	fits("MatMul C", len(c), m, b.n, ldc)
	fits("MatMul A", len(a), m, b.k, lda)
	if e.Bias != nil {
		sameLength("MatMul bias", b.n, len(e.Bias))
	}
	if e.Pre != nil {
		fits("MatMul Pre", len(e.Pre), m, b.n, ldc)
	}
}

// product is one call of MatMul.
type product struct {
	c, a   []float32
	b      *Packed
	e      Epilogue
	set    *set
	ldc    int
	lda, m int
}

// block computes rows i0…i1 and columns j0…j1 of C.
func (t *product) block(i0, i1, j0, j1 int) {
	out, ldo := t.c[i0*t.ldc+j0:], t.ldc
	apart := t.e.Accumulate && (t.e.Activation != ActNone || t.e.Pre != nil) // A·B must not meet C yet
	switch {
	case t.e.Pre != nil:
		out = t.e.Pre[i0*t.ldc+j0:]
	case apart:
		s := scratch.Get().(*[]float32)
		defer scratch.Put(s)
		ldo = j1 - j0
		*s = room(*s, (i1-i0)*ldo)
		out = *s
	}
	t.multiply(out, ldo, i0, i1, j0, j1, t.e.Accumulate && !apart)
	for i := i0; i < i1; i++ {
		t.finish(t.c[i*t.ldc+j0:i*t.ldc+j1], row(out, i-i0, ldo, j1-j0), j0, j1, apart)
	}
}

// finish does to one row of C what the tiles could not.
func (t *product) finish(c, pre []float32, j0, j1 int, apart bool) {
	e := &t.e
	switch {
	case apart && e.Activation == ActNone:
		Add(c, c, pre)
	case apart:
		s := scratch.Get().(*[]float32)
		*s = room(*s, len(pre))
		e.Activation.apply(*s, pre)
		Add(c, c, *s)
		scratch.Put(s)
	default:
		if e.Accumulate && e.Bias != nil {
			Add(c, c, e.Bias[j0:j1])
		}
		if e.Activation != ActNone || e.Pre != nil {
			e.Activation.apply(c, pre)
		}
	}
}

// multiply makes out A·B + bias, or adds A·B to it.
func (t *product) multiply(out []float32, ldo, i0, i1, j0, j1 int, add bool) {
	s, k := t.set, t.b.k
	var copied *[]float32
	if s.mr > 8 && t.lda%collide == 0 {
		copied = scratch.Get().(*[]float32)
		defer scratch.Put(copied)
	}
	for k0 := 0; k0 == 0 || k0 < k; k0 += blockK {
		depth := min(blockK, k-k0)
		a, rs := t.a[i0*t.lda+k0:], t.lda
		if copied != nil {
			a, rs = together(copied, a, i1-i0, depth, t.lda), depth
		}
		for j := j0; j < j1; j += s.nr {
			p := gemmArgs{a: a, rs: rs, ks: 1, b: t.b.data[j/s.nr*k*s.nr+k0*s.nr:], bs: s.nr,
				c: out[j-j0:], cs: ldo, k: depth, n: min(s.nr, j1-j), alpha: 1}
			if add || k0 > 0 {
				p.d, p.ds = p.c, ldo
			} else if t.e.Bias != nil {
				p.d = t.e.Bias[j:]
			}
			tiles(s, &p, i1-i0)
		}
	}
}

// collide: rows that many elements apart (4 KB) fall on the same lines of a
// first-level cache, which holds 8 or 12 of them: too few for tiles of 12.
const collide = 1024

// together copies rows of k elements next to one another.
func together(buf *[]float32, a []float32, rows, k, lda int) []float32 {
	*buf = room(*buf, rows*k)
	for i := range rows {
		copy((*buf)[i*k:(i+1)*k], a[i*lda:])
	}
	return *buf
}

// scratch holds buffers of blocks between calls.
var scratch = sync.Pool{New: func() any { return new([]float32) }}

// room gives n elements, of buf where it is large enough.
func room(buf []float32, n int) []float32 {
	if cap(buf) < n {
		return make([]float32, n)
	}
	return buf[:n]
}
