package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"datahall"
	"datahall/numeric/linear"
)

// guesses makes rows of four labels and answers of which about share are right.
func guesses(n int, share float64, seed uint64) (labels []string, rows []datahall.Row, scores [][]float64) {
	labels = []string{"book", "cancel", "refund", "track"}
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		truth := random.IntN(4)
		said := truth
		if random.Float64() > share {
			said = (truth + 1 + random.IntN(3)) % 4
		}
		p := 0.4 + 0.6*random.Float64()
		row := slices.Repeat([]float64{(1 - p) / 3}, 4)
		row[said] = p
		rows = append(rows, datahall.Row{Text: fmt.Sprint("text ", i), Label: labels[truth], Line: i + 2})
		scores = append(scores, row)
	}
	return labels, rows, scores
}

func TestIntervalsHoldTheFigureAndNarrowWithTheRows(t *testing.T) {
	for _, n := range []int{50, 800} {
		labels, rows, scores := guesses(n, 0.8, 3)
		e, err := Measure("classify", labels, rows, scores, 7)
		if err != nil {
			t.Fatal(err)
		}
		if !(e.AccuracyLow < e.Accuracy && e.Accuracy < e.AccuracyHigh) || !(e.MacroF1Low < e.MacroF1 && e.MacroF1 < e.MacroF1High) {
			t.Errorf("%d rows: accuracy %.3f in [%.3f, %.3f], macro F1 %.3f in [%.3f, %.3f]",
				n, e.Accuracy, e.AccuracyLow, e.AccuracyHigh, e.MacroF1, e.MacroF1Low, e.MacroF1High)
		}
		got, want := e.AccuracyHigh-e.AccuracyLow, 2*1.96*math.Sqrt(e.Accuracy*(1-e.Accuracy)/float64(n))
		if math.Abs(got-want) > 0.15*want {
			t.Errorf("%d rows: the interval is %.4f wide, a normal one would be %.4f", n, got, want)
		}
	}
}

func TestMacroF1AloneIsThatOfMeasure(t *testing.T) {
	labels, rows, scores := guesses(200, 0.7, 8)
	for _, task := range []string{"classify", "multilabel"} {
		truth, err := linear.TargetOf(task, labels, rows)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Measure(task, labels, rows, scores, 1)
		if err != nil {
			t.Fatal(err)
		}
		same(t, task, MacroF1(truth, scores), e.MacroF1)
	}
}

func TestSameSeedSameFigures(t *testing.T) {
	labels, rows, scores := guesses(100, 0.7, 4)
	a, _ := Measure("classify", labels, rows, scores, 1)
	b, _ := Measure("classify", labels, rows, scores, 1)
	c, _ := Measure("classify", labels, rows, scores, 2)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed gave other figures")
	}
	if a.MacroF1Low == c.MacroF1Low && a.MacroF1High == c.MacroF1High {
		t.Error("another seed gave the same interval")
	}
}

func TestMistakesAreMostConfidentFirst(t *testing.T) {
	labels, rows, scores := guesses(900, 0.5, 5)
	e, err := Measure("classify", labels, rows, scores, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Mistakes) != 100 {
		t.Fatalf("got %d mistakes, want 100", len(e.Mistakes))
	}
	for i, m := range e.Mistakes {
		if m.Truth == m.Predicted {
			t.Errorf("mistake %d is none: %+v", i, m)
		}
		if i > 0 && m.Score > e.Mistakes[i-1].Score {
			t.Errorf("mistake %d is more confident than the one before", i)
		}
		if rows[m.Line-2].Text != m.Text {
			t.Errorf("mistake %d: line %d is of another text", i, m.Line)
		}
	}
	for i := 1; i < len(e.Pairs); i++ {
		if e.Pairs[i].N > e.Pairs[i-1].N {
			t.Errorf("pair %d is more frequent than the one before", i)
		}
	}
}

