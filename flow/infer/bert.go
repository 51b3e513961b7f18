package infer

import (
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"strconv"

	"datahall"
	"datahall/numeric/kernel"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// Bert is a BERT folder that answers.
type Bert struct {
	bert  *transformer.Bert
	words *tokenizer.Tokenizer
	info  datahall.ModelInfo
	task  string
	batch tensor.Batch
}

// OpenBert opens a BERT folder for answering.
func OpenBert(folder fs.FS, threads int) (*Bert, error) {
	c, err := weights.ReadConfig(folder)
	if err != nil {
		return nil, err
	}
	words, err := tokenizer.Load(folder)
	if err != nil {
		return nil, err
	}
	head, err := transformer.HeadOf(c)
	if err != nil {
		return nil, Unfit(err)
	}
	bert, err := LoadBert(folder, c, head, words, kernel.NewPool(threads), nil)
	if err != nil {
		return nil, err
	}
	return NewBert(bert, words, c.LabelList(), c.MaxLength), nil
}

// LoadBert reads the weights of a folder below a head. With an rng, what the
// head lacks is made new.
func LoadBert(folder fs.FS, c weights.Config, head transformer.Head, words *tokenizer.Tokenizer, pool *kernel.Pool, rng *rand.Rand) (*transformer.Bert, error) {
	shape, err := transformer.ConfigOf(c)
	if err != nil {
		return nil, Unfit(err)
	}
	set, err := weights.OpenFolder(folder)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	bert, err := transformer.Load(shape, head, set, pool, rng)
	if err != nil {
		return nil, Unfit(err)
	}
	if err := bert.Fits(words.Size()); err != nil {
		return nil, Unfit(err)
	}
	return bert, nil
}

// tasks are the words for what heads are for.
var tasks = map[transformer.Task]string{transformer.Classify: "classify", transformer.MultiLabel: "multilabel",
	transformer.Regress: "regress", transformer.Embed: "embed"}

var poolings = map[transformer.Pooling]string{transformer.Pooler: "pooler", transformer.MeanToken: "mean", transformer.FirstToken: "cls"}

// NewBert makes a BERT answer. longest is how many tokens it should read, 0 as
// many as it can.
func NewBert(bert *transformer.Bert, words *tokenizer.Tokenizer, labels []string, longest int) *Bert {
	b := &Bert{bert: bert, words: words, task: tasks[bert.Head.Task]}
	b.info = datahall.ModelInfo{Task: b.task, Family: "bert", MaxLength: bert.Config.Positions, Dimensions: bert.Config.Hidden,
		Pooling: poolings[bert.Head.Pooling], Parameters: bert.Params.Count(), Precision: "fp32", Kernel: string(kernel.Current())}
	if longest > 0 {
		b.info.MaxLength = min(longest, b.info.MaxLength)
	}
	if b.task == "classify" || b.task == "multilabel" {
		b.info.Labels = labels
		for i := len(labels); i < bert.Head.Outputs; i++ { // as transformers calls what has no name
			b.info.Labels = append(b.info.Labels, "LABEL_"+strconv.Itoa(i))
		}
	}
	return b
}

// Unfit says for a user what the encoder says for a programmer.
func Unfit(err error) error {
	if _, ok := errors.AsType[*datahall.Error](err); ok {
		return err
	}
	return datahall.Errorf(datahall.Invalid, "model folder: its files do not fit together (%s); copy them all from one place", err)
}

// Info tells about the model.
func (b *Bert) Info() datahall.ModelInfo { return b.info }

// Read tokenises, and cuts what is too long.
func (b *Bert) Read(text, pair string) (Text, bool) {
	var t Text
	limit := b.info.MaxLength
	if pair == "" {
		t.IDs = b.words.Encode(nil, text, limit+1)
	} else {
		t.IDs, t.Segments = b.words.EncodePair(nil, nil, text, pair, limit+1)
	}
	whole := len(t.IDs) <= limit
	if !whole && pair == "" {
		t.IDs = b.words.Encode(t.IDs[:0], text, limit)
	} else if !whole {
		t.IDs, t.Segments = b.words.EncodePair(t.IDs[:0], t.Segments[:0], text, pair, limit)
	}
	t.Tokens = len(t.IDs)
	return t, whole
}

func (b *Bert) pack(texts []Text) {
	b.batch.Reset()
	for _, t := range texts {
		b.batch.Append(t.IDs, t.Segments)
	}
}

// Scores gives softmax of the logits for classes, their sigmoids for labels,
// and values as they are.
func (b *Bert) Scores(texts []Text, raw bool) ([][]float32, error) {
	b.pack(texts)
	logits, err := b.bert.Forward(&b.batch)
	if err != nil {
		return nil, err
	}
	return rowsOf(logits, len(texts), func(row []float32) {
		switch {
		case raw || b.task == "regress":
		case b.task == "multilabel":
			for i, v := range row {
				row[i] = float32(1 / (1 + math.Exp(-float64(v))))
			}
		default:
			softmax(row)
		}
	}), nil
}

// Vectors gives sentence vectors: those the head sees.
func (b *Bert) Vectors(texts []Text, normalize *bool) ([][]float32, error) {
	b.pack(texts)
	vectors, err := b.bert.Vectors(&b.batch)
	if err != nil {
		return nil, err
	}
	want := normalize == nil || *normalize // TEI normalises unless told not to
	return rowsOf(vectors, len(texts), func(row []float32) {
		if want && !b.bert.Head.Normalize {
			nn.Normalize(row, make([]float32, 1), len(row))
		}
	}), nil
}

// rowsOf copies the rows out of the model's memory.
func rowsOf(flat []float32, n int, finish func(row []float32)) [][]float32 {
	width := len(flat) / max(n, 1)
	all := make([]float32, n*width)
	copy(all, flat)
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = all[i*width : (i+1)*width : (i+1)*width]
		finish(rows[i])
	}
	return rows
}

func softmax(row []float32) {
	top := row[0]
	for _, v := range row {
		top = max(top, v)
	}
	sum := 0.0
	for i, v := range row {
		e := math.Exp(float64(v - top))
		row[i] = float32(e)
		sum += e
	}
	for i := range row {
		row[i] = float32(float64(row[i]) / sum)
	}
}
