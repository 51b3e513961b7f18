package transformer

import (
	"fmt"

	"datahall/numeric/weights"
)

// ConfigOf is the shape that a config.json describes.
func ConfigOf(c weights.Config) (Config, error) {
	config := Config{Vocabulary: c.Vocabulary, Hidden: c.Hidden, Layers: c.Layers, Heads: c.Heads, Inner: c.Inner,
		Positions: c.Positions, Segments: c.Segments, Activation: c.Activation, Epsilon: c.Epsilon,
		Dropout: c.Dropout, AttentionDropout: c.AttentionDropout, InitRange: c.InitRange}
	return config, config.Check()
}

// The words of config.json for tasks and poolings.
var (
	taskWords    = map[Task]string{Classify: "classify", MultiLabel: "multilabel", Regress: "regress", Embed: "embed"}
	poolingWords = map[Pooling]string{Pooler: "pooler", MeanToken: "mean", FirstToken: "cls"}
	problemWords = map[Task]string{Classify: "single_label_classification", MultiLabel: "multi_label_classification", Regress: "regression"}
)

func wordOf[K comparable](words map[K]string, what, word string) (K, error) {
	for k, w := range words {
		if w == word {
			return k, nil
		}
	}
	var none K
	return none, fmt.Errorf("%s %q is unknown", what, word)
}

// HeadOf is the head whose weights the folder of a config.json holds: one of
// ours, BertForSequenceClassification's, or none, and then the folder embeds,
// by the mean of the tokens and with length 1 unless it says otherwise.
func HeadOf(c weights.Config) (Head, error) {
	h := Head{Outputs: len(c.LabelList()), Dropout: c.Dropout}
	if h.Outputs != len(c.Labels) {
		return h, fmt.Errorf("id2label does not number its %d labels from 0 on", len(c.Labels))
	}
	if c.ClassifierDropout != nil {
		h.Dropout = *c.ClassifierDropout
	}
	var err error
	switch {
	case c.Datahall != nil:
		if c.Datahall.Version != 1 {
			return h, fmt.Errorf("the head is of version %d, 1 is known", c.Datahall.Version)
		}
		if h.Task, err = wordOf(taskWords, "task", c.Datahall.Task); err != nil {
			return h, err
		}
		if h.Pooling, err = wordOf(poolingWords, "pooling", c.Datahall.Pooling); err != nil {
			return h, err
		}
		h.Normalize = c.Datahall.Normalize
	case c.HasHead():
		h = h.ofTransformers(c)
	default:
		h = Head{Task: Embed, Pooling: MeanToken, Normalize: true}
		if c.Pooling != "" {
			h.Normalize = c.Normalize
			h.Pooling, err = wordOf(poolingWords, "pooling", c.Pooling)
		}
	}
	if err != nil {
		return h, err
	}
	return h, h.Check()
}

// ofTransformers is BertForSequenceClassification's head. A configuration of
// two labels that have no names leaves them out.
func (h Head) ofTransformers(c weights.Config) Head {
	h.Pooling, h.Task = Pooler, Classify
	if len(c.Labels) == 0 {
		h.Outputs = 2
	}
	switch {
	case c.ProblemType == problemWords[MultiLabel]:
		h.Task = MultiLabel
	case c.ProblemType == problemWords[Regress] || h.Outputs == 1:
		h.Task = Regress
	}
	return h
}

// File is the config.json of a model of this shape and head, for transformers
// to load: BertForSequenceClassification where the head is its own, otherwise
// BertModel, with what says how we (and for vectors, sentence-transformers)
// read it. Labels name the outputs; none for Embed.
func (c Config) File(h Head, labels []string) weights.Config {
	f := weights.Config{ModelType: "bert", Architectures: []string{"BertModel"}, Vocabulary: c.Vocabulary, Hidden: c.Hidden,
		Layers: c.Layers, Heads: c.Heads, Inner: c.Inner, Positions: c.Positions, Segments: c.Segments,
		Activation: c.Activation, Epsilon: c.Epsilon, InitRange: c.InitRange,
		Dropout: c.Dropout, AttentionDropout: c.AttentionDropout, PositionType: "absolute"}
	if h.Task != Embed {
		f.ClassifierDropout = &h.Dropout
		f.SetLabels(labels)
	}
	switch {
	case h.Task == Embed && h.Pooling == Pooler:
	case h.Task == Embed:
		f.Pooling, f.Normalize = poolingWords[h.Pooling], h.Normalize
	case h.Pooling == Pooler && !h.Normalize:
		f.Architectures, f.ProblemType = []string{"BertForSequenceClassification"}, problemWords[h.Task]
	default:
		f.Datahall = &weights.OwnHead{Version: 1, Task: taskWords[h.Task], Pooling: poolingWords[h.Pooling], Normalize: h.Normalize}
	}
	return f
}
