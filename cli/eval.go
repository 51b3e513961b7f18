package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) evalCommand() *cobra.Command {
	var data string
	var spec datahall.EvaluateSpec
	var r reading
	c := s.command("eval --model MODEL --data DATASET|FILE [--split test]", datahall.Say("measure a model on rows it has not seen"), s.args(0, 0), nil)
	c.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case spec.Model == "":
			return needs(c, "model")
		case data == "":
			return needs(c, "data")
		}
		ref, err := s.dataset(c.Context(), data, r, false)
		if err != nil {
			return err
		}
		spec.Dataset = ref
		return s.evaluate(c.Context(), spec)
	}
	f := c.Flags()
	f.StringVar(&spec.Model, "model", "", s.t(datahall.Say("`MODEL` to measure: NAME or NAME@VERSION")))
	f.StringVar(&data, "data", "", s.t(datahall.Say("`DATASET` (NAME or NAME@VERSION), or a FILE that is imported first")))
	f.StringVar(&spec.Split, "split", "", s.t(datahall.Say("`SIDE` of the split: train, validation, test or all (otherwise test where there is one)")))
	f.Uint64Var(&spec.Seed, "seed", 0, s.t(datahall.Say("`NUMBER` that all chance comes from")))
	s.completeFlag(c, "model", modelNames)
	s.completeFlag(c, "data", datasetNames)
	completeWords(c, map[string][]string{"split": {"train", "validation", "test", "all"}})
	s.readingFlags(c, &r)
	return s.jobFlags(c)
}

func (s *session) evaluate(ctx context.Context, spec datahall.EvaluateSpec) error {
	var e datahall.Evaluation
	job, err := s.run(ctx, "evaluate", "", spec, &e)
	if err != nil {
		return err
	}
	if err := s.nameBoth(ctx, &e); err != nil {
		return err
	}
	return s.result(e, func() {
		s.say(datahall.Say("%s on %s (%s)", e.Model, e.Dataset, s.known(e.Split)))
		s.showScores(e)
		s.showClasses(e)
		s.showPairs(e)
		s.showReceipt(job.Usage)
	})
}

// nameBoth puts names in the place of the ids of model and dataset.
func (s *session) nameBoth(ctx context.Context, e *datahall.Evaluation) error {
	m, err := s.hall.Model(ctx, e.Model)
	if err != nil {
		return err
	}
	d, err := s.hall.Dataset(ctx, e.Dataset)
	e.Model, e.Dataset = m.Ref(), refOf(d.Name, d.Version)
	return err
}

func (s *session) showScores(e datahall.Evaluation) {
	s.print(s.scores(e))
	if e.ECE > 0 {
		s.say(datahall.Say("its scores are off by %s points of 100 on average (expected calibration error)", hundredths(e.ECE)))
	}
}

// scores sets a model beside its baselines.
func (s *session) scores(e datahall.Evaluation) string {
	if e.Task == "regress" {
		return s.regression(e)
	}
	t := s.table(datahall.Say("on %s rows", count(e.Rows)), datahall.Say("accuracy"), datahall.Say("95 of 100 between"), datahall.Say("macro F1"), datahall.Say("95 of 100 between")).numbers(1, 2, 3, 4)
	t.row(s.t(datahall.Say("the model")), hundredths(e.Accuracy), between(e.AccuracyLow, e.AccuracyHigh), hundredths(e.MacroF1), between(e.MacroF1Low, e.MacroF1High))
	baselines := slices.Clone(e.Baselines)
	slices.SortStableFunc(baselines, func(a, b datahall.Baseline) int { return cmp.Compare(b.Accuracy, a.Accuracy) })
	for _, b := range baselines {
		t.row(s.baseline(b.Name), hundredths(b.Accuracy), "", hundredths(b.MacroF1), "")
	}
	return t.String()
}

func (s *session) regression(e datahall.Evaluation) string {
	f := s.facts().add(datahall.Say("rows"), count(e.Rows))
	if e.MSE != nil {
		f.add(datahall.Say("mean squared error"), digits(*e.MSE, 4))
	}
	if e.Pearson != nil {
		f.add(datahall.Say("correlation (Pearson)"), digits(*e.Pearson, 4))
	}
	return f.String()
}

func between(low, high float64) string {
	if low == 0 && high == 0 {
		return ""
	}
	return hundredths(low) + "–" + hundredths(high)
}

// baseline says in words what a baseline is.
func (s *session) baseline(name string) string {
	if m, ok := baselines[name]; ok {
		return s.t(m)
	}
	if strings.HasPrefix(name, "scratch:") {
		return s.t(datahall.Say("trained from nothing (%s)", name))
	}
	return name
}

var baselines = map[string]datahall.Message{
	"majority":     datahall.Say("always the commonest label"),
	"tfidf+svm":    datahall.Say("linear model on words (TF-IDF)"),
	"frozen+head":  datahall.Say("linear model on the base's vectors"),
	"frozen+tfidf": datahall.Say("linear model on vectors and words"),
}

func (s *session) showClasses(e datahall.Evaluation) {
	if len(e.PerClass) == 0 {
		return
	}
	s.line("")
	t := s.table(datahall.Say("label"), datahall.Say("precision"), datahall.Say("recall"), datahall.Say("F1"), datahall.Say("rows")).numbers(1, 2, 3, 4)
	for _, c := range e.PerClass {
		t.row(c.Label, hundredths(c.Precision), hundredths(c.Recall), hundredths(c.F1), count(c.Support))
	}
	s.print(t.String())
}

func (s *session) showPairs(e datahall.Evaluation) {
	if len(e.Pairs) == 0 {
		return
	}
	s.line("")
	t := s.table(datahall.Say("label"), datahall.Say("most often taken for"), datahall.Say("times")).numbers(2)
	for _, p := range e.Pairs[:min(5, len(e.Pairs))] {
		t.row(p.Truth, p.Predicted, count(p.N))
	}
	s.print(t.String())
}
