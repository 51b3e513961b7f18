package kernel

// packSpan is how many rows, or columns of eight rows, one call may pack.
const packSpan = 2048

// packRows fills panels (k, nr), one after the other, from b (k, cols); what
// lies beyond cols is 0.
func packRows(s *set, panels, b []float32, k, cols, ldb int) {
	whole := cols / s.nr
	switch {
	case whole > 1 && k > 0:
		s.pack(panels, b, k, ldb, whole)
	case whole == 1:
		for l := 0; l < k; l += packSpan {
			s.pack(panels[l*s.nr:], b[l*ldb:], min(packSpan, k-l), ldb, 1)
		}
	}
	rest := cols - whole*s.nr
	if rest == 0 {
		return
	}
	for l := range k {
		p := panels[(whole*k+l)*s.nr:][:s.nr]
		copy(p, b[l*ldb+whole*s.nr:][:rest])
		clear(p[rest:])
	}
}

// packTransposed fills a panel (k, nr) from b (cols, k). Beyond cols it repeats
// the last column up to the next whole register; nothing reads what is behind.
func packTransposed(s *set, panel, b []float32, k, cols, ldb int) {
	done, width := 0, roundUp(cols, s.lanes)
	if s.packTransposed != nil {
		done = k &^ 7
		for j := 0; j < width; j += 8 {
			first := min(j, cols-1)
			for l := 0; l < done; l += packSpan {
				s.packTransposed(panel[l*s.nr+j:], b[first*ldb+l:], min(packSpan, done-l), ldb, max(1, cols-first))
			}
		}
	}
	if done == k {
		return
	}
	for j := range width {
		r := b[min(j, cols-1)*ldb:]
		for l := done; l < k; l++ {
			panel[l*s.nr+j] = r[l]
		}
	}
}
