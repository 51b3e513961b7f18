package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"datahall"
	"datahall/flow/eval"
	"datahall/numeric/linear"
	"datahall/numeric/weights"
)

// writeBert writes the folder of the encoder with its head.
func (t *trainer) writeBert(e *encoder, best result, r datahall.Evaluation) error {
	t.Stage(datahall.Say("writing the model"), 0, "files")
	unscale(e)
	shape := e.bert.Config
	config := shape.File(e.bert.Head, t.names())
	config.MaxLength = t.plan.length
	files := e.words.Files()
	maps.Copy(files, config.PoolingFiles())
	var err error
	if files["config.json"], err = config.JSON(); err != nil {
		return err
	}
	files["README.md"] = []byte(t.card(best, r))
	if err := t.writeFiles(files, r); err != nil {
		return err
	}
	w := weights.Writer{Metadata: map[string]string{"format": "pt"}}
	if err := e.bert.Save(&w); err != nil {
		return err
	}
	return t.write("model.safetensors", func(out io.Writer) error { _, err := w.WriteTo(out); return err })
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

// unscale folds the standardisation of a regression into its last layer.
func unscale(e *encoder) {
	if e.mean == 0 && e.spread == 1 {
		return
	}
	for _, p := range e.bert.Params.List {
		switch p.Name {
		case "classifier.weight":
			for i := range p.W {
				p.W[i] *= float32(e.spread)
			}
		case "classifier.bias":
			for i := range p.W {
				p.W[i] = float32(float64(p.W[i])*e.spread + e.mean)
			}
		}
	}
	e.mean, e.spread = 0, 1
	e.bert.Changed()
}

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

// writeLinear writes the folder of the linear model, with the encoder's
// validation score beside it where there is one.
func (t *trainer) writeLinear(validation float64) (datahall.Trained, error) {
	r, err := t.report(t.simple.Scores[eval.TFIDF], validation, eval.TFIDF)
	if err != nil {
		return datahall.Trained{}, err
	}
	t.Stage(datahall.Say("writing the model"), 0, "files")
	if err := t.simple.Linear.Save(t.Create); err != nil {
		return datahall.Trained{}, err
	}
	files := map[string][]byte{"README.md": []byte(t.card(result{tuning: "linear"}, r))}
	if err := t.writeFiles(files, r); err != nil {
		return datahall.Trained{}, err
	}
	m := datahall.Model{Family: "linear", Tuning: "linear", Parameters: t.simple.Linear.Parameters()}
	return t.trained(m, r), nil
}

// card is the README of a model folder, with what it takes to use it elsewhere.
func (t *trainer) card(best result, r datahall.Evaluation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nA %s model, trained by Datahall from `%s` (%s) on %d rows, measured on %d others.\n\n",
		t.Spec.Name, t.Spec.Task, t.Spec.Base, best.tuning, len(t.sides.train), len(t.sides.test))
	if t.Spec.Task != linear.Regress {
		fmt.Fprintf(&b, "| | accuracy | macro F1 |\n|---|---|---|\n| **this model** | %.4f (%.4f to %.4f) | %.4f |\n", r.Accuracy, r.AccuracyLow, r.AccuracyHigh, r.MacroF1)
		for _, l := range r.Baselines {
			fmt.Fprintf(&b, "| %s | %.4f | %.4f |\n", l.Name, l.Accuracy, l.MacroF1)
		}
		fmt.Fprintf(&b, "\nLabels: %s.\n", strings.Join(t.labels, ", "))
	}
	switch {
	case best.tuning == "linear":
		b.WriteString("\nIt is a linear model on TF-IDF features: `linear.json`, `features.txt` and `linear.safetensors`.\n")
	case t.Base == nil:
		b.WriteString(useWhole)
	default:
		b.WriteString(useOwnHead)
	}
	return b.String()
}

const useWhole = `
In Python, with transformers:

    from transformers import pipeline
    print(pipeline("text-classification", model="THIS FOLDER")("your text"))
`

// useOwnHead reproduces the scores of a head on the pooled vector.
const useOwnHead = `
Its classifier reads the pooled vector of the encoder (config.json, "datahall"), which transformers has no class for. In Python:

    import json, torch
    from safetensors.torch import load_file
    from transformers import AutoModel, AutoTokenizer
    folder = "THIS FOLDER"
    model, words = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    head, how = load_file(folder + "/model.safetensors"), json.load(open(folder + "/config.json"))
    x = words(["your text"], return_tensors="pt", padding=True)
    with torch.no_grad():
        h, mask = model(**x).last_hidden_state, x["attention_mask"].unsqueeze(-1)
    v = (h * mask).sum(1) / mask.sum(1) if how["datahall"]["pooling"] == "mean" else h[:, 0]
    if how["datahall"]["normalize"]:
        v = torch.nn.functional.normalize(v)
    scores = torch.softmax(v @ head["classifier.weight"].T + head["classifier.bias"], -1)
    print({how["id2label"][str(i)]: float(s) for i, s in enumerate(scores[0])})
`
