package nn

import (
	"datahall/numeric/kernel"
	"datahall/numeric/tensor"
)

// Embedding is the sum of a token's vector, its position's and its segment's.
type Embedding struct {
	Words               *Table
	Positions, Segments *Param
}

// Forward writes y (tokens, width). The rows of the table must be current.
func (e *Embedding) Forward(pool *kernel.Pool, y []float32, b *tensor.Batch) {
	width := e.Words.width
	eachToken(pool, b, func(i, position int) {
		row := y[i*width : (i+1)*width]
		kernel.Add(row, e.Words.Row(b.IDs[i]), paramRow(e.Positions.W, position, width))
		kernel.Add(row, row, paramRow(e.Segments.W, int(b.Segment(i)), width))
	})
}

// Backward adds dy (tokens, width), token after token, to the gradients of the
// rows that were looked up. Tasks share the columns.
func (e *Embedding) Backward(pool *kernel.Pool, dy []float32, b *tensor.Batch, accumulate bool) {
	const columns = 64
	width := e.Words.width
	pool.Run((width+columns-1)/columns, func(i int) {
		lo, hi := i*columns, min(width, (i+1)*columns)
		add := func(g, d []float32) { kernel.Add(g[lo:hi], g[lo:hi], d[lo:hi]) }
		if !accumulate {
			clearColumns(e.Positions.G, width, lo, hi)
			clearColumns(e.Segments.G, width, lo, hi)
		}
		for r := range b.Rows() {
			first := int(b.Offsets[r])
			for t := first; t < int(b.Offsets[r+1]); t++ {
				d := dy[t*width : (t+1)*width]
				add(e.Words.Grad(b.IDs[t]), d)
				add(paramRow(e.Positions.G, t-first, width), d)
				add(paramRow(e.Segments.G, int(b.Segment(t)), width), d)
			}
		}
	})
}

func paramRow(s []float32, i, width int) []float32 { return s[i*width : (i+1)*width] }

func clearColumns(s []float32, width, lo, hi int) {
	for i := 0; i < len(s); i += width {
		clear(s[i+lo : i+hi])
	}
}

// eachToken runs f on every token with its position in its row.
func eachToken(pool *kernel.Pool, b *tensor.Batch, f func(i, position int)) {
	pool.Run(b.Rows(), func(r int) {
		first := int(b.Offsets[r])
		for i := first; i < int(b.Offsets[r+1]); i++ {
			f(i, i-first)
		}
	})
}
