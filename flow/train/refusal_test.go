package train

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"datahall"
)

func TestWhatCannotBeTrainedIsRefusedInOneLine(t *testing.T) {
	relabel := func(rows []datahall.Row, f func(*datahall.Row)) []datahall.Row {
		for i := range rows {
			f(&rows[i])
		}
		return rows
	}
	rows := func() []datahall.Row { return questions(60, 1) }
	spec := func(change func(*datahall.TrainSpec)) datahall.TrainSpec {
		s := small("scratch:tiny")
		change(&s)
		return s
	}
	none := func(*datahall.TrainSpec) {}
	without := func(name string) fs.FS {
		folder := fstest.MapFS{}
		for n, f := range baseFolder(t, false).(fstest.MapFS) {
			if n != name {
				folder[n] = f
			}
		}
		return folder
	}
	changed := func(name, old, new string) fs.FS {
		folder := without("")
		m := folder.(fstest.MapFS)
		m[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(m[name].Data), old, new))}
		return m
	}
	for _, c := range []struct {
		name string
		spec datahall.TrainSpec
		rows []datahall.Row
		base fs.FS
		want string
	}{
		{"no rows", spec(none), nil, nil, "the dataset has no rows"},
		{"empty texts", spec(none), relabel(rows(), func(r *datahall.Row) { r.Text = "  " }), nil, "are empty"},
		{"one class", spec(none), relabel(rows(), func(r *datahall.Row) { r.Label = "all" }), nil, `all training rows have the label "all"`},
		{"a class with one row", spec(none), append(rows(), datahall.Row{Text: "hi", Label: "greeting"}), nil, `the label "greeting" has one row only`},
		{"no labels", spec(none), relabel(rows(), func(r *datahall.Row) { r.Label = "" }), nil, "no label to learn"},
		{"no training rows", spec(none), relabel(rows(), func(r *datahall.Row) { r.Split = "test" }), nil, "no row is of the split train"},
		{"two rows", spec(none), rows()[:2], nil, "one row only"},
		{"no numbers", spec(func(s *datahall.TrainSpec) { s.Task = "regress" }), relabel(rows(), func(r *datahall.Row) { r.Value = nil }), nil, "no number to learn"},
		{"unknown task", spec(func(s *datahall.TrainSpec) { s.Task = "rank" }), rows(), nil, `task "rank" is unknown`},
		{"unknown size", spec(func(s *datahall.TrainSpec) { s.Base = "scratch:huge" }), rows(), nil, "no such size"},
		{"head on nothing", spec(func(s *datahall.TrainSpec) { s.Tune = "head" }), rows(), nil, "has learnt nothing"},
		{"weights of numbers", spec(func(s *datahall.TrainSpec) { s.Task, s.ClassWeights = "regress", "balanced" }), rows(), nil, "class weights belong to the task classify"},
		{"smoothing of label sets", spec(func(s *datahall.TrainSpec) { s.Task, s.LabelSmoothing = "multilabel", 0.1 }), rows(), nil, "label smoothing belongs to"},
		{"a wild learning rate", spec(func(s *datahall.TrainSpec) { s.LearningRate, s.Optimizer, s.ClipNorm = 1e30, "sgd", -1 }), rows(), nil, "the loss is not a number at step"},
		{"base without weights", small("base"), rows(), without("model.safetensors"), "has no model.safetensors"},
		{"base without configuration", small("base"), rows(), without("config.json"), "has no config.json"},
		{"base without tokenizer", small("base"), rows(), func() fs.FS {
			f := without("tokenizer.json").(fstest.MapFS)
			delete(f, "vocab.txt")
			return f
		}(), "neither tokenizer.json nor vocab.txt"},
		{"base of another architecture", small("base"), rows(), changed("config.json", `"bert"`, `"llama"`), "only bert can be read"},
		{"a vocabulary of other weights", small("base"), rows(), changed("config.json", `"vocab_size": 1`, `"vocab_size": 2`), "do not fit together"},
	} {
		d := &desk{}
		_, err := Run(context.Background(), d.task(c.spec, c.rows, c.base))
		if err == nil || !strings.Contains(err.Error(), c.want) || datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%s: %v (%s), want %q", c.name, err, datahall.KindOf(err), c.want)
			continue
		}
		if line := err.Error(); strings.Contains(line, "\n") || !strings.Contains(line, "; ") {
			t.Errorf("%s: not one line with a remedy: %q", c.name, line)
		}
		if len(d.files) > 0 {
			t.Errorf("%s: left %d files", c.name, len(d.files))
		}
	}
}

// Rows without a split are divided: each side by its share, no text on two.
func TestRowsWithoutASplitAreDivided(t *testing.T) {
	rows := questions(200, 1)
	for i := range rows {
		rows[i].Split = ""
	}
	tr := &trainer{Task: (&desk{}).task(small("scratch:tiny"), rows, nil)}
	if err := tr.ready(); err != nil {
		t.Fatal(err)
	}
	s := tr.sides
	if n := len(s.train) + len(s.validation) + len(s.test); n != 200 || len(s.test) < 36 || len(s.test) > 44 || len(s.validation) < 16 || len(s.validation) > 24 {
		t.Errorf("%d, %d and %d rows", len(s.train), len(s.validation), len(s.test))
	}
	for _, r := range s.test {
		if slices.ContainsFunc(s.train, func(o datahall.Row) bool { return o.Text == r.Text }) {
			t.Errorf("%q is on both sides", r.Text)
		}
	}
}

func TestValidationRowsOfUnknownLabelsAreLeftOut(t *testing.T) {
	rows := questions(90, 1)
	for i, n := 0, 0; n < 2; i++ {
		if rows[i].Split == "validation" {
			rows[i].Label, n = "never trained", n+1
		}
	}
	d := &desk{}
	run(t, d.task(small("scratch:tiny"), rows, nil))
	if !strings.Contains(d.log.String(), "2 validation rows left out") {
		t.Errorf("log:\n%s", &d.log)
	}
}
