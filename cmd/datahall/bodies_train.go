package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
	"strings"
	"time"

	"datahall"
	"datahall/cluster/work"
	"datahall/flow/registry"
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
	files := digests{bench: b, files: map[string]datahall.Blob{}}
	task := train.Task{Spec: spec, Rows: rows, Threads: b.Threads, Now: time.Now,
		Stage: b.Stage, Advance: b.Advance, Measure: b.Measure, Log: b.LogLines, Save: b.SaveCheckpoint, Restore: b.Checkpoint,
		Create: files.create}
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
	trained.Model.Digest = registry.Digest(files.files)
	return b.Result(trained)
}

// digests makes the files of a model folder and remembers what is in them.
type digests struct {
	bench *work.Bench
	files map[string]datahall.Blob
}

func (d digests) create(name string) (io.WriteCloser, error) {
	w, err := d.bench.Create("model/" + name)
	return &digested{WriteCloser: w, name: name, sum: sha256.New(), files: d.files}, err
}

type digested struct {
	io.WriteCloser
	name  string
	sum   hash.Hash
	files map[string]datahall.Blob
}

func (d *digested) Write(p []byte) (int, error) {
	d.sum.Write(p)
	return d.WriteCloser.Write(p)
}

func (d *digested) Close() error {
	d.files[d.name] = datahall.Blob{Digest: hex.EncodeToString(d.sum.Sum(nil))}
	return d.WriteCloser.Close()
}
