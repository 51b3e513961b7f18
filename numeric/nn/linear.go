package nn

import "datahall/numeric/kernel"

// Linear is y = act(x·Wᵀ + b), W being (out, in) as Hugging Face stores it. It
// keeps W packed for the kernels: pack after every change of the weights.
type Linear struct {
	In, Out int
	W, B    []float32 // (Out, In), (Out)
	GW, GB  []float32 // their gradients; nil where nothing is learnt

	ahead, back kernel.Packed
}

// Bind makes the layer from parameters that lie side by side: several weights
// are one matrix, their outputs one after the other.
func (l *Linear) Bind(ps *Params, in int, weights, biases []*Param) {
	l.W, l.GW = ps.Span(weights[0], weights[len(weights)-1])
	l.B, l.GB = ps.Span(biases[0], biases[len(biases)-1])
	l.In, l.Out = in, len(l.B)
	if len(l.W) != l.In*l.Out {
		panic("nn: weights of " + weights[0].Name + " do not lie side by side")
	}
}

// Pack reads the weights, for forward, and for backward where it is wanted.
func (l *Linear) Pack(pool *kernel.Pool, backward bool) {
	l.ahead.Pack(pool, l.W, l.In, l.Out, l.In, true)
	if backward {
		l.back.Pack(pool, l.W, l.Out, l.In, l.In, false)
	}
}

// Forward writes y (rows, Out) for x (rows, In); pre gets what the activation
// was applied to, if it is not nil.
func (l *Linear) Forward(pool *kernel.Pool, y, x []float32, rows int, act kernel.Activation, pre []float32) {
	kernel.MatMul(pool, y, l.Out, x, l.In, rows, &l.ahead, kernel.Epilogue{Bias: l.B, Activation: act, Pre: pre})
}

// Gradients writes the gradients of W and b, or adds them if accumulate, from
// dy (rows, Out), the gradient by what the activation was applied to, and x.
func (l *Linear) Gradients(pool *kernel.Pool, dy, x []float32, rows int, accumulate bool) {
	kernel.MatMulTA(pool, l.GW, l.In, dy, l.Out, rows, l.Out, x, l.In, l.In, accumulate)
	columnSums(pool, l.GB, dy, rows, accumulate)
}

// Backward writes the gradient of x to dx (rows, In), or adds it.
func (l *Linear) Backward(pool *kernel.Pool, dx, dy []float32, rows int, add bool) {
	kernel.MatMul(pool, dx, l.In, dy, l.Out, rows, &l.back, kernel.Epilogue{Accumulate: add})
}

// columnSums sums the columns of x (rows, len(dst)).
func columnSums(pool *kernel.Pool, dst, x []float32, rows int, accumulate bool) {
	const width = 128
	cols := len(dst)
	pool.Run((cols+width-1)/width, func(i int) {
		lo, hi := i*width, min(cols, (i+1)*width)
		if !accumulate {
			clear(dst[lo:hi])
		}
		if rows > 0 {
			kernel.ColumnSum(dst[lo:hi], x[lo:], cols, rows, hi-lo)
		}
	})
}

// activationBlock is the elements of a task of the element-wise functions.
const activationBlock = 1 << 14

// GELUBackward turns d, the gradient by y = GELU(pre), into the one by pre, and
// writes y once more: what is computed again need not be kept.
func GELUBackward(pool *kernel.Pool, d, y, pre []float32) {
	pool.Run((len(d)+activationBlock-1)/activationBlock, func(i int) {
		lo, hi := i*activationBlock, min(len(d), (i+1)*activationBlock)
		kernel.GELU(y[lo:hi], pre[lo:hi])
		kernel.GELUBackward(d[lo:hi], d[lo:hi], pre[lo:hi])
	})
}

// ReLUBackward is GELUBackward for y = max(0, pre).
func ReLUBackward(pool *kernel.Pool, d, y, pre []float32) {
	pool.Run((len(d)+activationBlock-1)/activationBlock, func(i int) {
		lo, hi := i*activationBlock, min(len(d), (i+1)*activationBlock)
		kernel.ReLU(y[lo:hi], pre[lo:hi])
		kernel.ReLUBackward(d[lo:hi], d[lo:hi], pre[lo:hi])
	})
}
