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

// packTransposed fills a panel (k, nr) from b (cols, k). What lies beyond cols
// is finite where b is, and otherwise of no meaning.
func packTransposed(s *set, panel, b []float32, k, cols, ldb int) {
	done := 0
	if s.packTransposed != nil {
		done = k &^ 7
		for j := 0; j < s.nr; j += 8 {
			first := min(j, cols-1)
			s.packTransposed(panel[j:], b[first*ldb:], done, ldb, max(1, cols-first))
		}
	}
	if done == k {
		return
	}
	for j := range s.nr {
		r := b[min(j, cols-1)*ldb:]
		for l := done; l < k; l++ {
			panel[l*s.nr+j] = r[l]
		}
	}
}
