package nn

import (
	"fmt"

	"datahall/numeric/kernel"
	"datahall/numeric/tensor"
)

// Param is a named tensor that is learnt.
type Param struct {
	Name  string
	Shape []int
	Decay bool // whether weight decay applies; not on biases and norms

	W []float32 // weight
	G []float32 // gradient; nil until Train, and for the table (see Table)
	M []float32 // velocity or first moment; nil where the optimizer has none
	V []float32 // second moment or sum of squares; nil where the optimizer has none
}

// Size is the number of elements.
func (p *Param) Size() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

// Params are the parameters of a model. Those that are added one after the
// other lie one after the other in memory, so that a fused operation can see
// several as one matrix. One of them may be a [Table].
type Params struct {
	List  []*Param // in the order in which they were added
	Table *Table   // the one with sparse gradients, or nil
	Step  int      // optimizer steps made, part of a checkpoint

	dense      []*Param
	w, g, m, v []float32
	blocks     []block
	squares    []float64
	fresh      bool // the gradients are of the step before
}

// block is a stretch of the slabs that one task moves: of one parameter kind,
// of a length that does not depend on the number of threads.
type block struct {
	lo, hi int
	decay  bool
}

const blockSize = 1 << 15

// Add declares a parameter.
func (ps *Params) Add(name string, decay bool, shape ...int) *Param {
	p := &Param{Name: name, Shape: shape, Decay: decay}
	ps.List, ps.dense = append(ps.List, p), append(ps.dense, p)
	return p
}

// AddTable declares the parameter, (rows, width), whose rows are looked up.
func (ps *Params) AddTable(name string, rows, width int) *Table {
	if ps.Table != nil {
		panic("nn: a model has one table")
	}
	p := &Param{Name: name, Shape: []int{rows, width}, Decay: true}
	ps.Table = newTable(p)
	ps.List = append(ps.List, p)
	return ps.Table
}

// Alloc gives every parameter its memory, all zeros.
func (ps *Params) Alloc() {
	n := 0
	for _, p := range ps.dense {
		n += p.Size()
	}
	ps.w = tensor.Aligned(n)
	ps.cut(ps.w, func(p *Param, s []float32) { p.W = s })
	if ps.Table != nil {
		ps.Table.W = tensor.Aligned(ps.Table.Size())
	}
	ps.blocks = cutBlocks(ps.dense)
}

// cutBlocks cuts the slab into blocks that do not straddle a change of decay.
func cutBlocks(dense []*Param) []block {
	var list []block
	at := 0
	for _, p := range dense {
		for n := p.Size(); n > 0; {
			last := len(list) - 1
			if last < 0 || list[last].decay != p.Decay || list[last].hi-list[last].lo == blockSize {
				list = append(list, block{at, at, p.Decay})
				last++
			}
			take := min(n, blockSize-(list[last].hi-list[last].lo))
			list[last].hi += take
			at, n = at+take, n-take
		}
	}
	return list
}

func (ps *Params) cut(slab []float32, give func(*Param, []float32)) {
	at := 0
	for _, p := range ps.dense {
		n := p.Size()
		give(p, slab[at:at+n:at+n])
		at += n
	}
}

// Train allocates what training needs beside the weights: gradients, and the
// moments of a kind of optimizer. Moments that are there already are kept.
func (ps *Params) Train(k Kind) {
	if ps.g == nil {
		ps.g = tensor.Aligned(len(ps.w))
		ps.cut(ps.g, func(p *Param, s []float32) { p.G = s })
		ps.squares = make([]float64, len(ps.blocks))
		ps.fresh = true
	}
	if k.hasM() && ps.m == nil {
		ps.m = tensor.Aligned(len(ps.w))
		ps.cut(ps.m, func(p *Param, s []float32) { p.M = s })
	}
	if k.hasV() && ps.v == nil {
		ps.v = tensor.Aligned(len(ps.w))
		ps.cut(ps.v, func(p *Param, s []float32) { p.V = s })
	}
	if ps.Table != nil {
		ps.Table.train(k)
	}
}

// Trainable says whether Train was called.
func (ps *Params) Trainable() bool { return ps.g != nil }

// Find gives the parameter of a name, or nil.
func (ps *Params) Find(name string) *Param {
	for _, p := range ps.List {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Count is the number of weights.
func (ps *Params) Count() int64 {
	var n int64
	for _, p := range ps.List {
		n += int64(p.Size())
	}
	return n
}

// Accumulate says whether gradients are to be added to those that are there,
// of an earlier part of the same step, or to replace them; and notes that they
// are of this step now. Every gradient must then be written.
func (ps *Params) Accumulate() bool {
	if !ps.Trainable() {
		panic("nn: gradients before Train")
	}
	add := !ps.fresh
	ps.fresh = false
	return add
}

// Tensor is a named piece of a model's state; Data is its own memory.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// State lists what a checkpoint keeps beside Step: weights by their names,
// moments with .m and .v after them. Settle first when it is to be read; call
// Restore when it was written.
func (ps *Params) State() []Tensor {
	var list []Tensor
	for _, p := range ps.List {
		list = append(list, Tensor{p.Name, p.Shape, p.W})
		if p.M != nil {
			list = append(list, Tensor{p.Name + ".m", p.Shape, p.M})
		}
		if p.V != nil {
			list = append(list, Tensor{p.Name + ".v", p.Shape, p.V})
		}
	}
	return list
}

// Restore says that the weights and moments in place are those after a number
// of steps: for going on from a checkpoint.
func (ps *Params) Restore(step int) {
	ps.Step, ps.fresh = step, true
	if ps.Table != nil {
		ps.Table.restore(step)
	}
}

// Settle replays what was deferred, so that every weight is what a dense
// update would have made it. Call it before weights or moments are read by
// anybody but the model's own training.
func (ps *Params) Settle(pool *kernel.Pool) {
	if ps.Table != nil {
		ps.Table.settle(pool)
	}
}

// Gradient writes the whole gradient of a parameter, dense, to dst.
func (ps *Params) Gradient(dst []float32, p *Param) {
	if len(dst) != p.Size() {
		panic(fmt.Sprintf("nn: gradient of %s has %d elements, not %d", p.Name, p.Size(), len(dst)))
	}
	if ps.Table != nil && p == ps.Table.Param {
		ps.Table.gradient(dst)
		return
	}
	copy(dst, p.G)
}

// Span is the stretch of memory from the start of the first parameter to the
// end of the last one, of weights or of gradients: how a fused operation sees
// neighbours, added one after the other, as one.
func (ps *Params) Span(first, last *Param) (w, g []float32) {
	lo, hi := -1, -1
	at := 0
	for _, p := range ps.dense {
		if p == first {
			lo = at
		}
		at += p.Size()
		if p == last {
			hi = at
		}
	}
	if lo < 0 || hi < lo {
		panic("nn: no span from " + first.Name + " to " + last.Name)
	}
	if ps.g != nil {
		g = ps.g[lo:hi:hi]
	}
	return ps.w[lo:hi:hi], g
}
