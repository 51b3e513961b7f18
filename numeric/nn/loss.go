package nn

import "math"

// The losses work on logits (rows, n) in float32, compute in float64, and add
// up in the order of the rows. Each returns the mean loss and writes its
// gradient, times scale, into d of the same shape; scale is the share of an
// optimizer step that the batch is, and does not change what is returned.

// CrossEntropy is softmax cross-entropy with label smoothing (Szegedy et al.
// 2016, section 7) and a weight for each class. Targets holds the class of each
// row. Weights is nil, or n factors; the mean is then over the weights of the
// targets, and smoothing spreads over the weighted classes, as in PyTorch.
func CrossEntropy(d, logits []float32, n int, targets []int32, smoothing float64, weights []float32, scale float64) float64 {
	checkLoss(d, logits, n*len(targets))
	weight := func(c int) float64 {
		if weights == nil {
			return 1
		}
		return float64(weights[c])
	}
	total, all := 0.0, 0.0
	for _, y := range targets {
		total += weight(int(y))
	}
	for c := range n {
		all += weight(c)
	}
	loss, spread := 0.0, smoothing/float64(n)
	for i, y := range targets {
		z, dz := logits[i*n:(i+1)*n], d[i*n:(i+1)*n]
		top, sum := logSum(z)
		norm := top + math.Log(sum)
		mass := (1-smoothing)*weight(int(y)) + spread*all // what the target distribution adds up to
		for c, v := range z {
			share := spread * weight(c)
			if c == int(y) {
				share += (1 - smoothing) * weight(c)
			}
			loss += share * (norm - float64(v))
			dz[c] = float32(scale * (mass*math.Exp(float64(v)-norm) - share) / total)
		}
	}
	return loss / total
}

// logSum gives the largest of z and the sum of exp(z − largest).
func logSum(z []float32) (top, sum float64) {
	top = math.Inf(-1)
	for _, v := range z {
		top = max(top, float64(v))
	}
	for _, v := range z {
		sum += math.Exp(float64(v) - top)
	}
	return top, sum
}

// BinaryCrossEntropy is the cross-entropy of a sigmoid of each logit with a
// target in 0…1, mean over rows and labels: what multi-label classification
// minimises.
func BinaryCrossEntropy(d, logits, targets []float32, scale float64) float64 {
	checkLoss(d, logits, len(targets))
	loss, n := 0.0, float64(len(logits))
	for i, v := range logits {
		z, y := float64(v), float64(targets[i])
		loss += max(z, 0) - z*y + math.Log1p(math.Exp(-math.Abs(z)))
		d[i] = float32(scale * (1/(1+math.Exp(-z)) - y) / n)
	}
	return loss / n
}

// MeanSquaredError is the mean of (output − target)².
func MeanSquaredError(d, outputs, targets []float32, scale float64) float64 {
	checkLoss(d, outputs, len(targets))
	loss, n := 0.0, float64(len(outputs))
	for i, v := range outputs {
		e := float64(v) - float64(targets[i])
		loss += e * e
		d[i] = float32(scale * 2 * e / n)
	}
	return loss / n
}

// CosineSimilarity compares rows 2i and 2i+1 of vectors (2·pairs, n) of length 1 with the
// similarity that they should have: the mean of (u·v − similarity)², as
// sentence-transformers' CosineSimilarityLoss has it.
func CosineSimilarity(d, vectors []float32, n int, similarity []float32, scale float64) float64 {
	checkLoss(d, vectors, 2*n*len(similarity))
	loss, pairs := 0.0, float64(len(similarity))
	for i, want := range similarity {
		u, v := vectors[2*i*n:(2*i+1)*n], vectors[(2*i+1)*n:(2*i+2)*n]
		du, dv := d[2*i*n:(2*i+1)*n], d[(2*i+1)*n:(2*i+2)*n]
		dot := 0.0
		for k := range n {
			dot += float64(u[k]) * float64(v[k])
		}
		e := dot - float64(want)
		loss += e * e
		g := scale * 2 * e / pairs
		for k := range n {
			du[k], dv[k] = float32(g*float64(v[k])), float32(g*float64(u[k]))
		}
	}
	return loss / pairs
}

func checkLoss(d, x []float32, n int) {
	if len(d) != n || len(x) != n {
		panic("nn: logits, gradient and targets of a loss differ in length")
	}
}
