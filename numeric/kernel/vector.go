package kernel

// span is how many elements one assembly call may take, so that no call lasts
// longer than some tens of microseconds: assembly cannot be preempted.
const span = 1 << 14

// each cuts n elements into spans.
func each(n int, f func(i, j int)) {
	for i := 0; i < n; i += span {
		f(i, min(i+span, n))
	}
}

// Add is dst = a + b. dst may alias a or b.
func Add(dst, a, b []float32) {
	sameLength("Add", len(dst), len(a), len(b))
	each(len(dst), func(i, j int) { current.add(dst[i:j], a[i:j], b[i:j]) })
}

// Sub is dst = a - b. dst may alias a or b.
func Sub(dst, a, b []float32) {
	sameLength("Sub", len(dst), len(a), len(b))
	each(len(dst), func(i, j int) { current.sub(dst[i:j], a[i:j], b[i:j]) })
}

// Mul is dst = a · b, element by element. dst may alias a or b.
func Mul(dst, a, b []float32) {
	sameLength("Mul", len(dst), len(a), len(b))
	each(len(dst), func(i, j int) { current.mul(dst[i:j], a[i:j], b[i:j]) })
}

// Scale is dst = s·x. dst may alias x.
func Scale(dst, x []float32, s float32) {
	sameLength("Scale", len(dst), len(x))
	each(len(dst), func(i, j int) { current.scale(dst[i:j], x[i:j], s) })
}

// AXPY is dst += s·x. dst may alias x.
func AXPY(dst []float32, s float32, x []float32) {
	sameLength("AXPY", len(dst), len(x))
	each(len(dst), func(i, j int) { current.axpy(dst[i:j], x[i:j], s) })
}

// Dot is Σ a·b, span by span.
func Dot(a, b []float32) float32 {
	sameLength("Dot", len(a), len(b))
	var total float32
	each(len(a), func(i, j int) { total += current.dot(a[i:j], b[i:j]) })
	return total
}

// Sum is Σ x, span by span.
func Sum(x []float32) float32 {
	var total float32
	each(len(x), func(i, j int) { total += current.sum(x[i:j]) })
	return total
}

// SumSquares is Σ x², accumulated in float64: for norms of gradients.
func SumSquares(x []float32) float64 {
	var total float64
	each(len(x), func(i, j int) { total += current.sumSquares(x[i:j]) })
	return total
}

// MaxAbs is the largest |x|, 0 for no elements and NaN if one of them is NaN.
func MaxAbs(x []float32) float32 {
	var most float32
	each(len(x), func(i, j int) {
		if v := current.maxAbs(x[i:j]); v > most || v != v {
			most = v
		}
	})
	return most
}

// AddBias adds bias (cols) to each of the rows of x.
func AddBias(x []float32, ldx int, bias []float32, rows, cols int) {
	fits("AddBias", len(x), rows, cols, ldx)
	sameLength("AddBias", cols, len(bias))
	for i := range rows {
		r := row(x, i, ldx, cols)
		Add(r, r, bias)
	}
}

// ColumnSum adds the rows of x, first to last, to dst (cols): the gradient of a bias.
func ColumnSum(dst, x []float32, ldx, rows, cols int) {
	fits("ColumnSum", len(x), rows, cols, ldx)
	sameLength("ColumnSum", cols, len(dst))
	for i := range rows {
		Add(dst, dst, row(x, i, ldx, cols))
	}
}

// Index is what names a row of a table.
type Index interface {
	~int | ~int32 | ~int64 | ~uint32
}

// Gather copies rows of table (?, cols) to dst (len(ids), cols), one for each id.
func Gather[I Index](dst, table []float32, ids []I, cols int) {
	sameLength("Gather", len(ids)*cols, len(dst))
	for i, id := range ids {
		copy(dst[i*cols:(i+1)*cols], table[int(id)*cols:(int(id)+1)*cols])
	}
}

// ScatterAdd adds row i of src (len(ids), cols) to row ids[i] of table, first
// to last: the gradient of Gather.
func ScatterAdd[I Index](table, src []float32, ids []I, cols int) {
	sameLength("ScatterAdd", len(ids)*cols, len(src))
	for i, id := range ids {
		t := table[int(id)*cols : (int(id)+1)*cols]
		Add(t, t, src[i*cols:(i+1)*cols])
	}
}
