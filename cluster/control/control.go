package control

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"datahall"
	"datahall/cluster/engine"
	"datahall/cluster/sched"
)

// Stores are where the controller keeps everything.
type Stores struct {
	Projects  datahall.ProjectStore
	Keys      datahall.KeyStore
	Jobs      datahall.JobStore
	Attempts  datahall.AttemptStore
	Events    datahall.EventStore
	Files     datahall.FileStore
	Datasets  datahall.DatasetStore
	Models    datahall.ModelStore
	Endpoints datahall.EndpointStore
	Runs      datahall.RunStore
	Points    datahall.PointStore
	Ledger    datahall.LedgerStore
	Settings  datahall.SettingStore
	Blobs     datahall.BlobStore
}

// Scratch is what the controller needs of the scratch folders of jobs.
type Scratch struct {
	Path     func(job string) string
	Leftover func(job string, key [32]byte, attempt int) []datahall.Event // what a dead parent had not told
	Remove   func(job string) error
}

// Config is what a controller is made of.
type Config struct {
	Stores
	Engine  engine.Engine
	Scratch Scratch
	URL     string // where workers find the hall
	Find    string // file that tells its address anew when it has moved
	CPUs    int
	Meter   func() datahall.Meter
	Now     func() time.Time
	Log     *slog.Logger

	// Replica is told when an endpoint has a replica (and has none: nil).
	Replica func(endpoint string, ready *datahall.ReplicaReady)
}

// Controller makes decisions happen.
type Controller struct {
	Config
	feed *feed
	wake chan struct{}

	mu      sync.Mutex
	stopped bool
	killed  map[string]time.Time // when a job that was asked to end will be made to
}

// New makes a controller; [Controller.Run] sets it going.
func New(c Config) *Controller {
	return &Controller{Config: c, feed: newFeed(), wake: make(chan struct{}, 1), killed: map[string]time.Time{}}
}

// Run adopts what runs already and decides until the context ends.
func (c *Controller) Run(ctx context.Context) error {
	if err := c.adopt(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := c.tick(ctx); err != nil && !errors.Is(err, context.Canceled) {
			c.Log.Error("tick", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		case <-tick.C:
		}
	}
}

// nudge makes the next decision come at once.
func (c *Controller) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// tick looks after the dead and starts what may start.
func (c *Controller) tick(ctx context.Context) error {
	if err := c.bury(ctx); err != nil {
		return err
	}
	view, jobs, err := c.view(ctx)
	if err != nil {
		return err
	}
	now := c.Now()
	for _, id := range sched.Decide(view, now).Start {
		if err := c.start(ctx, jobs[id]); err != nil {
			c.Log.Error("start", "job", id, "error", err)
		}
	}
	return nil
}

// view is what the decision rests on.
func (c *Controller) view(ctx context.Context) (sched.View, map[string]datahall.Job, error) {
	active, err := c.Jobs.Jobs(ctx, datahall.JobFilter{Project: datahall.AnyProject,
		States: []datahall.JobState{datahall.Queued, datahall.Starting, datahall.Running}})
	if err != nil {
		return sched.View{}, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	v := sched.View{CPUs: c.CPUs, Light: 8, Stopped: c.stopped}
	byID := map[string]datahall.Job{}
	for _, j := range active {
		byID[j.ID] = j
		v.Jobs = append(v.Jobs, sched.Job{ID: j.ID, Kind: j.Kind, CPUs: j.CPUs, State: j.State, Created: j.Created, NotBefore: j.NotBefore})
	}
	return v, byID, nil
}

// Why gives the reason that a queued job waits.
func (c *Controller) Why(ctx context.Context, job datahall.Job) (datahall.Message, error) {
	if job.State != datahall.Queued {
		return job.Reason, nil
	}
	view, _, err := c.view(ctx)
	if err != nil {
		return datahall.Message{}, err
	}
	return sched.Why(view, job.ID, c.Now()), nil
}

// start begins the next attempt of a queued job.
func (c *Controller) start(ctx context.Context, job datahall.Job) error {
	key, err := c.Projects.JobKey(ctx, job.Project, job.ID)
	if err != nil {
		return err
	}
	attempt, err := c.Attempts.StartAttempt(ctx, job.ID)
	if err != nil {
		return err
	}
	c.feed.news(job.ID)
	handle, err := c.Engine.Start(ctx, datahall.Ticket{URL: c.URL, Find: c.Find, Token: attempt.Token, Job: job.ID, Attempt: attempt.Number,
		Key: key[:], Scratch: c.Scratch.Path(job.ID)})
	if err != nil {
		why := datahall.Say("its process did not start: %s", err)
		return errors.Join(err, c.end(ctx, job.ID, datahall.Failed, why, nil))
	}
	return c.Attempts.SetProcess(ctx, job.ID, attempt.Number, handle.PID, handle.Boot)
}

// Stop lets nothing more start and ends the replicas; their endpoints come
// back with the next hall. Other jobs go on.
func (c *Controller) Stop(ctx context.Context) error {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	replicas, err := c.Jobs.Jobs(ctx, datahall.JobFilter{Project: datahall.AnyProject, Kind: "replica",
		States: []datahall.JobState{datahall.Starting, datahall.Running}})
	if err != nil {
		return err
	}
	for _, j := range replicas {
		err = errors.Join(err, c.kill(ctx, j.ID), c.requeue(ctx, j, datahall.Say("the hall was stopped"), 0))
	}
	return err
}

// kill ends the process of a job's current attempt.
func (c *Controller) kill(ctx context.Context, job string) error {
	last, err := c.lastAttempt(ctx, job)
	if err != nil || last.PID == 0 {
		return err
	}
	return c.Engine.Kill(engine.Handle{PID: last.PID, Boot: last.Boot})
}

func (c *Controller) lastAttempt(ctx context.Context, job string) (datahall.Attempt, error) {
	all, err := c.Attempts.Attempts(ctx, job)
	if err != nil || len(all) == 0 {
		return datahall.Attempt{}, err
	}
	return all[len(all)-1], nil
}
