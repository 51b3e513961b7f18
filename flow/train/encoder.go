package train

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"

	"datahall"
	"datahall/flow/batch"
	"datahall/flow/eval"
	"datahall/flow/infer"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// limits are how much goes through the encoder at once when nothing is learnt.
var limits = batch.Limits{Tokens: 4096, Rows: 256}

// encoder is the BERT with its tokenizer and the rows as it reads them.
type encoder struct {
	bert                    *transformer.Bert
	words                   *tokenizer.Tokenizer
	model                   *infer.Bert
	card                    weights.Config // of the base, or of the shape
	train, validation, test []infer.Text
	mean, spread            float64 // of the values of a regression
}

var headTasks = map[string]transformer.Task{"classify": transformer.Classify, "multilabel": transformer.MultiLabel, "regress": transformer.Regress}

// encoder makes a new one, or opens the base's.
func (t *trainer) encoder() (*encoder, error) {
	e := &encoder{mean: 0, spread: 1}
	var err error
	if t.Base == nil {
		err = t.fromScratch(e)
	} else {
		err = t.fromBase(e)
	}
	if err != nil {
		return nil, err
	}
	e.model = infer.NewBert(e.bert, e.words, t.labels, t.plan.length)
	e.train, e.validation, e.test = e.read(t.sides.train), e.read(t.sides.validation), e.read(t.sides.test)
	return e, nil
}

func (t *trainer) outputs() int { return max(1, len(t.labels)) }

// rng is the source of one kind of chance; each kind has a stream of its own.
func (t *trainer) rng(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(t.Spec.Seed, stream)) }

// The streams of chance.
const (
	streamWeights = 1
	streamOrder   = 1 << 32 // plus the epoch
)

func (t *trainer) fromScratch(e *encoder) error {
	t.Stage(datahall.Say("learning a vocabulary"), 0, "")
	size := t.Spec.VocabSize
	if size == 0 {
		size = min(8000, max(1000, 3*len(t.sides.train)))
	}
	words, err := tokenizer.Train(func(yield func(string) bool) {
		for _, r := range t.sides.train {
			if !yield(r.Text) {
				return
			}
		}
	}, tokenizer.Options{Size: size, Lowercase: true, MaxLength: 512})
	if err != nil {
		return datahall.Errorf(datahall.Invalid, "vocabulary: cannot be learnt from these texts (%s); bring more text", err)
	}
	shape, err := transformer.Sized(strings.TrimPrefix(t.Spec.Base, "scratch:"), words.Size())
	if err != nil {
		return err
	}
	shape.Dropout, shape.AttentionDropout = t.plan.dropout, t.plan.dropout
	head := transformer.Head{Task: headTasks[t.Spec.Task], Pooling: transformer.Pooler, Outputs: t.outputs(), Dropout: t.plan.dropout}
	e.words = words
	e.bert, err = transformer.New(shape, head, t.pool, t.rng(streamWeights))
	return err
}

// fromBase opens the base below a head on its sentence vector, which is what
// the frozen head learns on.
func (t *trainer) fromBase(e *encoder) error {
	t.Stage(datahall.Say("opening %s", t.Spec.Base), 0, "")
	var err error
	if e.card, err = weights.ReadConfig(t.Base); err != nil {
		return err
	}
	if e.words, err = tokenizer.Load(t.Base); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return datahall.Errorf(datahall.Invalid, "base %s: has no vocabulary; import its folder with vocab.txt or tokenizer.json", t.Spec.Base)
		}
		return err
	}
	own, err := transformer.HeadOf(e.card)
	if err != nil {
		return infer.Unfit(err)
	}
	if own.Task != transformer.Embed { // a base that is a classifier already: its encoder is what counts
		own = transformer.Head{Pooling: transformer.MeanToken, Normalize: true}
	}
	if own.Pooling == transformer.Pooler {
		own.Pooling = transformer.MeanToken
	}
	e.card.Dropout, e.card.AttentionDropout = t.plan.dropout, t.plan.dropout
	head := transformer.Head{Task: headTasks[t.Spec.Task], Pooling: own.Pooling, Normalize: own.Normalize, Outputs: t.outputs(), Dropout: t.plan.dropout}
	e.bert, err = infer.LoadBert(t.Base, withoutHead(e.card), head, e.words, t.pool, t.rng(streamWeights))
	return err
}

// withoutHead forgets the labels of a base, which are not the new model's.
func withoutHead(c weights.Config) weights.Config {
	c.Labels, c.LabelIDs, c.Datahall, c.Architectures = nil, nil, nil, []string{"BertModel"}
	return c
}

func (e *encoder) read(rows []datahall.Row) []infer.Text {
	texts := make([]infer.Text, len(rows))
	for i, r := range rows {
		texts[i], _ = e.model.Read(r.Text, "")
	}
	return texts
}

// vectors are the frozen sentence vectors of all rows.
func (t *trainer) vectors(e *encoder) (*eval.Vectors, error) {
	total := len(e.train) + len(e.validation) + len(e.test)
	t.Stage(datahall.Say("sentence vectors of %s texts", total), float64(total), "rows")
	v := &eval.Vectors{Width: e.bert.Config.Hidden}
	before := 0
	for _, side := range []struct {
		texts []infer.Text
		to    *[]float32
	}{{e.train, &v.Train}, {e.validation, &v.Validation}, {e.test, &v.Test}} {
		own := false // as the head sees them: the head says whether they have length 1
		rows, err := infer.Rows(t.ctx, side.texts, limits, func(texts []infer.Text) ([][]float32, error) {
			return e.model.Vectors(texts, &own)
		}, func(n int) { t.Advance(float64(before + n)) })
		if err != nil {
			return nil, err
		}
		before += len(side.texts)
		for _, r := range rows {
			*side.to = append(*side.to, r...)
		}
	}
	return v, nil
}

// scores gives probabilities, or the values of a regression, for texts.
func (t *trainer) scores(e *encoder, texts []infer.Text) ([][]float64, error) {
	rows, err := infer.Rows(t.ctx, texts, limits, func(texts []infer.Text) ([][]float32, error) {
		return e.model.Scores(texts, false)
	}, nil)
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
