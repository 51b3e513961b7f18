package kernel

// MatMulSmallNN is C(m, n) = alpha·A(m, k)·B(k, n), or C += that. Made for the
// heads of attention, it runs on the caller's goroutine and packs nothing but
// what sticks out of a panel. c may not alias a or b.
func MatMulSmallNN(c []float32, ldc int, a []float32, lda int, b []float32, ldb, m, n, k int, alpha float32, accumulate bool) {
	fits("MatMulSmallNN A", len(a), m, k, lda)
	fits("MatMulSmallNN B", len(b), k, n, ldb)
	small("MatMulSmallNN C", gemmArgs{a: a, rs: lda, ks: 1, b: b, bs: ldb, c: c, cs: ldc, k: k, alpha: alpha}, m, n, accumulate, false)
}

// MatMulSmallNT is C(m, n) = alpha·A(m, k)·B(n, k)ᵀ, or C += that.
func MatMulSmallNT(c []float32, ldc int, a []float32, lda int, b []float32, ldb, m, n, k int, alpha float32, accumulate bool) {
	fits("MatMulSmallNT A", len(a), m, k, lda)
	fits("MatMulSmallNT B", len(b), n, k, ldb)
	small("MatMulSmallNT C", gemmArgs{a: a, rs: lda, ks: 1, b: b, bs: ldb, c: c, cs: ldc, k: k, alpha: alpha}, m, n, accumulate, true)
}

// MatMulSmallTN is C(m, n) = alpha·A(k, m)ᵀ·B(k, n), or C += that.
func MatMulSmallTN(c []float32, ldc int, a []float32, lda int, b []float32, ldb, m, n, k int, alpha float32, accumulate bool) {
	fits("MatMulSmallTN A", len(a), k, m, lda)
	fits("MatMulSmallTN B", len(b), k, n, ldb)
	small("MatMulSmallTN C", gemmArgs{a: a, rs: 1, ks: lda, b: b, bs: ldb, c: c, cs: ldc, k: k, alpha: alpha}, m, n, accumulate, false)
}

// small goes panel by panel over the columns of C. p holds whole operands.
func small(what string, p gemmArgs, m, n int, accumulate, transposed bool) {
	fits(what, len(p.c), m, n, p.cs)
	if m == 0 || n == 0 {
		return
	}
	s := current
	buf := scratch.Get().(*[]float32)
	defer scratch.Put(buf)
	*buf = room(*buf, p.k*s.nr)
	b, c, ldb := p.b, p.c, p.bs
	for j := 0; j < n; j += s.nr {
		p.n = min(s.nr, n-j)
		switch {
		case p.k == 0:
			p.b = nil
		case transposed:
			packTransposed(s, *buf, b[j*ldb:], p.k, p.n, ldb)
			p.b, p.bs = *buf, s.nr
		case p.n < s.nr:
			packRows(s, *buf, b[j:], p.k, p.n, ldb)
			p.b, p.bs = *buf, s.nr
		default:
			p.b, p.bs = b[j:], ldb
		}
		p.c = c[j:]
		p.d, p.ds = nil, 0
		if accumulate {
			p.d, p.ds = p.c, p.cs
		}
		tiles(s, p, m)
	}
}
