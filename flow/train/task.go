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

// linearBase is the base that is no encoder.
const linearBase = "linear"

// Task is what is to be trained, and the hands that it is put into.
type Task struct {
	Spec    datahall.TrainSpec
	Rows    []datahall.Row
	Base    fs.FS // folder of the base model; nil from scratch and for linear
	Threads int
	Now     func() time.Time // for rates and seconds; never for a choice

	Stage   func(stage datahall.Message, total float64, unit string)
	Advance func(done float64)
	Measure func(points ...datahall.Point)
	Log     func(text string)                         // one line or several
	Create  func(name string) (io.WriteCloser, error) // a file of the model folder
	Save    func(write func(io.Writer) error) error   // replaces the checkpoint: it is whole or the one before
	Restore func() (io.ReadCloser, error)             // opens the checkpoint; nil where there is none
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
	work   work
}

// work is what the optimiser did.
type work struct {
	steps, tokens int64
	seconds       float64 // of its steps alone
	epochs, best  int     // made, and the one whose weights are kept; 0 is the start
}

// Run trains, writes the model folder and gives the model without its place in
// the registry. Digest and files are the registry's to fill.
func Run(ctx context.Context, task Task) (datahall.Trained, error) {
	t := &trainer{Task: task, ctx: ctx, pool: kernel.NewPool(max(1, task.Threads))}
	defer t.pool.Close()
	if err := t.ready(); err != nil {
		return datahall.Trained{}, err
	}
	if t.Spec.Base == linearBase {
		return t.onlyLinear()
	}
	e, err := t.encoder()
	if err != nil {
		return datahall.Trained{}, err
	}
	best, err := t.tune(e)
	if err != nil {
		return datahall.Trained{}, err
	}
	return t.finish(e, best)
}

// ready checks the specification, divides the rows and makes the plan.
func (t *trainer) ready() error {
	if err := checkSpec(t.Spec); err != nil {
		return err
	}
	if err := t.divide(); err != nil {
		return err
	}
	t.plan = planOf(t.Spec, len(t.sides.train), t.Base != nil)
	return t.plan.check()
}

// baselines fits the simple models; those on vectors too where there are vectors.
func (t *trainer) baselines(vectors *eval.Vectors) error {
	var err error
	total := 0.0
	t.simple, err = eval.Baselines(t.ctx, eval.Contest{Task: t.Spec.Task, Labels: t.labels, Train: t.sides.train,
		Validation: t.sides.validation, Test: t.sides.test, Vectors: vectors, Balanced: t.balanced(), Seed: t.Spec.Seed,
		Pool: t.pool, Now: t.Now, Progress: func(p datahall.Progress) {
			if p.Done == 0 || p.Total != total { // how much there is to do is known when it has begun
				t.Stage(p.Stage, p.Total, p.Unit)
				total = p.Total
			}
			t.Advance(p.Done)
		}})
	if err != nil {
		return err
	}
	for _, b := range t.simple.Baselines {
		t.Log(baselineLine(b))
	}
	return nil
}

func (t *trainer) balanced() bool { return t.Spec.ClassWeights == "balanced" }

func (t *trainer) target(rows []datahall.Row) (linear.Target, error) {
	return linear.TargetOf(t.Spec.Task, t.labels, rows)
}

// seconds is the time, for differences.
func (t *trainer) seconds() float64 { return float64(t.Now().UnixNano()) / 1e9 }
