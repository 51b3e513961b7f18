package train

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"datahall"
	"datahall/numeric/linear"
	"datahall/numeric/transformer"
)

// card is the README.md of a model folder: what the model is, how good, and
// how to use it without us.
func (t *trainer) card(best result, r datahall.Evaluation, head transformer.Head, length int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nMade by Datahall: task %s, base `%s`, tuning %s. It was measured on %d rows that it had not seen.\n\n",
		line(t.Spec.Name), t.Spec.Task, line(t.Spec.Base), best.tuning, r.Rows)
	t.cardFigures(&b, r)
	for _, fact := range slices.Sorted(maps.Keys(t.rowFacts())) {
		fmt.Fprintf(&b, "- %s: %s\n", fact, t.rowFacts()[fact])
	}
	if len(t.labels) > 0 {
		b.WriteString("- labels, in the order of the scores:")
		for _, l := range t.labels {
			fmt.Fprintf(&b, " `%s`", line(l))
		}
		b.WriteString("\n")
	}
	finish := finishes[t.Spec.Task]
	switch {
	case best.tuning == tuneLinear:
		b.WriteString(useLinear)
	case head.Pooling == transformer.Pooler:
		fmt.Fprintf(&b, useWhole, length, finish)
	default:
		pooled := "hidden[:, 0]"
		if head.Pooling == transformer.MeanToken {
			pooled = "(hidden * mask).sum(1) / mask.sum(1)"
		}
		if head.Normalize {
			pooled = "torch.nn.functional.normalize(" + pooled + ")"
		}
		fmt.Fprintf(&b, useOwnHead, length, pooled, finish)
	}
	return b.String()
}

// line keeps a name from breaking out of its line or its code span.
func line(s string) string {
	return strings.NewReplacer("`", "'", "\n", " ", "\r", " ").Replace(s)
}

func (t *trainer) cardFigures(b *strings.Builder, r datahall.Evaluation) {
	if t.Spec.Task == linear.Regress {
		fmt.Fprintf(b, "| | mean squared error | correlation |\n|---|---|---|\n| **this model** | %.4g | %.4f |\n", *r.MSE, *r.Pearson)
		for _, l := range r.Baselines {
			if l.MSE != nil {
				fmt.Fprintf(b, "| %s | %.4g | |\n", l.Name, *l.MSE)
			}
		}
	} else {
		fmt.Fprintf(b, "| | accuracy (95 %% interval) | macro F1 |\n|---|---|---|\n| **this model** | %.4f (%.4f to %.4f) | %.4f |\n", r.Accuracy, r.AccuracyLow, r.AccuracyHigh, r.MacroF1)
		for _, l := range r.Baselines {
			fmt.Fprintf(b, "| %s | %.4f | %.4f |\n", l.Name, l.Accuracy, l.MacroF1)
		}
	}
	b.WriteString("\n`report.json` has all figures.\n\n")
}

const useLinear = `
It is a linear model on TF-IDF features of words and character n-grams:
` + "`linear.json`, `features.txt` and `linear.safetensors`" + `. Datahall loads the folder.
`

// finishes turn logits into scores, in Python.
var finishes = map[string]string{linear.Classify: "logits.softmax(-1)", linear.Multilabel: "logits.sigmoid()", linear.Regress: "logits"}

const useWhole = `
In Python, with transformers:

` + "```python" + `
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
folder, text = "THIS FOLDER", "YOUR TEXT"
model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
with torch.no_grad():
    logits = model(**tokenizer([text], return_tensors="pt", truncation=True, max_length=%d)).logits
scores = %s[0]
print({model.config.id2label[i]: float(s) for i, s in enumerate(scores)})
` + "```" + `
`

const useOwnHead = `
The classifier (` + "`classifier.weight`, `classifier.bias`" + `) reads a vector made of all tokens, for which
transformers has no class; ` + "`config.json` says how under the key `datahall`" + `. AutoModel loads the
encoder, SentenceTransformer its vectors. In Python, with transformers:

` + "```python" + `
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer
folder, text = "THIS FOLDER", "YOUR TEXT"
model, tokenizer = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval(), AutoTokenizer.from_pretrained(folder)
head, inputs = load_file(folder + "/model.safetensors"), tokenizer([text], return_tensors="pt", truncation=True, max_length=%d)
with torch.no_grad():
    hidden, mask = model(**inputs).last_hidden_state, inputs["attention_mask"].unsqueeze(-1)
    vector = %s
    logits = vector @ head["classifier.weight"].T + head["classifier.bias"]
scores = %s[0]
print({model.config.id2label[i]: float(s) for i, s in enumerate(scores)})
` + "```" + `
`
