package kernel

// peakGo does n rounds of 16 products and sums, eight of them independent.
func peakGo(n int) {
	var s [8]float32
	x, y := peakFactors[0], peakFactors[1]
	a, b, c, d, e, f, g, h := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	for range n {
		for range 2 {
			a += float32(a * x)
			b += float32(b * y)
			c += float32(c * x)
			d += float32(d * y)
			e += float32(e * x)
			f += float32(f * y)
			g += float32(g * x)
			h += float32(h * y)
		}
	}
	peakFactors[2] = a + b + c + d + e + f + g + h
}

var peakFactors [3]float32
