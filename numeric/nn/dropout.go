package nn

import "datahall/numeric/kernel"

// Dropout is one place's dropout in one step: which elements it drops depends
// on Key and the element's position alone. The zero value drops nothing.
type Dropout struct {
	P   float32 // probability of dropping, 0…1
	Key uint64
}

// DropoutKey mixes what tells one mask from another: the run's seed, the number
// of the batch in the run, and the place in the model.
func DropoutKey(seed, batch uint64, place int) uint64 {
	return mix(mix(mix(seed)+batch) + uint64(place))
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// Apply drops from x, whose first element stands at a position, in place. The
// same call on a gradient is the way back.
func (d Dropout) Apply(x []float32, position int) {
	if d.P > 0 {
		kernel.Dropout(x, x, d.Key, uint64(position), d.P)
	}
}

// Drop is Apply on the whole of x, in blocks.
func (d Dropout) Drop(pool *kernel.Pool, x []float32) {
	if d.P == 0 {
		return
	}
	pool.Run((len(x)+activationBlock-1)/activationBlock, func(i int) {
		lo := i * activationBlock
		d.Apply(x[lo:min(len(x), lo+activationBlock)], lo)
	})
}
