package nn

import (
	"slices"

	"datahall/numeric/kernel"
	"datahall/numeric/tensor"
)

// Table is a parameter of which a step sees a few rows: an embedding. Its
// gradient is kept for those rows only, and the updates of the others, which a
// dense optimizer would make with a gradient of 0, are deferred: a row is
// caught up, step by step and in the cache, when it is next looked up or when
// the table is settled. The bits are those of the dense update.
type Table struct {
	*Param
	rows, width int

	slot    []int32   // of a row in grads, -1 for none
	touched []int32   // rows with a gradient, in the order of their slots
	grads   []float32 // (len(touched), width)

	current []int32 // the step each row is up to
	step    int     // the step the table is at
	history []past  // how the steps that some row still lacks were made
	zeros   []float32
}

// past is one optimizer step, remembered until every row has made it.
type past struct {
	step int
	rate float64
	rule Optimizer
	move move
}

// longestHistory bounds what is remembered; the table is settled when it is
// full, which costs no more in all than settling later.
const longestHistory = 1024

func newTable(p *Param) *Table {
	return &Table{Param: p, rows: p.Shape[0], width: p.Shape[1]}
}

func (t *Table) train(k Kind) {
	if t.slot == nil {
		t.slot = make([]int32, t.rows)
		for i := range t.slot {
			t.slot[i] = -1
		}
		t.current = make([]int32, t.rows)
		t.restore(t.step)
		t.zeros = make([]float32, t.width)
	}
	if k.hasM() && t.M == nil {
		t.M = tensor.Aligned(t.Size())
	}
	if k.hasV() && t.V == nil {
		t.V = tensor.Aligned(t.Size())
	}
}

func (t *Table) restore(step int) {
	t.forget()
	t.step, t.history = step, t.history[:0]
	for i := range t.current {
		t.current[i] = int32(step)
	}
}

func (t *Table) row(s []float32, i int) []float32 {
	if s == nil {
		return nil
	}
	return s[i*t.width : (i+1)*t.width : (i+1)*t.width]
}

// Look prepares rows to be read and to be given gradients: it catches them up.
func (t *Table) Look(pool *kernel.Pool, ids []int32, accumulate bool) {
	if !accumulate {
		t.forget()
	}
	old := len(t.touched)
	for _, id := range ids {
		if t.slot[id] < 0 {
			t.slot[id] = int32(len(t.touched))
			t.touched = append(t.touched, id)
		}
	}
	if need := len(t.touched) * t.width; cap(t.grads) < need {
		t.grads = append(tensor.Aligned(need + need/2)[:0], t.grads...)
	}
	t.grads = t.grads[:len(t.touched)*t.width]
	clear(t.grads[old*t.width:])
	t.catchUp(pool, t.touched[old:])
}

// forget lets go of the gradients of the step before.
func (t *Table) forget() {
	for _, id := range t.touched {
		t.slot[id] = -1
	}
	t.touched, t.grads = t.touched[:0], t.grads[:0]
}

// Grad is the gradient of row id, which Look has prepared.
func (t *Table) Grad(id int32) []float32 { return t.row(t.grads, int(t.slot[id])) }

// Row is the weight of row id, current if Look has prepared it or the table is settled.
func (t *Table) Row(id int32) []float32 { return t.row(t.W, int(id)) }

func (t *Table) gradient(dst []float32) {
	clear(dst)
	for slot, id := range t.touched {
		copy(t.row(dst, int(id)), t.row(t.grads, slot))
	}
}

// sumSquares adds in the order of the rows, so that the order in which they
// were met does not matter.
func (t *Table) sumSquares() float64 {
	order := slices.Clone(t.touched)
	slices.Sort(order)
	total := 0.0
	for _, id := range order {
		total += kernel.SumSquares(t.Grad(id))
	}
	return total
}

// update moves the rows that have a gradient and remembers the step for the rest.
func (t *Table) update(pool *kernel.Pool, o Optimizer, rate float64, step int, scale float32) {
	now := past{step, rate, o, o.mover(rate, step)}
	pool.Run(len(t.touched), func(slot int) {
		id := int(t.touched[slot])
		now.move(t.row(t.W, id), t.row(t.grads, slot), t.row(t.M, id), t.row(t.V, id), scale, t.Decay)
	})
	t.step = step
	for _, id := range t.touched {
		t.current[id] = int32(step)
	}
	t.history = append(t.history, now)
	if len(t.history) == longestHistory {
		t.settle(pool)
	}
}

// catchUp makes the steps that rows lack. Rows are named once each.
func (t *Table) catchUp(pool *kernel.Pool, rows []int32) {
	const each = 8 // rows a task
	pool.Run((len(rows)+each-1)/each, func(i int) {
		for _, id := range rows[i*each : min(len(rows), (i+1)*each)] {
			t.replay(int(id))
		}
	})
}

// replay makes, on one row, the steps since it was current, with a gradient of 0.
func (t *Table) replay(id int) {
	lacks := t.step - int(t.current[id])
	if lacks == 0 {
		return
	}
	w, m, v := t.row(t.W, id), t.row(t.M, id), t.row(t.V, id)
	still := kernel.MaxAbs(m) == 0 && kernel.MaxAbs(v) == 0
	for _, p := range t.history[len(t.history)-lacks:] {
		if keep, exact := p.rule.rests(p.rate, t.Decay); still && exact {
			if keep != 1 {
				kernel.Scale(w, w, keep)
			}
			continue
		}
		p.move(w, t.zeros, m, v, 1, t.Decay)
		still = false
	}
	t.current[id] = int32(t.step)
}

// settle catches every row up and forgets the history.
func (t *Table) settle(pool *kernel.Pool) {
	if len(t.history) == 0 {
		return
	}
	const each = 64
	pool.Run((t.rows+each-1)/each, func(i int) {
		for id := i * each; id < min(t.rows, (i+1)*each); id++ {
			t.replay(id)
		}
	})
	t.history = t.history[:0]
}
