package serve

import (
	"context"
	"maps"
	"sync"
	"time"

	"datahall"
)

// Ask sends a question to one replica.
type Ask func(ctx context.Context, replica datahall.ReplicaReady, q datahall.Question) (datahall.Answer, error)

// Counter takes account of what an endpoint answered.
type Counter interface {
	CountEndpoint(ctx context.Context, e datahall.Endpoint) error
}

// Limits bound what one endpoint takes.
type Limits struct {
	InFlight int           // questions at once; those beyond are refused
	Wait     time.Duration // for a replica that is starting or being replaced
}

// Router finds the replica of an endpoint.
type Router struct {
	ask     Ask
	counter Counter
	limits  Limits

	mu       sync.Mutex
	replicas map[string]datahall.ReplicaReady // by endpoint id
	inFlight map[string]int
	changed  chan struct{} // closed and replaced whenever replicas change
	asked    int64
	counts   map[string]datahall.Endpoint // what was answered since the last flush
}

// New makes a router without replicas.
func New(ask Ask, counter Counter, limits Limits) *Router {
	return &Router{ask: ask, counter: counter, limits: limits, changed: make(chan struct{}),
		replicas: map[string]datahall.ReplicaReady{}, inFlight: map[string]int{}, counts: map[string]datahall.Endpoint{}}
}

// Set makes a replica the one that answers for an endpoint.
func (r *Router) Set(endpoint string, replica datahall.ReplicaReady) {
	r.change(func() { r.replicas[endpoint] = replica })
}

// Drop takes an endpoint's replica away.
func (r *Router) Drop(endpoint string) { r.change(func() { delete(r.replicas, endpoint) }) }

func (r *Router) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

// Ready lists the endpoints that have a replica.
func (r *Router) Ready() map[string]datahall.ReplicaReady {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.replicas)
}

// Asked counts the questions so far: a hall that nobody asks may rest.
func (r *Router) Asked() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// Info tells the model behind an endpoint, waiting for its replica as Answer does.
func (r *Router) Info(ctx context.Context, e datahall.Endpoint) (datahall.ModelInfo, error) {
	replica, err := r.find(ctx, e)
	return replica.Info, err
}

// Answer asks the endpoint's replica. A replica that dies under the question
// is asked again once, in its new life: questions change nothing.
func (r *Router) Answer(ctx context.Context, e datahall.Endpoint, q datahall.Question) (datahall.Answer, error) {
	if err := r.enter(e); err != nil {
		return datahall.Answer{}, err
	}
	defer r.leave(e)
	for try := 0; ; try++ {
		replica, err := r.find(ctx, e)
		if err != nil {
			return datahall.Answer{}, err
		}
		answer, err := r.ask(ctx, replica, q)
		if err != nil && datahall.KindOf(err) == datahall.Unavailable && try == 0 && ctx.Err() == nil {
			r.dropIf(e.ID, replica)
			continue
		}
		if err != nil {
			return datahall.Answer{}, err
		}
		count := datahall.Endpoint{ID: e.ID, Project: e.Project, Name: e.Name, Requests: 1,
			Texts: int64(len(q.Texts) + len(q.Pairs)), Tokens: int64(answer.Tokens), Usage: answer.Usage}
		r.count(count)
		return answer, nil
	}
}

// count gathers, so that an answer does not wait for a disk.
func (r *Router) count(e datahall.Endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sum := r.counts[e.ID]
	e.Requests += sum.Requests
	e.Texts += sum.Texts
	e.Tokens += sum.Tokens
	e.Usage = sum.Usage.Plus(e.Usage)
	r.counts[e.ID] = e
}

// Flush hands the gathered counts to the counter: to be called a few times a
// second, and at the end. An endpoint that is gone takes its counts with it.
func (r *Router) Flush(ctx context.Context) error {
	r.mu.Lock()
	counts := r.counts
	r.counts = map[string]datahall.Endpoint{}
	r.mu.Unlock()
	var err error
	for _, e := range counts {
		if failed := r.counter.CountEndpoint(ctx, e); failed != nil && datahall.KindOf(failed) != datahall.NotFound {
			r.count(e)
			err = failed
		}
	}
	return err
}

func (r *Router) enter(e datahall.Endpoint) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.inFlight[e.ID] >= r.limits.InFlight {
		return datahall.Errorf(datahall.Busy, "endpoint %s: answers %s questions already; ask again in a moment", e.Name, r.limits.InFlight)
	}
	r.inFlight[e.ID]++
	return nil
}

func (r *Router) leave(e datahall.Endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inFlight[e.ID]--; r.inFlight[e.ID] == 0 {
		delete(r.inFlight, e.ID)
	}
}

// dropIf takes a replica away unless a newer one stands there already.
func (r *Router) dropIf(endpoint string, old datahall.ReplicaReady) {
	r.mu.Lock()
	same := r.replicas[endpoint].Address == old.Address
	r.mu.Unlock()
	if same {
		r.Drop(endpoint)
	}
}

// find waits for the endpoint's replica.
func (r *Router) find(ctx context.Context, e datahall.Endpoint) (datahall.ReplicaReady, error) {
	ctx, cancel := context.WithTimeout(ctx, r.limits.Wait)
	defer cancel()
	for {
		r.mu.Lock()
		replica, ok := r.replicas[e.ID]
		changed := r.changed
		r.mu.Unlock()
		if ok {
			return replica, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return replica, datahall.Errorf(datahall.Unavailable, "endpoint %s: its replica is not ready; see datahall endpoint show %s", e.Name, e.Name)
		}
	}
}
