package kernel

// heights cuts m > 0 rows into tiles of nearly equal height: the first high
// ones have low+1 rows, the other rest ones low. So 14 rows are 5+5+4 for
// tiles of at most 6, since a tile of 2 takes as long as one of 4.
func heights(m, most int) (low, high, rest int) {
	count := (m + most - 1) / most
	return m / count, m % count, count - m%count
}

// tiles covers m rows of C, reading A by its strides. It uses p up.
func tiles(s *set, p *gemmArgs, m int) {
	low, high, rest := heights(m, s.mr)
	if high > 0 {
		p.rows, p.step = low+1, (low+1)*p.rs
		p.calls(s, high)
		p.below(high*(low+1), high*p.step)
	}
	p.rows, p.step = low, low*p.rs
	p.calls(s, rest)
}

// packedTiles covers m rows of C, A being packed by packColumns, p.step apart.
// It uses p up.
func packedTiles(s *set, p *gemmArgs, m int) {
	low, high, rest := heights(m, s.mr)
	if high > 0 {
		p.rows, p.ks = low+1, low+1
		p.calls(s, high)
		p.below(high*(low+1), high*p.step)
	}
	p.rows, p.ks = low, low
	p.calls(s, rest)
}

// packColumns packs m columns of A (k, m), lda apart, for packedTiles.
func packColumns(s *set, dst, a []float32, k, lda, m, step int) {
	low, high, rest := heights(m, s.mr)
	if high > 0 {
		s.packTiles(dst, a, k, lda, low+1, high, step)
	}
	s.packTiles(dst[high*step:], a[high*(low+1):], k, lda, low, rest, step)
}

// below moves p on by i rows of C and a elements of A.
func (p *gemmArgs) below(i, a int) {
	p.a, p.c = p.a[min(a, len(p.a)):], p.c[i*p.cs:]
	if p.d != nil {
		p.d = p.d[i*p.ds:]
	}
}

// callRows·k is at most this in one call, which then lasts some tens of
// microseconds.
const callRows = blockM * blockK

// calls runs count tiles, so many at a time that none of the calls is long.
func (p *gemmArgs) calls(s *set, count int) {
	if p.tiles = count; count*p.rows*p.k <= callRows {
		gemm(s, p)
		return
	}
	q := *p
	most := max(1, callRows/(q.rows*q.k))
	for left := count; left > 0; left -= most {
		q.tiles = min(most, left)
		gemm(s, &q)
		if left > most {
			q.below(most*q.rows, most*q.step)
		}
	}
}
