package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"datahall"
)

// run submits a job and follows it to its end, and reads its result into what
// result points to. With --detach it prints the job's id and goes.
func (s *session) run(ctx context.Context, kind, name string, spec, result any) (datahall.Job, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return datahall.Job{}, err
	}
	job, err := c.Submit(ctx, kind, name, spec)
	if err != nil {
		return job, err
	}
	if s.detach {
		return job, s.detached(job.ID)
	}
	return s.toItsEnd(ctx, job.ID, result)
}

// detached prints the id of a job that goes on alone.
func (s *session) detached(id string) error {
	err := s.result(struct {
		Job string `json:"job"`
	}{id}, func() { s.line(id) })
	if err != nil {
		return err
	}
	return errDetached
}

// whole runs a job that others wait for: --detach is for the last one.
func (s *session) whole(ctx context.Context, kind, name string, spec, result any) (datahall.Job, error) {
	detach := s.detach
	s.detach = false
	defer func() { s.detach = detach }()
	return s.run(ctx, kind, name, spec, result)
}

// toItsEnd follows a job; that it failed is an error.
func (s *session) toItsEnd(ctx context.Context, id string, result any) (datahall.Job, error) {
	job, err := s.follow(ctx, id)
	if err != nil {
		return job, err
	}
	if err := s.ended(job); err != nil {
		return job, err
	}
	if result == nil || len(job.Result) == 0 {
		return job, nil
	}
	return job, json.Unmarshal(job.Result, result)
}

// ended says why a job did not go well.
func (s *session) ended(job datahall.Job) error {
	switch {
	case job.State == datahall.Done:
		return nil
	case job.State == datahall.Cancelled:
		return failure{datahall.Errorf(datahall.Conflict, "job %s: was cancelled", job.ID)}
	case job.Reason.IsZero():
		return failure{datahall.Errorf(datahall.Internal, "job %s: failed; datahall job logs %s says more", job.ID, job.ID)}
	case strings.HasPrefix(job.Reason.Pattern, "its "): // the job is the thing
		return failure{datahall.Errorf(datahall.Internal, "job %s: %s", job.ID, s.t(job.Reason))}
	}
	return failure{&datahall.Error{Kind: datahall.Internal, Message: job.Reason}}
}

// watch is one look at a job: its events, and what interrupts.
type watch struct {
	s      *session
	id     string
	stages *stages
	show   display
	events chan datahall.Event
	end    chan outcome
	begun  time.Time
	state  datahall.JobState
}

type outcome struct {
	job datahall.Job
	err error
}

// follow shows a job's way to its end and gives the job as it then is.
func (s *session) follow(ctx context.Context, id string) (datahall.Job, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return datahall.Job{}, err
	}
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx)) // an interruption asks first
	defer cancel()
	w := &watch{s: s, id: id, events: make(chan datahall.Event, 64), end: make(chan outcome, 1), begun: time.Now()}
	w.open()
	defer func() { w.show.Close() }()
	go func() {
		job, err := c.Follow(inner, id, func(e datahall.Event) {
			select {
			case w.events <- e:
			case <-inner.Done():
			}
		})
		w.end <- outcome{job, err}
	}()
	return w.loop(ctx, inner)
}

// open begins to show.
func (w *watch) open() {
	w.show = w.s.display()
	if w.stages == nil {
		w.stages = &stages{s: w.s, scores: map[string]float64{}}
	}
	w.stages.show = w.show
}

func (w *watch) loop(ctx, inner context.Context) (datahall.Job, error) {
	heard, stop := w.s.listen()
	defer stop()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case e := <-w.events:
			w.see(e)
		case o := <-w.end:
			w.drain()
			return o.job, o.err
		case now := <-tick.C:
			w.show.Tick(now)
			w.why(inner, now)
		case <-ctx.Done():
			return datahall.Job{}, w.left()
		case <-heard:
			if leave, err := w.interrupted(inner); leave || err != nil {
				return datahall.Job{}, err
			}
		}
	}
}

func (w *watch) see(e datahall.Event) {
	if e.Kind == datahall.StateEvent {
		w.state = e.State
		w.begun = time.Now()
	}
	w.stages.See(e)
}

// drain shows what came before the end was noticed.
func (w *watch) drain() {
	for {
		select {
		case e := <-w.events:
			w.see(e)
		default:
			return
		}
	}
}

// why shows what a job waits for that does not start.
func (w *watch) why(ctx context.Context, now time.Time) {
	if w.state != datahall.Queued || now.Sub(w.begun) < time.Second {
		return
	}
	if job, err := w.s.hall.Job(ctx, w.id); err == nil && job.State == datahall.Queued && !job.Reason.IsZero() {
		w.show.Wait(job.Reason)
	}
}

// interrupted asks what shall become of the job. A second Ctrl-C, or one where
// nobody can be asked, leaves it running.
func (w *watch) interrupted(ctx context.Context) (leave bool, err error) {
	s := w.s
	w.show.Close()
	if !s.env.Terminal || s.env.In == nil {
		return true, w.left()
	}
	fmt.Fprint(s.env.Err, s.t(datahall.Say("cancel job %s? c cancels it, l leaves it running, Enter goes on watching: ", w.id)))
	switch s.answer() {
	case "c", "C":
		w.open()
		_, err := s.hall.Cancel(ctx, w.id)
		return false, err
	case "":
		w.open()
		return false, nil
	}
	return true, w.left()
}

// left says that the job goes on alone.
func (w *watch) left() error {
	return failure{datahall.Errorf(datahall.Conflict, "job %s: left running; datahall job wait %s follows it, datahall job cancel %s ends it", w.id, w.id, w.id)}
}

// answer reads a line; a further Ctrl-C, or the end of input, is "l".
func (s *session) answer() string {
	heard, stop := s.listen()
	defer stop()
	line := make(chan string, 1)
	go func() {
		text, err := bufio.NewReader(s.env.In).ReadString('\n')
		if err != nil {
			text = "l"
		}
		line <- strings.TrimSpace(text)
	}()
	select {
	case text := <-line:
		return text
	case <-heard:
		fmt.Fprintln(s.env.Err)
		return "l"
	}
}

// display chooses how progress is shown.
func (s *session) display() display {
	if s.env.Terminal {
		return newBars(s, s.env.Err)
	}
	return &lines{s: s, w: s.aside()}
}
