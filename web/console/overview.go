package console

import (
	"cmp"
	"context"
	"slices"

	"datahall"
	"datahall/phrase"
)

// overviewPage is what is there, and what happens.
type overviewPage struct {
	Hall      datahall.Hall
	Datasets  []datahall.Dataset
	Models    []datahall.Model
	Endpoints []datahall.Endpoint
	Now       []jobLine // waiting and at work
	Recent    []jobLine // ended, newest first
	Spent     []datahall.Usage
	Empty     bool
}

// jobLine is a job in a list, with the reason that it waits or failed.
type jobLine struct {
	datahall.Job
	Why datahall.Message
}

// At counts the jobs in a state.
func (p overviewPage) At(state string) int {
	n := 0
	for _, j := range p.Now {
		if j.State == datahall.JobState(state) || state == "running" && j.State == datahall.Starting {
			n++
		}
	}
	return n
}

// Ready counts the endpoints that answer.
func (p overviewPage) Ready() int {
	n := 0
	for _, e := range p.Endpoints {
		if e.State == "ready" {
			n++
		}
	}
	return n
}

const recentShown = 6

func (c *Console) overview(v *visit) error {
	ctx, project := v.Context(), v.project()
	p := overviewPage{Hall: c.Hall()}
	var err error
	if p.Datasets, err = c.Datasets.Datasets(ctx, datahall.VersionFilter{Project: project}); err != nil {
		return err
	}
	if p.Models, err = c.Models.Models(ctx, datahall.VersionFilter{Project: project}); err != nil {
		return err
	}
	if p.Endpoints, err = c.Endpoints.Endpoints(ctx, project); err != nil {
		return err
	}
	if p.Now, err = c.atWork(ctx, project); err != nil {
		return err
	}
	ended := datahall.JobFilter{Project: project, States: []datahall.JobState{datahall.Done, datahall.Failed, datahall.Cancelled}, Limit: recentShown}
	if p.Recent, err = c.jobLines(ctx, ended); err != nil {
		return err
	}
	if p.Spent, err = c.spent(ctx, project, p.Endpoints); err != nil {
		return err
	}
	p.Empty = len(p.Datasets)+len(p.Models)+len(p.Endpoints)+len(p.Now)+len(p.Recent) == 0
	return v.show("overview", "overview", phrase.Text(v.lang, "Overview"), p)
}

// atWork lists the jobs that wait or run, but not the replicas, which the
// endpoints stand for.
func (c *Console) atWork(ctx context.Context, project string) ([]jobLine, error) {
	lines, err := c.jobLines(ctx, datahall.JobFilter{Project: project, States: []datahall.JobState{datahall.Queued, datahall.Starting, datahall.Running}})
	return slices.DeleteFunc(lines, func(j jobLine) bool { return j.Kind == "replica" }), err
}

// jobLines lists jobs with their reasons.
func (c *Console) jobLines(ctx context.Context, f datahall.JobFilter) ([]jobLine, error) {
	jobs, err := c.Jobs.Jobs(ctx, f)
	if err != nil {
		return nil, err
	}
	lines := make([]jobLine, len(jobs))
	for i, j := range jobs {
		lines[i] = jobLine{j, j.Reason}
		if j.State == datahall.Queued {
			if lines[i].Why, err = c.Why(ctx, j); err != nil {
				return nil, err
			}
		}
	}
	return lines, nil
}

// spent sums what jobs and endpoints took, by currency: jobs stand in the
// ledger, endpoints count for themselves.
func (c *Console) spent(ctx context.Context, project string, endpoints []datahall.Endpoint) ([]datahall.Usage, error) {
	totals, err := c.Ledger.Totals(ctx, datahall.LedgerFilter{Project: project}, datahall.ByKind)
	if err != nil {
		return nil, err
	}
	var all []datahall.Usage
	for _, t := range totals {
		if t.Group != "endpoint" {
			all = append(all, t.Usage)
		}
	}
	for _, e := range endpoints {
		all = append(all, e.Usage)
	}
	return byCurrency(all), nil
}

// byCurrency sums usages of the same currency; sums of money of two of them
// cannot be added.
func byCurrency(all []datahall.Usage) []datahall.Usage {
	sums := map[string]datahall.Usage{}
	for _, u := range all {
		if u != (datahall.Usage{}) {
			sums[u.Currency] = sums[u.Currency].Plus(u)
		}
	}
	list := []datahall.Usage{}
	for _, u := range sums {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b datahall.Usage) int { return cmp.Compare(a.Currency, b.Currency) })
	return list
}
