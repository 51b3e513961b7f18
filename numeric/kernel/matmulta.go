package kernel

// blockTA is the columns of a task of MatMulTA.
const blockTA = 192

// MatMulTA is C(m, n) = Aᵀ·B, or C += that, A being (k, m) and B (k, n): the
// gradient of a weight, k counting tokens. It sums over k in order.
func MatMulTA(pool *Pool, c []float32, ldc int, a []float32, lda int, k, m int, b []float32, ldb, n int, accumulate bool) {
	fits("MatMulTA C", len(c), m, n, ldc)
	fits("MatMulTA A", len(a), k, m, lda)
	fits("MatMulTA B", len(b), k, n, ldb)
	if m == 0 || n == 0 {
		return
	}
	t := gradient{c: c, ldc: ldc, a: a, lda: lda, b: b, ldb: ldb, k: k, add: accumulate, set: current}
	rows, cols := (m+blockM-1)/blockM, (n+blockTA-1)/blockTA
	pool.Run(rows*cols, func(i int) {
		i0, j0 := i/cols*blockM, i%cols*blockTA
		t.block(i0, min(i0+blockM, m), j0, min(j0+blockTA, n))
	})
}

// gradient is one call of MatMulTA.
type gradient struct {
	c, a, b       []float32
	ldc, lda, ldb int
	k             int
	add           bool
	set           *set
}

// block computes rows i0…i1 and columns j0…j1 of C: for each block of k it
// copies its columns of A together and each panel of B, which then both lie
// in the near caches.
func (t *gradient) block(i0, i1, j0, j1 int) {
	s, m := t.set, i1-i0
	buf := scratch.Get().(*[]float32)
	defer scratch.Put(buf)
	*buf = room(*buf, blockK*(m+s.nr))
	a, panel := (*buf)[:blockK*m], (*buf)[blockK*m:]
	p := gemmArgs{a: a, b: panel, alpha: 1, rs: 1, ks: m, bs: s.nr, cs: t.ldc}
	for k0 := 0; k0 == 0 || k0 < t.k; k0 += blockK {
		p.k = min(blockK, t.k-k0)
		for l := range p.k {
			copy(a[l*m:(l+1)*m], t.a[(k0+l)*t.lda+i0:])
		}
		for j := j0; j < j1; j += s.nr {
			p.n = min(s.nr, j1-j)
			if p.k > 0 {
				packRows(s, panel, t.b[k0*t.ldb+j:], p.k, p.n, t.ldb)
			}
			p.c = t.c[i0*t.ldc+j:]
			p.d, p.ds = nil, 0
			if t.add || k0 > 0 {
				p.d, p.ds = p.c, t.ldc
			}
			tiles(s, p, m)
		}
	}
}
