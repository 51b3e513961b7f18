package registry

import (
	"errors"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"datahall"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// Inspect says which model a folder holds. It reads every file that is kept,
// the weights twice; files must be io.ReaderAt. The source of the card is the
// caller's to add.
func Inspect(folder fs.FS) (datahall.Model, error) {
	m, err := inspectBert(folder)
	if err != nil {
		return m, unfit(err)
	}
	files, err := contents(folder)
	if err != nil {
		return m, err
	}
	m.Digest = Digest(files)
	return m, nil
}

func inspectBert(folder fs.FS) (datahall.Model, error) {
	m := datahall.Model{Family: "bert"}
	file, err := weights.ReadConfig(folder)
	if err != nil {
		return m, err
	}
	config, err := transformer.ConfigOf(file)
	if err != nil {
		return m, err
	}
	head, err := transformer.HeadOf(file)
	if err != nil {
		return m, err
	}
	if m.Labels, err = labels(file, head); err != nil {
		return m, err
	}
	words, err := tokenizer.Load(folder)
	if err != nil {
		return m, err
	}
	bert, err := load(folder, config, head)
	if err != nil {
		return m, err
	}
	if err := bert.Fits(words.Size()); err != nil {
		return m, err
	}
	m.Task, m.Parameters = tasks[head.Task], bert.Params.Count()
	m.Card = card(file, head)
	return m, nil
}

// load reads the weights as whoever serves them does, but asks for no memory
// far beyond what the files have, and looks at the numbers.
func load(folder fs.FS, c transformer.Config, h transformer.Head) (*transformer.Bert, error) {
	set, err := weights.OpenFolder(folder)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	have := 0
	for _, name := range set.Names() {
		shape, _ := set.Shape(name)
		n := 1
		for _, d := range shape {
			n *= d
		}
		have += n
	}
	if hasWords(set, c) && asked(c, h)/2 > have+slack {
		return nil, datahall.Errorf(datahall.Invalid, "model folder: config.json asks for %s numbers, the weights have %s; take both from the same model", asked(c, h), have)
	}
	return transformer.Load(c, h, finite{set}, nil, nil)
}

// hasWords says whether the word embeddings fit the shape. Where they do not,
// transformer.Load says so before it asks for memory: a vocabulary of other
// weights is the commonest mistake.
func hasWords(set *weights.Set, c transformer.Config) bool {
	for _, name := range []string{"bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"} {
		if shape, ok := set.Shape(name); ok {
			return slices.Equal(shape, []int{c.Vocabulary, c.Hidden})
		}
	}
	return false
}

// slack is how many numbers more than the weights have are no reason to stop:
// what is missing is then named.
const slack = 1 << 20

// asked is how many numbers a model of a shape has, norms and biases left out.
// The bounds of transformer.Config.Check keep it from overflowing.
func asked(c transformer.Config, h transformer.Head) int {
	layer := 4*c.Hidden*c.Hidden + 2*c.Hidden*c.Inner
	return (c.Vocabulary+c.Positions+c.Segments+h.Outputs)*c.Hidden + c.Layers*layer
}

// finite is a set whose numbers are looked at as they are read.
type finite struct{ *weights.Set }

// Float32 reads a tensor and refuses NaN and infinities.
func (f finite) Float32(name string, dst []float32) error {
	if err := f.Set.Float32(name, dst); err != nil {
		return err
	}
	for _, v := range dst {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return datahall.Errorf(datahall.Invalid, "model folder: tensor %s holds %s, with which nothing can be computed; take weights from before the training broke", short(name), v)
		}
	}
	return nil
}

// labels names the outputs of a classifier; what has no names gets those of transformers.
func labels(c weights.Config, h transformer.Head) ([]string, error) {
	if h.Task != transformer.Classify && h.Task != transformer.MultiLabel {
		return nil, nil
	}
	list := c.LabelList()
	for i := len(list); i < h.Outputs; i++ {
		list = append(list, "LABEL_"+strconv.Itoa(i))
	}
	seen := map[string]bool{}
	for _, name := range list {
		if name = strings.TrimSpace(name); seen[name] {
			return nil, datahall.Errorf(datahall.Invalid, "config.json: two labels are called %q; give each output its own name in id2label", short(name))
		}
		seen[name] = true
	}
	return list, nil
}

// tasks and poolings are the words of the nouns.
var (
	tasks = map[transformer.Task]string{transformer.Classify: "classify", transformer.MultiLabel: "multilabel",
		transformer.Regress: "regress", transformer.Embed: "embed"}
	poolings = map[transformer.Pooling]string{transformer.Pooler: "pooler", transformer.MeanToken: "mean", transformer.FirstToken: "cls"}
)

func card(c weights.Config, h transformer.Head) map[string]string {
	card := map[string]string{"architecture": "BertModel", "pooling": poolings[h.Pooling]}
	if len(c.Architectures) > 0 {
		card["architecture"] = short(c.Architectures[0])
	}
	return card
}

// unfit says for a user what the encoder says for a programmer.
func unfit(err error) error {
	if _, ok := errors.AsType[*datahall.Error](err); ok {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return err
	}
	return datahall.Errorf(datahall.Invalid, "model folder: its files do not fit together (%s); copy them all from one place", err)
}
