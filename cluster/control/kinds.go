package control

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"datahall"
)

// kind is what the controller knows of a kind of job.
type kind struct {
	cpus    func(machine int) int // processors it asks for; nil: none
	retries int
	// check validates the specification and puts ids in the place of names.
	check func(ctx context.Context, c *Controller, job *datahall.Job) error
	// inputs names the files that the job reads; nil: none.
	inputs func(ctx context.Context, c *Controller, job datahall.Job) ([]datahall.Input, error)
	// complete turns the result of a job that went well into what is kept.
	complete func(ctx context.Context, c *Controller, job datahall.Job, t told, files map[string]datahall.Blob) (any, error)
}

// kinds are the kinds of jobs.
var kinds map[string]kind

func init() {
	kinds = map[string]kind{
		"import":       {retries: 1, check: checkImport, inputs: importInputs, complete: addDataset},
		"split":        {retries: 1, check: checkSplit, inputs: rowsOf[datahall.SplitSpec], complete: addDataset},
		"export":       {retries: 1, check: checkExport, inputs: rowsOf[datahall.ExportSpec]},
		"train":        {cpus: all, retries: 3, check: checkTrain, inputs: trainInputs, complete: addTrained},
		"evaluate":     {cpus: all, retries: 1, check: checkEvaluate, inputs: modelAndRows[datahall.EvaluateSpec]},
		"predict":      {retries: 1, check: checkPredict, inputs: modelAndRows[datahall.PredictSpec]},
		"replica":      {retries: 1 << 30, check: checkReplica, inputs: modelAndRows[datahall.ReplicaSpec]},
		"model-import": {retries: 1, check: checkModelImport, inputs: modelImportInputs, complete: addModel},
		"model-pull":   {retries: 3, check: checkModelPull, complete: addModel},
	}
}

func all(machine int) int { return machine }

// Kinds lists the kinds that a user may submit.
func Kinds() []string {
	var list []string
	for name := range kinds {
		if name != "replica" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// Submit stores a job: it is on disk when this returns.
func (c *Controller) Submit(ctx context.Context, who datahall.Principal, s datahall.Submission) (datahall.Job, error) {
	if !slices.Contains(Kinds(), s.Kind) {
		return datahall.Job{}, datahall.Errorf(datahall.Invalid, "job kind %q: unknown; one of %s", s.Kind, strings.Join(Kinds(), ", "))
	}
	return c.submit(ctx, datahall.Job{Kind: s.Kind, Name: s.Name, Project: s.Project, Spec: s.Spec, Key: who.Key})
}

func (c *Controller) submit(ctx context.Context, job datahall.Job) (datahall.Job, error) {
	k := kinds[job.Kind]
	if job.Project == "" {
		job.Project = datahall.DefaultProject
	}
	job.State, job.Retries = datahall.Queued, k.retries
	if k.cpus != nil {
		job.CPUs = k.cpus(c.CPUs)
	}
	if err := k.check(ctx, c, &job); err != nil {
		return datahall.Job{}, err
	}
	job, err := c.Jobs.CreateJob(ctx, job)
	if err != nil {
		return datahall.Job{}, err
	}
	if job.Kind == "train" {
		if err := c.createRun(ctx, job); err != nil {
			return datahall.Job{}, err
		}
	}
	c.nudge()
	return job, nil
}

// RunOf names the run of a training job.
func RunOf(job string) string { return "run-" + strings.TrimPrefix(job, "job-") }

func (c *Controller) createRun(ctx context.Context, job datahall.Job) error {
	var spec datahall.TrainSpec
	if err := json.Unmarshal(job.Spec, &spec); err != nil {
		return err
	}
	var params map[string]any
	if err := json.Unmarshal(job.Spec, &params); err != nil {
		return err
	}
	run := datahall.Run{ID: RunOf(job.ID), Name: job.Name, Project: job.Project, Job: job.ID, State: datahall.Queued,
		Dataset: spec.Dataset, Params: map[string]string{}, Created: c.Now()}
	for name, v := range params {
		text, _ := json.Marshal(v)
		run.Params[name] = strings.Trim(string(text), `"`)
	}
	_, err := c.Runs.CreateRun(ctx, run)
	return err
}

// inputs names the files that a job reads.
func (c *Controller) inputs(ctx context.Context, job datahall.Job) ([]datahall.Input, error) {
	k := kinds[job.Kind]
	if k.inputs == nil {
		return nil, nil
	}
	return k.inputs(ctx, c, job)
}

// decode reads a specification; unknown fields are the caller's mistake.
func decode[T any](job datahall.Job) (T, error) {
	var spec T
	d := json.NewDecoder(strings.NewReader(string(job.Spec)))
	d.DisallowUnknownFields()
	if err := d.Decode(&spec); err != nil {
		return spec, datahall.Errorf(datahall.Invalid, "job %s: its specification cannot be read (%s); see the API's document", job.Kind, err)
	}
	return spec, nil
}

// store writes a specification back with its names resolved.
func storeSpec(job *datahall.Job, spec any) error {
	b, err := json.Marshal(spec)
	job.Spec = b
	return err
}
