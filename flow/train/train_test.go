package train

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"datahall"
	"datahall/flow/infer"
	"datahall/numeric/weights"
)

// answersOf asks the written folder, as an endpoint would.
func answersOf(t *testing.T, d *desk, rows []datahall.Row) (infer.Model, [][]float32) {
	t.Helper()
	m, err := infer.Open(d.folder(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var texts []infer.Text
	for _, r := range rows {
		text, _ := m.Read(r.Text, "")
		texts = append(texts, text)
	}
	scores, err := m.Scores(texts, false)
	if err != nil {
		t.Fatal(err)
	}
	return m, scores
}

func side(rows []datahall.Row, name string) (some []datahall.Row) {
	for _, r := range rows {
		if r.Split == name {
			some = append(some, r)
		}
	}
	return some
}

func reportOf(t *testing.T, d *desk) datahall.Evaluation {
	t.Helper()
	var r datahall.Evaluation
	if err := json.Unmarshal(d.files["report.json"], &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// What an endpoint answers is what the report measured.
func TestTheFolderServesWhatWasMeasured(t *testing.T) {
	rows := questions(150, 1)
	for _, c := range []struct{ name, base, tune, tuning, pooling string }{
		{"from scratch", "scratch:tiny", "", "full", "pooler"},
		{"sentence encoder", "sentences", "", "head+full", "mean"},
		{"its head alone", "sentences", "head", "head", "mean"},
		{"all of it from a new head", "sentences", "full", "full", "mean"},
		{"plain encoder", "plain", "", "head+full", "pooler"},
		{"plain encoder, head alone", "plain", "head", "head", "mean"},
		{"linear", "linear", "", "linear", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := small(c.base)
			spec.Tune, spec.Epochs = c.tune, 12
			if c.base == "sentences" || c.base == "plain" {
				spec.Epochs, spec.LearningRate = 3, 5e-4
			}
			d := &desk{}
			task := d.task(spec, rows, nil)
			if c.base == "sentences" || c.base == "plain" {
				task.Base = baseFolder(t, c.base == "plain")
			}
			trained := run(t, task)
			m, scores := answersOf(t, d, side(rows, "test"))
			r := reportOf(t, d)
			if trained.Model.Tuning != c.tuning || m.Info().Pooling != c.pooling {
				t.Errorf("tuning %q, pooling %q\n%s", trained.Model.Tuning, m.Info().Pooling, &d.log)
			}
			right := 0
			for i, row := range side(rows, "test") {
				p := datahall.NewPrediction(row.Text, m.Info().Task, m.Info().Labels, scores[i])
				if p.Label == row.Label {
					right++
				}
			}
			if got := float64(right) / float64(len(scores)); got != r.Accuracy || r.Accuracy != trained.Model.Accuracy {
				t.Errorf("the folder is right on %v, the report says %v, the result %v", got, r.Accuracy, trained.Model.Accuracy)
			}
			if r.Accuracy < 0.8 {
				t.Errorf("accuracy %v of a language this plain\n%s", r.Accuracy, &d.log)
			}
			if !slices.Equal(m.Info().Labels, []string{"delivery", "refund", "size"}) {
				t.Errorf("labels %v", m.Info().Labels)
			}
			if full := c.tuning == "full" || c.tuning == "head+full"; full != (trained.Steps > 0 && trained.Tokens > 0 && trained.Seconds > 0) {
				t.Errorf("%d steps, %d tokens, %v seconds", trained.Steps, trained.Tokens, trained.Seconds)
			}
		})
	}
}

// transformers' own classes load a folder whose head is their own, and must
// not find all they look for where it is not.
func TestOnlyTheUsualHeadClaimsToBeOne(t *testing.T) {
	rows := questions(60, 1)
	for base, whole := range map[string]bool{"scratch:tiny": true, "sentences": false} {
		d := &desk{}
		task := d.task(small(base), rows, nil)
		if !whole {
			task.Base = baseFolder(t, false)
		}
		run(t, task)
		c, err := weights.ReadConfig(d.folder())
		if err != nil {
			t.Fatal(err)
		}
		set, err := weights.OpenFolder(d.folder())
		if err != nil {
			t.Fatal(err)
		}
		_, pooler := set.Shape("bert.pooler.dense.weight")
		claims := slices.Contains(c.Architectures, "BertForSequenceClassification")
		if pooler != whole || claims != whole || (c.Datahall == nil) != whole || (c.Pooling == "") != whole {
			t.Errorf("%s: pooler %v, architectures %v, own head %+v, pooling %q", base, pooler, c.Architectures, c.Datahall, c.Pooling)
		}
		if snippet := "add_pooling_layer=False"; strings.Contains(string(d.files["README.md"]), snippet) == whole {
			t.Errorf("%s: the README tells the wrong way to load it", base)
		}
	}
}

func TestNoChoiceIsMadeByTheTestRows(t *testing.T) {
	rows := questions(90, 1)
	train := func(rows []datahall.Row) []byte {
		d := &desk{}
		run(t, d.task(small("scratch:tiny"), rows, nil))
		return d.files["model.safetensors"]
	}
	first := train(rows)
	for i, r := range rows {
		if r.Split == "test" {
			rows[i].Text, rows[i].Label = "something else "+r.Text, "refund"
		}
	}
	if !slices.Equal(first, train(rows)) {
		t.Error("other test rows gave another model")
	}
}

func TestTheSimpleModelIsRegisteredWhereItWins(t *testing.T) {
	rows := questions(150, 1)
	spec := small("scratch:tiny")
	spec.Epochs, spec.LearningRate = 1, 1e-6 // nothing is learnt
	for _, allowed := range []bool{true, false} {
		spec.AllowSimple = allowed
		d := &desk{}
		trained := run(t, d.task(spec, rows, nil))
		r := reportOf(t, d)
		if r.Winner != "tfidf+svm" || r.Baseline == nil || r.Baseline.Name != "tfidf+svm" {
			t.Errorf("allowed %v: winner %q, baseline %+v", allowed, r.Winner, r.Baseline)
		}
		if want := map[bool]string{true: "linear", false: "bert"}[allowed]; trained.Model.Family != want {
			t.Errorf("allowed %v: family %q", allowed, trained.Model.Family)
		}
		if _, ok := d.files["linear.json"]; ok != allowed {
			t.Errorf("allowed %v: files %v", allowed, d.files)
		}
		lost := slices.ContainsFunc(r.Baselines, func(b datahall.Baseline) bool { return b.Name == "scratch:tiny" })
		if lost != allowed {
			t.Errorf("allowed %v: baselines %+v", allowed, r.Baselines)
		}
		if b := r.Baselines[1]; allowed && (b.Name != "tfidf+svm" || b.Accuracy != r.Accuracy || b.MacroF1 != r.MacroF1) {
			t.Errorf("the registered model has accuracy %v, its line among the baselines %+v", r.Accuracy, b)
		}
		if !strings.Contains(d.log.String(), "is better on the validation rows") && !strings.Contains(d.log.String(), "linear model is better") {
			t.Errorf("the log does not say who won:\n%s", &d.log)
		}
	}
}

func TestSeveralLabelsARow(t *testing.T) {
	rows := questions(150, 1)
	for i := range rows {
		rows[i].Labels, rows[i].Label = []string{rows[i].Label}, ""
		if strings.Contains(rows[i].Text, "help") {
			rows[i].Labels = append(rows[i].Labels, "help")
		}
	}
	spec := small("scratch:tiny")
	spec.Task, spec.Epochs, spec.LearningRate = "multilabel", 16, 2e-3
	d := &desk{}
	trained := run(t, d.task(spec, rows, nil))
	if len(trained.Model.Labels) != 4 || trained.Model.MacroF1 < 0.8 {
		t.Errorf("labels %v, macro F1 %v\n%s", trained.Model.Labels, trained.Model.MacroF1, &d.log)
	}
	_, scores := answersOf(t, d, rows[:20])
	for i, row := range scores {
		for _, s := range row {
			if s < 0 || s > 1 {
				t.Errorf("row %d has scores %v", i, row)
			}
		}
	}
}

func TestNumbersComeBackInTheirOwnUnits(t *testing.T) {
	rows := questions(150, 1)
	for _, c := range []struct {
		base, tune  string
		rate, least float64
	}{{"scratch:tiny", "", 2e-3, 0.8}, {"sentences", "head", 0, 0.4}, {"sentences", "", 1e-4, 0.4}} {
		spec := small(c.base)
		spec.Task, spec.Tune, spec.Epochs, spec.LearningRate = "regress", c.tune, 10, c.rate
		d := &desk{}
		task := d.task(spec, rows, nil)
		if c.base == "sentences" {
			task.Base = baseFolder(t, false)
		}
		run(t, task)
		_, scores := answersOf(t, d, side(rows, "test"))
		r, square := reportOf(t, d), 0.0
		for i, row := range side(rows, "test") {
			square += (float64(scores[i][0]) - *row.Value) * (float64(scores[i][0]) - *row.Value) / float64(len(scores))
		}
		if math.Abs(square-*r.MSE) > 1e-3**r.MSE || *r.Pearson < c.least {
			t.Errorf("%v: the folder's error is %v, the report's %v; correlation %v\n%s", c, square, *r.MSE, *r.Pearson, &d.log)
		}
	}
}

// A step cut into micro-batches is the same step: sums in another order, and
// nothing else.
func TestMicroBatchesMakeTheSameStep(t *testing.T) {
	rows := questions(75, 1)
	for i := range rows { // one label is rare, so that class weights differ
		if rows[i].Label == "size" && i%2 == 0 {
			rows[i].Label = "refund"
		}
	}
	for _, classes := range []string{"none", "balanced"} {
		var all [][]float32
		for _, parts := range []int{1, 3} {
			spec := small("scratch:tiny")
			spec.Dropout, spec.Accumulate, spec.ClassWeights, spec.Optimizer = -1, parts, classes, "sgd"
			d := &desk{}
			run(t, d.task(spec, rows, nil))
			set, err := weights.OpenFolder(d.folder())
			if err != nil {
				t.Fatal(err)
			}
			shape, _ := set.Shape("bert.pooler.dense.weight")
			w := make([]float32, shape[0]*shape[1])
			if err := set.Float32("bert.pooler.dense.weight", w); err != nil {
				t.Fatal(err)
			}
			all = append(all, w)
		}
		for i := range all[0] {
			if d := math.Abs(float64(all[0][i] - all[1][i])); d > 1e-4 {
				t.Fatalf("class weights %s: weight %d differs by %v", classes, i, d)
			}
		}
	}
}

func TestEveryOptimizerAndScheduleLearns(t *testing.T) {
	rows := questions(90, 1)
	for _, o := range []string{"adamw", "adam", "sgd", "adagrad"} {
		for _, s := range []string{"linear", "cosine", "constant"} {
			if o != "adamw" && s != "cosine" {
				continue
			}
			spec := small("scratch:tiny")
			spec.Optimizer, spec.Schedule, spec.Epochs, spec.Patience, spec.LabelSmoothing = o, s, 12, 12, 0.05
			d := &desk{}
			run(t, d.task(spec, rows, nil))
			var losses []float64
			for _, p := range d.points {
				if p.Name == "train_loss" {
					losses = append(losses, p.Value)
				}
			}
			first, last := mean(losses[:7]), mean(losses[len(losses)-7:]) // of the first and the last epoch
			if !(last < 0.98*first) {
				t.Errorf("%s, %s: the loss went from %v to %v", o, s, first, last)
			}
		}
	}
}

func mean(v []float64) (m float64) {
	for _, x := range v {
		m += x / float64(len(v))
	}
	return m
}

func TestPatienceEndsATraining(t *testing.T) {
	spec := small("scratch:tiny")
	spec.Epochs, spec.Patience, spec.LearningRate = 50, 2, 3e-3
	d := &desk{}
	run(t, d.task(spec, questions(90, 1), nil))
	epochs, best := 0, 0
	for line := range strings.Lines(d.log.String()) {
		if strings.HasPrefix(line, "epoch") {
			epochs++
			if strings.Contains(line, "best so far") {
				best = epochs
			}
		}
	}
	if epochs == 50 || epochs != best+2 {
		t.Errorf("%d epochs, the best was %d\n%s", epochs, best, &d.log)
	}
}

func TestCancellingStopsBetweenSteps(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	d := &desk{}
	task := d.task(small("scratch:tiny"), questions(90, 1), nil)
	task.Advance = func(done float64) {
		if len(d.points) > 0 {
			cancel()
		}
	}
	if _, err := Run(ctx, task); err == nil || len(d.files) > 0 {
		t.Errorf("error %v, files %v", err, d.files)
	}
}

// Where tuning all weights does harm, what is kept is the head alone, to the bit.
func TestTheHeadIsKeptWhereMoreTuningDoesHarm(t *testing.T) {
	rows := questions(150, 1)
	var files [][]byte
	for _, tune := range []string{"auto", "head"} {
		spec := small("sentences")
		spec.Tune, spec.LearningRate, spec.Optimizer = tune, 3, "sgd"
		d := &desk{}
		trained := run(t, d.task(spec, rows, baseFolder(t, false)))
		if trained.Model.Tuning != "head" {
			t.Fatalf("tuning %q\n%s", trained.Model.Tuning, &d.log)
		}
		files = append(files, d.files["model.safetensors"])
	}
	if !slices.Equal(files[0], files[1]) {
		t.Error("not the head that --tune head gives")
	}
}
