package control

import (
	"context"
	"time"

	"datahall"
	"datahall/cluster/engine"
)

// stopGrace is how long a job that was asked to end may take before it is made to.
const stopGrace = 20 * time.Second

// adopt takes over what an earlier hall started: replicas that live are
// announced again, and what ended while nobody listened is ended now.
func (c *Controller) adopt(ctx context.Context) error {
	jobs, err := c.Jobs.Jobs(ctx, datahall.JobFilter{Project: datahall.AnyProject,
		States: []datahall.JobState{datahall.Starting, datahall.Running}})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.Kind == "replica" {
			if err := c.announceReplica(ctx, j); err != nil {
				return err
			}
		}
	}
	return c.bury(ctx)
}

// bury looks for jobs whose process has ended without a word.
func (c *Controller) bury(ctx context.Context) error {
	jobs, err := c.Jobs.Jobs(ctx, datahall.JobFilter{Project: datahall.AnyProject,
		States: []datahall.JobState{datahall.Starting, datahall.Running}})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		last, err := c.lastAttempt(ctx, j.ID)
		if err != nil {
			return err
		}
		switch {
		case last.PID == 0 && c.Now().Sub(last.Started) < 10*time.Second:
			continue // its process is just being started
		case last.PID != 0 && c.Engine.Alive(engine.Handle{PID: last.PID, Boot: last.Boot}):
			if err := c.insist(ctx, j); err != nil {
				return err
			}
			continue
		}
		if err := c.lost(ctx, j, last); err != nil {
			return err
		}
	}
	return nil
}

// insist makes a job end that was asked to and does not.
func (c *Controller) insist(ctx context.Context, j datahall.Job) error {
	if !j.Cancel {
		return nil
	}
	c.mu.Lock()
	deadline, known := c.killed[j.ID]
	if !known {
		deadline = c.Now().Add(stopGrace)
		c.killed[j.ID] = deadline
	}
	c.mu.Unlock()
	if c.Now().Before(deadline) {
		return nil
	}
	return c.kill(ctx, j.ID)
}

// lost ends the attempt of a dead process: by what it had left to say, or as lost.
func (c *Controller) lost(ctx context.Context, j datahall.Job, a datahall.Attempt) error {
	key, err := c.Projects.JobKey(ctx, j.Project, j.ID)
	if err != nil {
		return err
	}
	var told []datahall.Event
	for _, e := range c.Scratch.Leftover(j.ID, key, a.Number) {
		if e.Kind != datahall.FileEvent || len(e.Data) > 0 { // a file that was not handed over is gone
			told = append(told, e)
		}
	}
	if _, err := c.Events.AppendEvents(ctx, j.ID, a.Number, told); err != nil && datahall.KindOf(err) != datahall.Conflict {
		return err
	}
	return c.finish(ctx, j.ID, a.Number)
}
