package kernel

import "math"

// Softmax makes each of the rows of y (rows, cols) e^(x-max) / Σ e^(x-max).
// Elements at -Inf become 0, and at the vector levels so do those more than 87
// below the maximum; a row of nothing but -Inf becomes NaN. y may alias x.
func Softmax(y []float32, ldy int, x []float32, ldx, rows, cols int) {
	fits("Softmax y", len(y), rows, cols, ldy)
	fits("Softmax x", len(x), rows, cols, ldx)
	if cols == 0 {
		return
	}
	for i := range rows {
		if cols <= span {
			current.softmax(row(y, i, ldy, cols), row(x, i, ldx, cols))
		} else {
			softmaxLong(row(y, i, ldy, cols), row(x, i, ldx, cols))
		}
	}
}

// softmaxLong is the softmax of a row that is too long for one call.
func softmaxLong(y, x []float32) {
	most := maximum(x)
	var sum float32
	each(len(x), func(i, j int) { sum += current.expSum(y[i:j], x[i:j], most) })
	Scale(y, y, 1/sum)
}

// SoftmaxBackward is dx = y·(dy - Σ dy·y) by row, y being Softmax's result.
// dx may alias dy or y.
func SoftmaxBackward(dx []float32, lddx int, dy []float32, lddy int, y []float32, ldy, rows, cols int) {
	fits("SoftmaxBackward dx", len(dx), rows, cols, lddx)
	fits("SoftmaxBackward dy", len(dy), rows, cols, lddy)
	fits("SoftmaxBackward y", len(y), rows, cols, ldy)
	for i := range rows {
		current.softmaxBackward(row(dx, i, lddx, cols), row(dy, i, lddy, cols), row(y, i, ldy, cols))
	}
}

// LogSumExp is log Σ e^x, -Inf for no elements.
func LogSumExp(x []float32) float32 {
	most := maximum(x)
	if math.IsInf(float64(most), 0) || most != most {
		return most
	}
	var sum float64
	each(len(x), func(i, j int) { sum += float64(current.sumExp(x[i:j], most)) })
	return float32(float64(most) + math.Log(sum))
}

// maximum is the largest element, -Inf for none, NaN if one is.
func maximum(x []float32) float32 {
	most := float32(math.Inf(-1))
	each(len(x), func(i, j int) {
		if v := current.max(x[i:j]); v > most || v != v {
			most = v
		}
	})
	return most
}
