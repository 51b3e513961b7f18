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
	if m*n*k < alone {
		pool = nil
	}
	t := gradient{c: c, ldc: ldc, a: a, lda: lda, b: b, ldb: ldb, k: k, alpha: 1, add: accumulate, set: current}
	t.run(pool, m, n)
}

// gradient is one call of MatMulTA.
type gradient struct {
	c, a, b       []float32
	ldc, lda, ldb int
	k             int
	alpha         float32
	add           bool
	set           *set
}

// run cuts C (m, n) into tasks.
func (t *gradient) run(pool *Pool, m, n int) {
	rows, cols := (m+blockM-1)/blockM, (n+blockTA-1)/blockTA
	height, width := roundUp((m+rows-1)/rows, t.set.mr), roundUp((n+cols-1)/cols, t.set.nr)
	rows, cols = (m+height-1)/height, (n+width-1)/width
	pool.Run(rows*cols, func(i int) {
		i0, j0 := i/cols*height, i%cols*width
		t.block(i0, min(i0+height, m), j0, min(j0+width, n))
	})
}

// blockPanels is the columns of B that are copied together: enough of each row
// for the memory to stream, few enough to stay in the second-level cache.
const blockPanels = 64

// block computes rows i0…i1 and columns j0…j1 of C: for each block of k it
// copies its columns of A together and its columns of B to panels, which then
// lie in the near caches.
func (t *gradient) block(i0, i1, j0, j1 int) {
	s, m := t.set, i1-i0
	step := min(blockK, t.k)*s.mr + 16
	buf := scratch.Get().(*[]float32)
	defer scratch.Put(buf)
	*buf = room(*buf, (m/s.mr+1)*step+blockK*blockPanels)
	a, panels := (*buf)[:(m/s.mr+1)*step], (*buf)[(m/s.mr+1)*step:]
	for k0 := 0; k0 == 0 || k0 < t.k; k0 += blockK {
		depth := min(blockK, t.k-k0)
		if depth > 0 {
			packColumns(s, a, t.a[k0*t.lda+i0:], depth, t.lda, m, step)
		}
		for j := j0; j < j1; j += s.nr {
			from := (j - j0) % blockPanels
			if from == 0 && depth > 0 {
				packRows(s, panels, t.b[k0*t.ldb+j:], depth, min(blockPanels, j1-j), t.ldb)
			}
			p := gemmArgs{a: a, rs: 1, step: step, b: panels[from*depth:], bs: s.nr,
				c: t.c[i0*t.ldc+j:], cs: t.ldc, k: depth, n: min(s.nr, j1-j), alpha: t.alpha}
			if t.add || k0 > 0 {
				p.d, p.ds = p.c, t.ldc
			}
			packedTiles(s, &p, m)
		}
	}
}
