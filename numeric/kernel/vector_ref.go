package kernel

import "math"

// The conversions float32(x*y) below are not idle: without them the compiler
// may fuse a product and a sum on some architectures, and bits would differ.

func addGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func subGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

func mulGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func scaleGo(dst, x []float32, s float32) {
	for i := range dst {
		dst[i] = s * x[i]
	}
}

func axpyGo(dst, x []float32, s float32) {
	for i := range dst {
		dst[i] += float32(s * x[i])
	}
}

func dotGo(a, b []float32) float32 {
	var s float32
	for i := range a {
		s += float32(a[i] * b[i])
	}
	return s
}

func sumGo(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v
	}
	return s
}

func sumSquaresGo(x []float32) float64 {
	var s float64
	for _, v := range x {
		s += float64(float64(v) * float64(v))
	}
	return s
}

func maxAbsGo(x []float32) float32 {
	var most float32
	for _, v := range x {
		if v != v {
			return v
		}
		most = max(most, float32(math.Abs(float64(v))))
	}
	return most
}

// maxGo is the largest element, -Inf for none, and NaN if one is NaN.
func maxGo(x []float32) float32 {
	most := float32(math.Inf(-1))
	for _, v := range x {
		if v != v {
			return v
		}
		most = max(most, v)
	}
	return most
}
