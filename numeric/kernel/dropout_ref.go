package kernel

import "math/bits"

// dropoutGo serves whole groups: len(x) is a multiple of 64, and first is the
// number of the first group.
func dropoutGo(dst, x []float32, seed, first uint64, threshold uint32, scale float32) {
	dropoutAt(dst, x, seed, first*group, threshold, scale)
}

// dropoutAt begins at any position.
func dropoutAt(dst, x []float32, seed, offset uint64, threshold uint32, scale float32) {
	for i, v := range x {
		p := offset + uint64(i)
		word := philox(p/group*16+p%16, seed)[p%group/16]
		if word < threshold {
			dst[i] = 0
		} else {
			dst[i] = v * scale
		}
	}
}

// philox is Philox4x32-10 for a 64-bit counter (high words 0) and a 64-bit key.
func philox(counter, key uint64) [4]uint32 {
	c := [4]uint32{uint32(counter), uint32(counter >> 32)}
	k0, k1 := uint32(key), uint32(key>>32)
	for range 10 {
		h0, l0 := bits.Mul32(0xD2511F53, c[0])
		h1, l1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{h1 ^ c[1] ^ k0, l1, h0 ^ c[3] ^ k1, l0}
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return c
}
