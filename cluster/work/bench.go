package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"datahall"
)

// Body does a job's work.
type Body func(ctx context.Context, b *Bench) error

// Bench is what a body works on.
type Bench struct {
	datahall.BodyHeader
	Inputs fs.FS // what the job reads; its files are io.ReaderAt too

	scratch  scratch
	mu       sync.Mutex
	events   *json.Encoder
	progress datahall.Progress
	marks    []mark // recent progress of this stage, for the rate
	sent     time.Time
}

type mark struct {
	at   time.Time
	done float64
}

// Decode reads the job's specification.
func (b *Bench) Decode(spec any) error { return json.Unmarshal(b.Spec, spec) }

// Report tells the hall an event.
func (b *Bench) Report(e datahall.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.report(e)
}

func (b *Bench) report(e datahall.Event) {
	e.Time = time.Now().UTC()
	b.events.Encode(e) //nolint:errcheck // a parent that is gone ends this process
}

// Log writes a line of the job's log.
func (b *Bench) Log(line string) { b.Report(datahall.Event{Kind: datahall.LogEvent, Log: line}) }

// LogLines writes a text of several lines to the job's log.
func (b *Bench) LogLines(text string) {
	for line := range strings.Lines(text) {
		b.Log(strings.TrimRight(line, "\n"))
	}
}

// Measure records values of a run.
func (b *Bench) Measure(points ...datahall.Point) {
	b.Report(datahall.Event{Kind: datahall.MetricEvent, Points: points})
}

// Result is the job's result, as JSON; the last one counts.
func (b *Bench) Result(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b.Report(datahall.Event{Kind: datahall.ResultEvent, Data: data})
	return nil
}

// Stage begins a stage of the work. Total 0 is unknown.
func (b *Bench) Stage(stage datahall.Message, total float64, unit string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.progress = datahall.Progress{Stage: stage, Total: total, Unit: unit}
	b.marks = []mark{{time.Now(), 0}}
	b.sendProgress()
}

// Advance says how far the stage is; it may be called as often as one likes.
func (b *Bench) Advance(done float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.progress.Done = done
	whole := b.progress.Total > 0 && done >= b.progress.Total
	if now.Sub(b.sent) < 100*time.Millisecond && !whole {
		return
	}
	b.marks = append(b.marks, mark{now, done})
	if len(b.marks) > 50 {
		b.marks = b.marks[len(b.marks)-50:]
	}
	first := b.marks[0]
	if dt := now.Sub(first.at).Seconds(); dt > 0 && done > first.done {
		b.progress.Rate = (done - first.done) / dt
		b.progress.Left = math.Max(0, (b.progress.Total-done)/b.progress.Rate)
	}
	b.sendProgress()
}

func (b *Bench) sendProgress() {
	b.sent = time.Now()
	p := b.progress
	b.report(datahall.Event{Kind: datahall.ProgressEvent, Progress: &p})
}

// Create makes an output. It exists for the hall once it is closed without error.
func (b *Bench) Create(name string) (io.WriteCloser, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("output %q: not a valid name", name)
	}
	w, err := b.scratch.create(b.scratch.path("out", filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return &output{w, b, name}, nil
}

type output struct {
	*sealedWriter
	bench *Bench
	name  string
}

func (o *output) Close() error {
	if err := o.sealedWriter.Close(); err != nil {
		return err
	}
	o.bench.Report(datahall.Event{Kind: datahall.FileEvent, File: o.name})
	return nil
}

// WriteFile makes an output of what write writes.
func (b *Bench) WriteFile(name string, write func(io.Writer) error) error {
	w, err := b.Create(name)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		w.(*output).abandon()
		return err
	}
	return w.Close()
}

// WriteJSON makes an output of a value.
func (b *Bench) WriteJSON(name string, v any) error {
	return b.WriteFile(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

// SaveCheckpoint replaces the job's checkpoint: it is whole or the one before.
func (b *Bench) SaveCheckpoint(write func(io.Writer) error) error {
	w, err := b.scratch.create(b.scratch.path("checkpoint"))
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		w.abandon()
		return err
	}
	return w.Close()
}

// Checkpoint opens the checkpoint that an earlier attempt left; nil where there is none.
func (b *Bench) Checkpoint() (io.ReadCloser, error) {
	f, err := b.scratch.open(b.scratch.path("checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// Partial is a plain file for a part of a public download, which a later
// attempt may go on with; it is the one thing in a scratch folder that is not
// sealed.
func (b *Bench) Partial(name string) (*os.File, error) {
	path := b.scratch.path("partial", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}

// RunBody reads its header from in, does the work of its kind and reports on
// out. It gives the exit status of the process: 0 done, 1 failed. When in ends
// (the parent is gone) or says stop, the body's context ends.
func RunBody(ctx context.Context, in io.Reader, out io.Writer, bodies map[string]Body) int {
	var h datahall.BodyHeader
	decoder := json.NewDecoder(in)
	if err := decoder.Decode(&h); err != nil {
		fmt.Fprintln(os.Stderr, "body: no header:", err)
		return 2
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		io.Copy(io.Discard, decoder.Buffered()) //nolint:errcheck // only the end counts
		var b [1]byte
		in.Read(b[:]) //nolint:errcheck // stop or gone, both end the work
		cancel(errors.New("stopped by the parent"))
	}()
	s := scratch{h.Scratch, keyOf(h.Key)}
	b := &Bench{BodyHeader: h, Inputs: sealedFS{s, "in"}, scratch: s, events: json.NewEncoder(out)}
	body, ok := bodies[h.Kind]
	if !ok {
		b.fail(datahall.Errorf(datahall.Invalid, "job: kind %q is unknown here; use a newer datahall on this machine", h.Kind))
		return 1
	}
	if err := b.run(ctx, body); err != nil {
		b.fail(err)
		return 1
	}
	return 0
}

// run turns a panic into an error, so that the reason reaches the user.
func (b *Bench) run(ctx context.Context, body Body) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.Log(fmt.Sprintf("panic: %v\n%s", p, debug.Stack()))
			err = datahall.Errorf(datahall.Internal, "job: stopped by a fault of ours (%s); the log has the details", fmt.Sprint(p))
		}
	}()
	return body(ctx, b)
}

func (b *Bench) fail(err error) {
	b.Report(datahall.Event{Kind: datahall.FailEvent, Message: datahall.MessageOf(err), Failure: datahall.KindOf(err)})
}
