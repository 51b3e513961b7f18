package eval

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"datahall"
)

// report is a classification_report, with or without its line of accuracy.
type report map[string]json.RawMessage

type figures struct {
	Precision float64
	Recall    float64
	F1        float64 `json:"f1-score"`
	Support   float64
}

func (r report) line(t *testing.T, name string) (f figures) {
	t.Helper()
	if err := json.Unmarshal(r[name], &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// golden is what testdata/golden.py wrote.
type golden struct {
	One []struct {
		Name          string
		Labels, Truth []string
		Scores        [][]float64
		Report        report
		Default       report
		Text          string
		Confusion     [][]int
		Accuracy, ECE float64
	}
	Many []struct {
		Name                 string
		Labels               []string
		Truth                [][]int
		Scores               [][]float64
		Report               report
		Accuracy, Micro, ECE float64
	}
	Number struct {
		Truth, Scores []float64
		MSE, Pearson  float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("%s: got %.15g, want %.15g", what, got, want)
	}
}

func sameReport(t *testing.T, e datahall.Evaluation, want report, averages int) {
	t.Helper()
	if len(e.PerClass) != len(want)-averages {
		t.Errorf("got %d classes, want %d", len(e.PerClass), len(want)-averages)
	}
	for _, c := range e.PerClass {
		f := want.line(t, c.Label)
		same(t, c.Label+" precision", c.Precision, f.Precision)
		same(t, c.Label+" recall", c.Recall, f.Recall)
		same(t, c.Label+" f1", c.F1, f.F1)
		same(t, c.Label+" support", float64(c.Support), f.Support)
	}
	macro, weighted := want.line(t, "macro avg"), want.line(t, "weighted avg")
	same(t, "macro precision", e.MacroPrecision, macro.Precision)
	same(t, "macro recall", e.MacroRecall, macro.Recall)
	same(t, "macro f1", e.MacroF1, macro.F1)
	same(t, "weighted f1", e.WeightedF1, weighted.F1)
}

func TestFiguresOfOneLabelARowAreScikitLearns(t *testing.T) {
	for _, c := range readGolden(t).One {
		t.Run(c.Name, func(t *testing.T) {
			var rows []datahall.Row
			for _, l := range c.Truth {
				rows = append(rows, datahall.Row{Label: l})
			}
			e, err := Measure("classify", c.Labels, rows, c.Scores, 1)
			if err != nil {
				t.Fatal(err)
			}
			sameReport(t, e, c.Report, 3)
			sameReport(t, e, c.Default, 3)
			same(t, "accuracy", e.Accuracy, c.Accuracy)
			same(t, "calibration error", e.ECE, c.ECE)
			for k, row := range c.Confusion {
				for l, n := range row {
					if e.Confusion[k][l] != n {
						t.Errorf("confusion %d %d: got %d, want %d", k, l, e.Confusion[k][l], n)
					}
				}
			}
			if got := Text(e); got != c.Text {
				t.Errorf("got\n%s\nwant\n%s", got, c.Text)
			}
		})
	}
}

func TestFiguresOfSeveralLabelsARowAreScikitLearns(t *testing.T) {
	for _, c := range readGolden(t).Many {
		t.Run(c.Name, func(t *testing.T) {
			rows := make([]datahall.Row, len(c.Truth))
			for i, set := range c.Truth {
				for k, yes := range set {
					if yes == 1 {
						rows[i].Labels = append(rows[i].Labels, c.Labels[k])
					}
				}
			}
			e, err := Measure("multilabel", c.Labels, rows, c.Scores, 1)
			if err != nil {
				t.Fatal(err)
			}
			sameReport(t, e, c.Report, 4)
			same(t, "accuracy", e.Accuracy, c.Accuracy)
			same(t, "micro f1", *e.MicroF1, c.Micro)
			same(t, "calibration error", e.ECE, c.ECE)
		})
	}
}

func TestFiguresOfNumbersAreNumpys(t *testing.T) {
	c := readGolden(t).Number
	var rows []datahall.Row
	var scores [][]float64
	for i := range c.Truth {
		rows, scores = append(rows, datahall.Row{Value: &c.Truth[i]}), append(scores, c.Scores[i:i+1])
	}
	e, err := Measure("regress", nil, rows, scores, 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "mse", *e.MSE, c.MSE)
	same(t, "pearson", *e.Pearson, c.Pearson)
	if e.Accuracy != 0 {
		t.Errorf("accuracy of numbers: got %g, want 0", e.Accuracy)
	}
}
