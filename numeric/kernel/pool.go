package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a set of workers that live as long as it does. Between two runs they
// look for work for some microseconds before they sleep, since a step is made
// of many short runs. A nil Pool does everything on the caller's goroutine.
type Pool struct {
	busy    sync.Mutex // held by the one run that has the workers
	job     atomic.Pointer[job]
	idle    *job // stands in job between runs, so that nothing of a run is kept
	workers []*worker
	gone    sync.WaitGroup
}

// job is one run: items are claimed by counting next up, and counted off in done.
type job struct {
	f      func(int)
	n      int64
	next   atomic.Int64
	done   atomic.Int64
	ended  chan struct{}
	failed atomic.Pointer[failure]
	close  bool
}

type failure struct{ reason any }

type worker struct {
	asleep atomic.Bool
	wake   chan struct{}
}

// rounds of looking for work before sleep: each some hundred loads and one
// chance for other goroutines, some ten microseconds in all.
const (
	spinRounds = 24
	spinLoads  = 300
)

// NewPool starts threads-1 workers: the caller of Run is the other one. Close
// ends them.
func NewPool(threads int) *Pool {
	p := &Pool{idle: &job{}}
	p.job.Store(p.idle)
	for range threads - 1 {
		w := &worker{wake: make(chan struct{}, 1)}
		p.workers = append(p.workers, w)
		p.gone.Go(func() { p.work(w) })
	}
	return p
}

// Threads is how many goroutines a run uses at most; 1 for a nil Pool.
func (p *Pool) Threads() int {
	if p == nil {
		return 1
	}
	return 1 + len(p.workers)
}

// Close ends the workers and waits until they are gone. The pool then works
// on, on the caller's goroutine alone.
func (p *Pool) Close() {
	if p == nil {
		return
	}
	p.busy.Lock()
	defer p.busy.Unlock()
	if len(p.workers) == 0 {
		return
	}
	p.publish(&job{close: true}, len(p.workers))
	p.gone.Wait()
	p.workers = nil
}

// Run calls f(0) … f(n-1), in any order, on any of the threads, and returns
// when all have returned. A panic of f is raised again here. A run inside f, or
// beside another run, is done by its own caller alone.
func (p *Pool) Run(n int, f func(i int)) {
	if n <= 1 || p == nil || !p.busy.TryLock() {
		inline(n, f)
		return
	}
	defer p.busy.Unlock()
	if len(p.workers) == 0 {
		inline(n, f)
		return
	}
	j := &job{f: f, n: int64(n), ended: make(chan struct{}, 1)}
	p.publish(j, n-1)
	j.take()
	j.wait()
	p.job.Store(p.idle)
	if e := j.failed.Load(); e != nil {
		panic(e.reason)
	}
}

func inline(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// publish shows a job to all and wakes up to n of those that sleep.
func (p *Pool) publish(j *job, n int) {
	p.job.Store(j)
	for _, w := range p.workers[:min(n, len(p.workers))] {
		if w.asleep.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
}

func (p *Pool) work(w *worker) {
	var last *job
	for {
		j := p.look(w, last)
		if j.close {
			return
		}
		j.take()
		last = j
	}
}

// look waits for another job than the last one.
func (p *Pool) look(w *worker, last *job) *job {
	for range spinRounds {
		for range spinLoads {
			if j := p.job.Load(); j != last {
				return j
			}
		}
		runtime.Gosched()
	}
	for {
		w.asleep.Store(true)
		if j := p.job.Load(); j != last {
			if !w.asleep.CompareAndSwap(true, false) {
				<-w.wake // somebody woke us in between: take the token
			}
			return j
		}
		<-w.wake
		if j := p.job.Load(); j != last {
			return j
		}
	}
}

// take does items until none is left.
func (j *job) take() {
	for {
		i := j.next.Add(1) - 1
		if i >= j.n {
			return
		}
		j.do(int(i))
	}
}

func (j *job) do(i int) {
	defer func() {
		if e := recover(); e != nil {
			j.failed.CompareAndSwap(nil, &failure{e})
		}
		if j.done.Add(1) == j.n {
			j.ended <- struct{}{}
		}
	}()
	j.f(i)
}

// wait returns when every item is done.
func (j *job) wait() {
	for range spinRounds {
		for range spinLoads {
			if j.done.Load() == j.n {
				return
			}
		}
		runtime.Gosched()
	}
	<-j.ended
}
