package nn

import (
	"fmt"
	"math"

	"datahall/numeric/kernel"
)

// Kind is a rule by which gradients move weights.
type Kind int

// The kinds. Weight decay of the first three is an L2 term in the gradient, of
// AdamW decoupled from it.
const (
	SGD     Kind = iota // with momentum (Sutskever et al. 2013)
	Adagrad             // Duchi, Hazan and Singer 2011
	Adam                // Kingma and Ba 2015
	AdamW               // Loshchilov and Hutter 2019
)

var kindNames = []string{"sgd", "adagrad", "adam", "adamw"}

// ParseKind reads sgd, adagrad, adam or adamw.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("optimizer %q is unknown; sgd, adagrad, adam and adamw are known", name)
}

// String is the name that [ParseKind] reads.
func (k Kind) String() string { return kindNames[k] }

func (k Kind) hasM() bool { return k != Adagrad }
func (k Kind) hasV() bool { return k != SGD }

// Optimizer says how steps are made. All its state is in the parameters.
type Optimizer struct {
	Kind         Kind
	Momentum     float64 // SGD
	Beta1, Beta2 float64 // Adam and AdamW
	Epsilon      float64 // all but SGD; above 0
	WeightDecay  float64
	ClipNorm     float64 // gradients of a larger global norm are scaled down to it; 0: never
}

// Default gives the constants of the literature and of PyTorch for a kind:
// momentum 0.9, betas 0.9 and 0.999, epsilon 1e-8 (Adagrad 1e-10), no decay
// (AdamW 0.01), clipping at 1.
func Default(k Kind) Optimizer {
	o := Optimizer{Kind: k, Momentum: 0.9, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, ClipNorm: 1}
	switch k {
	case Adagrad:
		o.Epsilon = 1e-10
	case AdamW:
		o.WeightDecay = 0.01
	}
	return o
}

// Check says which constant is out of its range.
func (o Optimizer) Check() error {
	within := func(x, lo, hi float64) bool { return x >= lo && x < hi }
	switch {
	case o.Kind == SGD && !within(o.Momentum, 0, 1):
		return fmt.Errorf("momentum is %v, not in [0, 1)", o.Momentum)
	case (o.Kind == Adam || o.Kind == AdamW) && !(within(o.Beta1, 0, 1) && within(o.Beta2, 0, 1)):
		return fmt.Errorf("betas are %v and %v, not in [0, 1)", o.Beta1, o.Beta2)
	case o.Kind != SGD && !(o.Epsilon > 0 && o.Epsilon <= 1):
		return fmt.Errorf("epsilon is %v, not in (0, 1]", o.Epsilon)
	case !within(o.WeightDecay, 0, 1e6):
		return fmt.Errorf("weight decay is %v, not 0 or more", o.WeightDecay)
	case !within(o.ClipNorm, 0, math.MaxFloat64):
		return fmt.Errorf("clipping norm is %v, not 0 or more", o.ClipNorm)
	}
	return nil
}

// Update makes one optimizer step from the gradients gathered since the last
// one, and gives their global norm before clipping. A norm that is not a number
// or infinite is an error: the weights stay as they are, the gradients are gone.
func (o Optimizer) Update(pool *kernel.Pool, ps *Params, rate float64) (norm float64, err error) {
	if ps.fresh {
		panic("nn: Update without gradients")
	}
	norm = math.Sqrt(ps.sumSquares(pool))
	ps.fresh = true
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("the gradient of step %d has norm %v; a lower learning rate or a warm-up may help", ps.Step+1, norm)
	}
	scale := float32(1)
	if o.ClipNorm > 0 && norm > o.ClipNorm {
		scale = float32(o.ClipNorm / (norm + 1e-6)) // as torch.nn.utils.clip_grad_norm_
	}
	ps.Step++
	move := o.mover(rate, ps.Step)
	pool.Run(len(ps.blocks), func(i int) {
		b := ps.blocks[i]
		move(ps.w[b.lo:b.hi], ps.g[b.lo:b.hi], part(ps.m, b), part(ps.v, b), scale, b.decay)
	})
	if ps.Table != nil {
		ps.Table.update(pool, o, rate, ps.Step, scale)
	}
	return norm, nil
}

func part(s []float32, b block) []float32 {
	if s == nil {
		return nil
	}
	return s[b.lo:b.hi]
}

// move changes weights by their gradients times scale.
type move func(w, g, m, v []float32, scale float32, decay bool)

// mover is the rule at one step; steps count from 1.
func (o Optimizer) mover(rate float64, step int) move {
	decayOf := func(decay bool) float64 {
		if decay {
			return o.WeightDecay
		}
		return 0
	}
	adam := func(scale float32, decay bool) kernel.AdamStep {
		return kernel.AdamStep{LearningRate: rate, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon,
			WeightDecay: decayOf(decay), GradScale: scale, Step: step}
	}
	switch o.Kind {
	case SGD:
		return func(w, g, m, _ []float32, scale float32, decay bool) {
			kernel.SGDMomentum(w, g, m, kernel.MomentumStep{LearningRate: rate, Momentum: o.Momentum,
				WeightDecay: decayOf(decay), GradScale: scale})
		}
	case Adagrad:
		return func(w, g, _, v []float32, scale float32, decay bool) {
			kernel.Adagrad(w, g, v, kernel.AdagradStep{LearningRate: rate, Epsilon: o.Epsilon,
				WeightDecay: decayOf(decay), GradScale: scale})
		}
	case Adam:
		return func(w, g, m, v []float32, scale float32, decay bool) { kernel.Adam(w, g, m, v, adam(scale, decay)) }
	}
	return func(w, g, m, v []float32, scale float32, decay bool) { kernel.AdamW(w, g, m, v, adam(scale, decay)) }
}

// rests says what a step does to weights whose gradient and moments are 0: it
// multiplies them with keep. Where that is not all, exact is false.
func (o Optimizer) rests(rate float64, decay bool) (keep float32, exact bool) {
	switch {
	case o.Kind == AdamW && decay:
		return float32(1 - rate*o.WeightDecay), o.Epsilon > 0
	case o.Kind == AdamW || !decay || o.WeightDecay == 0:
		return 1, o.Epsilon > 0 || o.Kind == SGD
	}
	return 1, false
}

// sumSquares is the squared norm of all gradients: blocks in float64, added in
// their order, then the table's rows in theirs.
func (ps *Params) sumSquares(pool *kernel.Pool) float64 {
	pool.Run(len(ps.blocks), func(i int) {
		ps.squares[i] = kernel.SumSquares(ps.g[ps.blocks[i].lo:ps.blocks[i].hi])
	})
	total := 0.0
	for _, s := range ps.squares {
		total += s
	}
	if ps.Table != nil {
		total += ps.Table.sumSquares()
	}
	return total
}
