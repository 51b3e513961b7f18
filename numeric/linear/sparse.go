package linear

// Sparse is a matrix of few values, by row (compressed sparse rows): those of
// row i are Index[Start[i]:Start[i+1]], ascending, and Value at the same places.
type Sparse struct {
	Cols  int
	Start []int // (rows + 1)
	Index []int32
	Value []float32
}

// Rows is the number of rows.
func (s *Sparse) Rows() int { return max(0, len(s.Start)-1) }

// Row gives the columns and values of row i.
func (s *Sparse) Row(i int) ([]int32, []float32) {
	from, to := s.Start[i], s.Start[i+1]
	return s.Index[from:to], s.Value[from:to]
}

// join makes one matrix of blocks of rows.
func join(cols int, blocks []Sparse) *Sparse {
	all := &Sparse{Cols: cols, Start: []int{0}}
	for _, b := range blocks {
		base := len(all.Index)
		all.Index = append(all.Index, b.Index...)
		all.Value = append(all.Value, b.Value...)
		for _, end := range b.Start[1:] {
			all.Start = append(all.Start, base+end)
		}
	}
	return all
}
