package transformer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"datahall/numeric/kernel"
	"datahall/numeric/nn"
)

// Source is where tensors come from: an opened weights file.
type Source interface {
	// Shape gives the shape of a tensor, and whether there is one of that name.
	Shape(name string) ([]int, bool)
	// Float32 reads a tensor into dst, which has its size, converting if it must.
	Float32(name string, dst []float32) error
}

// Sink is where tensors go.
type Sink interface {
	Float32(name string, shape []int, data []float32) error
}

// Load makes a BERT from a source. Names may have the prefix "bert." or not,
// and norms the old names gamma and beta. With an rng, the pooler and the
// classifier are made new where the source has none, or a classifier of another
// number of outputs, and Fresh names them; without, that is an error too.
func Load(c Config, h Head, source Source, pool *kernel.Pool, rng *rand.Rand) (*Bert, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	w := &model{Config: c, Head: h}
	if err := w.plan(source); err != nil { // before anything is allocated
		return nil, err
	}
	b, err := empty(c, h, pool)
	if err != nil {
		return nil, err
	}
	for _, p := range b.Params.List {
		name, problem := find(source, p)
		switch {
		case problem == nil:
			if err := source.Float32(name, p.W); err != nil {
				return nil, err
			}
		case rng != nil && isNew(p.Name):
			b.Fresh = append(b.Fresh, p.Name)
			b.initialise(p, rng)
		default:
			return nil, problem
		}
	}
	return b, b.loadIdle(source)
}

// plan compares the largest tensor with the configuration: a vocabulary that
// does not fit the weights is the commonest mistake.
func (w *model) plan(source Source) error {
	table := &nn.Param{Name: "bert.embeddings.word_embeddings.weight", Shape: []int{w.Config.Vocabulary, w.Config.Hidden}}
	_, err := find(source, table)
	return err
}

// isNew says whether a tensor may be made new.
func isNew(name string) bool {
	return strings.HasPrefix(name, "bert.pooler.") || strings.HasPrefix(name, "classifier.")
}

// find gives the name under which a source has a parameter, or says what is wrong.
func find(source Source, p *nn.Param) (string, error) {
	for _, name := range aliases(p.Name) {
		shape, ok := source.Shape(name)
		if !ok {
			continue
		}
		if !slices.Equal(shape, p.Shape) {
			return "", fmt.Errorf("tensor %s has shape %v, the configuration asks for %v", name, shape, p.Shape)
		}
		return name, nil
	}
	return "", fmt.Errorf("tensor %s is missing, shape %v", p.Name, p.Shape)
}

// aliases lists the names that a parameter goes by, ours first.
func aliases(name string) []string {
	list := []string{name}
	old := name
	if strings.Contains(name, "LayerNorm.") {
		old = strings.TrimSuffix(strings.TrimSuffix(name, "weight"), "bias") + map[bool]string{true: "gamma", false: "beta"}[strings.HasSuffix(name, "weight")]
		list = append(list, old)
	}
	if short, ok := strings.CutPrefix(name, "bert."); ok {
		list = append(list, short)
		if old != name {
			list = append(list, strings.TrimPrefix(old, "bert."))
		}
	}
	return list
}

// loadIdle keeps a pooler that the head does not use, so that Save gives it back.
func (b *Bert) loadIdle(source Source) error {
	if b.Head.Pooling == Pooler {
		return nil
	}
	h := b.Config.Hidden
	for _, p := range []*nn.Param{
		{Name: "bert.pooler.dense.weight", Shape: []int{h, h}},
		{Name: "bert.pooler.dense.bias", Shape: []int{h}},
	} {
		name, err := find(source, p)
		if err != nil {
			continue
		}
		p.W = make([]float32, p.Size())
		if err := source.Float32(name, p.W); err != nil {
			return err
		}
		b.idle = append(b.idle, p)
	}
	return nil
}

// Save settles the model and hands every tensor to a sink by the name that
// transformers gives it: BertModel's where the head is Embed, otherwise
// BertForSequenceClassification's.
func (b *Bert) Save(sink Sink) error {
	b.Settle()
	for _, p := range append(slices.Clone(b.Params.List), b.idle...) {
		name := p.Name
		if b.Head.Task == Embed {
			name = strings.TrimPrefix(name, "bert.")
		}
		if err := sink.Float32(name, p.Shape, p.W); err != nil {
			return err
		}
	}
	return nil
}

// Fits says whether a tokenizer of a number of tokens can feed the model.
func (b *Bert) Fits(vocabulary int) error {
	if vocabulary > b.Config.Vocabulary {
		return fmt.Errorf("the vocabulary has %d tokens, the weights know %d", vocabulary, b.Config.Vocabulary)
	}
	return nil
}
