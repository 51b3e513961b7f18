package train

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"datahall"
)

// desk is where tests train: outputs and checkpoint in memory, a clock of its own.
type desk struct {
	files      map[string][]byte
	log        bytes.Buffer
	stages     []datahall.Message
	points     []datahall.Point
	checkpoint []byte
	saves      int
	saved      func(n int) // told of the n-th checkpoint, from 1
	ticks      int
}

func (d *desk) task(spec datahall.TrainSpec, rows []datahall.Row, base fs.FS) Task {
	d.files = map[string][]byte{}
	start := time.Unix(1_700_000_000, 0)
	return Task{Spec: spec, Rows: rows, Base: base, Threads: 1,
		Now: func() time.Time { d.ticks++; return start.Add(time.Duration(d.ticks) * time.Millisecond) },
		Stage: func(m datahall.Message, _ float64, _ string) {
			d.stages = append(d.stages, m)
		},
		Advance: func(float64) {},
		Measure: func(p ...datahall.Point) { d.points = append(d.points, p...) },
		Log:     func(text string) { d.log.WriteString(text + "\n") },
		Create:  func(name string) (io.WriteCloser, error) { return &output{desk: d, name: name}, nil },
		Save: func(write func(io.Writer) error) error {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				return err
			}
			d.checkpoint = b.Bytes()
			d.saves++
			if d.saved != nil {
				d.saved(d.saves)
			}
			return nil
		},
		Restore: func() (io.ReadCloser, error) {
			if d.checkpoint == nil {
				return nil, nil
			}
			return io.NopCloser(bytes.NewReader(d.checkpoint)), nil
		}}
}

type output struct {
	bytes.Buffer
	desk *desk
	name string
}

func (o *output) Close() error { o.desk.files[o.name] = o.Bytes(); return nil }

// folder is the model folder that was written.
func (d *desk) folder() fstest.MapFS {
	folder := fstest.MapFS{}
	for name, b := range d.files {
		folder[name] = &fstest.MapFile{Data: b}
	}
	return folder
}

// real makes a task of an opt-in run: the clock of the wall, the log in the
// test's own, two threads.
func (d *desk) real(t *testing.T, spec datahall.TrainSpec, rows []datahall.Row, base fs.FS) Task {
	task := d.task(spec, rows, base)
	task.Threads, task.Now = 2, time.Now
	var mu sync.Mutex
	task.Log = func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if len(text) < 300 || os.Getenv("DATAHALL_LOG") != "" {
			t.Log(text)
		}
	}
	return task
}

func run(t *testing.T, task Task) datahall.Trained {
	t.Helper()
	trained, err := Run(context.Background(), task)
	if err != nil {
		t.Fatal(err)
	}
	return trained
}

// shared is the folder of data that tests read where it is there.
func shared(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("DATAHALL_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no data: %v (DATAHALL_SHARED names the folder that holds data/)", err)
	}
	return path
}
