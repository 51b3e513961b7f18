package kernel

import "math"

func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func adamGo(w, g, m, v []float32, c *adamFactors) {
	for i := range w {
		d := float32(c.gradScale*g[i]) + float32(c.l2*w[i])
		m[i] = float32(c.beta1*m[i]) + float32(c.rest1*d)
		v[i] = float32(c.beta2*v[i]) + float32(c.rest2*float32(d*d))
		step := m[i] / (float32(sqrt32(v[i])*c.correction) + c.epsilon)
		w[i] = float32(c.keep*w[i]) - float32(c.rate*step)
	}
}

func momentumGo(w, g, u []float32, c *momentumFactors) {
	for i := range w {
		d := float32(c.gradScale*g[i]) + float32(c.l2*w[i])
		u[i] = float32(c.momentum*u[i]) + d
		w[i] -= float32(c.rate * (float32(c.here*d) + float32(c.ahead*u[i])))
	}
}

func adagradGo(w, g, sum []float32, c *adagradFactors) {
	for i := range w {
		d := float32(c.gradScale*g[i]) + float32(c.l2*w[i])
		sum[i] += float32(d * d)
		w[i] -= float32(c.rate * (d / (sqrt32(sum[i]) + c.epsilon)))
	}
}
