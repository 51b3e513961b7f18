package eval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"datahall"
	"datahall/numeric/kernel"
)

// tickets are questions to a shop, made of an opening, a wish and a close, so
// that the wish tells the label.
func tickets(n int, seed uint64) (rows []datahall.Row) {
	wishes := map[string][]string{
		"refund": {"money back", "a refund", "退款", "退钱"},
		"track":  {"where my parcel is", "the tracking number", "快递到哪了", "查物流"},
		"cancel": {"to cancel the order", "no longer this order", "取消订单", "不要了"},
	}
	open := []string{"hello, I want ", "please tell me ", "你好，", "请问 ", ""}
	end := []string{" thanks", " 谢谢", "!!", " asap", ""}
	random := rand.New(rand.NewPCG(seed, 2))
	labels := []string{"cancel", "refund", "track"}
	for i := range n {
		l := labels[random.IntN(3)]
		text := open[random.IntN(5)] + wishes[l][random.IntN(4)] + end[random.IntN(5)]
		value := float64(slices.Index(labels, l))
		rows = append(rows, datahall.Row{Text: text, Label: l, Value: &value, Line: i + 1})
	}
	return rows
}

// vectorsOf are directions of labels with much noise.
func vectorsOf(rows []datahall.Row, seed uint64) (list []float32) {
	random := rand.New(rand.NewPCG(seed, 3))
	for _, r := range rows {
		v := make([]float32, 8)
		for j := range v {
			v[j] = float32(random.NormFloat64() * 0.8)
		}
		v[int(*r.Value)]++
		list = append(list, v...)
	}
	return list
}

func contest(task string) Contest {
	train, validation, test := tickets(150, 1), tickets(60, 2), tickets(90, 3)
	c := Contest{Task: task, Labels: []string{"cancel", "refund", "track"}, Train: train, Validation: validation, Test: test, Seed: 5,
		Vectors: &Vectors{8, vectorsOf(train, 1), vectorsOf(validation, 2), vectorsOf(test, 3)}}
	var ticks time.Duration
	c.Now = func() time.Time { ticks += time.Second; return time.Unix(0, 0).Add(ticks) }
	switch task {
	case "multilabel":
		for _, rows := range [][]datahall.Row{train, validation, test} {
			for i, r := range rows {
				if rows[i].Labels = []string{r.Label}; i%3 == 0 {
					rows[i].Text += " " + rows[i/2].Text
					rows[i].Labels = append(rows[i].Labels, rows[i/2].Labels...)
				}
				rows[i].Label = ""
			}
		}
	case "regress":
		c.Labels = nil
	}
	return c
}

func TestBaselinesOfEveryTask(t *testing.T) {
	for _, task := range []string{"classify", "multilabel", "regress"} {
		t.Run(task, func(t *testing.T) {
			f, err := Baselines(t.Context(), contest(task))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, b := range f.Baselines {
				t.Logf("%-12s validation %.3f, accuracy %.3f, macro F1 %.3f, %g s", b.Name, b.Validation, b.Accuracy, b.MacroF1, b.Seconds)
				names = append(names, b.Name)
			}
			if want := []string{Majority, TFIDF, FrozenHead, FrozenTFIDF}; !reflect.DeepEqual(names, want) {
				t.Fatalf("got %q, want %q", names, want)
			}
			majority, words, vectors, both := f.Baselines[0], f.Baselines[1], f.Baselines[2], f.Baselines[3]
			if !(majority.Validation < vectors.Validation && vectors.Validation < words.Validation && both.Validation >= 0.9) {
				t.Error("the order of the validation scores is not that of what the baselines know")
			}
			if both.Seconds != words.Seconds+vectors.Seconds+1 {
				t.Errorf("%s took %g s, want its own and those of the two it joins", both.Name, both.Seconds)
			}
			if task == "regress" {
				if words.MSE == nil || *words.MSE >= *majority.MSE || words.Accuracy != 0 {
					t.Errorf("regression: %+v beside %+v", words, majority)
				}
				return
			}
			if words.Accuracy < 0.8 || words.MacroF1 <= majority.MacroF1 {
				t.Errorf("%+v beside %+v", words, majority)
			}
			e, err := Measure(task, f.Linear.Labels(), contest(task).Test, f.Scores[TFIDF], 1)
			if err != nil || e.Accuracy != words.Accuracy || e.MacroF1 != words.MacroF1 {
				t.Errorf("measured again: %g and %g (%v), want %g and %g", e.Accuracy, e.MacroF1, err, words.Accuracy, words.MacroF1)
			}
		})
	}
}

