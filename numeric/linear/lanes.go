package linear

import (
	"math/bits"

	"datahall/numeric/kernel"
)

// few is how many lanes are computed one by one: beyond it, all at once is faster.
const few = 6

// dot gives w·x plus the bias for the lanes that are wanted, and perhaps for others.
func (d *descent) dot(sum []float32, wanted uint64, index []int32, value []float32) {
	if bits.OnesCount64(wanted) > few {
		multiply(sum, d.primal, index, value)
		return
	}
	for ; wanted != 0; wanted &= wanted - 1 {
		l := bits.TrailingZeros64(wanted)
		sum[l] = dot1(d.primal, d.width, l, index, value)
	}
}

// multiply is sum = x·W plus the bias, W (features + 1, lanes) with the bias last.
func multiply(sum, w []float32, index []int32, value []float32) {
	n := len(sum)
	copy(sum, w[len(w)-n:])
	for k, j := range index {
		kernel.AXPY(sum, value[k], w[int(j)*n:int(j)*n+n])
	}
}

// dot1 is multiply for one lane. It has two sums, of even and odd places, so
// that an addition need not wait for the one before.
func dot1(w []float32, width, lane int, index []int32, value []float32) float32 {
	value = value[:len(index)]
	var even, odd float32
	k := 0
	for ; k+1 < len(index); k += 2 {
		even += w[int(index[k])*width+lane] * value[k]
		odd += w[int(index[k+1])*width+lane] * value[k+1]
	}
	if k < len(index) {
		even += w[int(index[k])*width+lane] * value[k]
	}
	return even + odd + w[len(w)-width+lane]
}

// move adds step·x to the weights of the lanes that moved, the bias' 1
// included. Steps of the others are 0.
func (d *descent) move(moved uint64, step []float32, index []int32, value []float32) {
	if bits.OnesCount64(moved) > few {
		n := d.width
		for k, j := range index {
			kernel.AXPY(d.primal[int(j)*n:int(j)*n+n], value[k], step)
		}
		kernel.AXPY(d.primal[len(d.primal)-n:], 1, step)
		return
	}
	for ; moved != 0; moved &= moved - 1 {
		l := bits.TrailingZeros64(moved)
		axpy(d.primal, d.width, l, step[l], index, value)
	}
}

// axpy moves one lane.
func axpy(w []float32, width, lane int, step float32, index []int32, value []float32) {
	value = value[:len(index)]
	for k, j := range index {
		w[int(j)*width+lane] += step * value[k]
	}
	w[len(w)-width+lane] += step
}
