package kernel

import "math/bits"

// dropoutGo serves whole groups: len(x) is a multiple of 64, and first is the
// number of the first group. Word w of counter c of a group belongs to element
// 16w + c.
func dropoutGo(dst, x []float32, first uint64, key0, key1, threshold uint32, scale float32) {
	for i := 0; i < len(x); i += group {
		counter := (first + uint64(i)/group) * 16
		for c := range 16 {
			for w, word := range philox(counter+uint64(c), key0, key1) {
				j := i + 16*w + c
				if word < threshold {
					dst[j] = 0
				} else {
					dst[j] = x[j] * scale
				}
			}
		}
	}
}

// dropoutAt begins at any position.
func dropoutAt(dst, x []float32, offset uint64, key0, key1, threshold uint32, scale float32) {
	for i, v := range x {
		p := offset + uint64(i)
		word := philox(p/group*16+p%16, key0, key1)[p%group/16]
		if word < threshold {
			dst[i] = 0
		} else {
			dst[i] = v * scale
		}
	}
}

// philox is Philox4x32-10 for a 64-bit counter (its other words are 0).
func philox(counter uint64, k0, k1 uint32) [4]uint32 {
	c := [4]uint32{uint32(counter), uint32(counter >> 32)}
	for range 10 {
		h0, l0 := bits.Mul32(0xD2511F53, c[0])
		h1, l1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{h1 ^ c[1] ^ k0, l1, h0 ^ c[3] ^ k1, l0}
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return c
}
