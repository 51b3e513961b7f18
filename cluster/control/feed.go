package control

import "sync"

// feed wakes those who watch a job whenever there is news of it.
type feed struct {
	mu   sync.Mutex
	jobs map[string]chan struct{}
}

func newFeed() *feed { return &feed{jobs: map[string]chan struct{}{}} }

// next gives a channel that is closed with the next news.
func (f *feed) next(job string) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.jobs[job]
	if !ok {
		c = make(chan struct{})
		f.jobs[job] = c
	}
	return c
}

func (f *feed) news(job string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c, ok := f.jobs[job]; ok {
		close(c)
		delete(f.jobs, job)
	}
}
