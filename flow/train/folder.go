package train

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"datahall"
	"datahall/flow/eval"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// writeBert writes the folder of the encoder with its head.
func (t *trainer) writeBert(e *encoder, best result, r datahall.Evaluation) error {
	t.Stage(datahall.Say("writing the model"), 0, "")
	unscale(e)
	head := e.bert.Head
	config := e.bert.Config.File(head, t.names())
	config.MaxLength = e.length
	config.PadToken = max(0, int(e.words.Special().PAD))
	if head.Pooling != transformer.Pooler { // sentence-transformers finds the encoder's vectors
		config.Pooling, config.Normalize = map[transformer.Pooling]string{transformer.MeanToken: "mean", transformer.FirstToken: "cls"}[head.Pooling], head.Normalize
	}
	files := e.words.Files()
	maps.Copy(files, config.PoolingFiles())
	var err error
	if files["config.json"], err = config.JSON(); err != nil {
		return err
	}
	files["README.md"] = []byte(t.card(best, r, head, e.length))
	if err := t.writeFiles(files, r); err != nil {
		return err
	}
	w := weights.Writer{Metadata: map[string]string{"format": "pt"}}
	if err := e.bert.Save(encoderAndHead{&w, head}); err != nil {
		return err
	}
	return t.write("model.safetensors", func(out io.Writer) error { _, err := w.WriteTo(out); return err })
}

// encoderAndHead leaves out a pooler that the head does not read: with it,
// BertForSequenceClassification would load the folder whole, and answer
// something else.
type encoderAndHead struct {
	sink transformer.Sink
	head transformer.Head
}

func (s encoderAndHead) Float32(name string, shape []int, data []float32) error {
	if s.head.Pooling != transformer.Pooler && strings.HasPrefix(name, "bert.pooler.") {
		return nil
	}
	return s.sink.Float32(name, shape, data)
}

// write writes one file of the model folder.
func (t *trainer) write(name string, write func(io.Writer) error) error {
	f, err := t.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// names are what config.json calls the outputs.
func (t *trainer) names() []string {
	if len(t.labels) == 0 {
		return []string{"value"}
	}
	return t.labels
}

// unscale makes the head of a regression give numbers as they are.
func unscale(e *encoder) {
	if e.mean == 0 && e.spread == 1 {
		return
	}
	w, b := e.bert.Params.Find("classifier.weight").W, e.bert.Params.Find("classifier.bias").W
	for i := range w {
		w[i] = float32(float64(w[i]) * e.spread)
	}
	for i := range b {
		b[i] = float32(float64(b[i])*e.spread + e.mean)
	}
	e.mean, e.spread = 0, 1
	e.bert.Changed()
}

// writeFiles writes small files and the report.
func (t *trainer) writeFiles(files map[string][]byte, r datahall.Evaluation) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	files["report.json"] = b
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := t.write(name, func(w io.Writer) error { _, err := w.Write(files[name]); return err }); err != nil {
			return err
		}
	}
	return nil
}

// writeLinear writes the folder of the linear model, and its report with the
// line of the encoder that lost to it, if one did.
func (t *trainer) writeLinear(lost *datahall.Baseline) (datahall.Trained, error) {
	m, err := t.finalLinear()
	if err != nil {
		return datahall.Trained{}, err
	}
	r, err := t.report(m.Predict(t.pool, texts(t.sides.test)), named(t.simple.Baselines, eval.TFIDF).Validation)
	if err != nil {
		return datahall.Trained{}, err
	}
	r.Winner = eval.TFIDF
	r.Baselines = slices.Clone(r.Baselines)
	for i := range r.Baselines { // the model itself stands among them, as it is now
		if b := &r.Baselines[i]; b.Name == eval.TFIDF {
			b.Accuracy, b.MacroF1, b.MSE = r.Accuracy, r.MacroF1, r.MSE
		}
	}
	r.Baseline = eval.Best(r.Baselines)
	if lost != nil {
		r.Baselines = append(r.Baselines, *lost)
	}
	t.Log(eval.Text(r))
	t.Stage(datahall.Say("writing the model"), 0, "")
	if err := m.Save(t.Create); err != nil {
		return datahall.Trained{}, err
	}
	if err := t.writeFiles(map[string][]byte{"README.md": []byte(t.card(result{tuning: tuneLinear}, r, transformer.Head{}, 0))}, r); err != nil {
		return datahall.Trained{}, err
	}
	return t.trained(datahall.Model{Family: "linear", Tuning: tuneLinear, Parameters: m.Parameters(), Card: t.facts(nil)}, r), nil
}
