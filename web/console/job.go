package console

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"datahall"
	"datahall/phrase"
)

const (
	jobsShown = 200 // of a list, unless all are asked for
	logShown  = 500 // lines of a log
)

// jobsPage lists jobs.
type jobsPage struct {
	Jobs        []jobLine
	Kind, State string
	Kinds       []string
	States      []datahall.JobState
	More        bool
	Busy        bool // something moves: the list brings itself up to date
}

func (c *Console) jobs(v *visit) error {
	q := v.URL.Query()
	p := jobsPage{Kind: q.Get("kind"), State: q.Get("state"), Kinds: slices.Sorted(maps.Keys(kindWords)),
		States: []datahall.JobState{datahall.Queued, datahall.Starting, datahall.Running, datahall.Done, datahall.Failed, datahall.Cancelled}}
	p.Kinds = slices.DeleteFunc(p.Kinds, func(k string) bool { return k == "endpoint" })
	f := datahall.JobFilter{Project: v.project(), Kind: p.Kind, Limit: jobsShown + 1}
	if p.State != "" {
		f.States = []datahall.JobState{datahall.JobState(p.State)}
	}
	if q.Get("all") != "" {
		f.Limit = 0
	}
	lines, err := c.jobLines(v.Context(), f)
	if err != nil {
		return err
	}
	if f.Limit > 0 && len(lines) > jobsShown {
		lines, p.More = lines[:jobsShown], true
	}
	p.Jobs = lines
	p.Busy = slices.ContainsFunc(lines, func(j jobLine) bool { return !j.State.Ended() })
	return v.show("jobs", "jobs", phrase.Text(v.lang, "Jobs"), p)
}

// jobPage is a job: where it stands, what happened, what it measured.
type jobPage struct {
	jobLine
	Title    string
	Last     int64 // number of the last event shown; the stream goes on from here
	History  []datahall.Event
	Log      []datahall.Event
	LogCut   bool
	Files    []file
	Params   []pairOf
	Run      *datahall.Run
	Charts   []chart
	Dataset  *datahall.Dataset
	Model    *datahall.Model
	Endpoint *datahall.Endpoint
	Trained  *datahall.TrainResult
	Report   *report // of an evaluation
	CanEnd   bool    // the reader may ask it to end
}

// pairOf is a name and a value.
type pairOf struct{ Name, Value string }

// file is an output, by name.
type file struct {
	Name  string
	Bytes int64
}

// Live says whether something is still to happen.
func (p jobPage) Live() bool { return !p.State.Ended() }

func (c *Console) job(v *visit) error {
	ctx, project := v.Context(), v.project()
	job, err := c.Jobs.Job(ctx, project, v.PathValue("id"))
	if err != nil {
		return err
	}
	p := jobPage{jobLine: jobLine{job, job.Reason}, Title: titleOf(job), Params: paramsOf(job.Spec)}
	if p.Why, err = c.Why(ctx, job); err != nil {
		return err
	}
	p.CanEnd = p.Live() && !job.Cancel && job.Kind != "replica" && v.may("job:cancel", "")
	if err := c.happened(ctx, &p); err != nil {
		return err
	}
	if err := c.made(ctx, v, &p); err != nil {
		return err
	}
	return v.show("jobs", "job", phrase.Text(v.lang, "Job %s", p.Title), p)
}

// cancelJob asks a job to end, and goes back to its page.
func (c *Console) cancelJob(v *visit) error {
	job, err := c.Cancel(v.Context(), v.project(), v.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.Request, pathOf("jobs", job.ID), http.StatusSeeOther)
	return nil
}

// titleOf names a job by what it is about, else by its id.
func titleOf(j datahall.Job) string {
	if j.Name != "" {
		return j.Name
	}
	return j.ID
}

// happened fills in history and log.
func (c *Console) happened(ctx context.Context, p *jobPage) error {
	last, err := c.Events.Events(ctx, p.ID, 0, nil, -1)
	if err != nil {
		return err
	}
	if len(last) > 0 {
		p.Last = last[0].Seq
	}
	kinds := []datahall.EventKind{datahall.StateEvent, datahall.FailEvent, datahall.ExitEvent, datahall.FileEvent, datahall.ReadyEvent}
	if p.History, err = c.Events.Events(ctx, p.ID, 0, kinds, 0); err != nil {
		return err
	}
	if p.Log, err = c.Events.Events(ctx, p.ID, 0, []datahall.EventKind{datahall.LogEvent}, -logShown); err != nil {
		return err
	}
	later := func(e datahall.Event) bool { return e.Seq > p.Last } // the stream brings it
	p.History, p.Log = slices.DeleteFunc(p.History, later), slices.DeleteFunc(p.Log, later)
	p.LogCut = len(p.Log) == logShown
	files, err := c.Files.Files(ctx, p.ID)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		p.Files = append(p.Files, file{name, files[name].Bytes})
	}
	return err
}

// made fills in what the job works on and what came out of it. What was
// deleted since is left out.
func (c *Console) made(ctx context.Context, v *visit, p *jobPage) error {
	var spec struct{ Dataset, Model, Endpoint string }
	json.Unmarshal(p.Spec, &spec) //nolint:errcheck // other kinds have other fields
	var result struct {
		datahall.TrainResult
		ID string `json:"id"` // of a dataset or model
	}
	json.Unmarshal(p.Result, &result) //nolint:errcheck // as above
	if p.Kind == "import" || p.Kind == "split" {
		spec.Dataset = result.ID
	}
	if d, err := c.Datasets.Dataset(ctx, p.Project, spec.Dataset); spec.Dataset != "" && err == nil {
		p.Dataset = &d
	}
	if e, err := c.Endpoints.Endpoint(ctx, p.Project, spec.Endpoint); spec.Endpoint != "" && err == nil {
		p.Endpoint, p.Title = &e, e.Name
	}
	model := spec.Model
	switch p.Kind {
	case "evaluate":
		p.Report = reportOf(p.Result)
	case "model-import", "model-pull":
		model = result.ID
	case "train":
		if p.State == datahall.Done {
			p.Trained = &result.TrainResult
		}
		run, err := c.runOf(ctx, p.Job)
		if err != nil || run == nil {
			return err
		}
		p.Run, model = run, run.Model
		if p.Charts, err = c.chartsOf(ctx, v.lang, []datahall.Run{*run}); err != nil {
			return err
		}
	}
	if m, err := c.Models.Model(ctx, p.Project, model); model != "" && err == nil {
		p.Model = &m
	}
	return nil
}

// runOf finds the record of a training; nil where there is none (yet).
func (c *Console) runOf(ctx context.Context, job datahall.Job) (*datahall.Run, error) {
	runs, err := c.Runs.Runs(ctx, job.Project, 0)
	for _, r := range runs {
		if r.Job == job.ID {
			return &r, nil
		}
	}
	return nil, err
}

// paramsOf lists what was asked for, without what was left to chance or empty.
func paramsOf(spec json.RawMessage) []pairOf {
	var fields map[string]json.RawMessage
	if json.Unmarshal(spec, &fields) != nil {
		return nil
	}
	var list []pairOf
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := string(fields[name])
		var s string
		if json.Unmarshal(fields[name], &s) == nil {
			text = s
		}
		if text != "" && text != "null" && text[0] != '{' && text[0] != '[' {
			list = append(list, pairOf{name, text})
		}
	}
	return list
}
