package transformer

import (
	"fmt"
	"math/rand/v2"

	"datahall/numeric/kernel"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
)

// Bert is a BERT encoder (Devlin et al. 2019) with its pooler and a head. It is
// for one goroutine; [Bert.Share] makes another one on the same weights.
type Bert struct {
	*model
	pool     *kernel.Pool
	arena    tensor.Arena
	run      run
	training Training
}

// model is what instances share.
type model struct {
	Config Config
	Head   Head
	Params nn.Params // everything that is learnt, by Hugging Face's names
	Fresh  []string  // tensors that were made new, since the source had none

	embedding     nn.Embedding
	embeddingNorm nn.Norm
	layers        []layer
	pooler        nn.Linear // where the head uses it
	classifier    nn.Linear // where the head has one
	idle          []*nn.Param
	normParams    []normParams
	linearParams  []linearParams
	packed        bool
}

type layer struct {
	qkv, attended, inner, output nn.Linear
	attendedNorm, outputNorm     nn.Norm
}

// normParams and linearParams remember which parameters an operation is made of.
type normParams struct {
	norm        *nn.Norm
	gamma, beta *nn.Param
}

type linearParams struct {
	linear          *nn.Linear
	in              int
	weights, biases []*nn.Param
}

// New makes a BERT with new weights: a normal distribution of standard
// deviation InitRange, cut off at two of them, and zero biases, as in the paper.
func New(c Config, h Head, pool *kernel.Pool, rng *rand.Rand) (*Bert, error) {
	b, err := empty(c, h, pool)
	if err != nil {
		return nil, err
	}
	for _, p := range b.Params.List {
		b.initialise(p, rng)
	}
	return b, nil
}

// empty declares the parameters and allocates them, all zero.
func empty(c Config, h Head, pool *kernel.Pool) (*Bert, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if err := h.Check(); err != nil {
		return nil, err
	}
	w := &model{Config: c, Head: h, layers: make([]layer, c.Layers)}
	w.declare()
	w.Params.Alloc()
	w.bind()
	return &Bert{model: w, pool: pool}, nil
}

// declare adds the parameters. Queries, keys and values lie side by side, so
// that one product makes all three.
func (w *model) declare() {
	c, ps := w.Config, &w.Params
	w.embedding.Words = ps.AddTable("bert.embeddings.word_embeddings.weight", c.Vocabulary, c.Hidden)
	w.embedding.Positions = ps.Add("bert.embeddings.position_embeddings.weight", true, c.Positions, c.Hidden)
	w.embedding.Segments = ps.Add("bert.embeddings.token_type_embeddings.weight", true, c.Segments, c.Hidden)
	w.norm(&w.embeddingNorm, "bert.embeddings.LayerNorm")
	for i := range w.layers {
		l, at := &w.layers[i], fmt.Sprintf("bert.encoder.layer.%d.", i)
		w.linear(&l.qkv, c.Hidden, c.Hidden, at+"attention.self.query", at+"attention.self.key", at+"attention.self.value")
		w.linear(&l.attended, c.Hidden, c.Hidden, at+"attention.output.dense")
		w.norm(&l.attendedNorm, at+"attention.output.LayerNorm")
		w.linear(&l.inner, c.Hidden, c.Inner, at+"intermediate.dense")
		w.linear(&l.output, c.Inner, c.Hidden, at+"output.dense")
		w.norm(&l.outputNorm, at+"output.LayerNorm")
	}
	if w.Head.Pooling == Pooler {
		w.linear(&w.pooler, c.Hidden, c.Hidden, "bert.pooler.dense")
	}
	if w.Head.Task != Embed {
		w.linear(&w.classifier, c.Hidden, w.Head.Outputs, "classifier")
	}
}

func (w *model) norm(n *nn.Norm, name string) {
	gamma := w.Params.Add(name+".weight", false, w.Config.Hidden)
	beta := w.Params.Add(name+".bias", false, w.Config.Hidden)
	w.normParams = append(w.normParams, normParams{n, gamma, beta})
}

// linear declares layers of the same input that are computed as one.
func (w *model) linear(l *nn.Linear, in, out int, names ...string) {
	p := linearParams{linear: l, in: in}
	for _, name := range names {
		p.weights = append(p.weights, w.Params.Add(name+".weight", true, out, in))
	}
	for _, name := range names {
		p.biases = append(p.biases, w.Params.Add(name+".bias", false, out))
	}
	w.linearParams = append(w.linearParams, p)
}

// bind points the operations to their parameters' memory.
func (w *model) bind() {
	for _, p := range w.normParams {
		p.norm.Bind(p.gamma, p.beta, float32(w.Config.Epsilon))
	}
	for _, p := range w.linearParams {
		p.linear.Bind(&w.Params, p.in, p.weights, p.biases)
	}
}

// initialise gives a parameter its first values.
func (w *model) initialise(p *nn.Param, rng *rand.Rand) {
	if len(p.Shape) == 1 {
		for _, n := range w.normParams {
			if n.gamma == p {
				for i := range p.W {
					p.W[i] = 1
				}
			}
		}
		return
	}
	for i := range p.W {
		x := rng.NormFloat64()
		for x < -2 || x > 2 {
			x = rng.NormFloat64()
		}
		p.W[i] = float32(w.Config.InitRange * x)
	}
}

// Share makes another instance on the same weights, with memory of its own, so
// that several goroutines can run Forward. While any of them does, the weights
// must rest; after training call Settle first.
func (b *Bert) Share(pool *kernel.Pool) *Bert { return &Bert{model: b.model, pool: pool} }

// Outputs is the width of what Forward gives for a row.
func (b *Bert) Outputs() int {
	if b.Head.Task == Embed {
		return b.Config.Hidden
	}
	return b.Head.Outputs
}

// Settle makes weights and moments what dense updates would have made them, and
// packs the weights for the kernels. Call it before weights are read, saved, or
// used by a shared instance.
func (b *Bert) Settle() {
	b.Params.Settle(b.pool)
	b.pack()
}

// Changed says that weights were written from outside: they are packed again
// before the next use.
func (b *Bert) Changed() { b.packed = false }

func (b *Bert) pack() {
	if b.packed {
		return
	}
	for _, p := range b.linearParams {
		p.linear.Pack(b.pool, b.Params.Trainable())
	}
	b.packed = true
}

// Release lets go of the memory of the largest batch so far.
func (b *Bert) Release() { b.arena, b.run = tensor.Arena{}, run{} }
