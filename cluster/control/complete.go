package control

import (
	"context"
	"encoding/json"
	"strings"

	"datahall"
)

// addDataset stores what an import or a split made.
func addDataset(ctx context.Context, c *Controller, job datahall.Job, t told, files map[string]datahall.Blob) (any, error) {
	var d datahall.Dataset
	if err := json.Unmarshal(t.result, &d); err != nil {
		return nil, err
	}
	if _, ok := files[RowsFile]; !ok {
		return nil, incomplete(job)
	}
	if parent, err := c.Datasets.Dataset(ctx, job.Project, d.Parent); d.Parent != "" && err == nil {
		d.Source = parent.Source
		d.Report.Format, d.Report.Encoding, d.Report.Sheet = parent.Report.Format, parent.Report.Encoding, parent.Report.Sheet
		d.Report.TextColumn, d.Report.LabelColumn = parent.Report.TextColumn, parent.Report.LabelColumn
	}
	d.ID, d.Project, d.Name, d.Job, d.State, d.Files = "", job.Project, job.Name, job.ID, "ready", files
	d, existed, err := c.Datasets.AddDataset(ctx, d)
	if err != nil {
		return nil, err
	}
	return struct {
		datahall.Dataset
		Existed bool `json:"existed"`
	}{d, existed}, nil
}

// addTrained stores the model of a training and says what it took.
func addTrained(ctx context.Context, c *Controller, job datahall.Job, t told, files map[string]datahall.Blob) (any, error) {
	var trained datahall.Trained
	if err := json.Unmarshal(t.result, &trained); err != nil {
		return nil, err
	}
	spec, err := decode[datahall.TrainSpec](job)
	if err != nil {
		return nil, err
	}
	m := trained.Model
	m.Run, m.Dataset, m.Usage = RunOf(job.ID), spec.Dataset, job.Usage.Plus(t.usage)
	if m.Base == "" {
		m.Base = spec.Base
	}
	m, err = c.addModel(ctx, job, m, files)
	if err != nil {
		return nil, err
	}
	if _, err := c.Runs.UpdateRun(ctx, RunOf(job.ID), func(r *datahall.Run) error { r.Model = m.ID; return nil }); err != nil {
		return nil, err
	}
	return datahall.TrainResult{Job: job.ID, Run: m.Run, Model: m.Name, Version: m.Version, Steps: trained.Steps,
		Seconds: trained.Seconds, TokensPerSecond: trained.TokensPerSecond, Joules: m.Usage.Joules,
		EnergySource: m.Usage.EnergySource, Cost: m.Usage.Cost, Currency: m.Usage.Currency, Accuracy: m.Accuracy,
		Family: m.Family, Tuning: m.Tuning}, nil
}

// addModel stores a model that was brought from elsewhere.
func addModel(ctx context.Context, c *Controller, job datahall.Job, t told, files map[string]datahall.Blob) (any, error) {
	var m datahall.Model
	if err := json.Unmarshal(t.result, &m); err != nil {
		return nil, err
	}
	m.Usage = job.Usage.Plus(t.usage)
	return c.addModel(ctx, job, m, files)
}

// addModel gives a model its place in the registry, with the outputs below model/.
func (c *Controller) addModel(ctx context.Context, job datahall.Job, m datahall.Model, files map[string]datahall.Blob) (datahall.Model, error) {
	m.ID, m.Project, m.Name, m.Job, m.State = "", job.Project, job.Name, job.ID, "ready"
	m.Files = map[string]datahall.Blob{}
	for name, blob := range files {
		if name, ok := strings.CutPrefix(name, "model/"); ok {
			m.Files[name] = blob
		}
	}
	if len(m.Files) == 0 {
		return m, incomplete(job)
	}
	m, _, err := c.Models.AddModel(ctx, m)
	return m, err
}

func incomplete(job datahall.Job) error {
	return datahall.Errorf(datahall.Internal, "job %s: its files did not arrive; submit it again", job.ID)
}
