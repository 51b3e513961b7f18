package kernel

// gemmArgs is one call of the product's inner kernel: tiles·rows rows of C,
// each n ≤ nr columns wide:
//
//	C[i,j] = alpha·Σ A[i,l]·B[l,j] + D[i,j]   (D only if not nil)
//
// where A[i,l] is a[i·rs + l·ks], B[l,j] is b[l·bs + j], C[i,j] is c[i·cs + j]
// and D[i,j] is d[i·ds + j]; D may be C. Each row of B must have a multiple of
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
	alpha  float32
}

// gemmGo is the twin of the inner kernels. It takes four columns at a time.
func gemmGo(p *gemmArgs) {
	for i := range p.rows * p.tiles {
		var acc [4]float32
		ai, bi := i*p.rs, 0
		for range p.k {
			a := p.a[ai]
			b := p.b[bi : bi+4 : bi+4]
			acc[0] += float32(a * b[0])
			acc[1] += float32(a * b[1])
			acc[2] += float32(a * b[2])
			acc[3] += float32(a * b[3])
			ai += p.ks
			bi += p.bs
		}
		for j := range p.n {
			v := p.alpha * acc[j]
			if p.d != nil {
				v += p.d[i*p.ds+j]
			}
			p.c[i*p.cs+j] = v
		}
	}
}

// packGo copies k rows of 4 columns to a panel.
func packGo(dst, b []float32, k, ldb int) {
	for l := range k {
		copy(dst[l*4:l*4+4], b[l*ldb:l*ldb+4])
	}
}
