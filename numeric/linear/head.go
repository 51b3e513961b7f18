package linear

import (
	"context"
	"math"
	"slices"

	"datahall"
	"datahall/numeric/kernel"
)

// Vectors are dense rows: (rows, Width), one after the other.
type Vectors struct {
	Width int
	Data  []float32
}

// Rows is the number of rows.
func (v Vectors) Rows() int {
	if v.Width == 0 {
		return 0
	}
	return len(v.Data) / v.Width
}

// Row is row i, not a copy.
func (v Vectors) Row(i int) []float32 { return v.Data[i*v.Width : (i+1)*v.Width] }

func (v Vectors) pick(rows []int) Vectors {
	p := Vectors{Width: v.Width, Data: make([]float32, 0, len(rows)*v.Width)}
	for _, i := range rows {
		p.Data = append(p.Data, v.Row(i)...)
	}
	return p
}

// HeadOptions say how a head is fitted. The zero value is a good choice.
type HeadOptions struct {
	Standardize bool      // scale each dimension to variance 1, instead of all by one factor
	C           []float64 // ascending; see [Search]; 1/C is the L2 penalty of rows with mean square 1; default 0.03, 0.1, … 3,000
	Refit       bool      // with validation rows: fit to them too, once C is chosen
	Seed        uint64
	Pool        *kernel.Pool
	Progress    func(done, total float64) // fits done, and to be done as far as can be told; called by one goroutine at a time
}

// Head answers dense vectors. It may be used by many goroutines at once.
type Head struct {
	Task   string
	Labels []string
	Width  int
	Weight []float32 // (outputs, Width): one output a label, or one for regress
	Bias   []float32 // (outputs)
}

// Outputs is how many values the head gives for a vector.
func (h *Head) Outputs() int { return len(h.Bias) }

// Logits gives W·x + b for each vector: (rows, outputs).
func (h *Head) Logits(pool *kernel.Pool, x Vectors) [][]float64 {
	if x.Width != h.Width {
		panic("linear: vectors of another width than the head's")
	}
	k, rows := len(h.Bias), x.Rows()
	z := make([]float32, rows*k)
	var w kernel.Packed
	w.Pack(pool, h.Weight, h.Width, k, h.Width, true)
	kernel.MatMul(pool, z, k, x.Data, h.Width, rows, &w, kernel.Epilogue{Bias: h.Bias})
	list := make([][]float64, rows)
	for i := range list {
		list[i] = make([]float64, k)
		for j := range k {
			list[i][j] = float64(z[i*k+j])
		}
	}
	return list
}

// Predict gives the probability of each label for each vector, for regress the number.
func (h *Head) Predict(pool *kernel.Pool, x Vectors) [][]float64 {
	scores := h.Logits(pool, x)
	plain(h.Task, len(h.Labels)).all(h.Task, scores)
	return scores
}

// FitHead fits a head: multinomial logistic regression for classify, a logistic
// regression for each label for multilabel, ridge regression for regress. C is
// chosen on the validation rows, or else as [Train] does it; the head is then
// fitted to all training rows. What calibrates it is part of its weights.
func FitHead(ctx context.Context, x Vectors, y Target, validation Vectors, truth Target, o HeadOptions) (*Head, *Search, error) {
	if x.Rows() != y.Rows() || validation.Rows() != truth.Rows() {
		panic("linear: not as many vectors as answers")
	}
	if err := y.check(); err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(x.Data, func(v float32) bool { return v != v || math.IsInf(float64(v), 0) }); i >= 0 {
		return nil, nil, datahall.Errorf(datahall.Invalid, "training vectors: that of row %s is not finite; the encoder is broken, use another base", i/x.Width+1)
	}
	if len(o.C) == 0 {
		o.C = []float64{0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000}
	}
	f := &headFitter{ctx: ctx, o: o}
	search := f.search(x, y, validation, truth)
	if all := f.all(x, y, validation, truth); all != nil {
		f.parts = []*headPart{all}
	}
	head := f.parts[0].fit(ctx, search.C, finalGradient)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	head.scale(search.calibration)
	for _, row := range search.Outputs {
		search.calibration.scale(y.Task, row)
	}
	return head, search, nil
}

// scale makes a calibration part of the weights.
func (h *Head) scale(c calibration) {
	if h.Task == Regress {
		return
	}
	for k := range h.Bias {
		slope, intercept := c.Slope[0], 0.0
		if h.Task == Multilabel {
			slope, intercept = c.Slope[k], c.Intercept[k]
		}
		w := h.Weight[k*h.Width : (k+1)*h.Width]
		for j := range w {
			w[j] = float32(float64(w[j]) * slope)
		}
		h.Bias[k] = float32(float64(h.Bias[k])*slope + intercept)
	}
}

// The precision of the fits that choose C, and of the one that is kept: what
// is left of the gradient at zero.
const (
	searchGradient = 1e-3
	finalGradient  = 1e-5
)

// headFitter is one call of FitHead.
type headFitter struct {
	ctx    context.Context
	o      HeadOptions
	parts  []*headPart
	keep   bool // the one part's head is what is wanted
	trials int
}

// search chooses C, each fit going on from where the last one ended.
func (f *headFitter) search(x Vectors, y Target, validation Vectors, truth Target) *Search {
	s := &Search{C: 10, Validated: validation.Rows() > 0, calibration: plain(y.Task, len(y.Labels))}
	if s.Validated {
		s.Rows = without(validation.Rows(), nil)
		used := sample(y, searchRows, f.o.Seed)
		f.keep = len(used) == y.Rows() && !f.o.Refit
		part := newHeadPart(f.o, x.pick(used), y.Pick(used), nil)
		part.held = validation
		f.parts = []*headPart{part}
	} else {
		for _, d := range divide(y, f.o.Seed) {
			part := newHeadPart(f.o, x.pick(d.rest), y.Pick(d.rest), nil)
			part.held = x.pick(d.held)
			f.parts = append(f.parts, part)
			s.Rows = append(s.Rows, d.held...)
		}
		truth = y.Pick(s.Rows)
	}
	if len(f.parts) == 0 {
		return s
	}
	s.climb(f.o.C, truth, func(c float64) ([][]float64, bool) {
		logits := make([][][]float64, len(f.parts))
		f.o.Pool.Run(len(f.parts), func(i int) {
			logits[i] = f.parts[i].fit(f.ctx, c, searchGradient).Logits(f.o.Pool, f.parts[i].held)
		})
		f.count()
		return slices.Concat(logits...), f.ctx.Err() == nil
	})
	return s
}

// all is the part of all rows, begun where a part of the search ended; nil
// where that part has them all.
func (f *headFitter) all(x Vectors, y Target, validation Vectors, truth Target) *headPart {
	if f.keep {
		return nil
	}
	if f.o.Refit && validation.Rows() > 0 {
		x, y = Vectors{x.Width, slices.Concat(x.Data, validation.Data)}, y.and(truth)
	}
	var start []float64
	if len(f.parts) > 0 {
		start = f.parts[0].theta
	}
	return newHeadPart(f.o, x, y, start)
}
