package control

import (
	"context"
	"encoding/json"
	"errors"

	"datahall"
)

// quickDeaths is how many replicas in a row may die without having been ready
// before their endpoint is given up.
const quickDeaths = 3

// Serve puts a model behind a name: the endpoint is stored, its replica queued.
func (c *Controller) Serve(ctx context.Context, who datahall.Principal, n datahall.NewEndpoint) (datahall.Endpoint, error) {
	if err := CheckName("endpoint", n.Name); err != nil {
		return datahall.Endpoint{}, err
	}
	if n.Project == "" {
		n.Project = datahall.DefaultProject
	}
	m, err := c.Models.Model(ctx, n.Project, n.Model)
	if err != nil {
		return datahall.Endpoint{}, err
	}
	e, err := c.Endpoints.CreateEndpoint(ctx, datahall.Endpoint{Name: n.Name, Project: n.Project, Model: m.Ref(), ModelID: m.ID,
		Task: m.Task, State: "starting"})
	if err != nil {
		return datahall.Endpoint{}, err
	}
	spec, err := json.Marshal(datahall.ReplicaSpec{Endpoint: e.ID, Model: m.ID, Threads: n.Threads})
	if err != nil {
		return datahall.Endpoint{}, err
	}
	job, err := c.submit(ctx, datahall.Job{Kind: "replica", Name: n.Name, Project: n.Project, Spec: spec, Key: who.Key})
	if err != nil {
		return datahall.Endpoint{}, errors.Join(err, c.Endpoints.DeleteEndpoint(ctx, n.Project, e.ID))
	}
	return c.Endpoints.UpdateEndpoint(ctx, e.ID, func(e *datahall.Endpoint) error { e.Job = job.ID; return nil })
}

// RemoveEndpoint ends an endpoint, its keys and its replica.
func (c *Controller) RemoveEndpoint(ctx context.Context, project, ref string) error {
	e, err := c.Endpoints.Endpoint(ctx, project, ref)
	if err != nil {
		return err
	}
	if err := c.Endpoints.DeleteEndpoint(ctx, project, e.ID); err != nil {
		return err
	}
	c.Replica(e.ID, nil)
	if _, err := c.Cancel(ctx, project, e.Job); err != nil && datahall.KindOf(err) != datahall.NotFound {
		return err
	}
	return nil
}

// announceReplica makes the replica known that the job's current attempt has
// reported ready, if it has.
func (c *Controller) announceReplica(ctx context.Context, job datahall.Job) error {
	events, err := c.Events.Events(ctx, job.ID, 0, []datahall.EventKind{datahall.ReadyEvent}, 0)
	if err != nil || len(events) == 0 || events[len(events)-1].Attempt != job.Attempts {
		return err
	}
	var ready datahall.ReplicaReady
	if err := json.Unmarshal(events[len(events)-1].Data, &ready); err != nil {
		return err
	}
	spec, err := decode[datahall.ReplicaSpec](job)
	if err != nil {
		return err
	}
	_, err = c.Endpoints.UpdateEndpoint(ctx, spec.Endpoint, func(e *datahall.Endpoint) error {
		e.State, e.Reason = "ready", datahall.Message{}
		return nil
	})
	if err == nil {
		c.Replica(spec.Endpoint, &ready)
	}
	return err
}

// replicaEnded replaces a replica that died, unless its endpoint is gone, the
// hall stops, or it never gets ready.
func (c *Controller) replicaEnded(ctx context.Context, job datahall.Job, t told) error {
	spec, err := decode[datahall.ReplicaSpec](job)
	if err != nil {
		return err
	}
	c.Replica(spec.Endpoint, nil)
	if job.Cancel {
		return c.end(ctx, job.ID, datahall.Cancelled, datahall.Say("cancelled"), &t)
	}
	why := datahall.Say("its replica ended; another one is being started")
	if t.failure != nil {
		why = t.failure.Message
	}
	failures, err := c.failuresInARow(ctx, job)
	if err != nil {
		return err
	}
	state := "starting"
	if failures >= quickDeaths {
		state = "failed"
	}
	_, err = c.Endpoints.UpdateEndpoint(ctx, spec.Endpoint, func(e *datahall.Endpoint) error {
		e.State, e.Reason = state, why
		return nil
	})
	switch {
	case datahall.KindOf(err) == datahall.NotFound:
		return c.end(ctx, job.ID, datahall.Cancelled, datahall.Say("cancelled"), &t)
	case err != nil:
		return err
	case state == "failed":
		return c.end(ctx, job.ID, datahall.Failed, why, &t)
	}
	return c.requeue(ctx, job, why, failures)
}

// failuresInARow counts the last attempts that never became ready.
func (c *Controller) failuresInARow(ctx context.Context, job datahall.Job) (int, error) {
	events, err := c.Events.Events(ctx, job.ID, 0, []datahall.EventKind{datahall.ReadyEvent}, -1)
	if err != nil {
		return 0, err
	}
	ready := 0
	if len(events) > 0 {
		ready = events[len(events)-1].Attempt
	}
	return job.Attempts - ready, nil
}

// Busy reports whether anything runs or waits apart from replicas.
func (c *Controller) Busy(ctx context.Context) (bool, error) {
	jobs, err := c.Jobs.Jobs(ctx, datahall.JobFilter{Project: datahall.AnyProject,
		States: []datahall.JobState{datahall.Queued, datahall.Starting, datahall.Running}})
	for _, j := range jobs {
		if j.Kind != "replica" {
			return true, err
		}
	}
	return false, err
}
