package kernel

// MatMulSmallNN is C(m, n) = alpha·A(m, k)·B(k, n), or C += that. Made for the
// heads of attention, it and its sisters run on the caller's goroutine, and
// nothing has to be packed before. c may not alias a or b.
func MatMulSmallNN(c []float32, ldc int, a []float32, lda int, b []float32, ldb, m, n, k int, alpha float32, accumulate bool) {
	fits("MatMulSmallNN C", len(c), m, n, ldc)
	fits("MatMulSmallNN A", len(a), m, k, lda)
	fits("MatMulSmallNN B", len(b), k, n, ldb)
	small(&gemmArgs{a: a, rs: lda, ks: 1, b: b, bs: ldb, c: c, cs: ldc, k: k, alpha: alpha}, m, n, accumulate, false)
}

// MatMulSmallNT is C(m, n) = alpha·A(m, k)·B(n, k)ᵀ, or C += that.
func MatMulSmallNT(c []float32, ldc int, a []float32, lda int, b []float32, ldb, m, n, k int, alpha float32, accumulate bool) {
	fits("MatMulSmallNT C", len(c), m, n, ldc)
	fits("MatMulSmallNT A", len(a), m, k, lda)
	fits("MatMulSmallNT B", len(b), n, k, ldb)
	small(&gemmArgs{a: a, rs: lda, ks: 1, b: b, bs: ldb, c: c, cs: ldc, k: k, alpha: alpha}, m, n, accumulate, true)
}

// MatMulSmallTN is C(m, n) = alpha·A(k, m)ᵀ·B(k, n), or C += that.
func MatMulSmallTN(c []float32, ldc int, a []float32, lda int, b []float32, ldb, m, n, k int, alpha float32, accumulate bool) {
	fits("MatMulSmallTN C", len(c), m, n, ldc)
	fits("MatMulSmallTN A", len(a), k, m, lda)
	fits("MatMulSmallTN B", len(b), k, n, ldb)
	if m >= manyRows && k > 2*fewRows && n > 0 {
		t := gradient{c: c, ldc: ldc, a: a, lda: lda, b: b, ldb: ldb, k: k, alpha: alpha, add: accumulate, set: current}
		t.run(nil, m, n)
		return
	}
	small(&gemmArgs{a: a, rs: 1, ks: lda, b: b, bs: ldb, c: c, cs: ldc, k: k, alpha: alpha}, m, n, accumulate, false)
}

// B is read where it lies if it has few rows, or if few rows of A will read
// it: it pays to copy 64 rows together for 48 readers.
const (
	fewRows  = 64
	manyRows = 48
)

// small goes panel by panel over the columns of C. whole holds whole operands.
func small(whole *gemmArgs, m, n int, accumulate, transposed bool) {
	if m == 0 || n == 0 {
		return
	}
	s := current
	direct := !transposed && (whole.k <= fewRows || m < manyRows)
	var buf *[]float32
	for j := 0; j < n; j += s.nr {
		p := *whole
		p.n = min(s.nr, n-j)
		p.c = p.c[j:]
		if accumulate {
			p.d, p.ds = p.c, p.cs
		}
		switch {
		case p.k == 0:
		case direct && p.n%s.lanes == 0:
			p.b = p.b[j:]
		default:
			if buf == nil {
				buf = scratch.Get().(*[]float32)
				*buf = room(*buf, p.k*s.nr)
			}
			if transposed {
				packTransposed(s, *buf, p.b[j*p.bs:], p.k, p.n, p.bs)
			} else {
				packRows(s, *buf, p.b[j:], p.k, p.n, p.bs)
			}
			p.b, p.bs = *buf, s.nr
		}
		tiles(s, &p, m)
	}
	if buf != nil {
		scratch.Put(buf)
	}
}
