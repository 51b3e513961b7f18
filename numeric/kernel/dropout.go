package kernel

import (
	"fmt"
	"math"
)

// group is how many positions one round of counters serves: 16 counters, four
// words each, so that a vector of 8 or of 16 lanes finds its words in place.
const group = 64

// Dropout sets each element to 0 with probability p and multiplies the others
// with 1/(1-p) (Srivastava et al. 2014). Whether element i is dropped depends
// on seed and offset+i alone: the word of Philox4x32-10 (Salmon et al. 2011)
// for that position. dst may alias x. p lies in [0, 1].
func Dropout(dst, x []float32, seed, offset uint64, p float32) {
	sameLength("Dropout", len(dst), len(x))
	if !(p >= 0 && p <= 1) {
		panic(fmt.Sprintf("kernel: Dropout: probability %v is not in [0, 1]", p))
	}
	if p == 0 {
		copy(dst, x)
		return
	}
	if p == 1 {
		clear(dst)
		return
	}
	threshold := uint32(math.Min(math.Round(float64(p)*(1<<32)), 1<<32-1)) // words below it are dropped
	scale := float32(1 / (1 - float64(p)))
	key0, key1 := uint32(seed), uint32(seed>>32)
	head := min(len(x), int(-offset%group))
	dropoutAt(dst[:head], x[:head], offset, key0, key1, threshold, scale)
	whole := head + (len(x)-head)/group*group
	each(whole-head, func(i, j int) {
		i, j = i+head, j+head
		current.dropout(dst[i:j], x[i:j], (offset+uint64(i))/group, key0, key1, threshold, scale)
	})
	dropoutAt(dst[whole:], x[whole:], offset+uint64(whole), key0, key1, threshold, scale)
}

// DropoutBackward is dx = dy with the mask and the factor of Dropout.
// dx may alias dy.
func DropoutBackward(dx, dy []float32, seed, offset uint64, p float32) {
	Dropout(dx, dy, seed, offset, p)
}