func TestBaselinesWithoutVectorsOrValidationRows(t *testing.T) {
	c := contest("classify")
	c.Validation, c.Vectors.Validation = nil, nil
	f, err := Baselines(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if b := f.Baselines[3]; b.Validation < 0.9 || b.Accuracy < 0.9 {
		t.Errorf("by cross validation: %+v", b)
	}
	c.Vectors = nil
	f, err = Baselines(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Baselines) != 2 || f.Head != nil || f.Stack != nil || f.Linear == nil {
		t.Errorf("without vectors: %+v", f)
	}
}

func TestThreadsDoNotChangeABaseline(t *testing.T) {
	one, err := Baselines(t.Context(), contest("classify"))
	if err != nil {
		t.Fatal(err)
	}
	c := contest("classify")
	c.Pool = kernel.NewPool(3)
	defer c.Pool.Close()
	three, err := Baselines(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one.Scores, three.Scores) || !reflect.DeepEqual(one.Baselines, three.Baselines) {
		t.Error("three threads gave other figures than one")
	}
}

func TestRowsOfUnknownLabels(t *testing.T) {
	c := contest("classify")
	c.Validation[4].Label, c.Test[5].Label = "new", "newer"
	f, err := Baselines(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if f.Baselines[1].Accuracy == 1 {
		t.Error("a test row of an unknown label was counted as right")
	}
	c.Train[6].Label = "newest"
	_, err = Baselines(t.Context(), c)
	if want := "training row 7: its label is not among the labels; give all of them"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestProgressIsToldAndCancellingEnds(t *testing.T) {
	c := contest("classify")
	var stages []string
	c.Progress = func(p datahall.Progress) {
		if p.Total > 0 && p.Done > p.Total {
			t.Errorf("%s: %g of %g", p.Stage, p.Done, p.Total)
		}
		if s := p.Stage.String(); !slices.Contains(stages, s) {
			stages = append(stages, s)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Baselines(ctx, c); err != nil {
		t.Fatal(err)
	}
	if want := []string{"baseline majority", "baseline tfidf+svm", "baseline frozen+head", "baseline frozen+tfidf"}; !reflect.DeepEqual(stages, want) {
		t.Errorf("got %q, want %q", stages, want)
	}
	cancel()
	if _, err := Baselines(ctx, c); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestTheWinnerIsChosenByValidation(t *testing.T) {
	list := []datahall.Baseline{
		{Name: Majority, Validation: 0.3, Accuracy: 1},
		{Name: TFIDF, Validation: 0.9},
		{Name: FrozenHead, Validation: 0.9},
		{Name: FrozenTFIDF, Validation: 0.95},
	}
	for _, c := range []struct {
		validation float64
		rows       int
		names      []string
		want       string
	}{
		{0.96, 10_000, nil, ModelItself},
		{0.95, 10_000, nil, FrozenTFIDF},
		{0.92, 10_000, nil, FrozenTFIDF},
		{0.92, 10_000, []string{TFIDF, FrozenHead}, ModelItself},
		{0.92, 100, []string{TFIDF, FrozenHead}, TFIDF}, // two rows more say nothing
		{1.00, 7, []string{TFIDF}, TFIDF},
		{1.00, 7, []string{Majority}, ModelItself},
		{0.90, 10_000, []string{TFIDF, FrozenHead}, TFIDF},
		{0.10, 10_000, []string{Majority}, Majority},
	} {
		if got := Winner(c.validation, c.rows, list, c.names...); got != c.want {
			t.Errorf("model %g of %d rows among %q: got %s, want %s", c.validation, c.rows, c.names, got, c.want)
		}
	}
	if got := Winner(0, 0, nil); got != ModelItself {
		t.Errorf("without baselines: got %s", got)
	}
	if Best(nil) != nil {
		t.Error("the best of none")
	}
	if got := fmt.Sprint(Best(list, TFIDF, FrozenHead).Name); got != TFIDF {
		t.Errorf("the best of equals: got %s", got)
	}
}
