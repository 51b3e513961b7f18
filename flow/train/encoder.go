package train

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"datahall"
	"datahall/flow/batch"
	"datahall/flow/eval"
	"datahall/flow/infer"
	"datahall/numeric/linear"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
)

// limits are how much goes through the encoder at once when nothing is learnt.
var limits = batch.Limits{Tokens: 2048, Rows: 256}

// encoder is the BERT with its tokenizer, and the rows as it reads them.
type encoder struct {
	bert                    *transformer.Bert
	words                   *tokenizer.Tokenizer
	model                   *infer.Bert
	length                  int // tokens of a row at most
	train, validation, test []infer.Text
	mean, spread            float64 // a regression's numbers are learnt as (number - mean)/spread
}

var headTasks = map[string]transformer.Task{"classify": transformer.Classify, "multilabel": transformer.MultiLabel, "regress": transformer.Regress}

// The streams of chance: each kind has its own.
const (
	streamWeights = 1
	streamOrder   = 1 << 32 // plus the epoch
)

// rng is the source of one stream.
func (t *trainer) rng(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(t.Spec.Seed, stream)) }

// outputs is how many numbers the head gives.
func (t *trainer) outputs() int { return max(1, len(t.labels)) }

// encoder makes a new one, or opens the base's, and reads the rows with it.
func (t *trainer) encoder() (*encoder, error) {
	e := &encoder{spread: 1}
	begin := t.fromScratch
	if t.Base != nil {
		begin = t.fromBase
	}
	if err := begin(e); err != nil {
		return nil, err
	}
	if t.Spec.Task == linear.Regress {
		e.mean, e.spread = moments(t.sides.train)
	}
	e.model = infer.NewBert(e.bert, e.words, t.labels, e.length)
	cut := 0
	for _, side := range []struct {
		rows []datahall.Row
		to   *[]infer.Text
	}{{t.sides.train, &e.train}, {t.sides.validation, &e.validation}, {t.sides.test, &e.test}} {
		for _, r := range side.rows {
			text, whole := e.model.Read(r.Text, "")
			if !whole {
				cut++
			}
			*side.to = append(*side.to, text)
		}
	}
	t.describe(e, cut)
	return e, nil
}

// describe logs what is about to be trained.
func (t *trainer) describe(e *encoder, cut int) {
	c := e.bert.Config
	t.Log(fmt.Sprintf("rows: train %d, validation %d, test %d; labels %d", len(e.train), len(e.validation), len(e.test), len(t.labels)))
	t.Log(fmt.Sprintf("model: %s, %d layers of %d, %d tokens known, %d parameters", t.Spec.Base, c.Layers, c.Hidden, e.words.Size(), e.bert.Params.Count()))
	if cut > 0 {
		t.Log(fmt.Sprintf("%d texts are longer than %d tokens, and cut there; a larger --max-length reads more", cut, e.length))
	}
}

// longest is how many tokens a row may have where neither the specification
// nor the base says: time grows with the square of it.
const longest = 256

// fromScratch learns a vocabulary from the training texts, and makes new weights.
func (t *trainer) fromScratch(e *encoder) (err error) {
	t.Stage(datahall.Say("learning a vocabulary"), 0, "")
	e.length = cmp.Or(t.plan.length, longest)
	size := cmp.Or(t.Spec.VocabSize, min(8000, max(1000, 3*len(t.sides.train))))
	e.words, err = tokenizer.Train(func(yield func(string) bool) {
		for _, r := range t.sides.train {
			if !yield(r.Text) {
				return
			}
		}
	}, tokenizer.Options{Size: size, Lowercase: true, MaxLength: e.length})
	if err != nil {
		return err
	}
	shape, err := transformer.Sized(strings.TrimPrefix(t.Spec.Base, "scratch:"), e.words.Size())
	if err != nil {
		return err
	}
	shape.Positions = e.length
	// The deviation of 0.02 is made for 768 columns. In a narrow encoder it would
	// hardly move the first token, which the pooler reads, by those around it.
	shape.InitRange = 1 / math.Sqrt(float64(shape.Hidden))
	shape.Dropout, shape.AttentionDropout = t.plan.dropout, t.plan.dropout
	head := transformer.Head{Task: headTasks[t.Spec.Task], Pooling: transformer.Pooler, Outputs: t.outputs(), Dropout: t.plan.dropout}
	e.bert, err = transformer.New(shape, head, t.pool, t.rng(streamWeights))
	return err
}

// vectors are what the head sees of all rows, nothing being learnt.
func (t *trainer) vectors(e *encoder) (*eval.Vectors, error) {
	total := len(e.train) + len(e.validation) + len(e.test)
	t.Stage(datahall.Say("sentence vectors of %s texts", total), float64(total), "rows")
	v := &eval.Vectors{Width: e.bert.Config.Hidden}
	before := 0
	for _, side := range []struct {
		texts []infer.Text
		to    *[]float32
	}{{e.train, &v.Train}, {e.validation, &v.Validation}, {e.test, &v.Test}} {
		own := false // of length 1 where the head says so, and only there
		rows, err := infer.Rows(t.ctx, side.texts, limits, func(texts []infer.Text) ([][]float32, error) {
			return e.model.Vectors(texts, &own)
		}, func(n int) { t.Advance(float64(before + n)) })
		if err != nil {
			return nil, err
		}
		before += len(side.texts)
		*side.to = make([]float32, 0, len(rows)*v.Width)
		for _, r := range rows {
			*side.to = append(*side.to, r...)
		}
	}
	return v, nil
}

// scores gives probabilities, or the numbers of a regression, for texts.
func (t *trainer) scores(e *encoder, texts []infer.Text, done func(int)) ([][]float64, error) {
	rows, err := infer.Rows(t.ctx, texts, limits, func(texts []infer.Text) ([][]float32, error) {
		return e.model.Scores(texts, false)
	}, done)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(rows))
	for i, r := range rows {
		out[i] = make([]float64, len(r))
		for k, v := range r {
			out[i][k] = float64(v)*e.spread + e.mean
		}
	}
	return out, nil
}
