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
	blockN = 256 // columns of a task
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
	t := product{c: c, ldc: ldc, a: a, lda: lda, b: b, e: e, set: b.set, m: m}
	if m == 0 || b.n == 0 {
		return
	}
	width := blockN
	if m <= blockM/2 {
		width = 64 // few rows: let columns feed the threads
	}
	rows, cols := (m+blockM-1)/blockM, (b.n+width-1)/width
	pool.Run(rows*cols, func(i int) {
		i0, j0 := i/cols*blockM, i%cols*width
		t.block(i0, min(i0+blockM, m), j0, min(j0+width, b.n))
	})
}

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
	p := gemmArgs{alpha: 1, rs: t.lda, ks: 1, bs: s.nr, cs: ldo}
	for k0 := 0; k0 == 0 || k0 < k; k0 += blockK {
		p.k = min(blockK, k-k0)
		for j := j0; j < j1; j += s.nr {
			p.n = min(s.nr, j1-j)
			p.c = out[j-j0:]
			p.d, p.ds = nil, 0
			if add || k0 > 0 {
				p.d, p.ds = p.c, ldo
			} else if t.e.Bias != nil {
				p.d = t.e.Bias[j:]
			}
			p.a = t.a[i0*t.lda+k0:]
			p.b = t.b.data[j/s.nr*k*s.nr+k0*s.nr:]
			tiles(s, p, i1-i0)
		}
	}
}

// tiles covers m rows with tiles of nearly equal height: 14 rows are 5+5+4 for
// tiles of 6, since a tile of 2 takes as long as one of 4.
func tiles(s *set, p gemmArgs, m int) {
	if m == 0 {
		return
	}
	count := (m + s.mr - 1) / s.mr
	low, high := m/count, m%count
	if high > 0 {
		p.rows, p.tiles = low+1, high
		gemm(s, &p)
		p.a = p.a[min(len(p.a), high*(low+1)*p.rs):]
		p.c = p.c[high*(low+1)*p.cs:]
		if p.d != nil {
			p.d = p.d[high*(low+1)*p.ds:]
		}
	}
	p.rows, p.tiles = low, count-high
	gemm(s, &p)
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
