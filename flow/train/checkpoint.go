package train

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"datahall/numeric/weights"
)

// every is how many seconds lie between checkpoints, where steps do not say.
const every = 20

// stateName is the metadata of a checkpoint's file that holds its state. The
// file is safetensors: weights, their moments, and the best weights under best/.
const stateName = "datahall.checkpoint"

const bestPrefix = "best/"

// digest tells trainings apart: a checkpoint goes on only as what it was.
func (t *trainer) digest() string {
	h := sha256.New()
	e := json.NewEncoder(h)
	spec := t.Spec
	spec.Threads, spec.CheckpointEvery = 0, 0
	for _, v := range []any{spec, t.sides.train, t.sides.validation, fmt.Sprintf("%+v", t.plan)} {
		e.Encode(v) //nolint:errcheck // plain values into a hash
	}
	return hex.EncodeToString(h.Sum(nil))
}

// checkpoint saves where it is time to.
func (l *loop) checkpoint() error {
	now := l.seconds()
	if l.plan.checkpoint > 0 && l.state.Step%l.plan.checkpoint != 0 || l.plan.checkpoint == 0 && now-l.saved < every {
		return nil
	}
	l.saved = now
	l.e.bert.Settle()
	return l.Save(l.write)
}

// write writes the checkpoint's file.
func (l *loop) write(out io.Writer) error {
	b, err := json.Marshal(l.state)
	if err != nil {
		return err
	}
	w := weights.Writer{Metadata: map[string]string{stateName: string(b)}}
	for _, s := range l.e.bert.Params.State() {
		if err := w.Float32(s.Name, s.Shape, s.Data); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.best)) {
		if err := w.Float32(bestPrefix+name, []int{len(l.best[name])}, l.best[name]); err != nil {
			return err
		}
	}
	_, err = w.WriteTo(out)
	return err
}

// resume goes on from the checkpoint that there is. One of another training,
// or that cannot be read, is left aside: the training begins again.
func (l *loop) resume() error {
	f, err := l.Restore()
	if err != nil || f == nil {
		return err
	}
	defer f.Close()
	file, err := openSized(f)
	if err != nil {
		l.Log("the checkpoint cannot be read (" + err.Error() + "): training begins again")
		return nil
	}
	var s state
	if err := json.Unmarshal([]byte(file.Metadata[stateName]), &s); err != nil || s.Version != 1 {
		l.Log("the checkpoint is of another version: training begins again")
		return nil
	}
	if s.Task != l.state.Task || s.Kernel != l.state.Kernel {
		l.Log("the checkpoint is of other settings or of another kernel level: training begins again")
		return nil
	}
	return l.restoreFrom(file, s)
}

// sized is a reader at any place that knows its length.
type sized interface {
	io.ReaderAt
	Size() int64
}

func openSized(f io.Reader) (*weights.File, error) {
	r, ok := f.(sized)
	if !ok {
		return nil, fmt.Errorf("it cannot be read at any place")
	}
	return weights.Open(r, r.Size())
}

func (l *loop) restoreFrom(file *weights.File, s state) error {
	for _, p := range l.e.bert.Params.State() {
		if err := file.Float32(p.Name, p.Data); err != nil {
			return err
		}
	}
	for _, p := range l.e.bert.Params.List {
		if _, ok := file.Info(bestPrefix + p.Name); ok {
			l.best[p.Name] = make([]float32, len(p.W))
			if err := file.Float32(bestPrefix+p.Name, l.best[p.Name]); err != nil {
				return err
			}
		}
	}
	l.state = s
	l.e.bert.Params.Restore(s.Step)
	l.e.bert.Changed()
	l.Log(fmt.Sprintf("goes on from the checkpoint at step %d, epoch %d", s.Step, s.Epoch+1))
	return nil
}
