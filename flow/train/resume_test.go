package train

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"datahall"
	"datahall/numeric/kernel"
)

// modelOf trains to the end and gives the weights.
func modelOf(t *testing.T, spec datahall.TrainSpec, rows []datahall.Row, base fs.FS, threads int) []byte {
	t.Helper()
	d := &desk{}
	task := d.task(spec, rows, base)
	task.Threads = threads
	run(t, task)
	return d.files["model.safetensors"]
}

func TestBitsDoNotDependOnThreads(t *testing.T) {
	rows := questions(90, 1)
	for _, base := range []string{"scratch:tiny", "sentences"} {
		var folder fs.FS
		if base == "sentences" {
			folder = baseFolder(t, false)
		}
		one := modelOf(t, small(base), rows, folder, 1)
		for _, threads := range []int{2, 3} {
			if !bytes.Equal(one, modelOf(t, small(base), rows, folder, threads)) {
				t.Errorf("%s: %d threads gave other bits", base, threads)
			}
		}
		again := small(base)
		again.Seed++
		if bytes.Equal(one, modelOf(t, again, rows, folder, 1)) {
			t.Errorf("%s: another seed gave the same bits", base)
		}
	}
}

// A training that is stopped at any step, and goes on with other threads, ends
// with the bits of one that nobody stopped.
func TestATrainingStoppedAtAnyStepEndsTheSame(t *testing.T) {
	rows := questions(60, 1)
	for _, c := range []struct {
		base   string
		change func(*datahall.TrainSpec)
	}{
		{"scratch:tiny", func(s *datahall.TrainSpec) { s.Epochs, s.Accumulate = 2, 2 }},
		{"scratch:tiny", func(s *datahall.TrainSpec) { s.Epochs, s.BatchSize, s.Optimizer, s.Task = 2, 16, "sgd", "multilabel" }},
		{"sentences", func(s *datahall.TrainSpec) { s.Epochs, s.LearningRate, s.ClassWeights = 2, 3e-4, "balanced" }},
	} {
		spec := small(c.base)
		spec.CheckpointEvery = 1
		c.change(&spec)
		var folder fs.FS
		if c.base == "sentences" {
			folder = baseFolder(t, false)
		}
		d := &desk{}
		run(t, d.task(spec, rows, folder))
		whole := d.files["model.safetensors"]
		stride := 1
		if kernel.Current() == kernel.Go { // the twins take twenty times as long
			stride = 5
		}
		for k := 1; k <= d.saves; k += stride {
			if got := stoppedAt(t, spec, rows, folder, k); !bytes.Equal(whole, got) {
				t.Errorf("%s: stopped after checkpoint %d of %d, other bits", c.base, k, d.saves)
			}
		}
	}
}

// stoppedAt stops after a checkpoint, and again after the next one, and then
// lets the training go to its end, on two threads.
func stoppedAt(t *testing.T, spec datahall.TrainSpec, rows []datahall.Row, base fs.FS, k int) []byte {
	t.Helper()
	d := &desk{}
	for _, after := range []int{k, k + 1} {
		ctx, stop := context.WithCancel(context.Background())
		d.saved = func(n int) {
			if n == after {
				stop()
			}
		}
		_, err := Run(ctx, d.task(spec, rows, base))
		stop()
		if err == nil { // the last checkpoint is saved when nothing but measuring is left
			return d.files["model.safetensors"]
		}
	}
	d.saved = nil
	task := d.task(spec, rows, base)
	task.Threads = 2
	run(t, task)
	if !strings.Contains(d.log.String(), "checkpoint: goes on after step") {
		t.Errorf("did not go on from the checkpoint:\n%s", &d.log)
	}
	return d.files["model.safetensors"]
}

// What cannot be gone on from is said, left aside, and changes nothing.
func TestACheckpointOfSomethingElseIsLeftAside(t *testing.T) {
	rows := questions(60, 1)
	spec := small("scratch:tiny")
	spec.CheckpointEvery, spec.Epochs = 3, 2
	d := &desk{}
	run(t, d.task(spec, rows, nil))
	whole, sound := d.files["model.safetensors"], d.checkpoint

	other := &desk{}
	change := spec
	change.LearningRate = 0.005
	run(t, other.task(change, rows, nil))
	base := &desk{}
	sentences := spec
	sentences.Base = "sentences"
	run(t, base.task(sentences, rows, baseFolder(t, false)))

	spoilt := func(at int) []byte { b := slices.Clone(sound); b[(at+len(b))%len(b)] ^= 1; return b }
	for name, b := range map[string][]byte{
		"other settings": other.checkpoint, "another model": base.checkpoint, "empty": {}, "cut": sound[:len(sound)/2],
		"cut by a byte": sound[:len(sound)-1], "longer": append(slices.Clone(sound), 0), "magic": spoilt(0), "version": spoilt(8),
		"header": spoilt(40), "a weight": spoilt(len(sound) / 2), "the sum": spoilt(-1), "another kernel level": bytes.Replace(sound, []byte(`"kernel":"`), []byte(`"kernel":"x`), 1),
	} {
		d := &desk{checkpoint: b}
		run(t, d.task(spec, rows, nil))
		if !strings.Contains(d.log.String(), "training begins at the beginning") {
			t.Errorf("%s: the log does not say so:\n%s", name, &d.log)
		}
		if !bytes.Equal(whole, d.files["model.safetensors"]) {
			t.Errorf("%s: other bits", name)
		}
	}
}

func TestATrainingGoesOnWhereNoCheckpointCanBeSaved(t *testing.T) {
	rows := questions(60, 1)
	spec := small("scratch:tiny")
	spec.CheckpointEvery = 2
	d := &desk{}
	task := d.task(spec, rows, nil)
	save := task.Save
	task.Save = func(write func(io.Writer) error) error {
		if err := save(write); err != nil {
			return err
		}
		d.checkpoint = nil
		return fmt.Errorf("no space left on device")
	}
	run(t, task)
	if !strings.Contains(d.log.String(), "cannot be saved (no space left on device)") {
		t.Errorf("log:\n%s", &d.log)
	}
}
