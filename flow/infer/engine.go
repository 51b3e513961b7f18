package infer

import (
	"context"
	"sync"
	"time"

	"datahall"
	"datahall/flow/batch"
)

// Text is a text as a model reads it.
type Text struct {
	IDs      []int32
	Segments []int32
	Raw      string // what families that read no ids go by
	Tokens   int
}

// Model computes. It is used by one goroutine at a time, but for Read.
type Model interface {
	Info() datahall.ModelInfo
	// Read turns a text, or a pair, into what the model reads; whole is false
	// where it had to be cut. It is safe for concurrent use.
	Read(text, pair string) (t Text, whole bool)
	// Scores gives one row of scores a text: probabilities, or raw ones.
	Scores(texts []Text, raw bool) ([][]float32, error)
	// Vectors gives one vector a text.
	Vectors(texts []Text, normalize *bool) ([][]float32, error)
}

// Config is what an engine is made of.
type Config struct {
	Limits batch.Limits
	Now    func() time.Time
	CPU    func() float64                               // processor seconds of this process so far
	Meter  func(wall, cpu time.Duration) datahall.Usage // what work took
}

// Engine answers many questions at once with one model.
type Engine struct {
	config Config
	model  Model

	mu    sync.Mutex
	queue []*question
	work  chan struct{}
}

// NewEngine makes an engine; [Engine.Run] sets it going.
func NewEngine(m Model, c Config) *Engine {
	return &Engine{config: c, model: m, work: make(chan struct{}, 1)}
}

// question is one asker's texts on their way.
type question struct {
	op     datahall.Question
	texts  []Text
	next   int // the first text that has not gone
	answer datahall.Answer
	err    error
	done   chan struct{}
	gone   bool // nobody waits for it any more
}

// Info tells about the model.
func (e *Engine) Info() datahall.ModelInfo { return e.model.Info() }

// Answer asks and waits.
func (e *Engine) Answer(ctx context.Context, q datahall.Question) (datahall.Answer, error) {
	w := &question{op: q, done: make(chan struct{})}
	if err := e.read(w); err != nil {
		return datahall.Answer{}, err
	}
	if len(w.texts) == 0 {
		return datahall.Answer{}, nil
	}
	e.mu.Lock()
	e.queue = append(e.queue, w)
	e.mu.Unlock()
	e.wake()
	select {
	case <-w.done:
		return w.answer, w.err
	case <-ctx.Done():
		e.mu.Lock()
		w.gone = true
		e.mu.Unlock()
		return datahall.Answer{}, ctx.Err()
	}
}

// read tokenises a question's texts.
func (e *Engine) read(w *question) error {
	info := e.model.Info()
	switch {
	case w.op.Op == "embed" && info.Dimensions == 0:
		return datahall.Errorf(datahall.Invalid, "model: a %s model has no vectors; ask it to predict, or serve a BERT model", info.Family)
	case w.op.Op == "predict" && len(info.Labels) == 0 && info.Task != "regress":
		return datahall.Errorf(datahall.Invalid, "model: it has no labels to predict; ask it to embed, or train it first")
	}
	add := func(text, pair string) error {
		t, whole := e.model.Read(text, pair)
		if !whole && !w.op.Truncate {
			return datahall.Errorf(datahall.TooLarge, "text %s: longer than the %s tokens that the model reads; shorten it or set truncate", len(w.texts)+1, info.MaxLength)
		}
		w.texts = append(w.texts, t)
		w.answer.Tokens += t.Tokens
		return nil
	}
	for _, text := range w.op.Texts {
		if err := add(text, ""); err != nil {
			return err
		}
	}
	for _, pair := range w.op.Pairs {
		if err := add(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) wake() {
	select {
	case e.work <- struct{}{}:
	default:
	}
}

// Run computes what waits until the context ends.
func (e *Engine) Run(ctx context.Context) {
	for {
		for e.step() {
		}
		select {
		case <-ctx.Done():
			return
		case <-e.work:
		}
	}
}

// part is the share of a question in a step.
type part struct {
	q     *question
	texts []Text
}

// step computes one batch and reports whether there was one.
func (e *Engine) step() bool {
	parts := e.take()
	if len(parts) == 0 {
		return false
	}
	// One kind of work at a time: what asks for something else waits for its turn.
	began, cpu := e.config.Now(), e.config.CPU()
	var texts []Text
	for _, p := range parts {
		texts = append(texts, p.texts...)
	}
	rows, err := e.compute(parts[0].q.op, texts)
	usage := e.config.Meter(e.config.Now().Sub(began), time.Duration((e.config.CPU()-cpu)*1e9))
	e.deliver(parts, rows, err, usage)
	return true
}

func (e *Engine) compute(op datahall.Question, texts []Text) ([][]float32, error) {
	if op.Op == "embed" {
		return e.model.Vectors(texts, op.Normalize)
	}
	return e.model.Scores(texts, op.RawScores)
}

// take chooses the next batch among the questions that want the same as the oldest.
func (e *Engine) take() []part {
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := e.queue[:0]
	for _, q := range e.queue {
		if !q.gone && q.next < len(q.texts) && q.err == nil {
			waiting = append(waiting, q)
		}
	}
	e.queue = waiting
	var same []*question
	var lengths []batch.Question
	for _, q := range e.queue {
		if !alike(q.op, e.queue[0].op) {
			continue
		}
		var n []int
		for _, t := range q.texts[q.next:min(len(q.texts), q.next+e.config.Limits.Rows)] {
			n = append(n, t.Tokens)
		}
		same, lengths = append(same, q), append(lengths, batch.Question{Lengths: n})
	}
	var parts []part
	for i, n := range batch.Next(lengths, e.config.Limits) {
		if n > 0 {
			q := same[i]
			parts = append(parts, part{q, q.texts[q.next : q.next+n]})
			q.next += n
		}
	}
	return parts
}

// alike reports whether two questions can share a batch.
func alike(a, b datahall.Question) bool {
	return a.Op == b.Op && a.RawScores == b.RawScores && (a.Normalize == nil) == (b.Normalize == nil) &&
		(a.Normalize == nil || *a.Normalize == *b.Normalize)
}

// deliver hands each question its rows and its share of the usage, by tokens.
func (e *Engine) deliver(parts []part, rows [][]float32, err error, usage datahall.Usage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	total, at := 0, 0
	for _, p := range parts {
		total += tokens(p.texts)
	}
	count := 0
	for _, p := range parts {
		count += len(p.texts)
	}
	for _, p := range parts {
		q := p.q
		if err != nil {
			q.err = err
			close(q.done)
			continue
		}
		mine := rows[at : at+len(p.texts)]
		at += len(p.texts)
		if q.op.Op == "embed" {
			q.answer.Embeddings = append(q.answer.Embeddings, mine...)
		} else {
			q.answer.Scores = append(q.answer.Scores, mine...)
		}
		share := usage.Times(float64(tokens(p.texts)) / float64(max(total, 1)))
		q.answer.Usage = q.answer.Usage.Plus(share)
		q.answer.CPUSeconds += share.CPUSeconds
		q.answer.Batch = max(q.answer.Batch, count)
		if q.next == len(q.texts) && !q.gone {
			close(q.done)
		}
	}
}

func tokens(texts []Text) int {
	n := 0
	for _, t := range texts {
		n += t.Tokens
	}
	return n
}
