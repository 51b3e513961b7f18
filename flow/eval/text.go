package eval

import (
	"fmt"
	"strings"

	"golang.org/x/text/width"

	"datahall"
	"datahall/numeric/linear"
)

// Text prints an evaluation for a log, in the layout of scikit-learn's
// classification_report. Columns are aligned as a terminal shows them, where a
// Chinese character is two wide.
func Text(e datahall.Evaluation) string {
	var b strings.Builder
	if e.Task == linear.Regress {
		if e.MSE != nil && e.Pearson != nil {
			fmt.Fprintf(&b, "%12s %9.4f\n%12s %9.4f\n%12s %9d\n", "mse", *e.MSE, "pearson", *e.Pearson, "support", e.Rows)
		}
		return b.String()
	}
	wide := len("weighted avg")
	for _, c := range e.PerClass {
		wide = max(wide, columns(c.Label))
	}
	line := func(name string, precision, recall, f1 float64, support int) {
		fmt.Fprintf(&b, "%s  %9.2f %9.2f %9.2f %9d\n", right(name, wide), precision, recall, f1, support)
	}
	single := func(name string, value float64, support int) {
		fmt.Fprintf(&b, "%s  %9s %9s %9.2f %9d\n", right(name, wide), "", "", value, support)
	}
	fmt.Fprintf(&b, "%s  %9s %9s %9s %9s\n\n", right("", wide), "precision", "recall", "f1-score", "support")
	support, precision, recall := 0, 0.0, 0.0
	for _, c := range e.PerClass {
		line(c.Label, c.Precision, c.Recall, c.F1, c.Support)
		support += c.Support
		precision += c.Precision * float64(c.Support)
		recall += c.Recall * float64(c.Support)
	}
	b.WriteString("\n")
	if e.MicroF1 != nil {
		single("micro avg", *e.MicroF1, support)
	} else {
		single("accuracy", e.Accuracy, e.Rows)
	}
	line("macro avg", e.MacroPrecision, e.MacroRecall, e.MacroF1, support)
	line("weighted avg", ratio(precision, float64(support)), ratio(recall, float64(support)), e.WeightedF1, support)
	return b.String()
}

func right(s string, wide int) string {
	return strings.Repeat(" ", max(0, wide-columns(s))) + s
}

// columns is how wide a terminal shows s.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
