package linear

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"datahall"
	"datahall/numeric/kernel"
)

func TestTextsOfEveryTaskAreLearned(t *testing.T) {
	for _, task := range []string{Classify, Multilabel, Regress} {
		train, fresh := shop(task), shopRows(task, 100, 9)
		m, search, err := Train(t.Context(), train, Examples{}, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		scores := m.Predict(nil, fresh.Texts)
		got := Score(fresh.Target, scores, 0.5)
		t.Logf("%s: %.3f on new texts, %.3f held out, C %g", task, got, search.Score, search.C)
		if got < 0.95 || math.Abs(got-search.Score) > 0.05 {
			t.Errorf("%s: scores %.3f, by cross validation %.3f", task, got, search.Score)
		}
		if len(search.Rows) != len(train.Texts) || len(search.Outputs) != len(search.Rows) {
			t.Errorf("%s: %d of %d rows were held out", task, len(search.Rows), len(train.Texts))
		}
		for _, row := range scores {
			sum := 0.0
			for _, p := range row {
				sum += p
			}
			if task == Classify && math.Abs(sum-1) > 1e-9 {
				t.Fatalf("probabilities add up to %g", sum)
			}
		}
	}
}

func TestTwoLabelsAreOneColumn(t *testing.T) {
	e := shop(Classify)
	e.Target.Labels = []string{"other", "track"}
	for i, k := range e.Target.Class {
		e.Target.Class[i] = k / 2
	}
	m, _, err := Train(t.Context(), e, Examples{}, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Parameters(), int64(m.Features()+1); got != want {
		t.Errorf("got %d parameters, want %d", got, want)
	}
	if got := Score(e.Target, m.Predict(nil, e.Texts), 0.5); got < 0.99 {
		t.Errorf("scores %.3f", got)
	}
}

func TestValidationRowsChooseAndRefitUsesThem(t *testing.T) {
	train, validation := shopRows(Classify, 40, 1), shopRows(Classify, 60, 2)
	m, search, err := Train(t.Context(), train, validation, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !search.Validated || len(search.Rows) != 60 {
		t.Errorf("chosen by %d rows, validated %v", len(search.Rows), search.Validated)
	}
	if got := m.Outputs(nil, validation.Texts); !reflect.DeepEqual(got, search.Outputs) {
		t.Error("the model is not the one of the best trial")
	}
	again, _, err := Train(t.Context(), train, validation, Options{Seed: 1, Refit: true})
	if err != nil {
		t.Fatal(err)
	}
	if again.C() != m.C() || again.Features() <= m.Features() {
		t.Errorf("refitted: C %g after %g, %d features after %d", again.C(), m.C(), again.Features(), m.Features())
	}
}

func TestBitsDependOnTheSeedAndNotOnThreads(t *testing.T) {
	pool := kernel.NewPool(3)
	defer pool.Close()
	for _, task := range []string{Classify, Multilabel, Regress} {
		e := shop(task)
		train := func(pool *kernel.Pool, seed uint64) *Model {
			m, _, err := Train(t.Context(), e, Examples{}, Options{Seed: seed, Pool: pool})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		one, three := train(nil, 1), train(pool, 1)
		if !reflect.DeepEqual(one, three) {
			t.Errorf("%s: three threads gave other bits than one", task)
		}
		if reflect.DeepEqual(one.weight, train(nil, 2).weight) {
			t.Errorf("%s: another seed gave the same bits", task)
		}
	}
	x, y := cloud(Classify, 300, 5, 1)
	head := func(pool *kernel.Pool) *Head {
		h, _, err := FitHead(t.Context(), x, y, Vectors{}, Target{}, HeadOptions{Seed: 1, Pool: pool})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if !reflect.DeepEqual(head(nil), head(pool)) {
		t.Error("heads: three threads gave other bits than one")
	}
}

func TestWhatCannotBeLearnedIsSaid(t *testing.T) {
	one := func(labels ...string) (rows []datahall.Row) {
		for i, l := range labels {
			rows = append(rows, datahall.Row{Text: "text", Label: l, Line: i + 2})
		}
		return rows
	}
	for _, c := range []struct {
		rows   []datahall.Row
		labels []string
		task   string
		want   string
	}{
		{nil, []string{"a", "b"}, Classify, "training rows: none; give at least two"},
		{one("a", "a", "a"), []string{"a"}, Classify, `training rows: all have the label "a"; give rows of at least two labels`},
		{one("a", "c"), []string{"a", "b"}, Classify, `row 3: label "c" is none of the model's; correct it, or train with it`},
		{one("a", ""), []string{"a", "b"}, Classify, "row 3: 0 labels where one is needed; use the multilabel task, or give it one"},
		{one("a"), nil, Regress, "row 2: no number to learn; give one, or leave the row out"},
	} {
		y, err := TargetOf(c.task, c.labels, c.rows)
		if err == nil {
			_, _, err = Train(t.Context(), Examples{make([]string, len(c.rows)), y}, Examples{}, Options{})
		}
		if err == nil || err.Error() != c.want || datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// Two rows are the least: nothing can be held out.
func TestTwoRowsAreEnough(t *testing.T) {
	y := Target{Task: Classify, Labels: []string{"no", "yes"}, Class: []int{0, 1}}
	m, _, err := Train(t.Context(), Examples{[]string{"bad", "good"}, y}, Examples{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Predict(nil, []string{"good"})[0]; got[1] <= 0.5 {
		t.Errorf("good is good with %.3f", got[1])
	}
	h, _, err := FitHead(t.Context(), Vectors{1, []float32{-1, 1}}, y, Vectors{}, Target{}, HeadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Predict(nil, Vectors{1, []float32{1}})[0]; got[1] <= 0.5 {
		t.Errorf("1 is like 1 with %.3f", got[1])
	}
}

func TestBalancedRowsAreFairToTheRare(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	e := Examples{Target: Target{Task: Classify, Labels: []string{"common", "rare"}}}
	words := strings.Fields("a b c d e f g h")
	for i := range 400 {
		k := 0
		if i%20 == 0 {
			k = 1
		}
		text := words[random.IntN(4)+2*k] + " " + words[random.IntN(8)]
		e.Texts, e.Target.Class = append(e.Texts, text), append(e.Target.Class, k)
	}
	recall := func(e Examples) float64 {
		m, _, err := Train(t.Context(), e, Examples{}, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		right := 0.0
		for i, p := range m.Predict(nil, e.Texts) {
			if e.Target.Class[i] == 1 && p[1] > 0.5 {
				right++
			}
		}
		return right / 20
	}
	plain := recall(e)
	e.Target = e.Target.Balanced()
	sum := 0.0
	for _, w := range e.Target.Weight {
		sum += w
	}
	near(t, "sum of weights", sum, 400, 1e-9)
	if balanced := recall(e); balanced <= plain {
		t.Errorf("recall of the rare label: %.2f balanced, %.2f plain", balanced, plain)
	}
}

func TestTrainingCanBeCancelledAndTellsItsProgress(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	last := 0.0
	o := Options{Seed: 1, Progress: func(done, total float64) {
		if done <= last || done > total {
			t.Errorf("%g of %g after %g", done, total, last)
		}
		if last = done; done > 20 {
			cancel()
		}
	}}
	if _, _, err := Train(ctx, shop(Classify), Examples{}, o); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	x, y := cloud(Classify, 50, 4, 1)
	if _, _, err := FitHead(ctx, x, y, Vectors{}, Target{}, HeadOptions{}); err != context.Canceled {
		t.Errorf("a head: got %v, want %v", err, context.Canceled)
	}
}

func TestFoldsAreFair(t *testing.T) {
	y := Target{Task: Classify, Labels: []string{"a", "b", "c", "once"}}
	for i := range 401 {
		y.Class = append(y.Class, []int{0, 0, 0, 0, 1, 1, 2}[i%7])
		y.Group = append(y.Group, i/2)
	}
	y.Class[400] = 3
	seen := map[int]int{}
	list := folds(y, 1)
	for f, held := range list {
		counts := make([]int, 4)
		for _, i := range held {
			counts[y.Class[i]]++
			seen[i]++
		}
		if math.Abs(float64(len(held))-80) > 20 || counts[2] < 5 {
			t.Errorf("fold %d has %d rows, %v by label", f, len(held), counts)
		}
		if slices.Contains(held, 400) {
			t.Error("a label's only row was held out")
		}
		for _, i := range held {
			if other := i ^ 1; other < 400 && !slices.Contains(held, other) {
				t.Errorf("rows %d and %d of one group were parted", i, other)
			}
		}
		if rest := without(401, held); len(rest)+len(held) != 401 {
			t.Errorf("fold %d: %d rows held out, %d left", f, len(held), len(rest))
		}
	}
	if len(list) != 5 || len(seen) != 400 {
		t.Errorf("%d folds hold %d rows out, want 5 and 400", len(list), len(seen))
	}
	if !reflect.DeepEqual(list, folds(y, 1)) || reflect.DeepEqual(list, folds(y, 2)) {
		t.Error("folds must depend on the seed and on nothing else")
	}
}

func TestASampleKeepsEveryLabel(t *testing.T) {
	y := Target{Task: Classify, Labels: []string{"common", "rare"}}
	for i := range 10_000 {
		k := 0
		if i < 2 {
			k = 1
		}
		y.Class = append(y.Class, k)
	}
	rows := sample(y, 500, 1)
	counts := y.Pick(rows).counts()
	if counts[1] == 0 || math.Abs(float64(len(rows))-500) > 2 || !slices.IsSorted(rows) {
		t.Errorf("%d rows, %v by label", len(rows), counts)
	}
}

func TestClimbingStopsAtTheTop(t *testing.T) {
	grid := []float64{1, 2, 3, 4, 5, 6, 7}
	truth := Target{Task: Regress, Value: []float64{0, 1, 2, 3}}
	for _, top := range grid {
		var s Search
		s.climb(grid, truth, func(c float64) ([][]float64, bool) {
			off := math.Abs(c - top)
			return [][]float64{{off}, {1 + off}, {2 + off}, {3 + off}}, true
		})
		if s.C != top || s.Outputs[0][0] != 0 {
			t.Errorf("the best is %g, got %g", top, s.C)
		}
		if steps := int(math.Abs(top-4)) + 3; len(s.Trials) > steps {
			t.Errorf("%d trials to find %g, want at most %d", len(s.Trials), top, steps)
		}
	}
}
