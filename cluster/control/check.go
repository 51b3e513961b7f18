package control

import (
	"context"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"datahall"
)

// nameRule is what names of datasets, models and endpoints are made of. Any
// script's letters are welcome; what would need escaping in a path is not.
var nameRule = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,99}$`)

// CheckName refuses a name that cannot be one.
func CheckName(what, name string) error {
	if !nameRule.MatchString(name) {
		return datahall.Errorf(datahall.Invalid, "%s name %q: not usable; take letters, digits, dots, hyphens and underscores, at most 100, a letter or digit first", what, name)
	}
	return nil
}

func checkImport(_ context.Context, _ *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.ImportSpec](*job)
	if err != nil {
		return err
	}
	if err := CheckName("dataset", spec.Name); err != nil {
		return err
	}
	if spec.Blob.Digest == "" && !strings.HasPrefix(spec.Source, "builtin:") {
		return datahall.Errorf(datahall.Invalid, "import %s: no bytes came with it; upload the file first", spec.Source)
	}
	if spec.Task == "" {
		spec.Task = "classify"
	}
	job.Name = spec.Name
	return storeSpec(job, spec)
}

func checkSplit(ctx context.Context, c *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.SplitSpec](*job)
	if err != nil {
		return err
	}
	if spec.Test < 0 || spec.Validation < 0 || spec.Test+spec.Validation >= 1 {
		return datahall.Errorf(datahall.Invalid, "split: fractions %s and %s leave nothing to train on; give two that add up to less than 1", spec.Test, spec.Validation)
	}
	d, err := c.Datasets.Dataset(ctx, job.Project, spec.Dataset)
	if err != nil {
		return err
	}
	spec.Dataset, job.Name = d.ID, d.Name
	return storeSpec(job, spec)
}

func checkExport(ctx context.Context, c *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.ExportSpec](*job)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"csv", "tsv", "jsonl", "xlsx"}, spec.Format) {
		return datahall.Errorf(datahall.Invalid, "export format %q: unknown; one of csv, tsv, jsonl, xlsx", spec.Format)
	}
	d, err := c.Datasets.Dataset(ctx, job.Project, spec.Dataset)
	if err != nil {
		return err
	}
	spec.Dataset, job.Name = d.ID, d.Name
	if spec.File == "" {
		spec.File = d.Name + "." + spec.Format
	}
	return storeSpec(job, spec)
}

func checkTrain(ctx context.Context, c *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.TrainSpec](*job)
	if err != nil {
		return err
	}
	d, err := c.Datasets.Dataset(ctx, job.Project, spec.Dataset)
	if err != nil {
		return err
	}
	spec.Dataset = d.ID
	if spec.Name == "" {
		spec.Name = d.Name
	}
	if spec.Task == "" {
		spec.Task = d.Task
	}
	if spec.Base == "" {
		spec.Base = "scratch:tiny"
	}
	if err := checkTrainValues(spec); err != nil {
		return err
	}
	if !strings.HasPrefix(spec.Base, "scratch:") && spec.Base != "linear" {
		m, err := c.Models.Model(ctx, job.Project, spec.Base)
		if err != nil {
			return err
		}
		if m.Family != "bert" {
			return datahall.Errorf(datahall.Invalid, "base %s: a %s model cannot be trained further; take a BERT model or scratch:tiny", m.Ref(), m.Family)
		}
		spec.Base = m.Ref()
	}
	job.Name = spec.Name
	return storeSpec(job, spec)
}

// choices are the values that a training's words may take.
var choices = map[string][]string{
	"task":          {"classify", "multilabel", "regress"},
	"tune":          {"", "auto", "full", "head"},
	"optimizer":     {"", "adamw", "adam", "sgd", "adagrad"},
	"schedule":      {"", "linear", "cosine", "constant"},
	"precision":     {"", "fp32"},
	"class weights": {"", "none", "balanced"},
}

func checkTrainValues(s datahall.TrainSpec) error {
	if err := CheckName("model", s.Name); err != nil {
		return err
	}
	for name, value := range map[string]string{"task": s.Task, "tune": s.Tune, "optimizer": s.Optimizer,
		"schedule": s.Schedule, "precision": s.Precision, "class weights": s.ClassWeights} {
		if !slices.Contains(choices[name], value) {
			return datahall.Errorf(datahall.Invalid, "train: %s %q is unknown; one of %s", name, value, words(choices[name]))
		}
	}
	if size, scratch := strings.CutPrefix(s.Base, "scratch:"); scratch && !slices.Contains([]string{"tiny", "small", "base"}, size) {
		return datahall.Errorf(datahall.Invalid, "base scratch:%s: no such size; one of tiny, small, base", size)
	}
	for name, bounds := range map[string][3]float64{
		"epochs": {float64(s.Epochs), 0, 10000}, "batch size": {float64(s.BatchSize), 0, 1 << 16},
		"learning rate": {s.LearningRate, 0, 10}, "dropout": {s.Dropout, -1, 0.99}, "warm-up": {s.Warmup, -1, 1},
		"label smoothing": {s.LabelSmoothing, 0, 0.99}, "maximum length": {float64(s.MaxLength), 0, 8192},
		"accumulation": {float64(s.Accumulate), 0, 1 << 12}, "vocabulary size": {float64(s.VocabSize), 0, 1 << 20},
	} {
		if v := bounds[0]; !(v >= bounds[1] && v <= bounds[2]) {
			return datahall.Errorf(datahall.Invalid, "train: %s %s is out of range; give a value from %s to %s", name, v, bounds[1], bounds[2])
		}
	}
	return nil
}

func words(list []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" }), ", ")
}

func checkEvaluate(ctx context.Context, c *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.EvaluateSpec](*job)
	if err != nil {
		return err
	}
	m, err := c.Models.Model(ctx, job.Project, spec.Model)
	if err != nil {
		return err
	}
	d, err := c.Datasets.Dataset(ctx, job.Project, spec.Dataset)
	if err != nil {
		return err
	}
	spec.Model, spec.Dataset, job.Name = m.ID, d.ID, m.Name
	return storeSpec(job, spec)
}

func checkPredict(ctx context.Context, c *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.PredictSpec](*job)
	if err != nil {
		return err
	}
	m, err := c.Models.Model(ctx, job.Project, spec.Model)
	if err != nil {
		return err
	}
	spec.Model, job.Name = m.ID, m.Name
	if spec.Dataset != "" {
		d, err := c.Datasets.Dataset(ctx, job.Project, spec.Dataset)
		if err != nil {
			return err
		}
		spec.Dataset = d.ID
	}
	return storeSpec(job, spec)
}

func checkReplica(context.Context, *Controller, *datahall.Job) error { return nil }

func checkModelImport(_ context.Context, _ *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.ModelImportSpec](*job)
	if err != nil {
		return err
	}
	if len(spec.Files) == 0 {
		return datahall.Errorf(datahall.Invalid, "model %s: no files came with it; upload the folder's files first", spec.Name)
	}
	for name := range spec.Files {
		if !fs.ValidPath(name) || strings.Contains(name, `\`) {
			return datahall.Errorf(datahall.Invalid, "model %s: its file %q has a name that leads outside of the folder; rename the file", spec.Name, name)
		}
	}
	job.Name = spec.Name
	return CheckName("model", spec.Name)
}

// repoRule is a hub's ORG/NAME.
var repoRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$`)

func checkModelPull(_ context.Context, _ *Controller, job *datahall.Job) error {
	spec, err := decode[datahall.ModelPullSpec](*job)
	if err != nil {
		return err
	}
	if !repoRule.MatchString(spec.Repo) {
		return datahall.Errorf(datahall.Invalid, "repository %q: not ORG/NAME; write it as on the hub", spec.Repo)
	}
	if spec.Name == "" {
		spec.Name = spec.Repo[strings.IndexByte(spec.Repo, '/')+1:]
	}
	job.Name = spec.Name
	if err := CheckName("model", spec.Name); err != nil {
		return err
	}
	return storeSpec(job, spec)
}
