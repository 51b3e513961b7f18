package api

import (
	"context"
	"net/http"

	"datahall"
	"datahall/trust/access"
	"datahall/web/door"
)

// JobRef names a job.
type JobRef struct {
	ID string `path:"id" doc:"Identifier of a job"`
}

type jobList struct {
	Kind  string `query:"kind" doc:"Only jobs of this kind"`
	State string `query:"state" enum:"queued,starting,running,done,failed,cancelled" doc:"Only jobs in this state"`
	Limit int    `query:"limit" minimum:"0" doc:"At most this many; 0 is all"`
}

func (a *API) jobRoutes() {
	route(a, http.MethodPost, "/jobs", "Submit a job", access.JobSubmit, a.submit)
	route(a, http.MethodGet, "/jobs", "List jobs, newest first", access.JobRead, a.jobs)
	route(a, http.MethodGet, "/jobs/{id}", "Show a job", access.JobRead, a.job)
	route(a, http.MethodPost, "/jobs/{id}/cancel", "Ask a job to end", access.JobCancel, a.cancel)
	route(a, http.MethodGet, "/jobs/{id}/events", "What happened to a job, in order", access.JobRead, a.events)
	route(a, http.MethodGet, "/runs/{id}", "Show a run", access.RunRead, a.run)
	route(a, http.MethodGet, "/runs/{id}/points", "What a run measured", access.RunRead, a.points)
}

func (a *API) submit(ctx context.Context, in *struct{ Body datahall.Submission }) (datahall.Job, error) {
	in.Body.Project = door.Project(ctx)
	return a.Control.Submit(ctx, door.Who(ctx), in.Body)
}

func (a *API) jobs(ctx context.Context, in *jobList) ([]datahall.Job, error) {
	f := datahall.JobFilter{Project: door.Project(ctx), Kind: in.Kind, Limit: in.Limit}
	if in.State != "" {
		f.States = []datahall.JobState{datahall.JobState(in.State)}
	}
	return list(a.Control.Jobs.Jobs(ctx, f))
}

// list makes an empty list of none, so that JSON says [].
func list[T any](items []T, err error) ([]T, error) {
	if items == nil {
		items = []T{}
	}
	return items, err
}

func (a *API) job(ctx context.Context, in *JobRef) (datahall.Job, error) {
	job, err := a.Control.Jobs.Job(ctx, door.Project(ctx), in.ID)
	if err != nil {
		return job, err
	}
	job.Reason, err = a.Control.Why(ctx, job)
	return job, err
}

func (a *API) cancel(ctx context.Context, in *JobRef) (datahall.Job, error) {
	return a.Control.Cancel(ctx, door.Project(ctx), in.ID)
}

func (a *API) events(ctx context.Context, in *struct {
	JobRef
	After int64 `query:"after" doc:"Only events after this number"`
	Limit int   `query:"limit" doc:"At most this many; 0 is all"`
}) ([]datahall.Event, error) {
	if _, err := a.Control.Jobs.Job(ctx, door.Project(ctx), in.ID); err != nil {
		return nil, err
	}
	return list(a.Control.Events.Events(ctx, in.ID, in.After, nil, in.Limit))
}

// RunRef names a run.
type RunRef struct {
	ID string `path:"id" doc:"Identifier of a run"`
}

func (a *API) run(ctx context.Context, in *RunRef) (datahall.Run, error) {
	return a.Control.Runs.Run(ctx, door.Project(ctx), in.ID)
}

func (a *API) points(ctx context.Context, in *struct {
	RunRef
	Limit int `query:"limit" doc:"At most this many of each name; 0 is all"`
}) ([]datahall.Point, error) {
	if _, err := a.Control.Runs.Run(ctx, door.Project(ctx), in.ID); err != nil {
		return nil, err
	}
	return list(a.Control.Points.Points(ctx, in.ID, nil, in.Limit))
}
