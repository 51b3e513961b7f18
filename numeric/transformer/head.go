package transformer

import (
	"datahall/numeric/kernel"
	"datahall/numeric/nn"
)

// pool makes one vector of each row's tokens, and drops from it.
func (b *Bert) poolRows(x []float32) {
	r, h := &b.run, b.Config.Hidden
	m, offsets := &r.head, r.batch.Offsets
	switch b.Head.Pooling {
	case Pooler:
		nn.First(m.first, x, offsets, h)
		b.pooler.Forward(b.pool, m.pooled, m.first, r.batch.Rows(), kernel.ActTanh, nil)
	case MeanToken:
		nn.Mean(b.pool, m.pooled, x, offsets, h)
	case FirstToken:
		nn.First(m.pooled, x, offsets, h)
	}
	if b.Head.Normalize {
		nn.Normalize(m.pooled, m.lengths, h)
	}
}

// outputs gives (rows, Outputs): logits, numbers or vectors.
func (b *Bert) outputs(x []float32) []float32 {
	b.poolRows(x)
	m := &b.run.head
	if b.Head.Task == Embed {
		copy(m.logits, m.pooled)
		return m.logits
	}
	copy(m.dropped, m.pooled)
	b.run.drops.at(siteHead, b.Head.Dropout).Drop(b.pool, m.dropped)
	b.classifier.Forward(b.pool, m.logits, m.dropped, b.run.batch.Rows(), kernel.ActNone, nil)
	return m.logits
}

// outputsBackward goes from dlogits to the gradient of the last hidden state.
func (b *Bert) outputsBackward(accumulate bool) {
	r, h := &b.run, b.Config.Hidden
	m, offsets, rows := &r.head, r.batch.Offsets, r.batch.Rows()
	if b.Head.Task == Embed {
		copy(m.grad, m.dlogits)
	} else {
		b.classifier.Gradients(b.pool, m.dlogits, m.dropped, rows, accumulate)
		b.classifier.Backward(b.pool, m.grad, m.dlogits, rows, false)
		r.drops.at(siteHead, b.Head.Dropout).Drop(b.pool, m.grad)
	}
	if b.Head.Normalize {
		nn.NormalizeBackward(m.grad, m.pooled, m.lengths, h)
	}
	switch b.Head.Pooling {
	case Pooler:
		kernel.TanhBackward(m.grad, m.grad, m.pooled)
		b.pooler.Gradients(b.pool, m.grad, m.first, rows, accumulate)
		b.pooler.Backward(b.pool, m.grad2, m.grad, rows, false)
		nn.FirstBackward(r.grad, m.grad2, offsets, h)
	case MeanToken:
		nn.MeanBackward(b.pool, r.grad, m.grad, offsets, h)
	case FirstToken:
		nn.FirstBackward(r.grad, m.grad, offsets, h)
	}
}
