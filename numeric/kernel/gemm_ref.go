package kernel

// gemmArgs is one call of the product's inner kernel: tiles·rows rows of C,
// each n ≤ nr columns wide:
//
//	C[i,j] = alpha·Σ A[i,l]·B[l,j] + D[i,j]   (D only if not nil)
//
// where, for row r of tile t (row i = t·rows + r of C), A[i,l] is
// a[t·step + r·rs + l·ks], B[l,j] is b[l·bs + j], C[i,j] is c[i·cs + j] and
// D[i,j] is d[i·ds + j]; D may be C. Each row of B must have a multiple of
// 4, 8 or 16 columns (go, avx2, avx512) to read, though only n count. _asm
// knows the offsets of these fields.
type gemmArgs struct {
	a      []float32
	b      []float32
	c      []float32
	d      []float32
	rs, ks int
	bs     int
	cs     int
	ds     int
	k      int
	n      int
	rows   int
	tiles  int
	step   int
	alpha  float32
}

// gemmGo is the twin of the inner kernels.
func gemmGo(p *gemmArgs) {
	for t := range p.tiles {
		for r := 0; r < p.rows; r += 2 {
			i, next := t*p.step+r*p.rs, p.rs
			if r+1 == p.rows {
				next = 0 // one row is left: do it twice, store it once
			}
			first, second := gemmRows(p, p.a[min(i, len(p.a)):], next)
			p.store(t*p.rows+r, first)
			if next > 0 {
				p.store(t*p.rows+r+1, second)
			}
		}
	}
}

// gemmRows sums one row of A and another that begins next elements on.
func gemmRows(p *gemmArgs, a []float32, next int) (first, second [4]float32) {
	var s0, s1, s2, s3, t0, t1, t2, t3 float32
	ai, bi := 0, 0
	for range p.k {
		x, y := a[ai], a[ai+next]
		v := p.b[bi : bi+4 : bi+4]
		s0 += float32(x * v[0])
		s1 += float32(x * v[1])
		s2 += float32(x * v[2])
		s3 += float32(x * v[3])
		t0 += float32(y * v[0])
		t1 += float32(y * v[1])
		t2 += float32(y * v[2])
		t3 += float32(y * v[3])
		ai += p.ks
		bi += p.bs
	}
	return [4]float32{s0, s1, s2, s3}, [4]float32{t0, t1, t2, t3}
}

// store is one row of the result.
func (p *gemmArgs) store(i int, sums [4]float32) {
	for j := range p.n {
		v := p.alpha * sums[j]
		if p.d != nil {
			v += p.d[i*p.ds+j]
		}
		p.c[i*p.cs+j] = v
	}
}

// packGo copies k rows, ldb apart, to panels (k, 4) one after the other.
func packGo(dst, b []float32, k, ldb, panels int) {
	for l := range k {
		for p := range panels {
			copy(dst[(p*k+l)*4:][:4], b[l*ldb+p*4:])
		}
	}
}

// packTilesGo copies k rows, lda apart, of count·rows columns to count tiles
// (k, rows), apart elements from one another.
func packTilesGo(dst, a []float32, k, lda, rows, count, apart int) {
	for l := range k {
		for t := range count {
			copy(dst[t*apart+l*rows:][:rows], a[l*lda+t*rows:])
		}
	}
}
