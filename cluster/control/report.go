package control

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"datahall"
)

// Claim begins an attempt for the worker that shows its token.
func (c *Controller) Claim(ctx context.Context, token string, pid int, boot string) (datahall.Claim, error) {
	_, job, err := c.Attempts.Claim(ctx, token, pid, boot)
	if err != nil {
		return datahall.Claim{}, err
	}
	c.feed.news(job.ID)
	inputs, err := c.inputs(ctx, job)
	return datahall.Claim{Job: job, Inputs: inputs, Meter: c.Meter()}, err
}

// Report takes a worker's events and gives it orders.
func (c *Controller) Report(ctx context.Context, token string, events []datahall.Event) (datahall.Orders, error) {
	attempt, job, err := c.Attempts.AttemptByToken(ctx, token)
	if err != nil {
		return datahall.Orders{}, err
	}
	for _, e := range events {
		if e.Kind == datahall.StateEvent {
			return datahall.Orders{}, datahall.Errorf(datahall.Invalid, "report: a worker does not set states; update it")
		}
	}
	if len(events) > 0 {
		if _, err := c.Events.AppendEvents(ctx, job.ID, attempt.Number, events); err != nil {
			return datahall.Orders{}, err
		}
		c.feed.news(job.ID)
	}
	if job.Kind == "replica" && hasKind(events, datahall.ReadyEvent) {
		if err := c.announceReplica(ctx, job); err != nil {
			return datahall.Orders{}, err
		}
	}
	if hasKind(events, datahall.ExitEvent) {
		if err := c.finish(ctx, job.ID, attempt.Number); err != nil {
			return datahall.Orders{}, err
		}
	}
	job, err = c.Jobs.Job(ctx, datahall.AnyProject, job.ID)
	return datahall.Orders{Cancel: job.Cancel, Ended: job.State.Ended()}, err
}

func hasKind(events []datahall.Event, k datahall.EventKind) bool {
	return slices.ContainsFunc(events, func(e datahall.Event) bool { return e.Kind == k })
}

// Input opens an input of the attempt that shows its token.
func (c *Controller) Input(ctx context.Context, token, name string) (io.ReadCloser, error) {
	_, job, err := c.Attempts.AttemptByToken(ctx, token)
	if err != nil {
		return nil, err
	}
	inputs, err := c.inputs(ctx, job)
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.Name == name {
			return c.Blobs.Open(ctx, job.Project, in.Blob.Digest)
		}
	}
	return nil, datahall.Errorf(datahall.NotFound, "input %q: job %s has none of that name", name, job.ID)
}

// Output stores an output of the attempt that shows its token.
func (c *Controller) Output(ctx context.Context, token, name string, r io.Reader) (datahall.Blob, error) {
	attempt, job, err := c.Attempts.AttemptByToken(ctx, token)
	if err != nil {
		return datahall.Blob{}, err
	}
	blob, err := c.Blobs.Put(ctx, job.Project, r)
	if err != nil {
		return datahall.Blob{}, err
	}
	return blob, c.Files.PutFile(ctx, job.ID, attempt.Number, name, blob)
}

// told is what an attempt said of its end.
type told struct {
	exit    *datahall.Exit
	usage   datahall.Usage
	result  json.RawMessage
	failure *datahall.Error
}

func (c *Controller) told(ctx context.Context, job string, attempt int) (told, error) {
	var t told
	events, err := c.Events.Events(ctx, job, 0,
		[]datahall.EventKind{datahall.ResultEvent, datahall.FailEvent, datahall.ExitEvent}, 0)
	for _, e := range events {
		if e.Attempt != attempt {
			continue
		}
		switch e.Kind {
		case datahall.ResultEvent:
			t.result = e.Data
		case datahall.FailEvent:
			t.failure = &datahall.Error{Kind: e.Failure, Message: e.Message}
		case datahall.ExitEvent:
			t.exit, t.usage = e.Exit, *e.Usage
		}
	}
	return t, err
}

// finish ends an attempt by what it told. It may be called again: the state of
// the job guards each step.
func (c *Controller) finish(ctx context.Context, id string, attempt int) error {
	job, err := c.Jobs.Job(ctx, datahall.AnyProject, id)
	if err != nil || job.State.Ended() || job.State == datahall.Queued || job.Attempts != attempt {
		return err
	}
	t, err := c.told(ctx, id, attempt)
	if err != nil {
		return err
	}
	if err := c.book(ctx, job, t.usage); err != nil {
		return err
	}
	if job.Kind == "replica" {
		return c.replicaEnded(ctx, job, t)
	}
	switch {
	case job.Cancel && (t.exit == nil || t.exit.Code != 0):
		return c.end(ctx, id, datahall.Cancelled, datahall.Say("cancelled"), &t)
	case t.exit == nil:
		return c.again(ctx, job, datahall.Say("its processes were killed, or the machine was restarted"), &t)
	case t.failure != nil && !passes(t.failure.Kind):
		return c.end(ctx, id, datahall.Failed, t.failure.Message, &t)
	case t.failure != nil:
		return c.again(ctx, job, t.failure.Message, &t)
	case t.exit.Signal != "":
		return c.again(ctx, job, datahall.Say("its process was ended by the signal %q; where nobody sent it, the machine ran out of memory", t.exit.Signal), &t)
	case t.exit.Code != 0:
		return c.again(ctx, job, datahall.Say("its process ended with status %s; its log says more", t.exit.Code), &t)
	}
	return c.complete(ctx, job, t)
}

// passes reports whether another try can help against an error of this kind.
func passes(k datahall.Kind) bool { return k == datahall.Unavailable || k == datahall.Busy }

// again gives a job another attempt, or ends it where it had all of them.
func (c *Controller) again(ctx context.Context, job datahall.Job, why datahall.Message, t *told) error {
	if job.Attempts > job.Retries {
		return c.end(ctx, job.ID, datahall.Failed, why, t)
	}
	return c.requeue(ctx, job, why, job.Attempts)
}
