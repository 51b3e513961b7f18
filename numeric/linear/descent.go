package linear

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
)

// lanes is how many columns descend side by side at most: they share each
// reading of a row, and a feature's weights for all of them stand together, as
// a vector of the kernels. Forty keep two threads busy with 77 labels.
const lanes = 40

// descent is the training of a few columns on the same rows. A descent at one C
// may go on at another.
type descent struct {
	x      *Sparse
	square []float32 // ‖x‖² of each row, the bias' 1 included
	weight []float64 // what each row counts
	yes    []uint64  // bit l: the row is lane l's; else its goal is -1
	goal   []float64 // ridge: the number of each row

	first  int       // column of lane 0
	width  int       // lanes
	dual   []float32 // (rows, width)
	primal []float32 // (features + 1, width), the bias last: Σ dual·goal·x
	random *rand.Rand
}

// start gives the descent its memory, at zero.
func (d *descent) start() {
	if d.dual != nil {
		return
	}
	d.dual = make([]float32, d.x.Rows()*d.width)
	d.primal = make([]float32, (d.x.Cols+1)*d.width)
}

// squares gives ‖x‖² + 1 of each row.
func squares(x *Sparse) []float32 {
	list := make([]float32, x.Rows())
	for i := range list {
		_, values := x.Row(i)
		list[i] = 1
		for _, v := range values {
			list[i] += v * v
		}
	}
	return list
}

// maxEpochs bounds a descent that does not converge.
const maxEpochs = 300

// svm minimises ½‖w‖² + C·Σ weight·max(0, 1 - goal·w·x)² for each lane by dual
// coordinate descent with shrinking (Hsieh et al. 2008, algorithm 3, L2 loss),
// until the projected gradients of all rows lie within tolerance of one
// another. The bias is the weight of one more feature that is always 1.
func (d *descent) svm(ctx context.Context, c, tolerance float64) {
	d.start()
	s := &sweep{descent: d, c: c, mask: make([]uint64, d.x.Rows()), open: 1<<d.width - 1}
	s.reopen(s.open)
	for range maxEpochs {
		if s.open == 0 || ctx.Err() != nil {
			return
		}
		s.epoch()
		s.judge(tolerance)
	}
}

// sweep is one call of svm.
type sweep struct {
	*descent
	c           float64
	order       []int          // rows that some lane still looks at
	mask        []uint64       // by row: lanes that look at it
	open        uint64         // lanes that have not converged
	whole       uint64         // lanes that began the epoch with every row
	bound       [lanes]float64 // a row without a dual and with a gradient above is dropped
	most, least [lanes]float64 // of the projected gradients of an epoch
}

// reopen gives lanes all rows back.
func (s *sweep) reopen(which uint64) {
	for l := range s.width {
		if which>>l&1 == 1 {
			s.bound[l] = math.Inf(1)
		}
	}
	s.order = s.order[:0]
	for i := range s.mask {
		if s.mask[i] |= which; s.mask[i] != 0 {
			s.order = append(s.order, i)
		}
	}
	s.whole |= which
}

// epoch walks once over the rows that some lane looks at.
func (s *sweep) epoch() {
	for l := range s.width {
		s.most[l], s.least[l] = math.Inf(-1), math.Inf(1)
	}
	s.random.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
	sum, step := make([]float32, s.width), make([]float32, s.width)
	rest := s.order[:0]
	for _, i := range s.order {
		index, value := s.x.Row(i)
		s.dot(sum, s.mask[i], index, value)
		if moved := s.visit(i, sum, step); moved != 0 {
			s.move(moved, step, index, value)
			clear(step)
		}
		if s.mask[i] != 0 {
			rest = append(rest, i)
		}
	}
	s.order = rest
}

// visit sets the duals of row i for the lanes that look at it, and gives what
// that adds to their weights for each unit of x.
func (s *sweep) visit(i int, sum, step []float32) (moved uint64) {
	diagonal := 0.5 / (s.c * s.weight[i])
	for left := s.mask[i]; left != 0; left &= left - 1 {
		l := bits.TrailingZeros64(left)
		goal := float64(int(s.yes[i]>>l&1)*2 - 1)
		dual := &s.dual[i*s.width+l]
		gradient := goal*float64(sum[l]) - 1 + diagonal*float64(*dual)
		projected := gradient
		if *dual == 0 {
			if gradient > s.bound[l] {
				s.mask[i] &^= 1 << l
				s.whole &^= 1 << l
				continue
			}
			projected = min(gradient, 0)
		}
		s.most[l], s.least[l] = max(s.most[l], projected), min(s.least[l], projected)
		next := float32(max(float64(*dual)-gradient/(float64(s.square[i])+diagonal), 0))
		if next != *dual {
			step[l] = (next - *dual) * float32(goal)
			*dual = next
			moved |= 1 << l
		}
	}
	return moved
}

// judge ends the lanes that have converged on all rows, gives all rows back to
// those that have on some, and sets the others' bounds.
func (s *sweep) judge(tolerance float64) {
	var again, done uint64
	for l := range s.width {
		bit := uint64(1) << l
		switch {
		case s.open&bit == 0:
		case s.most[l]-s.least[l] > tolerance:
			if s.bound[l] = s.most[l]; s.bound[l] <= 0 {
				s.bound[l] = math.Inf(1)
			}
		case s.whole&bit != 0:
			done |= bit
		default:
			again |= bit
		}
	}
	s.open &^= done
	for i := range s.mask {
		s.mask[i] &^= done
	}
	s.reopen(again)
}

// ridge minimises ½‖w‖² + C·Σ weight·(goal - w·x)² by dual coordinate descent
// (Ho and Lin 2012, L2-loss support vector regression, with ε = 0), until no
// gradient is larger than tolerance times the largest goal. It has one lane.
func (d *descent) ridge(ctx context.Context, c, tolerance float64) {
	d.start()
	order := without(len(d.goal), nil)
	largest := 0.0
	for _, g := range d.goal {
		largest = max(largest, math.Abs(g))
	}
	for range maxEpochs {
		d.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		worst := 0.0
		for _, i := range order {
			index, value := d.x.Row(i)
			diagonal := 0.5 / (c * d.weight[i])
			gradient := float64(dot1(d.primal, 1, 0, index, value)) - d.goal[i] + diagonal*float64(d.dual[i])
			worst = max(worst, math.Abs(gradient))
			step := float32(-gradient / (float64(d.square[i]) + diagonal))
			d.dual[i] += step
			axpy(d.primal, 1, 0, step, index, value)
		}
		if worst <= tolerance*largest || ctx.Err() != nil {
			return
		}
	}
}
