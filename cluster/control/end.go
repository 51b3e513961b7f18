package control

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"datahall"
	"datahall/cluster/engine"
)

var active = []datahall.JobState{datahall.Starting, datahall.Running}

// end moves a job to one of its ends, once, and lets go of what it held.
func (c *Controller) end(ctx context.Context, id string, state datahall.JobState, why datahall.Message, t *told) error {
	job, err := c.Jobs.Transition(ctx, id, []datahall.JobState{datahall.Queued, datahall.Starting, datahall.Running},
		func(j *datahall.Job) error {
			j.State, j.Reason, j.Ended = state, why, c.Now()
			if t != nil {
				j.Usage = j.Usage.Plus(t.usage)
				if state == datahall.Done {
					j.Result = t.result
				}
			}
			return nil
		}, datahall.Event{Message: why})
	if datahall.KindOf(err) == datahall.Conflict {
		return nil // it has ended already
	}
	if err != nil {
		return err
	}
	c.forget(id)
	c.clear(ctx, id)
	if job.Kind == "train" {
		_, err = c.Runs.UpdateRun(ctx, RunOf(id), func(r *datahall.Run) error { r.State = state; return nil })
	}
	c.feed.news(id)
	c.nudge()
	return err
}

// requeue puts a job back with a pause that grows with its attempts.
func (c *Controller) requeue(ctx context.Context, job datahall.Job, why datahall.Message, tries int) error {
	pause := min(time.Duration(tries*tries)*time.Second, 5*time.Minute)
	_, err := c.Jobs.Transition(ctx, job.ID, active, func(j *datahall.Job) error {
		j.State, j.Reason, j.NotBefore = datahall.Queued, why, c.Now().Add(pause)
		return nil
	}, datahall.Event{Message: why})
	if datahall.KindOf(err) == datahall.Conflict {
		return nil
	}
	c.forget(job.ID)
	c.feed.news(job.ID)
	c.nudge()
	return err
}

// clear removes the scratch folder of an ended job whose parent cannot do it
// any more; a parent that lives does it by itself.
func (c *Controller) clear(ctx context.Context, id string) {
	last, err := c.lastAttempt(ctx, id)
	if err != nil || last.PID != 0 && c.Engine.Alive(engine.Handle{PID: last.PID, Boot: last.Boot}) {
		return
	}
	if err := c.Scratch.Remove(id); err != nil {
		c.Log.Error("clear", "job", id, "error", err)
	}
}

func (c *Controller) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.killed, id)
}

// book writes the attempt's usage into the ledger; a second time changes nothing.
func (c *Controller) book(ctx context.Context, job datahall.Job, u datahall.Usage) error {
	return c.Ledger.AddEntry(ctx, datahall.LedgerEntry{ID: fmt.Sprintf("%s/%d", job.ID, job.Attempts), Time: c.Now(),
		Project: job.Project, Kind: job.Kind, Subject: job.ID, Name: job.Name, Key: job.Key, Usage: u})
}

// complete makes of a job's result what its kind makes of it, and ends it.
func (c *Controller) complete(ctx context.Context, job datahall.Job, t told) error {
	files, err := c.Files.Files(ctx, job.ID)
	if err != nil {
		return err
	}
	k := kinds[job.Kind]
	if k.complete != nil {
		result, err := k.complete(ctx, c, job, t, files)
		if err != nil {
			why := datahall.MessageOf(err)
			return c.end(ctx, job.ID, datahall.Failed, why, &t)
		}
		if t.result, err = json.Marshal(result); err != nil {
			return err
		}
	}
	return c.end(ctx, job.ID, datahall.Done, datahall.Message{}, &t)
}

// News gives a channel that is closed with the next news of a job.
func (c *Controller) News(job string) <-chan struct{} { return c.feed.next(job) }

// Cancel asks a job to end; one that waits has ended when this returns.
func (c *Controller) Cancel(ctx context.Context, project, id string) (datahall.Job, error) {
	job, err := c.Jobs.Job(ctx, project, id)
	if err != nil || job.State.Ended() {
		return job, err
	}
	if job.State == datahall.Queued {
		if err := c.end(ctx, id, datahall.Cancelled, datahall.Say("cancelled"), nil); err != nil {
			return job, err
		}
		return c.Jobs.Job(ctx, project, id)
	}
	job, err = c.Jobs.Transition(ctx, id, active, func(j *datahall.Job) error { j.Cancel = true; return nil },
		datahall.Event{Message: datahall.Say("asked to end")})
	c.feed.news(id)
	return job, err
}
