package linear

import (
	"context"
	"math"

	"datahall/numeric/kernel"
)

// objective is what a head minimises over its weights W (outputs, width) and
// its bias b (outputs), which stand one after the other:
//
//	Σ weight·loss(W·x + b, goal)/Σ weight + ‖W‖²/(2·C·Σ weight)
//
// which is the usual C·Σ weight·loss + ½‖W‖², divided by C·Σ weight.
type objective struct {
	pool    *kernel.Pool
	x       Vectors
	y       Target
	loss    loss
	weight  []float64
	total   float64 // Σ weight
	outputs int
	packed  kernel.Packed
	theta   []float32 // W and b as the kernels read them
	z       []float32 // (rows, outputs): W·x + b, then the gradients of the losses
	grad    []float32 // (outputs, width)
}

// loss reads one row's outputs, puts the gradient in their place, and gives the loss.
type loss func(z []float32, y Target, row int) float64

// newObjective reads x as it is.
func newObjective(pool *kernel.Pool, x Vectors, y Target) *objective {
	o := &objective{pool: pool, x: x, y: y, weight: y.weights()}
	for _, w := range o.weight {
		o.total += w
	}
	switch o.outputs = len(y.Labels); y.Task {
	case Classify:
		o.loss = crossEntropy
	case Multilabel:
		o.loss = binaryCrossEntropy
	default:
		o.loss, o.outputs = halfSquare, 1
	}
	o.theta = make([]float32, o.outputs*(x.Width+1))
	o.z = make([]float32, x.Rows()*o.outputs)
	o.grad = make([]float32, o.outputs*x.Width)
	return o
}

// minimise goes from theta to the minimum for c.
func (o *objective) minimise(ctx context.Context, theta []float64, c, tolerance float64) {
	gradient := make([]float64, len(theta))
	o.value(make([]float64, len(theta)), gradient, c)
	l := lbfgs{memory: 12, iterations: 500, tolerance: tolerance, flat: 1e-8}
	l.minimise(ctx, theta, length(gradient), func(theta, gradient []float64) float64 { return o.value(theta, gradient, c) })
}

// value gives the objective and fills its gradient.
func (o *objective) value(theta, gradient []float64, c float64) float64 {
	k, width, rows := o.outputs, o.x.Width, o.x.Rows()
	for i, t := range theta {
		o.theta[i] = float32(t)
	}
	o.packed.Pack(o.pool, o.theta, width, k, width, true)
	kernel.MatMul(o.pool, o.z, k, o.x.Data, width, rows, &o.packed, kernel.Epilogue{Bias: o.theta[k*width:]})
	sum := o.losses() / o.total
	kernel.MatMulTA(o.pool, o.grad, width, o.z, k, rows, k, o.x.Data, width, width, false)
	pull := 1 / (c * o.total)
	for i, g := range o.grad {
		gradient[i] = float64(g) + pull*theta[i]
		sum += pull / 2 * theta[i] * theta[i]
	}
	bias := gradient[k*width:]
	clear(bias)
	for i := range rows {
		for j, g := range o.z[i*k : (i+1)*k] {
			bias[j] += float64(g)
		}
	}
	return sum
}

// losses puts the weighted gradients of the losses in the place of the
// outputs, and adds the losses up, block by block.
func (o *objective) losses() float64 {
	sums := make([]float64, blocks(o.x.Rows()))
	o.pool.Run(len(sums), func(b int) {
		for i := b * blockRows; i < min(o.x.Rows(), (b+1)*blockRows); i++ {
			z := o.z[i*o.outputs : (i+1)*o.outputs]
			sums[b] += o.weight[i] * o.loss(z, o.y, i)
			kernel.Scale(z, z, float32(o.weight[i]/o.total))
		}
	})
	total := 0.0
	for _, s := range sums {
		total += s
	}
	return total
}

// crossEntropy is -log softmax(z)[label].
func crossEntropy(z []float32, y Target, row int) float64 {
	k, n := y.Class[row], len(z)
	own := float64(z[k])
	lost := float64(kernel.LogSumExp(z)) - own
	kernel.Softmax(z, n, z, n, 1, n)
	if p := float64(z[k]); p > 0.5 { // the difference above has lost its digits
		others := 0.0
		for j, v := range z {
			if j != k {
				others += float64(v)
			}
		}
		lost = math.Log1p(others / p)
	}
	z[k]--
	return lost
}

// binaryCrossEntropy is Σ log(1 + e^∓z) over the labels, - for a label of the row.
func binaryCrossEntropy(z []float32, y Target, row int) float64 {
	set, lost := y.Sets[row], 0.0
	for k, v := range z {
		p := sigmoid(float64(v))
		goal := 0.0
		if len(set) > 0 && set[0] == k {
			goal, set = 1, set[1:]
			v = -v
		}
		lost += max(float64(v), 0) + math.Log1p(math.Exp(-math.Abs(float64(v))))
		z[k] = float32(p - goal)
	}
	return lost
}

// halfSquare is ½(z - value)².
func halfSquare(z []float32, y Target, row int) float64 {
	d := float64(z[0]) - y.Value[row]
	z[0] = float32(d)
	return d * d / 2
}
