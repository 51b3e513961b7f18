package kernel

import "math"

func expGo(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(math.Exp(float64(v)))
	}
}

// normalCDF is Φ(x); by erfc, so that the negative tail does not cancel.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

func geluGo(dst, x []float32) {
	for i, v := range x {
		f := float64(v)
		if math.IsInf(f, -1) {
			dst[i] = 0
			continue
		}
		dst[i] = float32(f * normalCDF(f))
	}
}

func geluBackwardGo(dx, dy, x []float32) {
	for i, v := range x {
		dx[i] = float32(float64(dy[i]) * geluSlope(float64(v)))
	}
}

// geluSlope is Φ(x) + x·φ(x).
func geluSlope(x float64) float64 {
	if math.IsInf(x, 0) {
		return normalCDF(x)
	}
	return normalCDF(x) + float64(x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
}

func tanhGo(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(math.Tanh(float64(v)))
	}
}

func tanhBackwardGo(dx, dy, y []float32) {
	for i, v := range y {
		dx[i] = dy[i] * (1 - float32(v*v))
	}
}

func reluGo(dst, x []float32) {
	for i, v := range x {
		if v <= 0 {
			v = 0
		}
		dst[i] = v
	}
}

func reluBackwardGo(dx, dy, x []float32) {
	for i, v := range x {
		d := dy[i]
		if !(v > 0) {
			d = 0
		}
		dx[i] = d
	}
}
