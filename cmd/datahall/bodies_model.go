package main

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"time"

	"datahall"
	"datahall/cluster/work"
	"datahall/flow/batch"
	"datahall/flow/data"
	"datahall/flow/eval"
	"datahall/flow/infer"
	"datahall/site/energy"
)

// stepLimits are how much goes through a model at once: enough to keep the
// cores busy, little enough that a step takes a fraction of a second.
var stepLimits = batch.Limits{Tokens: 4096, Rows: 256}

// openModel opens the model among a job's inputs.
func openModel(b *work.Bench) (infer.Model, error) {
	folder, err := fs.Sub(b.Inputs, "model")
	if err != nil {
		return nil, err
	}
	return infer.Open(folder, b.Threads)
}

// replicaBody answers for an endpoint until it is told to stop.
func replicaBody(ctx context.Context, b *work.Bench) error {
	b.Stage(datahall.Say("loading the model"), 0, "")
	model, err := openModel(b)
	if err != nil {
		return err
	}
	machine := power(b.Threads).With(b.Meter)
	engine := infer.NewEngine(model, infer.Config{Limits: stepLimits, Now: time.Now, CPU: processorSeconds,
		Meter: func(wall, cpu time.Duration) datahall.Usage {
			share := energy.Share{Wall: wall.Seconds(), CPU: cpu.Seconds()}
			return energy.Usage(b.Meter, machine, share, energy.Modelled(machine, share))
		}})
	go engine.Run(ctx)
	b.Stage(datahall.Say("answering"), 0, "")
	return b.Serve(ctx, engine)
}

// predictBody writes a prediction for every text.
func predictBody(ctx context.Context, b *work.Bench) error {
	var spec datahall.PredictSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	texts := spec.Texts
	if spec.Dataset != "" {
		rows, err := loadRows(b)
		if err != nil {
			return err
		}
		for _, r := range rows {
			texts = append(texts, r.Text)
		}
	}
	model, err := openModel(b)
	if err != nil {
		return err
	}
	info := model.Info()
	b.Stage(datahall.Say("predicting %s texts", len(texts)), float64(len(texts)), "rows")
	err = b.WriteFile("predictions.jsonl", func(w io.Writer) error {
		out := json.NewEncoder(w)
		return infer.Each(ctx, model, texts, stepLimits, func(i int, scores []float32) error {
			b.Advance(float64(i + 1))
			return out.Encode(datahall.NewPrediction(texts[i], info.Task, info.Labels, scores))
		})
	})
	if err != nil {
		return err
	}
	return b.Result(map[string]int{"rows": len(texts)})
}

// evaluateBody measures a model on a dataset's rows.
func evaluateBody(ctx context.Context, b *work.Bench) error {
	var spec datahall.EvaluateSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	rows, err := loadRows(b)
	if err != nil {
		return err
	}
	rows, split := chooseSplit(rows, spec.Split)
	model, err := openModel(b)
	if err != nil {
		return err
	}
	b.Stage(datahall.Say("predicting %s texts", len(rows)), float64(len(rows)), "rows")
	var texts []string
	for _, r := range rows {
		texts = append(texts, r.Text)
	}
	scores := make([][]float64, len(rows))
	err = infer.Each(ctx, model, texts, stepLimits, func(i int, s []float32) error {
		scores[i] = widen(s)
		b.Advance(float64(i + 1))
		return nil
	})
	if err != nil {
		return err
	}
	return measured(b, spec, model, rows, scores, split)
}

func widen(row []float32) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = float64(v)
	}
	return out
}

// chooseSplit takes the rows of a split: the one named, else test where there
// is one, else all.
func chooseSplit(rows []datahall.Row, name string) ([]datahall.Row, string) {
	named := name
	if named == "" {
		named = data.Test
	}
	var some []datahall.Row
	for _, r := range rows {
		if r.Split == named {
			some = append(some, r)
		}
	}
	if len(some) == 0 && name == "" || name == "all" {
		return rows, "all"
	}
	return some, named
}

// measured reports a model's figures on rows, beside a baseline that needs no
// training.
func measured(b *work.Bench, spec datahall.EvaluateSpec, m infer.Model, rows []datahall.Row, scores [][]float64, split string) error {
	if len(rows) == 0 {
		return datahall.Errorf(datahall.Invalid, "evaluation: no row is of the split %q; name another with --split, or all", split)
	}
	info := m.Info()
	b.Stage(datahall.Say("measuring on %s rows", len(rows)), 0, "rows")
	r, err := eval.Measure(info.Task, info.Labels, rows, scores, spec.Seed)
	if err != nil {
		return err
	}
	r.Model, r.Dataset, r.Split, r.Winner = spec.Model, spec.Dataset, split, eval.ModelItself
	if info.Task == data.Classify {
		r.Baselines = []datahall.Baseline{majority(rows)}
		r.Baseline = &r.Baselines[0]
	}
	b.Log(eval.Text(r))
	if err := b.WriteJSON("report.json", r); err != nil {
		return err
	}
	return b.Result(r)
}

// majority is the score of always answering these rows' most frequent label.
func majority(rows []datahall.Row) datahall.Baseline {
	count, most := map[string]int{}, 0
	for _, r := range rows {
		count[r.Label]++
		most = max(most, count[r.Label])
	}
	n := float64(len(rows))
	return datahall.Baseline{Name: eval.Majority, Accuracy: float64(most) / n, MacroF1: 2 * float64(most) / (n + float64(most)) / float64(len(count))}
}
