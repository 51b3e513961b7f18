package kernel

// Activation is what an [Epilogue] does to each element last.
type Activation int

// The activations.
const (
	ActNone Activation = iota
	ActGELU            // x·Φ(x), Φ by erf (Hendrycks and Gimpel 2016)
	ActTanh
	ActReLU
)

// apply is dst = act(x); dst may alias x.
func (a Activation) apply(dst, x []float32) {
	switch a {
	case ActGELU:
		GELU(dst, x)
	case ActTanh:
		Tanh(dst, x)
	case ActReLU:
		ReLU(dst, x)
	default:
		copy(dst, x)
	}
}

// Exp is dst = e^x. dst may alias x.
func Exp(dst, x []float32) {
	sameLength("Exp", len(dst), len(x))
	each(len(dst), func(i, j int) { current.exp(dst[i:j], x[i:j]) })
}

// GELU is dst = x·Φ(x), Φ the normal distribution function: the exact form by
// erf. GELU(-Inf) is 0. dst may alias x.
func GELU(dst, x []float32) {
	sameLength("GELU", len(dst), len(x))
	each(len(dst), func(i, j int) { current.gelu(dst[i:j], x[i:j]) })
}

// GELUBackward is dx = dy·(Φ(x) + x·φ(x)). dx may alias dy or x.
func GELUBackward(dx, dy, x []float32) {
	sameLength("GELUBackward", len(dx), len(dy), len(x))
	each(len(dx), func(i, j int) { current.geluBackward(dx[i:j], dy[i:j], x[i:j]) })
}

// Tanh is dst = tanh(x). dst may alias x.
func Tanh(dst, x []float32) {
	sameLength("Tanh", len(dst), len(x))
	each(len(dst), func(i, j int) { current.tanh(dst[i:j], x[i:j]) })
}

// TanhBackward is dx = dy·(1 - y²), where y = tanh(x). dx may alias dy or y.
func TanhBackward(dx, dy, y []float32) {
	sameLength("TanhBackward", len(dx), len(dy), len(y))
	each(len(dx), func(i, j int) { current.tanhBackward(dx[i:j], dy[i:j], y[i:j]) })
}

// ReLU is dst = x where x > 0, NaN where x is NaN, else 0. dst may alias x.
func ReLU(dst, x []float32) {
	sameLength("ReLU", len(dst), len(x))
	each(len(dst), func(i, j int) { current.relu(dst[i:j], x[i:j]) })
}

// ReLUBackward is dx = dy where x > 0, else 0; x may as well be ReLU's result.
// dx may alias dy or x.
func ReLUBackward(dx, dy, x []float32) {
	sameLength("ReLUBackward", len(dx), len(dy), len(x))
	each(len(dx), func(i, j int) { current.reluBackward(dx[i:j], dy[i:j], x[i:j]) })
}
