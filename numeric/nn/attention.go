package nn

import (
	"math"
	"sync"

	"datahall/numeric/kernel"
)

// Attention is scaled dot-product attention in several heads (Vaswani et al.
// 2017) over a packed batch: a token sees the tokens of its own row, and no
// others are computed. Queries, keys and values stand side by side in qkv
// (tokens, 3·Width); a head's part of each is Width/Heads wide.
//
// Probabilities are not kept: the way back computes them again, query block by
// query block, so memory grows with the tokens and not with their square.
type Attention struct {
	Heads, Width int
}

// queryBlock is how many queries are worked on together. A multiple of 64 keeps
// dropout's positions on its fast path.
const queryBlock = 64

// headPart is what one task works on: the columns of one head in one row of the batch.
type headPart struct {
	at     int // first token of the row
	n      int // its tokens
	column int // first column of the head in a matrix of Width
	drop   int // position of its probabilities in dropout
}

// groups rounds a number of positions of dropout up to whole groups.
func groups(n int) int { return (n + 63) &^ 63 }

// Positions is how many positions of dropout one head of a row of n tokens takes.
func (a Attention) Positions(n int) int { return groups(n * n) }

// each runs f on every head of every row of the batch.
func (a Attention) each(pool *kernel.Pool, offsets []int32, d Dropout, f func(headPart)) {
	rows := len(offsets) - 1
	var starts []int
	if d.P > 0 {
		starts = make([]int, rows+1)
		for r := range rows {
			starts[r+1] = starts[r] + a.Heads*a.Positions(int(offsets[r+1]-offsets[r]))
		}
	}
	together := a.together(offsets)
	tasks := (a.Heads + together - 1) / together
	pool.Run(rows*tasks, func(i int) {
		r := i / tasks
		p := headPart{at: int(offsets[r]), n: int(offsets[r+1] - offsets[r])}
		for h := i % tasks * together; h < min(a.Heads, (i%tasks+1)*together); h++ {
			p.column = h * a.Width / a.Heads
			if starts != nil {
				p.drop = starts[r] + h*a.Positions(p.n)
			}
			f(p)
		}
	})
}

// together is how many heads a task takes, so that tasks of short rows are worth claiming.
func (a Attention) together(offsets []int32) int {
	tokens, rows := int(offsets[len(offsets)-1]), len(offsets)-1
	if tokens/rows >= queryBlock {
		return 1
	}
	return max(1, a.Heads/4)
}

// probabilities fills p (m, part.n) for m queries from query on, before dropout.
func (a Attention) probabilities(p, qkv []float32, t headPart, query, m int) {
	ld, size := 3*a.Width, a.Width/a.Heads
	scale := float32(1 / math.Sqrt(float64(size)))
	q, k := qkv[(t.at+query)*ld+t.column:], qkv[t.at*ld+a.Width+t.column:]
	kernel.MatMulSmallNT(p, t.n, q, ld, k, ld, m, t.n, size, scale, false)
	kernel.Softmax(p, t.n, p, t.n, m, t.n)
}

// Forward writes y (tokens, Width).
func (a Attention) Forward(pool *kernel.Pool, y, qkv []float32, offsets []int32, d Dropout) {
	ld, size := 3*a.Width, a.Width/a.Heads
	a.each(pool, offsets, d, func(t headPart) {
		buf := borrow(groups(min(queryBlock, t.n) * t.n))
		defer buffers.Put(buf)
		v := qkv[t.at*ld+2*a.Width+t.column:]
		for i := 0; i < t.n; i += queryBlock {
			m := min(queryBlock, t.n-i)
			p := (*buf)[:m*t.n]
			a.probabilities(p, qkv, t, i, m)
			drop(*buf, p, t, i, d)
			kernel.MatMulSmallNN(y[(t.at+i)*a.Width+t.column:], a.Width, p, t.n, v, ld, m, size, t.n, 1, false)
		}
	})
}

// drop applies dropout to the block p of queries from query on, and to whole
// groups: what lies behind p in the buffer does not matter.
func drop(buf, p []float32, t headPart, query int, d Dropout) {
	d.Apply(buf[:groups(len(p))], t.drop+query*t.n)
}

// Backward writes dqkv (tokens, 3·Width) from dy (tokens, Width).
func (a Attention) Backward(pool *kernel.Pool, dqkv, dy, qkv []float32, offsets []int32, d Dropout) {
	a.each(pool, offsets, d, func(t headPart) {
		for i := 0; i < t.n; i += queryBlock {
			a.backward(dqkv, dy, qkv, t, i, min(queryBlock, t.n-i), d)
		}
	})
}

// backward is the way back of m queries from query on. With P the
// probabilities, P' those after dropout, S the scores:
//
//	dV = P'ᵀ·dy, dP' = dy·Vᵀ, dP = dropout(dP'), dS = P·(dP - Σ dP·P), dQ = dS·K, dK = dSᵀ·Q
func (a Attention) backward(dqkv, dy, qkv []float32, t headPart, query, m int, d Dropout) {
	ld, size, n := 3*a.Width, a.Width/a.Heads, t.n
	scale := float32(1 / math.Sqrt(float64(size)))
	whole := groups(m * n)
	buf := borrow(3 * whole)
	defer buffers.Put(buf)
	p, dp, dropped := (*buf)[:m*n], (*buf)[whole:whole+m*n], (*buf)[2*whole:]
	at := func(s []float32, token, column int) []float32 { return s[(t.at+token)*ld+column+t.column:] }
	q, k, v := at(qkv, query, 0), at(qkv, 0, a.Width), at(qkv, 0, 2*a.Width)
	dq, dk, dv := at(dqkv, query, 0), at(dqkv, 0, a.Width), at(dqkv, 0, 2*a.Width)
	dy = dy[(t.at+query)*a.Width+t.column:]

	a.probabilities(p, qkv, t, query, m)
	after := p
	if d.P > 0 {
		after = dropped[:m*n]
		copy(after, p)
		drop(dropped, after, t, query, d)
	}
	kernel.MatMulSmallTN(dv, ld, after, n, dy, a.Width, n, size, m, 1, query > 0)
	kernel.MatMulSmallNT(dp, n, dy, a.Width, v, ld, m, n, size, 1, false)
	drop((*buf)[whole:2*whole], dp, t, query, d)
	kernel.SoftmaxBackward(dp, n, dp, n, p, n, m, n)
	kernel.MatMulSmallNN(dq, ld, dp, n, k, ld, m, size, n, scale, false)
	kernel.MatMulSmallTN(dk, ld, dp, n, q, ld, n, size, m, scale, query > 0)
}

// buffers holds the scratch of tasks between calls; whoever gets one
// overwrites what it reads.
var buffers = sync.Pool{New: func() any { return new([]float32) }}

func borrow(n int) *[]float32 {
	b := buffers.Get().(*[]float32)
	if cap(*b) < n {
		*b = make([]float32, n)
	}
	*b = (*b)[:n]
	return b
}
