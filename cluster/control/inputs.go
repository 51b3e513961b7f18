package control

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"datahall"
)

// RowsFile is the file of a dataset version that holds its rows.
const RowsFile = "rows.jsonl"

func importInputs(_ context.Context, _ *Controller, job datahall.Job) ([]datahall.Input, error) {
	spec, err := decode[datahall.ImportSpec](job)
	if err != nil || spec.Blob.Digest == "" {
		return nil, err
	}
	return []datahall.Input{{Name: "source", Blob: spec.Blob}}, nil
}

func modelImportInputs(_ context.Context, _ *Controller, job datahall.Job) ([]datahall.Input, error) {
	spec, err := decode[datahall.ModelImportSpec](job)
	return filesUnder("model/", spec.Files), err
}

// rowsOf gives the rows of the dataset that the specification names.
func rowsOf[T any](ctx context.Context, c *Controller, job datahall.Job) ([]datahall.Input, error) {
	spec, err := decode[T](job)
	if err != nil {
		return nil, err
	}
	_, dataset := refs(spec)
	return c.rows(ctx, job, dataset)
}

// modelAndRows gives the model's files and the dataset's rows, where one is named.
func modelAndRows[T any](ctx context.Context, c *Controller, job datahall.Job) ([]datahall.Input, error) {
	spec, err := decode[T](job)
	if err != nil {
		return nil, err
	}
	model, dataset := refs(spec)
	m, err := c.Models.Model(ctx, job.Project, model)
	if err != nil {
		return nil, err
	}
	inputs := filesUnder("model/", m.Files)
	if dataset == "" {
		return inputs, nil
	}
	rows, err := c.rows(ctx, job, dataset)
	return append(inputs, rows...), err
}

func trainInputs(ctx context.Context, c *Controller, job datahall.Job) ([]datahall.Input, error) {
	spec, err := decode[datahall.TrainSpec](job)
	if err != nil {
		return nil, err
	}
	inputs, err := c.rows(ctx, job, spec.Dataset)
	if err != nil || strings.HasPrefix(spec.Base, "scratch:") || spec.Base == "linear" {
		return inputs, err
	}
	m, err := c.Models.Model(ctx, job.Project, spec.Base)
	return append(inputs, filesUnder("base/", m.Files)...), err
}

func (c *Controller) rows(ctx context.Context, job datahall.Job, dataset string) ([]datahall.Input, error) {
	d, err := c.Datasets.Dataset(ctx, job.Project, dataset)
	return []datahall.Input{{Name: RowsFile, Blob: d.Files[RowsFile]}}, err
}

// refs gives the model and the dataset that a specification names.
func refs(spec any) (model, dataset string) {
	switch s := spec.(type) {
	case datahall.SplitSpec:
		return "", s.Dataset
	case datahall.ExportSpec:
		return "", s.Dataset
	case datahall.EvaluateSpec:
		return s.Model, s.Dataset
	case datahall.PredictSpec:
		return s.Model, s.Dataset
	case datahall.ReplicaSpec:
		return s.Model, ""
	}
	return "", ""
}

func filesUnder(folder string, files map[string]datahall.Blob) []datahall.Input {
	var list []datahall.Input
	for name, blob := range files {
		list = append(list, datahall.Input{Name: folder + name, Blob: blob})
	}
	slices.SortFunc(list, func(a, b datahall.Input) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
