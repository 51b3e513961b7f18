package kernel

// LayerNorm makes each of the rows of y (rows, cols) (x-mean)·rstd·gamma + beta,
// where rstd = 1/√(variance + eps) and the variance is the biased one (Ba,
// Kiros and Hinton 2016). mean and rstd (rows) are kept for the way back.
// y may alias x.
func LayerNorm(y, x, gamma, beta, mean, rstd []float32, rows, cols int, eps float32) {
	sameLength("LayerNorm rows", rows*cols, len(y), len(x))
	sameLength("LayerNorm columns", cols, len(gamma), len(beta))
	sameLength("LayerNorm statistics", rows, len(mean), len(rstd))
	for i := range rows {
		mean[i], rstd[i] = current.norm(row(y, i, cols, cols), row(x, i, cols, cols), gamma, beta, eps)
	}
}

// LayerNormBackward makes dx (rows, cols) the gradient by x, and adds the
// gradients by gamma and beta, row after row, to dgamma and dbeta (cols). x is
// what LayerNorm read, mean and rstd what it wrote. dx may alias dy or x.
//
//	x̂ = (x-mean)·rstd, g = dy·gamma, dx = rstd·(g - mean(g) - x̂·mean(g·x̂))
func LayerNormBackward(dx, dy, x, gamma, mean, rstd, dgamma, dbeta []float32, rows, cols int) {
	sameLength("LayerNormBackward rows", rows*cols, len(dx), len(dy), len(x))
	sameLength("LayerNormBackward columns", cols, len(gamma), len(dgamma), len(dbeta))
	sameLength("LayerNormBackward statistics", rows, len(mean), len(rstd))
	for i := range rows {
		current.normBackward(row(dx, i, cols, cols), row(dy, i, cols, cols), row(x, i, cols, cols), gamma, dgamma, dbeta, mean[i], rstd[i])
	}
}
