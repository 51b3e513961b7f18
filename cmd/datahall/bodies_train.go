package main

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"time"

	"datahall"
	"datahall/cluster/work"
	"datahall/flow/train"
)

// trainBody trains a model and leaves its folder among the outputs.
func trainBody(ctx context.Context, b *work.Bench) error {
	var spec datahall.TrainSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	rows, err := loadRows(b)
	if err != nil {
		return err
	}
	task := train.Task{Spec: spec, Rows: rows, Threads: b.Threads, Now: time.Now,
		Stage: b.Stage, Advance: b.Advance, Measure: b.Measure, Log: b.LogLines, Save: b.SaveCheckpoint, Restore: b.Checkpoint,
		Create: func(name string) (io.WriteCloser, error) { return b.Create("model/" + name) }}
	if spec.Threads > 0 {
		task.Threads = spec.Threads
	}
	if !strings.HasPrefix(spec.Base, "scratch:") && spec.Base != "linear" {
		if task.Base, err = fs.Sub(b.Inputs, "base"); err != nil {
			return err
		}
	}
	trained, err := train.Run(ctx, task)
	if err != nil {
		return err
	}
	return b.Result(trained)
}
