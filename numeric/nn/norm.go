package nn

import "datahall/numeric/kernel"

// Norm is layer normalisation (Ba, Kiros and Hinton 2016) of what is summed
// before it.
type Norm struct {
	Gamma, Beta   []float32
	GGamma, GBeta []float32 // their gradients; nil where nothing is learnt
	Epsilon       float32
}

// Bind makes the norm from its parameters.
func (n *Norm) Bind(gamma, beta *Param, epsilon float32) {
	*n = Norm{gamma.W, beta.W, gamma.G, beta.G, epsilon}
}

// normRows is how many rows a task takes. It also says in which order the
// gradients of gamma and beta are summed: within a block, then block by block.
const normRows = 32

// NormScratch is the floats that Backward needs for rows of a width.
func NormScratch(rows, width int) int { return (rows + normRows - 1) / normRows * 2 * width }

// Add makes h, in place, residual + dropout(h), and y its normalisation; mean
// and rstd (rows) are kept for the way back. residual may be nil.
func (n *Norm) Add(pool *kernel.Pool, y, h, residual, mean, rstd []float32, d Dropout) {
	width := len(n.Gamma)
	eachRows(pool, len(mean), func(_, lo, hi int) {
		a, b := lo*width, hi*width
		d.Apply(h[a:b], a)
		if residual != nil {
			kernel.Add(h[a:b], h[a:b], residual[a:b])
		}
		kernel.LayerNorm(y[a:b], h[a:b], n.Gamma, n.Beta, mean[lo:hi], rstd[lo:hi], hi-lo, width, n.Epsilon)
	})
}

// Backward is Add's: dy becomes, in place, the gradient by the residual, and dz
// that by what was dropped from. Where nothing is dropped dz may be dy.
func (n *Norm) Backward(pool *kernel.Pool, dz, dy, h, mean, rstd, scratch []float32, d Dropout, accumulate bool) {
	width := len(n.Gamma)
	eachRows(pool, len(mean), func(i, lo, hi int) {
		a, b := lo*width, hi*width
		sums := scratch[i*2*width : (i+1)*2*width]
		clear(sums)
		kernel.LayerNormBackward(dy[a:b], dy[a:b], h[a:b], n.Gamma, mean[lo:hi], rstd[lo:hi], sums[:width], sums[width:], hi-lo, width)
		if &dz[a] != &dy[a] {
			copy(dz[a:b], dy[a:b])
			d.Apply(dz[a:b], a)
		}
	})
	if !accumulate {
		clear(n.GGamma)
		clear(n.GBeta)
	}
	for i := range (len(mean) + normRows - 1) / normRows {
		kernel.Add(n.GGamma, n.GGamma, scratch[i*2*width:i*2*width+width])
		kernel.Add(n.GBeta, n.GBeta, scratch[i*2*width+width:(i+1)*2*width])
	}
}

// eachRows runs f on blocks of rows.
func eachRows(pool *kernel.Pool, rows int, f func(i, lo, hi int)) {
	pool.Run((rows+normRows-1)/normRows, func(i int) { f(i, i*normRows, min(rows, (i+1)*normRows)) })
}
