package transformer

import (
	"datahall/numeric/kernel"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
)

// run is one batch's walk through the model: the memory it uses, and what the
// way back needs.
type run struct {
	batch *tensor.Batch
	learn bool
	drops Drops

	embedded, mean, rstd []float32 // (tokens, hidden) before the norm; (tokens)
	layers               []layerRun
	act                  []float32 // (tokens, inner) after the activation
	work                 []float32 // (tokens, max(inner, 3·hidden))
	grad, dropped        []float32 // (tokens, hidden)
	sums                 []float32 // of Norm.Backward
	head                 headRun
	layout               func(*tensor.Arena) // bound once, so that a step does not allocate it
}

// layerRun is what one layer keeps. Without learning all layers share one.
type layerRun struct {
	x            []float32 // (tokens, hidden), what the layer reads
	qkv          []float32 // (tokens, 3·hidden)
	context      []float32 // (tokens, hidden); on the way back its own gradient
	attended, y1 []float32 // (tokens, hidden), before and after the norm
	pre          []float32 // (tokens, inner), before the activation
	output, y2   []float32 // (tokens, hidden), before and after the norm; y2 is the next layer's x

	mean1, rstd1, mean2, rstd2 []float32 // (tokens)
}

// headRun is what the head keeps.
type headRun struct {
	pooled  []float32 // (rows, hidden) before dropout
	dropped []float32 // (rows, hidden) after it
	first   []float32 // (rows, hidden), the pooler's input
	lengths []float32 // (rows) before normalisation
	logits  []float32 // (rows, outputs)
	dlogits []float32
	grad    []float32 // (rows, hidden)
	grad2   []float32 // (rows, hidden)
}

// prepare plans the memory of a batch.
func (b *Bert) prepare(batch *tensor.Batch, learn bool, drops Drops) {
	r := &b.run
	r.batch, r.learn, r.drops = batch, learn, drops
	if len(r.layers) != b.Config.Layers {
		r.layers = make([]layerRun, b.Config.Layers)
	}
	if r.layout == nil {
		r.layout = b.lay
	}
	b.arena.Plan(r.layout)
}

func (b *Bert) lay(a *tensor.Arena) {
	r, c := &b.run, b.Config
	t, h := r.batch.Tokens(), c.Hidden
	r.embedded, r.mean, r.rstd = a.Take(t*h), a.Take(t), a.Take(t)
	x := a.Take(t * h)
	for i := range r.layers {
		l := &r.layers[i]
		if !r.learn && i > 0 {
			*l = r.layers[0]
			continue
		}
		l.x = x
		l.qkv, l.context = a.Take(3*t*h), a.Take(t*h)
		l.attended, l.y1, l.mean1, l.rstd1 = a.Take(t*h), a.Take(t*h), a.Take(t), a.Take(t)
		l.output, l.mean2, l.rstd2 = a.Take(t*h), a.Take(t), a.Take(t)
		if r.learn {
			l.pre, l.y2 = a.Take(t*c.Inner), a.Take(t*h)
			x = l.y2
		} else {
			l.pre, l.y2 = nil, l.x // x is read for the last time before y2 is written
		}
	}
	r.act = a.Take(t * c.Inner)
	if r.learn {
		r.work = a.Take(t * max(c.Inner, 3*h))
		r.grad, r.dropped = a.Take(t*h), a.Take(t*h)
		r.sums = a.Take(nn.NormScratch(t, h))
	}
	b.layHead(a)
}

func (b *Bert) layHead(a *tensor.Arena) {
	r, rows, h := &b.run, b.run.batch.Rows(), b.Config.Hidden
	r.head.pooled, r.head.first, r.head.dropped = a.Take(rows*h), a.Take(rows*h), a.Take(rows*h)
	r.head.lengths, r.head.logits = a.Take(rows), a.Take(rows*b.Outputs())
	if r.learn {
		r.head.dlogits = a.Take(rows * b.Outputs())
		r.head.grad, r.head.grad2 = a.Take(rows*h), a.Take(rows*h)
	}
}

// encode gives the last hidden state (tokens, hidden).
func (b *Bert) encode() []float32 {
	r := &b.run
	x := r.layers[0].x
	b.embedding.Forward(b.pool, r.embedded, r.batch)
	b.embeddingNorm.Add(b.pool, x, r.embedded, nil, r.mean, r.rstd, nn.Dropout{})
	r.drops.at(siteEmbedding, b.Config.Dropout).Drop(b.pool, x)
	for i := range b.layers {
		b.layers[i].forward(b, &r.layers[i], i)
	}
	return r.layers[len(r.layers)-1].y2
}

