package train

import (
	"cmp"
	"slices"
	"strings"

	"datahall"
	"datahall/flow/infer"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// fromBase opens the base below a new head.
func (t *trainer) fromBase(e *encoder) error {
	t.Stage(datahall.Say("opening %s", t.Spec.Base), 0, "")
	c, err := weights.ReadConfig(t.Base)
	if err != nil {
		return err
	}
	if e.words, err = tokenizer.Load(t.Base); err != nil {
		return err
	}
	set, err := weights.OpenFolder(t.Base)
	if err != nil {
		return err
	}
	defer set.Close()
	head, err := t.headOn(c, set)
	if err != nil {
		return infer.Unfit(err)
	}
	c.Dropout, c.AttentionDropout = t.plan.dropout, t.plan.dropout
	shape, err := transformer.ConfigOf(c)
	if err != nil {
		return infer.Unfit(err)
	}
	source := transformer.Source(set)
	if !slices.Equal(c.LabelList(), t.labels) { // of other labels nothing can be taken over
		source = headless{set}
	}
	if e.bert, err = transformer.Load(shape, head, source, t.pool, t.rng(streamWeights)); err != nil {
		return infer.Unfit(err)
	}
	e.length = min(shape.Positions, cmp.Or(t.plan.length, c.MaxLength, longest))
	if err := e.bert.Fits(e.words.Size()); err != nil {
		return infer.Unfit(err)
	}
	return nil
}

// headless is a source without its classifier.
type headless struct{ transformer.Source }

func (h headless) Shape(name string) ([]int, bool) {
	if strings.HasPrefix(name, "classifier.") {
		return nil, false
	}
	return h.Source.Shape(name)
}

// headOn chooses how the new head reads the encoder: as the base's sentence
// vectors or its own classifier are read; otherwise, of a plain BERT, through
// the pooler, as BertForSequenceClassification does. Frozen, a pooler's vectors
// say little: then, and where there is none, it is the mean of the tokens.
func (t *trainer) headOn(c weights.Config, set *weights.Set) (transformer.Head, error) {
	h, err := transformer.HeadOf(c)
	if err != nil {
		return h, err
	}
	plain := c.Datahall == nil && c.Pooling == ""
	switch {
	case plain && hasPooler(set) && t.Spec.Tune != tuneHead:
		h.Pooling, h.Normalize = transformer.Pooler, false
	case h.Pooling == transformer.Pooler:
		h.Pooling, h.Normalize = transformer.MeanToken, true
	}
	h.Task, h.Outputs, h.Dropout = headTasks[t.Spec.Task], t.outputs(), t.plan.dropout
	return h, nil
}

func hasPooler(set *weights.Set) bool {
	_, long := set.Shape("bert.pooler.dense.weight")
	_, short := set.Shape("pooler.dense.weight")
	return long || short
}
