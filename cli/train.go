package cli

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) trainCommand() *cobra.Command {
	var data string
	var spec datahall.TrainSpec
	var r reading
	c := s.command("train --data DATASET|FILE [--base MODEL] [--name NAME]", datahall.Say("train a model, measure it beside its baselines, and register it"), s.args(0, 0), nil)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if data == "" {
			return needs(c, "data")
		}
		return s.train(c.Context(), data, spec, r)
	}
	c.Long = s.t(datahall.Say("Trains a model, measures it beside its baselines, and registers it.\n\n" +
		"A FILE is imported first and, where it says nothing of it, split: 20 of 100 rows\n" +
		"for testing, 10 for validation. What is not given is chosen by the data and the\n" +
		"base. --base is scratch:tiny, scratch:small, scratch:base, linear, or a model of\n" +
		"this hall (datahall model pull ORG/NAME brings one)."))
	c.Example = "  datahall train --data shop\n  datahall train --data tickets.xlsx --base scratch:small --epochs 20 --name tickets"
	c.Flags().StringVar(&data, "data", "", s.t(datahall.Say("`DATASET` (NAME or NAME@VERSION), or a FILE that is imported first")))
	s.completeFlag(c, "data", datasetNames)
	s.trainFlags(c, &spec)
	s.readingFlags(c, &r)
	return s.jobFlags(c)
}

func (s *session) trainFlags(c *cobra.Command, spec *datahall.TrainSpec) {
	f := c.Flags()
	f.StringVar(&spec.Base, "base", "", s.t(datahall.Say("`MODEL` to begin from (otherwise the hall's default)")))
	f.StringVar(&spec.Name, "name", "", s.t(datahall.Say("`NAME` of the model (otherwise that of the dataset)")))
	f.StringVar(&spec.Task, "task", "", s.t(datahall.Say("`TASK`: classify, multilabel or regress (otherwise the dataset's)")))
	f.StringVar(&spec.Tune, "tune", "", s.t(datahall.Say("`WHAT` of a base is trained: full, head, or auto (both, keeping the better)")))
	f.StringVar(&spec.Optimizer, "optimizer", "", s.t(datahall.Say("`OPTIMIZER`: adamw, adam, sgd or adagrad")))
	f.StringVar(&spec.Schedule, "schedule", "", s.t(datahall.Say("`SCHEDULE` of the learning rate: linear, cosine or constant")))
	f.IntVar(&spec.Epochs, "epochs", 0, s.t(datahall.Say("`NUMBER` of times that all rows are seen, at most")))
	f.IntVar(&spec.BatchSize, "batch-size", 0, s.t(datahall.Say("`ROWS` of a step of the optimiser")))
	f.IntVar(&spec.Accumulate, "accumulate", 0, s.t(datahall.Say("`NUMBER` of batches whose gradients are added up for a step")))
	f.Float64Var(&spec.LearningRate, "lr", 0, s.t(datahall.Say("learning `RATE` at its highest")))
	f.Float64Var(&spec.Warmup, "warmup", 0, s.t(datahall.Say("`SHARE` of the steps in which the rate rises")))
	f.Float64Var(&spec.WeightDecay, "weight-decay", 0, s.t(datahall.Say("`RATE` at which weights decay")))
	f.Float64Var(&spec.Momentum, "momentum", 0, s.t(datahall.Say("`SHARE` of the last step that sgd goes on with")))
	f.Float64Var(&spec.Epsilon, "epsilon", 0, s.t(datahall.Say("`NUMBER` that keeps adam and adagrad from dividing by nothing")))
	f.Float64Var(&spec.ClipNorm, "clip-norm", 0, s.t(datahall.Say("`NORM` to which longer gradients are cut")))
	f.Float64Var(&spec.Dropout, "dropout", 0, s.t(datahall.Say("`SHARE` of activations that is dropped; -1 for none")))
	f.Float64Var(&spec.LabelSmoothing, "label-smoothing", 0, s.t(datahall.Say("`SHARE` of the target that is spread over all labels")))
	f.StringVar(&spec.ClassWeights, "class-weights", "", s.t(datahall.Say("`WEIGHTS` of labels: none, or balanced, which gives rare ones more")))
	f.IntVar(&spec.MaxLength, "max-length", 0, s.t(datahall.Say("`TOKENS` of a text that are read")))
	f.IntVar(&spec.Patience, "patience", 0, s.t(datahall.Say("`EPOCHS` without a better validation score until training ends")))
	f.IntVar(&spec.VocabSize, "vocab-size", 0, s.t(datahall.Say("`SIZE` of the vocabulary that scratch:… makes")))
	f.StringVar(&spec.Precision, "precision", "", s.t(datahall.Say("`PRECISION` of the numbers: fp32")))
	f.Uint64Var(&spec.Seed, "seed", 0, s.t(datahall.Say("`NUMBER` that all chance comes from")))
	f.IntVar(&spec.Threads, "threads", 0, s.t(datahall.Say("`NUMBER` of processors to use (otherwise all)")))
	s.completeFlag(c, "base", modelNames)
	completeWords(c, map[string][]string{"task": {"classify", "multilabel", "regress"}, "tune": {"full", "head", "auto"},
		"optimizer": {"adamw", "adam", "sgd", "adagrad"}, "schedule": {"linear", "cosine", "constant"},
		"class-weights": {"none", "balanced"}, "precision": {"fp32"}})
	f.BoolVar(&spec.AllowSimple, "allow-simple", false, s.t(datahall.Say("register a simple baseline where it wins")))
}