func TestBinsHoldEveryRowOnce(t *testing.T) {
	for p, want := range map[float64]int{0: 0, 1. / 15: 0, 0.0667: 1, 0.2: 2, 0.2000001: 3, 0.4: 5, 0.6: 8, 0.8: 11, 14. / 15: 13, 0.94: 14, 1: 14} {
		if got := bin(p); got != want {
			t.Errorf("bin of %g: got %d, want %d", p, got, want)
		}
	}
	labels, rows, scores := guesses(300, 0.9, 6)
	e, _ := Measure("classify", labels, rows, scores, 1)
	n := 0
	for _, b := range e.Reliability {
		n += b.N
		if b.N > 0 && !(b.From < b.Confidence && b.Confidence <= b.To) {
			t.Errorf("bin (%g, %g] has the mean confidence %g", b.From, b.To, b.Confidence)
		}
	}
	if n != len(rows) || len(e.Reliability) != 15 {
		t.Errorf("got %d rows in %d bins", n, len(e.Reliability))
	}
}

func TestALabelThatTheModelDoesNotKnowCountsAgainstIt(t *testing.T) {
	labels, rows, scores := guesses(40, 1, 7)
	rows[3].Label = "a new one"
	e, err := Measure("classify", labels, rows, scores, 1)
	if err != nil {
		t.Fatal(err)
	}
	if e.Accuracy != 39./40 || e.Labels[4] != "a new one" || len(e.Mistakes) != 1 || e.Mistakes[0].Truth != "a new one" {
		t.Errorf("accuracy %g, labels %q, mistakes %+v", e.Accuracy, e.Labels, e.Mistakes)
	}
}

func TestMistakesOfSeveralLabelsNameTheSets(t *testing.T) {
	rows := []datahall.Row{{Text: "both", Labels: []string{"late", "rude"}}, {Text: "none"}, {Text: "late", Labels: []string{"late"}}}
	e, err := Measure("multilabel", []string{"late", "rude"}, rows, [][]float64{{0.9, 0.3}, {0.1, 0.2}, {0.8, 0.95}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []datahall.Mistake{
		{Text: "late", Truth: "late", Predicted: "late, rude", Score: 0.95},
		{Text: "both", Truth: "late, rude", Predicted: "late", Score: 0.7},
	}
	if !reflect.DeepEqual(e.Mistakes, want) {
		t.Errorf("got %+v, want %+v", e.Mistakes, want)
	}
	if math.Abs(e.Accuracy-1./3) > 1e-15 {
		t.Errorf("accuracy: got %g, want a third", e.Accuracy)
	}
}

func TestWhatCannotBeMeasuredIsSaid(t *testing.T) {
	for _, c := range []struct {
		task string
		rows []datahall.Row
		want string
	}{
		{"classify", nil, "rows to measure on: none; choose a split that has rows"},
		{"classify", []datahall.Row{{Line: 7}}, "row 7: 0 labels to compare with, one is needed; label it, or leave it out"},
		{"classify", []datahall.Row{{Labels: []string{"a", "b"}}}, "row 1: 2 labels to compare with, one is needed; label it, or leave it out"},
		{"regress", []datahall.Row{{}}, "row 1: no number to compare with; give one, or leave the row out"},
	} {
		scores := [][]float64{{0.5, 0.5}}
		if c.task == "regress" {
			scores[0] = scores[0][:1]
		}
		_, err := Measure(c.task, []string{"a", "b"}, c.rows, scores[:len(c.rows)], 1)
		if err == nil || err.Error() != c.want || datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestABrokenModelIsSaid(t *testing.T) {
	rows := []datahall.Row{{Label: "a"}, {Label: "b"}}
	_, err := Measure("classify", []string{"a", "b"}, rows, [][]float64{{1, 0}, {math.NaN(), 1}}, 1)
	want := "row 2: the model answers with what is no number; it is broken, train it again"
	if err == nil || err.Error() != want || datahall.KindOf(err) != datahall.Internal {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestTextAlignsChinese(t *testing.T) {
	rows := []datahall.Row{{Label: "查询快递到哪里了"}, {Label: "refund"}}
	e, err := Measure("classify", []string{"查询快递到哪里了", "refund"}, rows, [][]float64{{1, 0}, {0, 1}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(Text(e), "\n")
	for _, l := range lines[2:4] {
		if columns(l) != columns(lines[0]) {
			t.Errorf("%q is %d columns wide, the head is %d", l, columns(l), columns(lines[0]))
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	for _, n := range []int{3000, 100000} {
		labels, rows, scores := guesses(n, 0.9, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Measure("classify", labels, rows, scores, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
