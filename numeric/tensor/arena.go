package tensor

import "unsafe"

// align is the alignment of what an [Arena] hands out, in floats: a cache line.
const align = 16

// Arena hands out float32 slices from one slab, which grows to the largest plan
// seen and is used again by the next. Slices of a plan are valid until the next
// plan. The zero value is ready. It is for one goroutine.
type Arena struct {
	slab     []float32
	used     int
	counting bool
}

// Plan runs layout twice: once to count what it takes, once to hand it out.
// Layout must take the same sizes both times; while it is counted it gets nil
// slices and must not look into them.
func (a *Arena) Plan(layout func(*Arena)) {
	a.counting, a.used = true, 0
	layout(a)
	need := a.used
	a.counting, a.used = false, 0
	if need > len(a.slab) {
		a.slab = nil // let go first: the old and the new need not exist together
		a.slab = aligned(need + need/8)
	}
	layout(a)
}

// Take hands out n floats whose contents are undefined.
func (a *Arena) Take(n int) []float32 {
	start := a.used
	a.used += (n + align - 1) &^ (align - 1)
	if a.counting {
		return nil
	}
	if a.used > len(a.slab) {
		panic("tensor: an arena is asked for more than its plan counted")
	}
	return a.slab[start : start+n : start+n]
}

// Bytes is the memory that the arena holds.
func (a *Arena) Bytes() int { return 4 * len(a.slab) }

// Aligned makes a zeroed slice of n floats that starts on a cache line.
func Aligned(n int) []float32 { return aligned((n + align - 1) &^ (align - 1))[:n:n] }

func aligned(n int) []float32 {
	s := make([]float32, n+align)
	skip := int((64 - uintptr(unsafe.Pointer(&s[0]))%64) % 64 / 4)
	return s[skip : skip+n : skip+n]
}
