package infer

import (
	"context"
	"sync"
	"testing"
	"time"

	"datahall"
	"datahall/flow/batch"
)

// echo is a model whose scores are the lengths of its texts, and that counts
// its batches.
type echo struct {
	mu      sync.Mutex
	batches []int
}

func (e *echo) Info() datahall.ModelInfo {
	return datahall.ModelInfo{Task: "classify", Labels: []string{"a"}, MaxLength: 8}
}

func (e *echo) Read(text, pair string) (Text, bool) {
	return Text{Raw: text, Tokens: min(len(text), 8)}, len(text) <= 8
}

func (e *echo) Scores(texts []Text, _ bool) ([][]float32, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.batches = append(e.batches, len(texts))
	rows := make([][]float32, len(texts))
	for i, t := range texts {
		rows[i] = []float32{float32(t.Tokens)}
	}
	return rows, nil
}

func (e *echo) Vectors([]Text, *bool) ([][]float32, error) { return nil, nil }

func newTestEngine(m Model) *Engine {
	return NewEngine(m, Config{Limits: batch.Limits{Tokens: 32, Rows: 8}, Now: time.Now, CPU: func() float64 { return 0 },
		Meter: func(wall, _ time.Duration) datahall.Usage {
			return datahall.Usage{Joules: 8, WallSeconds: wall.Seconds()}
		}})
}

func TestManyAskersShareBatchesAndGetTheirOwn(t *testing.T) {
	m := &echo{}
	e := newTestEngine(m)
	var askers sync.WaitGroup
	for i := range 40 {
		askers.Go(func() {
			text := "12345678"[:1+i%8]
			a, err := e.Answer(t.Context(), datahall.Question{Op: "predict", Texts: []string{text, text}})
			if err != nil || len(a.Scores) != 2 || a.Scores[0][0] != float32(len(text)) || a.Tokens != 2*len(text) {
				t.Errorf("asker %d: %+v, %v", i, a, err)
			}
			if a.Usage.Joules <= 0 || a.Usage.Joules > 16 {
				t.Errorf("asker %d: %v joules", i, a.Usage.Joules)
			}
		})
	}
	for waiting := 0; waiting < 40; { // all ask before the engine starts, so that batches must be shared
		e.mu.Lock()
		waiting = len(e.queue)
		e.mu.Unlock()
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go e.Run(ctx)
	askers.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	if total := len(m.batches); total > 40 {
		t.Errorf("80 texts took %d batches: %v", total, m.batches)
	}
}

func TestWhatIsTooLongIsRefusedOrCut(t *testing.T) {
	e := newTestEngine(&echo{})
	go e.Run(t.Context())
	long := datahall.Question{Op: "predict", Texts: []string{"123456789"}}
	if _, err := e.Answer(t.Context(), long); datahall.KindOf(err) != datahall.TooLarge {
		t.Errorf("got %v", err)
	}
	long.Truncate = true
	if a, err := e.Answer(t.Context(), long); err != nil || a.Tokens != 8 {
		t.Errorf("got %+v, %v", a, err)
	}
	if _, err := e.Answer(t.Context(), datahall.Question{Op: "embed", Texts: []string{"a"}}); datahall.KindOf(err) != datahall.Invalid {
		t.Errorf("got %v", err)
	}
}
