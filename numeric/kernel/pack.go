package kernel

// packRows fills a panel (k, nr) from b (k, cols); what lies beyond cols is 0.
func packRows(s *set, panel, b []float32, k, cols, ldb int) {
	if cols == s.nr {
		s.pack(panel, b, k, ldb)
		return
	}
	for l := range k {
		p := panel[l*s.nr : (l+1)*s.nr]
		copy(p, b[l*ldb:l*ldb+cols])
		clear(p[cols:])
	}
}

// packTransposed fills a panel (k, nr) from b (cols, k); what lies beyond cols is 0.
func packTransposed(s *set, panel, b []float32, k, cols, ldb int) {
	if cols == s.nr {
		s.packTransposed(panel, b, k, ldb)
		return
	}
	if cols < s.nr {
		clear(panel)
	}
	for j := range cols {
		for l, v := range b[j*ldb : j*ldb+k] {
			panel[l*s.nr+j] = v
		}
	}
}
