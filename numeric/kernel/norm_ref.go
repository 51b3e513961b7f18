package kernel

import "math"

func normGo(y, x, gamma, beta []float32, eps float32) (mean, rstd float32) {
	n := float32(len(x))
	mean = sumGo(x) / n
	var v float32
	for _, f := range x {
		d := f - mean
		v += float32(d * d)
	}
	rstd = 1 / float32(math.Sqrt(float64(v/n+eps)))
	for i, f := range x {
		y[i] = float32(float32((f-mean)*rstd)*gamma[i]) + beta[i]
	}
	return mean, rstd
}

func normBackwardGo(dx, dy, x, gamma, dgamma, dbeta []float32, mean, rstd float32) {
	var s, t float32 // Σ g, Σ g·x̂
	for i, d := range dy {
		h := (x[i] - mean) * rstd
		g := d * gamma[i]
		s += g
		t += float32(g * h)
		dgamma[i] += float32(d * h)
		dbeta[i] += d
	}
	n := float32(len(x))
	s, t = s/n, t/n
	for i, d := range dy {
		h := (x[i] - mean) * rstd
		dx[i] = rstd * (float32(d*gamma[i]) - s - float32(h*t))
	}
}
