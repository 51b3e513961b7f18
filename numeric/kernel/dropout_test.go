package kernel

import (
	"math"
	"testing"
)

// TestPhilox is the known answer of Random123 1.09 (kat_vectors) for a counter
// and a key of zeros.
func TestPhilox(t *testing.T) {
	want := [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}
	if got := philox(0, 0, 0); got != want {
		t.Errorf("got %08x, want %08x", got, want)
	}
}

// TestTheMaskDependsOnSeedAndPositionAlone cuts a tensor at any place.
func TestTheMaskDependsOnSeedAndPositionAlone(t *testing.T) {
	for _, s := range append(sets(), interpreters(t)...) {
		use(t, s, func() {
			const n = 400
			x := make([]float32, n)
			for i := range x {
				x[i] = float32(i + 1)
			}
			const offset = 1<<36 - 170 // counters pass 2^32
			all := make([]float32, n)
			Dropout(all, x, 0xdeadbeefcafe, offset, 0.4)
			for _, cut := range []int{1, 7, 63, 64, 65, 200, 399} {
				parts := make([]float32, n)
				DropoutBackward(parts[:cut], x[:cut], 0xdeadbeefcafe, offset, 0.4)
				DropoutBackward(parts[cut:], x[cut:], 0xdeadbeefcafe, offset+uint64(cut), 0.4)
				if i := differentAt(parts, all); i >= 0 {
					t.Errorf("%s: cut at %d, element %d is %g, else %g", s.level, cut, i, parts[i], all[i])
				}
			}
			plain := make([]float32, n)
			use(t, &goSet, func() { Dropout(plain, x, 0xdeadbeefcafe, offset, 0.4) })
			if i := differentAt(plain, all); i >= 0 {
				t.Errorf("%s: element %d is %g, the twin has %g", s.level, i, all[i], plain[i])
			}
		})
	}
}

func TestDropoutKeepsTheShareAndTheMean(t *testing.T) {
	const n = 1 << 17
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	for _, p := range []float32{0, 0.1, 0.5, 0.9, 1} {
		Dropout(y, x, 42, 13, p)
		dropped := 0
		for _, v := range y {
			if v == 0 {
				dropped++
			}
		}
		share, sigma := float64(dropped)/n, math.Sqrt(float64(p)*(1-float64(p))/n)
		if math.Abs(share-float64(p)) > 4*sigma {
			t.Errorf("p = %g: dropped %g", p, share)
		}
		if mean := float64(Sum(y)) / n; p < 1 && math.Abs(mean-1) > 4*sigma/(1-float64(p)) {
			t.Errorf("p = %g: mean %g", p, mean)
		}
	}
}
