package nn

import (
	"fmt"
	"math"
)

// Decay is the shape of a schedule after its warm-up.
type Decay int

// The shapes.
const (
	DecayNone   Decay = iota // stays at the peak
	DecayLinear              // falls to 0 in a straight line
	DecayCosine              // falls to 0 as half a cosine (Loshchilov and Hutter 2017, without restarts)
)

// ParseDecay reads constant, linear or cosine.
func ParseDecay(name string) (Decay, error) {
	for d, n := range decayNames {
		if n == name {
			return Decay(d), nil
		}
	}
	return 0, fmt.Errorf("schedule %q is unknown; constant, linear and cosine are known", name)
}

var decayNames = []string{"constant", "linear", "cosine"}

// String is the name that [ParseDecay] reads.
func (d Decay) String() string { return decayNames[d] }

// Schedule is the learning rate of each step: a straight line from 0 to Peak
// over Warmup steps, then its Decay to step Total.
type Schedule struct {
	Decay  Decay
	Peak   float64
	Warmup int // steps
	Total  int // steps, warm-up included
}

// Rate is the learning rate of a step, counted from 0. Step 0 of a warm-up has
// rate 0, as the usual scripts have it.
func (s Schedule) Rate(step int) float64 {
	if step < s.Warmup {
		return s.Peak * float64(step) / float64(s.Warmup)
	}
	if s.Decay == DecayNone {
		return s.Peak
	}
	gone := min(1, float64(step-s.Warmup)/float64(max(1, s.Total-s.Warmup)))
	if s.Decay == DecayLinear {
		return s.Peak * (1 - gone)
	}
	return s.Peak * 0.5 * (1 + math.Cos(math.Pi*gone))
}
