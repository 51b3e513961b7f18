package kernel

// packRows fills panels (k, nr), one after the other, from b (k, cols); what
// lies beyond cols is 0.
func packRows(s *set, panels, b []float32, k, cols, ldb int) {
	whole := cols / s.nr
	if whole > 0 && k > 0 {
		s.pack(panels, b, k, ldb, whole)
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
			s.packTransposed(panel[j:], b[first*ldb:], done, ldb, max(1, cols-first))
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
