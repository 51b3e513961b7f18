package nn

import (
	"math"
	"testing"
)

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		decay Decay
		want  map[int]float64 // rate at a step, of peak 1, 4 steps of warm-up, 12 in all
	}{
		{DecayNone, map[int]float64{0: 0, 1: 0.25, 4: 1, 8: 1, 12: 1, 100: 1}},
		{DecayLinear, map[int]float64{0: 0, 3: 0.75, 4: 1, 8: 0.5, 11: 0.125, 12: 0, 100: 0}},
		{DecayCosine, map[int]float64{0: 0, 4: 1, 6: 0.5 + math.Sqrt2/4, 8: 0.5, 12: 0, 100: 0}},
	} {
		s := Schedule{c.decay, 1, 4, 12}
		for step, want := range c.want {
			if got := s.Rate(step); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: step %d has rate %v, want %v", c.decay, step, got, want)
			}
		}
		if back, err := ParseDecay(c.decay.String()); back != c.decay || err != nil {
			t.Errorf("%s is read as %v, %v", c.decay, back, err)
		}
	}
	if got := (Schedule{DecayLinear, 2, 0, 0}).Rate(0); got != 2 {
		t.Errorf("a schedule of no steps starts at %v, want its peak", got)
	}
	if _, err := ParseDecay("step"); err == nil {
		t.Error("an unknown schedule was read")
	}
	for k := SGD; k <= AdamW; k++ {
		if back, err := ParseKind(k.String()); back != k || err != nil {
			t.Errorf("%s is read as %v, %v", k, back, err)
		}
	}
	if _, err := ParseKind("lion"); err == nil {
		t.Error("an unknown optimizer was read")
	}
}
