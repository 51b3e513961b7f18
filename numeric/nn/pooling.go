package nn

import (
	"math"

	"datahall/numeric/kernel"
)

// First writes y (rows, width), the vector of each row's first token.
func First(y, x []float32, offsets []int32, width int) {
	for r := range len(offsets) - 1 {
		copy(y[r*width:(r+1)*width], x[int(offsets[r])*width:])
	}
}

// FirstBackward writes dx (tokens, width): dy at the first tokens, 0 elsewhere.
func FirstBackward(dx, dy []float32, offsets []int32, width int) {
	clear(dx)
	for r := range len(offsets) - 1 {
		copy(dx[int(offsets[r])*width:], dy[r*width:(r+1)*width])
	}
}

// Mean writes y (rows, width), the mean of each row's tokens.
func Mean(pool *kernel.Pool, y, x []float32, offsets []int32, width int) {
	pool.Run(len(offsets)-1, func(r int) {
		lo, hi := int(offsets[r]), int(offsets[r+1])
		mean := y[r*width : (r+1)*width]
		clear(mean)
		kernel.ColumnSum(mean, x[lo*width:], width, hi-lo, width)
		kernel.Scale(mean, mean, 1/float32(hi-lo))
	})
}

// MeanBackward writes dx (tokens, width).
func MeanBackward(pool *kernel.Pool, dx, dy []float32, offsets []int32, width int) {
	pool.Run(len(offsets)-1, func(r int) {
		lo, hi := int(offsets[r]), int(offsets[r+1])
		for i := lo; i < hi; i++ {
			kernel.Scale(dx[i*width:(i+1)*width], dy[r*width:(r+1)*width], 1/float32(hi-lo))
		}
	})
}

// shortest is the length below which a vector is not made longer, as in
// torch.nn.functional.normalize.
const shortest = 1e-12

// Normalize gives each row of x (rows, width), in place, length 1, and keeps
// the lengths (rows) for the way back.
func Normalize(x, lengths []float32, width int) {
	for r := range lengths {
		row := x[r*width : (r+1)*width]
		lengths[r] = float32(math.Max(math.Sqrt(kernel.SumSquares(row)), shortest))
		kernel.Scale(row, row, 1/lengths[r])
	}
}

// NormalizeBackward turns d, the gradient by y = x/|x|, into the one by x:
// (d - y·(y·d))/|x|.
func NormalizeBackward(d, y, lengths []float32, width int) {
	for r := range lengths {
		dr, yr := d[r*width:(r+1)*width], y[r*width:(r+1)*width]
		kernel.AXPY(dr, -kernel.Dot(yr, dr), yr)
		kernel.Scale(dr, dr, 1/lengths[r])
	}
}
