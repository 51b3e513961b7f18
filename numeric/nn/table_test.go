package nn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"datahall/numeric/tensor"
)

// A table whose untouched rows are deferred ends with the bits of a table that
// every step moves as a whole, whatever the optimizer and whenever it is settled.
func TestDeferredRowsEndWithTheBitsOfADenseUpdate(t *testing.T) {
	const rows, width, steps = 40, 24, 60
	for kind := SGD; kind <= AdamW; kind++ {
		for _, decay := range []float64{0, 0.1} {
			for _, settleEvery := range []int{steps, 7} {
				t.Run(fmt.Sprintf("%s decay %v settled every %d", kind, decay, settleEvery), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(uint64(kind), 3))
					o := Default(kind)
					o.WeightDecay = decay
					var ps Params
					table := ps.AddTable("table", rows, width)
					ps.Alloc()
					ps.Train(kind)
					for i := range table.W {
						table.W[i] = float32(rng.NormFloat64())
					}
					w, m, v := slices.Clone(table.W), tensor.Aligned(rows*width), tensor.Aligned(rows*width)
					schedule := Schedule{Decay: DecayCosine, Peak: 0.05, Warmup: 5, Total: steps}
					for step := range steps {
						ids := []int32{int32(rng.IntN(9)), int32(rng.IntN(9)), int32(rng.IntN(rows / 2)), 0}
						table.Look(nil, ids, ps.Accumulate())
						for _, id := range ids {
							row := table.Row(id)
							if !slices.Equal(row, w[int(id)*width:(int(id)+1)*width]) {
								t.Fatalf("step %d: row %d is not current when it is looked up", step, id)
							}
							for k := range width {
								table.Grad(id)[k] += float32(rng.NormFloat64())
							}
						}
						g := make([]float32, rows*width)
						ps.Gradient(g, table.Param)
						norm, err := o.Update(nil, &ps, schedule.Rate(step))
						if err != nil {
							t.Fatal(err)
						}
						scale := float32(1)
						if norm > o.ClipNorm {
							scale = float32(o.ClipNorm / (norm + 1e-6))
						}
						o.mover(schedule.Rate(step), step+1)(w, g, m, v, scale, true)
						if step%settleEvery == settleEvery-1 {
							ps.Settle(nil)
						}
					}
					ps.Settle(nil)
					same(t, "weights", table.W, w)
					if kind.hasM() {
						same(t, "first moments", table.M, m)
					}
					if kind.hasV() {
						same(t, "second moments", table.V, v)
					}
				})
			}
		}
	}
}

func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: element %d is %v, dense %v", what, i, got[i], want[i])
			return
		}
	}
}

func TestARunIsGoneOnWithAfterRestore(t *testing.T) {
	const rows, width = 10, 8
	o := Default(AdamW)
	make1 := func() *Params {
		ps := &Params{}
		ps.Add("dense", true, 3, 5)
		ps.AddTable("table", rows, width)
		ps.Alloc()
		ps.Train(AdamW)
		for _, p := range ps.List {
			for i := range p.W {
				p.W[i] = float32(i%7) - 3
			}
		}
		return ps
	}
	step := func(ps *Params, n int) {
		rng := rand.New(rand.NewPCG(uint64(n), 0))
		ids := []int32{int32(n % 4), int32(n % 7)}
		ps.Table.Look(nil, ids, ps.Accumulate())
		for _, p := range ps.List {
			for i := range p.G {
				p.G[i] = float32(rng.NormFloat64())
			}
		}
		for i := range ps.Table.grads {
			ps.Table.grads[i] = float32(rng.NormFloat64())
		}
		if _, err := o.Update(nil, ps, 0.01); err != nil {
			t.Fatal(err)
		}
	}
	whole, first, second := make1(), make1(), make1()
	for n := range 20 {
		step(whole, n)
		if n < 11 {
			step(first, n)
		}
	}
	first.Settle(nil)
	for i, p := range first.List {
		copy(second.List[i].W, p.W)
		copy(second.List[i].M, p.M)
		copy(second.List[i].V, p.V)
	}
	second.Restore(first.Step)
	for n := 11; n < 20; n++ {
		step(second, n)
	}
	whole.Settle(nil)
	second.Settle(nil)
	for i, p := range whole.List {
		same(t, p.Name, second.List[i].W, p.W)
	}
}

func TestAGradientThatIsNoNumberChangesNothing(t *testing.T) {
	var ps Params
	p := ps.Add("p", true, 4)
	ps.Alloc()
	ps.Train(AdamW)
	ps.Accumulate()
	zero := float32(0)
	p.G[2] = zero / zero
	if _, err := Default(AdamW).Update(nil, &ps, 1); err == nil {
		t.Error("no error")
	}
	if !ps.fresh {
		t.Error("the next gradient would be added to it")
	}
	if ps.Step != 0 || p.W[0] != 0 || p.W[2] != 0 {
		t.Errorf("step %d, weights %v", ps.Step, p.W)
	}
}

func TestConstantsOutOfRangeAreRefused(t *testing.T) {
	for k := SGD; k <= AdamW; k++ {
		if err := Default(k).Check(); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
	for name, o := range map[string]Optimizer{
		"momentum": {Kind: SGD, Momentum: 1},
		"beta":     {Kind: Adam, Beta1: 0.9, Beta2: 1, Epsilon: 1e-8},
		"epsilon":  {Kind: Adagrad},
		"decay":    {Kind: SGD, WeightDecay: -1},
		"clip":     {Kind: SGD, ClipNorm: -1},
	} {
		if o.Check() == nil {
			t.Errorf("%s: no error for %+v", name, o)
		}
	}
}

func TestBlocksNeitherOverlapNorStraddleADecay(t *testing.T) {
	var ps Params
	ps.Add("a", true, 3, blockSize)
	ps.Add("b", false, 7)
	ps.Add("c", false, 5)
	ps.Add("d", true, 9)
	ps.Alloc()
	at := 0
	for _, b := range ps.blocks {
		if b.lo != at || b.hi-b.lo > blockSize || b.hi <= b.lo {
			t.Errorf("block %+v after %d", b, at)
		}
		at = b.hi
	}
	if at != len(ps.w) {
		t.Errorf("blocks end at %d of %d", at, len(ps.w))
	}
	if last := ps.blocks[len(ps.blocks)-2]; last.decay || last.hi-last.lo != 12 {
		t.Errorf("neighbours of one kind are not one block: %+v", last)
	}
}

func BenchmarkSettleAnEpoch(b *testing.B) {
	const rows, width = 30522, 384
	for b.Loop() {
		b.StopTimer()
		var ps Params
		table := ps.AddTable("table", rows, width)
		ps.Alloc()
		ps.Train(AdamW)
		b.StartTimer()
		for range 100 {
			table.Look(nil, []int32{1, 2, 3}, ps.Accumulate())
			Default(AdamW).Update(nil, &ps, 1e-4)
		}
		ps.Settle(nil)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/100, "ms/step")
}
