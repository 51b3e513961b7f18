package train

import (
	"context"
	"io"
	"io/fs"
	"time"

	"datahall"
	"datahall/flow/eval"
	"datahall/numeric/kernel"
	"datahall/numeric/linear"
)

// Task is what is to be trained, and the hands that it is put into.
type Task struct {
	Spec    datahall.TrainSpec
	Rows    []datahall.Row
	Base    fs.FS // folder of the base model; nil from scratch
	Threads int
	Now     func() time.Time // for rates and seconds; never for a choice

	Stage   func(stage datahall.Message, total float64, unit string)
	Advance func(done float64)
	Measure func(points ...datahall.Point)
	Log     func(line string)
	Create  func(name string) (io.WriteCloser, error) // a file of the model folder
	Save    func(write func(io.Writer) error) error   // replaces the checkpoint
	Restore func() (io.ReadCloser, error)             // the checkpoint, nil where there is none
}

// trainer is a task at work.
type trainer struct {
	Task
	ctx    context.Context
	pool   *kernel.Pool
	plan   plan
	labels []string
	sides  sides
	simple *eval.Fitted
	work   work // of the optimiser
}

// work is what the optimiser did.
type work struct {
	steps   int64
	tokens  int64
	seconds float64
}

// sides are the rows by their split.
type sides struct{ train, validation, test []datahall.Row }

// Run trains and gives the model, without its place in the registry.
func Run(ctx context.Context, task Task) (datahall.Trained, error) {
	t := &trainer{Task: task, ctx: ctx, pool: kernel.NewPool(task.Threads)}
	defer t.pool.Close()
	if err := t.ready(); err != nil {
		return datahall.Trained{}, err
	}
	if t.Spec.Base == "linear" {
		return t.onlyLinear()
	}
	e, err := t.encoder()
	if err != nil {
		return datahall.Trained{}, err
	}
	if err := t.baselines(e); err != nil {
		return datahall.Trained{}, err
	}
	best, err := t.tune(e)
	if err != nil {
		return datahall.Trained{}, err
	}
	return t.finish(e, best)
}

// ready splits the rows, finds the labels and makes the plan.
func (t *trainer) ready() error {
	rows, err := t.split()
	if err != nil {
		return err
	}
	for _, r := range rows {
		switch r.Split {
		case "train":
			t.sides.train = append(t.sides.train, r)
		case "validation":
			t.sides.validation = append(t.sides.validation, r)
		case "test":
			t.sides.test = append(t.sides.test, r)
		}
	}
	t.labels = linear.LabelsOf(t.sides.train)
	if t.Spec.Task == linear.Regress {
		t.labels = nil
	} else if len(t.labels) < 2 {
		return datahall.Errorf(datahall.Invalid, "training: the rows bear %s label(s); bring rows of at least two", len(t.labels))
	}
	t.plan = planOf(t.Spec, len(t.sides.train), t.Base != nil)
	return t.plan.check()
}

// baselines fits the simple models, on the frozen vectors too where there is a base.
func (t *trainer) baselines(e *encoder) error {
	contest := eval.Contest{Task: t.Spec.Task, Labels: t.labels, Train: t.sides.train, Validation: t.sides.validation,
		Test: t.sides.test, Balanced: t.Spec.ClassWeights == "balanced", Seed: t.Spec.Seed, Pool: t.pool, Now: t.Now,
		Progress: func(p datahall.Progress) {
			if p.Done == 0 {
				t.Stage(p.Stage, p.Total, p.Unit)
				return
			}
			t.Advance(p.Done)
		}}
	if e != nil && t.Base != nil {
		vectors, err := t.vectors(e)
		if err != nil {
			return err
		}
		contest.Vectors = vectors
	}
	var err error
	if t.simple, err = eval.Baselines(t.ctx, contest); err != nil {
		return err
	}
	for _, b := range t.simple.Baselines {
		t.Log(baselineLine(b))
	}
	return nil
}