func (s *session) train(ctx context.Context, data string, spec datahall.TrainSpec, r reading) error {
	r.task = spec.Task
	ref, err := s.dataset(ctx, data, r, true)
	if err != nil {
		return err
	}
	spec.Dataset = ref
	var result datahall.TrainResult
	job, err := s.run(ctx, "train", spec.Name, spec, &result)
	if err != nil {
		return err
	}
	if s.json {
		return s.result(result, nil)
	}
	return s.showTrained(ctx, job, result)
}

// showTrained says what a training made and what it took.
func (s *session) showTrained(ctx context.Context, job datahall.Job, r datahall.TrainResult) error {
	e, err := s.hall.Evaluation(ctx, refOf(r.Model, r.Version))
	if err != nil {
		return err
	}
	s.say(datahall.Say("%s: trained and registered (%s)", refOf(r.Model, r.Version), s.kind(r.Family, r.Tuning)))
	s.showScores(e)
	if e.Winner != "" && e.Winner != "model" && r.Family != "linear" {
		s.say(datahall.Say("a simpler model did better on the validation rows: the %s; --allow-simple registers the one that wins", s.baseline(e.Winner)))
	}
	if r.Steps > 0 {
		s.facts().add(datahall.Say("steps"), s.t(datahall.Say("%s in %s, %s tokens/s without padding", count(r.Steps), s.duration(r.Seconds), digits(r.TokensPerSecond, 3)))).print()
	}
	s.showReceipt(job.Usage)
	return nil
}

// kind says in words what a model is and how it was made.
func (s *session) kind(family, tuning string) string {
	name := family
	if family == "bert" {
		name = "BERT"
	}
	if family == "linear" {
		name = s.t(datahall.Say("linear"))
	}
	switch how, known := tunings[tuning]; {
	case tuning == "" || tuning == family:
		return name
	case known:
		return s.t(datahall.Say("%s, %s", name, s.t(how)))
	}
	return s.t(datahall.Say("%s, %s", name, tuning))
}

var tunings = map[string]datahall.Message{
	"full":      datahall.Say("trained whole"),
	"head":      datahall.Say("head on frozen vectors"),
	"head+full": datahall.Say("head first, then whole"),
}

// dataset gives the dataset that --data names; a file is imported first and,
// where it is to be trained on, split.
func (s *session) dataset(ctx context.Context, data string, r reading, split bool) (string, error) {
	if !isFile(data) || !exists(data) {
		return data, nil
	}
	d, err := s.importFile(ctx, data, "", r)
	if err != nil {
		return "", err
	}
	s.note(datahall.Say("%s: %s rows, text from %s, label from %s", d.ref(), count(d.Report.Rows), s.column(d.Report.TextColumn), s.column(d.Report.LabelColumn)))
	if !split || hasSplit(d.Dataset, "test") {
		return d.ID, nil
	}
	d, _, err = s.splitForTraining(ctx, d)
	return d.ID, err
}

// exists reports whether a built-in sample or a file is meant and not a
// dataset whose name looks like one.
func exists(data string) bool {
	if strings.HasPrefix(data, "builtin:") || strings.ContainsAny(data, `/\`) {
		return true
	}
	_, err := os.Stat(data)
	return err == nil
}

func (s *session) importFile(ctx context.Context, file, name string, r reading) (imported, error) {
	d, _, err := s.importing(ctx, file, name, r)
	return d, err
}

func (s *session) importing(ctx context.Context, file, name string, r reading) (imported, datahall.Job, error) {
	var d imported
	spec, err := s.bring(ctx, file, name, r)
	if err != nil {
		return d, datahall.Job{}, err
	}
	job, err := s.whole(ctx, "import", spec.Name, spec, &d)
	return d, job, err
}

// splitForTraining sets rows apart in a dataset that says nothing of it.
func (s *session) splitForTraining(ctx context.Context, d imported) (imported, datahall.Job, error) {
	var parted imported
	job, err := s.whole(ctx, "split", d.Name, datahall.SplitSpec{Dataset: d.ID, Test: 0.2, Validation: 0.1, Seed: 1}, &parted)
	return parted, job, err
}

func hasSplit(d datahall.Dataset, side string) bool {
	return slices.ContainsFunc(d.Report.Splits, func(c datahall.Count) bool { return c.Name == side && c.N > 0 })
}
