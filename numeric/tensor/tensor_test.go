package tensor

import (
	"slices"
	"strings"
	"testing"
	"unsafe"
)

func TestABatchHoldsRowsEndToEnd(t *testing.T) {
	var b Batch
	b.Append([]int32{1, 2, 3}, nil)
	b.Append([]int32{4, 5}, []int32{0, 1})
	b.Append([]int32{6}, nil)
	if b.Rows() != 3 || b.Tokens() != 6 || b.Longest() != 3 {
		t.Fatalf("rows %d, tokens %d, longest %d", b.Rows(), b.Tokens(), b.Longest())
	}
	if got := b.Row(1); !slices.Equal(got, []int32{4, 5}) {
		t.Errorf("row 1 is %v", got)
	}
	if want := []int32{0, 0, 0, 0, 1, 0}; !slices.Equal(b.Segments, want) {
		t.Errorf("segments %v, want %v", b.Segments, want)
	}
	if err := b.Check(7, 3, 2); err != nil {
		t.Error(err)
	}
	b.Reset()
	b.Append([]int32{1}, nil)
	if b.Rows() != 1 || b.Tokens() != 1 || b.Segment(0) != 0 {
		t.Errorf("after Reset: rows %d, tokens %d", b.Rows(), b.Tokens())
	}
}

func TestABatchThatDoesNotFitIsRefused(t *testing.T) {
	fit := Batch{IDs: []int32{1, 2, 3}, Offsets: []int32{0, 2, 3}}
	for _, c := range []struct {
		name   string
		change func(*Batch)
		want   string
	}{
		{"fits", func(*Batch) {}, ""},
		{"no offsets", func(b *Batch) { b.Offsets = nil }, "offsets"},
		{"short offsets", func(b *Batch) { b.Offsets = []int32{0, 2} }, "offsets"},
		{"empty row", func(b *Batch) { b.Offsets = []int32{0, 2, 2, 3} }, "row 1 has no tokens"},
		{"falling offsets", func(b *Batch) { b.Offsets = []int32{0, 4, 3} }, "row"},
		{"too long", func(b *Batch) { b.Offsets = []int32{0, 3} }, "row 0 has 3 tokens, the model has 2"},
		{"unknown id", func(b *Batch) { b.IDs[1] = 9 }, "token 1 has id 9"},
		{"negative id", func(b *Batch) { b.IDs[1] = -1 }, "token 1 has id -1"},
		{"segments short", func(b *Batch) { b.Segments = []int32{0} }, "1 segments for 3"},
		{"segment unknown", func(b *Batch) { b.Segments = []int32{0, 2, 0} }, "token 1 has segment 2"},
	} {
		b := Batch{IDs: slices.Clone(fit.IDs), Offsets: slices.Clone(fit.Offsets)}
		c.change(&b)
		err := b.Check(4, 2, 2)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestAnArenaIsUsedAgain(t *testing.T) {
	var a Arena
	var x, y []float32
	sizes := []int{5, 33}
	layout := func(a *Arena) { x, y = a.Take(sizes[0]), a.Take(sizes[1]) }
	a.Plan(layout)
	first := &x[0]
	if len(x) != 5 || len(y) != 33 || uintptr(unsafe.Pointer(&y[0]))%64 != 0 || uintptr(unsafe.Pointer(&x[0]))%64 != 0 {
		t.Fatalf("lengths %d and %d, or not on a cache line", len(x), len(y))
	}
	if n := testing.AllocsPerRun(10, func() { a.Plan(layout) }); n != 0 {
		t.Errorf("%v allocations in a repeated plan", n)
	}
	if &x[0] != first {
		t.Error("a plan of the same size moved")
	}
	held := a.Bytes()
	sizes[0] = 1000
	a.Plan(layout)
	if len(x) != 1000 || a.Bytes() <= held {
		t.Errorf("a larger plan got %d floats in %d bytes", len(x), a.Bytes())
	}
	defer func() {
		if recover() == nil {
			t.Error("more than the plan was handed out")
		}
	}()
	a.Take(10000)
}
