package train

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// saving is when checkpoints were made, in seconds on the clock.
type saving struct{ last, took float64 }

// A checkpoint is due after every seconds at the earliest, and never takes
// more than a twentieth of the time.
const (
	every   = 20
	dearest = 20
)

// digest tells trainings apart: a checkpoint goes on only as what it was. It
// covers all that the bits of the weights depend on: what was asked for, the
// rows, and the weights at the start.
func (l *loop) digest() string {
	h := sha256.New()
	out := json.NewEncoder(h)
	spec := l.Spec
	spec.Name, spec.Dataset, spec.Threads, spec.CheckpointEvery, spec.AllowSimple = "", "", 0, 0, false
	p := l.plan
	p.checkpoint = 0
	for _, v := range []any{spec, l.sides.train, l.sides.validation, fmt.Sprintf("%+v %d %d", p, l.micro, l.e.length)} {
		out.Encode(v) //nolint:errcheck // plain values into a hash
	}
	for _, t := range l.e.train {
		out.Encode(t.IDs) //nolint:errcheck // as above
	}
	for _, p := range l.e.bert.Params.List {
		writeFloats(h, p.W) //nolint:errcheck // as above
	}
	return hex.EncodeToString(h.Sum(nil))
}

// parts are the tensors of a checkpoint, where they are. The best weights are
// among them where they are not those of the start.
func (l *loop) parts(best bool) []part {
	var list []part
	for _, s := range l.e.bert.Params.State() {
		list = append(list, part{s.Name, len(s.Data), s.Data})
	}
	if !best {
		return list
	}
	if l.best == nil {
		l.best = make([][]float32, len(l.e.bert.Params.List))
	}
	for i, p := range l.e.bert.Params.List {
		if l.best[i] == nil {
			l.best[i] = make([]float32, len(p.W))
		}
		list = append(list, part{"best/" + p.Name, len(p.W), l.best[i]})
	}
	return list
}

// checkpoint saves where it is time to.
func (l *loop) checkpoint() error {
	s := &l.saving
	now := l.seconds()
	if n := l.plan.checkpoint; n > 0 && l.state.Step%n != 0 || n == 0 && now-s.last < max(every, dearest*s.took) {
		return nil
	}
	l.e.bert.Settle()
	err := l.Save(func(out io.Writer) error { return writeCheckpoint(out, l.state, l.parts(l.state.BestEpoch > 0)) })
	s.last = l.seconds()
	s.took = s.last - now
	if err != nil && l.ctx.Err() == nil { // the one before is still whole, and hours of work need not be lost
		l.Log("checkpoint: cannot be saved (" + err.Error() + "); training goes on without")
		return nil
	}
	return err
}

// resume goes on from the checkpoint that there is. One of another training,
// or that cannot be read, is left aside, and training begins at the beginning:
// it is looked through to its end before a weight is touched.
func (l *loop) resume() error {
	l.saving.last = l.seconds()
	h, err := l.lookThrough()
	if h == nil || err != nil {
		return err
	}
	if why := l.differs(h); why != "" {
		l.Log("checkpoint: " + why + "; training begins at the beginning")
		return nil
	}
	in, err := l.Restore()
	if err != nil {
		return err
	}
	defer in.Close()
	r, _, err := openCheckpoint(in)
	if err != nil {
		return err
	}
	if err := r.tensors(l.parts(h.State.BestEpoch > 0)); err != nil {
		return err
	}
	l.state = h.State
	l.e.bert.Params.Restore(h.State.Step)
	l.e.bert.Changed()
	l.Log(fmt.Sprintf("checkpoint: goes on after step %d, epoch %d of %d", l.state.Step, min(l.state.Epoch+1, l.plan.epochs), l.plan.epochs))
	return nil
}

// lookThrough reads a checkpoint without using it; nil where there is none that is whole.
func (l *loop) lookThrough() (*header, error) {
	in, err := l.Restore()
	if in == nil || err != nil {
		return nil, err
	}
	defer in.Close()
	r, h, err := openCheckpoint(in)
	if err == nil {
		err = r.tensors(h.Tensors)
	}
	if err != nil {
		l.Log("checkpoint: " + err.Error() + "; training begins at the beginning")
		return nil, nil
	}
	return &h, nil
}

// differs says why a checkpoint is not of this training.
func (l *loop) differs(h *header) string {
	s, now := h.State, l.state
	switch {
	case s.Kernel != now.Kernel:
		return fmt.Sprintf("made with kernels %s, these are %s", s.Kernel, now.Kernel)
	case s.Precision != now.Precision || s.Seed != now.Seed || s.Task != now.Task:
		return "made with other settings, rows or base"
	case s.Step < 0 || s.Epoch < 0 || s.At < 0 || s.At > len(l.e.train):
		return "makes no sense"
	}
	same := func(a, b part) bool { return a.Name == b.Name && a.N == b.N }
	if !slices.EqualFunc(h.Tensors, l.parts(s.BestEpoch > 0), same) {
		return "its tensors are not those of this model"
	}
	return ""
}
