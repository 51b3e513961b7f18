package kernel

import "math"

func softmaxGo(y, x []float32) {
	most := float64(maxGo(x))
	var sum float64
	for i, v := range x {
		e := math.Exp(float64(v) - most)
		y[i] = float32(e)
		sum += e
	}
	for i, v := range y {
		y[i] = float32(float64(v) / sum)
	}
}

func softmaxBackwardGo(dx, dy, y []float32) {
	s := dotGo(dy, y)
	for i, v := range y {
		dx[i] = v * (dy[i] - s)
	}
}

// expSumGo is y = e^(x-shift), and returns Σ y.
func expSumGo(y, x []float32, shift float32) float32 {
	var sum float64
	for i, v := range x {
		e := math.Exp(float64(v) - float64(shift))
		y[i] = float32(e)
		sum += e
	}
	return float32(sum)
}

// sumExpGo is Σ e^(x-shift).
func sumExpGo(x []float32, shift float32) float32 {
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - float64(shift))
	}
	return float32(sum)
}
