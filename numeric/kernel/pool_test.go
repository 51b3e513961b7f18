package kernel

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestPoolDoesEveryItemOnce(t *testing.T) {
	for _, threads := range []int{0, 1, 2, 5} {
		p := NewPool(threads)
		if got := p.Threads(); got != max(1, threads) {
			t.Errorf("%d threads asked for, got %d", threads, got)
		}
		for n := range 200 {
			counts := make([]atomic.Int32, n)
			p.Run(n, func(i int) { counts[i].Add(1) })
			for i := range counts {
				if c := counts[i].Load(); c != 1 {
					t.Fatalf("%d threads, %d items: item %d was done %d times", threads, n, i, c)
				}
			}
		}
		p.Close()
		p.Close()
		done := 0
		p.Run(3, func(int) { done++ })
		if done != 3 {
			t.Errorf("a closed pool did %d of 3 items", done)
		}
	}
	var none *Pool
	done := 0
	none.Run(4, func(int) { done++ })
	none.Close()
	if done != 4 || none.Threads() != 1 {
		t.Errorf("a nil pool did %d of 4 items on %d threads", done, none.Threads())
	}
}

func TestRunsInsideAndBesideRunsEnd(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	var total atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				p.Run(5, func(int) { p.Run(3, func(int) { total.Add(1) }) })
			}
		})
	}
	all.Wait()
	if got := total.Load(); got != 4*50*5*3 {
		t.Errorf("did %d items, want %d", got, 4*50*5*3)
	}
}

func TestAPanicComesBackToTheCaller(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	for range 20 {
		func() {
			defer func() {
				if e := recover(); e != "seven" {
					t.Errorf("got %v, want the panic of item 7", e)
				}
			}()
			p.Run(30, func(i int) {
				if i == 7 {
					panic("seven")
				}
			})
		}()
	}
	done := atomic.Int32{}
	p.Run(10, func(int) { done.Add(1) })
	if done.Load() != 10 {
		t.Errorf("after a panic the pool did %d of 10 items", done.Load())
	}
}
