package kernel

import "math"

// AdamStep says how one step of Adam or AdamW moves.
type AdamStep struct {
	LearningRate float64
	Beta1, Beta2 float64
	Epsilon      float64
	WeightDecay  float64
	GradScale    float32 // what gradients are multiplied with first, as clipping asks; 1 for nothing
	Step         int     // counts from 1
}

// adamFactors is what is the same for every weight. _asm knows the offsets.
type adamFactors struct {
	gradScale  float32 // g' = gradScale·g + l2·w
	l2         float32
	beta1      float32 // m = beta1·m + rest1·g'
	rest1      float32
	beta2      float32 // v = beta2·v + rest2·g'²
	rest2      float32
	correction float32 // 1/√(1-beta2^t)
	epsilon    float32
	keep       float32 // w = keep·w - rate·m/(√v·correction + epsilon)
	rate       float32
}

func (s AdamStep) factors() adamFactors {
	if s.Step < 1 {
		panic("kernel: AdamStep: Step counts from 1")
	}
	t := float64(s.Step)
	return adamFactors{
		gradScale: s.GradScale,
		beta1:     float32(s.Beta1), rest1: float32(1 - s.Beta1),
		beta2: float32(s.Beta2), rest2: float32(1 - s.Beta2),
		correction: float32(1 / math.Sqrt(1-math.Pow(s.Beta2, t))),
		epsilon:    float32(s.Epsilon), keep: 1,
		rate: float32(s.LearningRate / (1 - math.Pow(s.Beta1, t))),
	}
}

// AdamW moves w by its gradient g, with moments m and v, in one pass: Adam with
// bias correction and decoupled weight decay (Loshchilov and Hutter 2019,
// algorithm 2, with the learning rate on the decay as PyTorch has it).
func AdamW(w, g, m, v []float32, s AdamStep) {
	c := s.factors()
	c.keep = float32(1 - s.LearningRate*s.WeightDecay)
	adam("AdamW", w, g, m, v, c)
}

// Adam is AdamW with the decay as an L2 term in the gradient (Kingma and Ba 2015).
func Adam(w, g, m, v []float32, s AdamStep) {
	c := s.factors()
	c.l2 = float32(s.WeightDecay)
	adam("Adam", w, g, m, v, c)
}

func adam(what string, w, g, m, v []float32, c adamFactors) {
	sameLength(what, len(w), len(g), len(m), len(v))
	each(len(w), func(i, j int) { current.adam(w[i:j], g[i:j], m[i:j], v[i:j], &c) })
}

// MomentumStep says how one step of SGD moves.
type MomentumStep struct {
	LearningRate float64
	Momentum     float64 // 0 is plain SGD
	WeightDecay  float64 // L2
	GradScale    float32 // 1 for nothing
	Nesterov     bool
}

// momentumFactors: g' = gradScale·g + l2·w, u = momentum·u + g', w -= rate·(here·g' + ahead·u).
type momentumFactors struct{ gradScale, l2, momentum, here, ahead, rate float32 }

// SGDMomentum moves w by its gradient g with velocity u: u = momentum·u + g,
// w -= rate·u, or rate·(g + momentum·u) for Nesterov (Sutskever et al. 2013 as
// PyTorch has it: the first velocity, 0, becomes the first gradient).
func SGDMomentum(w, g, u []float32, s MomentumStep) {
	sameLength("SGDMomentum", len(w), len(g), len(u))
	c := momentumFactors{s.GradScale, float32(s.WeightDecay), float32(s.Momentum), 0, 1, float32(s.LearningRate)}
	if s.Nesterov {
		c.here, c.ahead = 1, c.momentum
	}
	each(len(w), func(i, j int) { current.momentum(w[i:j], g[i:j], u[i:j], &c) })
}

// AdagradStep says how one step of Adagrad moves.
type AdagradStep struct {
	LearningRate float64
	Epsilon      float64
	WeightDecay  float64 // L2
	GradScale    float32 // 1 for nothing
}

// adagradFactors: g' = gradScale·g + l2·w, sum += g'², w -= rate·g'/(√sum + epsilon).
type adagradFactors struct{ gradScale, l2, epsilon, rate float32 }

// Adagrad moves w by its gradient g with the sum of squares so far (Duchi,
// Hazan and Singer 2011).
func Adagrad(w, g, sum []float32, s AdagradStep) {
	sameLength("Adagrad", len(w), len(g), len(sum))
	c := adagradFactors{s.GradScale, float32(s.WeightDecay), float32(s.Epsilon), float32(s.LearningRate)}
	each(len(w), func(i, j int) { current.adagrad(w[i:j], g[i:j], sum[i:j], &c) })
}