func (l *layer) forward(b *Bert, m *layerRun, i int) {
	r, c := &b.run, b.Config
	t := r.batch.Tokens()
	l.qkv.Forward(b.pool, m.qkv, m.x, t, kernel.ActNone, nil)
	b.attention().Forward(b.pool, m.context, m.qkv, r.batch.Offsets, r.drops.at(siteOf(i, siteProbabilities), c.AttentionDropout))
	l.attended.Forward(b.pool, m.attended, m.context, t, kernel.ActNone, nil)
	l.attendedNorm.Add(b.pool, m.y1, m.attended, m.x, m.mean1, m.rstd1, r.drops.at(siteOf(i, siteAttended), c.Dropout))
	l.inner.Forward(b.pool, r.act, m.y1, t, b.activation(), m.pre)
	l.output.Forward(b.pool, m.output, r.act, t, kernel.ActNone, nil)
	l.outputNorm.Add(b.pool, m.y2, m.output, m.y1, m.mean2, m.rstd2, r.drops.at(siteOf(i, siteOutput), c.Dropout))
}

func (b *Bert) attention() nn.Attention {
	return nn.Attention{Heads: b.Config.Heads, Width: b.Config.Hidden}
}

func (b *Bert) activation() kernel.Activation {
	if b.Config.Activation == "relu" {
		return kernel.ActReLU
	}
	return kernel.ActGELU
}

// backward goes from the gradient of the last hidden state, in run.grad, to
// that of every weight of the encoder.
func (b *Bert) backward(accumulate bool) {
	r := &b.run
	for i := len(b.layers) - 1; i >= 0; i-- {
		b.layers[i].backward(b, &r.layers[i], i, accumulate)
	}
	r.drops.at(siteEmbedding, b.Config.Dropout).Drop(b.pool, r.grad)
	b.embeddingNorm.Backward(b.pool, r.grad, r.grad, r.embedded, r.mean, r.rstd, r.sums, nn.Dropout{}, accumulate)
	b.embedding.Backward(b.pool, r.grad, r.batch, accumulate)
}

// backward turns run.grad from the gradient of the layer's output into that of
// its input. What is computed again instead of kept: the activation, and the
// probabilities of attention.
func (l *layer) backward(b *Bert, m *layerRun, i int, accumulate bool) {
	r, c := &b.run, b.Config
	t := r.batch.Tokens()
	drop := r.drops.at(siteOf(i, siteOutput), c.Dropout)
	dz := r.after(drop)
	l.outputNorm.Backward(b.pool, dz, r.grad, m.output, m.mean2, m.rstd2, r.sums, drop, accumulate)
	dpre := r.work[:t*c.Inner]
	l.output.Backward(b.pool, dpre, dz, t, false)
	b.activationBackward(dpre, r.act, m.pre)
	l.output.Gradients(b.pool, dz, r.act, t, accumulate)
	l.inner.Gradients(b.pool, dpre, m.y1, t, accumulate)
	l.inner.Backward(b.pool, r.grad, dpre, t, true)

	drop = r.drops.at(siteOf(i, siteAttended), c.Dropout)
	dz = r.after(drop)
	l.attendedNorm.Backward(b.pool, dz, r.grad, m.attended, m.mean1, m.rstd1, r.sums, drop, accumulate)
	l.attended.Gradients(b.pool, dz, m.context, t, accumulate)
	l.attended.Backward(b.pool, m.context, dz, t, false)
	dqkv := r.work[:t*3*c.Hidden]
	b.attention().Backward(b.pool, dqkv, m.context, m.qkv, r.batch.Offsets, r.drops.at(siteOf(i, siteProbabilities), c.AttentionDropout))
	l.qkv.Gradients(b.pool, dqkv, m.x, t, accumulate)
	l.qkv.Backward(b.pool, r.grad, dqkv, t, true)
}

// after is where the gradient behind a dropout goes: where nothing is dropped
// it is the one before.
func (r *run) after(d nn.Dropout) []float32 {
	if d.P == 0 {
		return r.grad
	}
	return r.dropped
}

func (b *Bert) activationBackward(d, y, pre []float32) {
	if b.activation() == kernel.ActReLU {
		nn.ReLUBackward(b.pool, d, y, pre)
	} else {
		nn.GELUBackward(b.pool, d, y, pre)
	}
}
