package kernel

import "time"

// Peak is the most floating-point operations per second that one core was seen
// to do in products and sums, in units of 1e9.
type Peak float64

// MeasurePeak runs independent fused products of the current level, nothing
// else, for some milliseconds and takes the best of many short runs. now tells
// the time.
func MeasurePeak(now func() time.Time) Peak {
	s := current
	const rounds = 4000
	var best time.Duration
	for range 400 {
		begin := now()
		s.peak(rounds)
		if d := now().Sub(begin); d > 0 && (best == 0 || d < best) {
			best = d
		}
	}
	if best == 0 {
		return 0
	}
	return Peak(float64(rounds*2*s.nr*s.mr) / float64(best.Nanoseconds()))
}
