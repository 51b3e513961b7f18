package linear

import (
	"context"
	"math"
)

// headPart is a head in the making, of some of the rows, and others that it
// will be asked about. It works on the rows centred and scaled: the penalty of
// the bias being none, that changes the unit of C and nothing else.
type headPart struct {
	objective *objective
	shift     []float64 // subtracted from each dimension
	scale     []float64 // then multiplied
	mean, dev float64   // of the numbers to be learned; else 0 and 1
	theta     []float64
	held      Vectors
}

// newHeadPart begins at theta, or else at zero.
func newHeadPart(o HeadOptions, x Vectors, y Target, theta []float64) *headPart {
	p := &headPart{dev: 1, theta: theta}
	p.shift, p.scale = spreadOf(x, y.weights(), o.Standardize)
	if y.Task == Regress {
		p.mean, p.dev = moments(y.Value)
		y.Value = standard(y.Value)
	}
	scaled := Vectors{Width: x.Width, Data: make([]float32, len(x.Data))}
	o.Pool.Run(blocks(x.Rows()), func(b int) {
		for i := b * blockRows; i < min(x.Rows(), (b+1)*blockRows); i++ {
			for j, v := range x.Row(i) {
				scaled.Data[i*x.Width+j] = float32((float64(v) - p.shift[j]) * p.scale[j])
			}
		}
	})
	p.objective = newObjective(o.Pool, scaled, y)
	if p.theta == nil {
		p.theta = make([]float64, p.objective.outputs*(x.Width+1))
	}
	return p
}

// spreadOf gives the mean of each dimension, and what to multiply with so that
// the mean of ‖x‖² becomes 1, or for each dimension its own so that its
// variance becomes 1 over the width.
func spreadOf(x Vectors, weight []float64, each bool) (mean, scale []float64) {
	mean, scale = make([]float64, x.Width), make([]float64, x.Width)
	total := 0.0
	for i, w := range weight {
		total += w
		for j, v := range x.Row(i) {
			mean[j] += w * float64(v)
		}
	}
	for j := range mean {
		mean[j] /= total
	}
	for i, w := range weight {
		for j, v := range x.Row(i) {
			d := float64(v) - mean[j]
			scale[j] += w / total * d * d
		}
	}
	all := 0.0
	for _, variance := range scale {
		all += variance
	}
	for j, variance := range scale {
		if each {
			all = variance * float64(x.Width)
		}
		if scale[j] = 1; all > 0 {
			scale[j] = 1 / math.Sqrt(all)
		}
	}
	return mean, scale
}

// fit goes on to the minimum for c, and gives the head for vectors as they come.
func (p *headPart) fit(ctx context.Context, c, tolerance float64) *Head {
	o := p.objective
	o.minimise(ctx, p.theta, c, tolerance)
	k, width := o.outputs, o.x.Width
	h := &Head{Task: o.y.Task, Labels: o.y.Labels, Width: width, Weight: make([]float32, k*width), Bias: make([]float32, k)}
	for r := range k {
		bias := p.theta[k*width+r]
		for j := range width {
			w := p.theta[r*width+j] * p.scale[j]
			bias -= w * p.shift[j]
			h.Weight[r*width+j] = float32(w * p.dev)
		}
		h.Bias[r] = float32(bias*p.dev + p.mean)
	}
	return h
}

// count tells the progress: one trial more, as many fits as there are parts.
func (f *headFitter) count() {
	f.trials++
	if f.o.Progress != nil {
		n := float64(len(f.parts))
		f.o.Progress(float64(f.trials)*n, float64(max(expectedTrials, f.trials+1))*n)
	}
}
