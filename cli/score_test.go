package cli

import (
	"strings"
	"testing"

	"datahall"
	"datahall/phrase"
)

func evaluation() datahall.Evaluation {
	return datahall.Evaluation{
		Model: "tickets@2", Dataset: "tickets@3", Split: "test", Task: "classify", Rows: 600,
		Accuracy: 0.9113, AccuracyLow: 0.887, AccuracyHigh: 0.933, MacroF1: 0.904, MacroF1Low: 0.88, MacroF1High: 0.927, ECE: 0.034,
		Baselines: []datahall.Baseline{{Name: "majority", Accuracy: 0.08, MacroF1: 0.01}, {Name: "tfidf+svm", Accuracy: 0.862, MacroF1: 0.85}, {Name: "new one", Accuracy: 0.5, MacroF1: 0.4}},
		PerClass:  []datahall.ClassScores{{Label: "退款", Precision: 0.9, Recall: 0.95, F1: 0.924, Support: 40}, {Label: "stock", Precision: 1, Recall: 0.5, F1: 0.667, Support: 12}},
		Pairs:     []datahall.Confusion{{Truth: "stock", Predicted: "退款", N: 6}},
	}
}

func TestScoresStandBesideTheirBaselines(t *testing.T) {
	for _, lang := range []phrase.Language{phrase.English, phrase.Chinese} {
		s, out := speaking(lang)
		e := evaluation()
		s.showScores(e)
		s.showClasses(e)
		s.showPairs(e)
		golden(t, "scores."+string(lang)+".txt", out.String())
	}
}

func TestReportOfAnImport(t *testing.T) {
	d := imported{Dataset: datahall.Dataset{Name: "tickets", Version: 1, Source: "工单.xlsx", Report: datahall.DatasetReport{
		Format: "xlsx", Encoding: "utf-8", Sheet: "Sheet1", Rows: 297, Rejected: 3,
		TextColumn:  datahall.ColumnUse{Name: "内容", Reason: datahall.Say("recognised by its name")},
		LabelColumn: datahall.ColumnUse{Name: "分类", Index: 1, Reason: datahall.Say("named by you")},
		Labels:      []datahall.Count{{Name: "退款", N: 120}, {Name: "物流", N: 90}, {Name: "发票", N: 87}},
		Languages:   []datahall.Count{{Name: "zh", N: 290}, {Name: "en", N: 7}},
		Lengths:     datahall.Lengths{Min: 2, Max: 240, P50: 18, P95: 61},
		Splits:      []datahall.Count{{Name: "train", N: 200}, {Name: "test", N: 97}},
		Problems:    []datahall.Problem{{Code: "conflict", N: 9, Lines: []int{3, 9, 12, 15, 20, 33}, Message: datahall.Say("texts of one character: %s", 9)}},
		Leaks:       &datahall.Leaks{Exact: 2, Near: 1, Rows: 97},
	}}}
	for _, lang := range []phrase.Language{phrase.English, phrase.Chinese} {
		s, out := speaking(lang)
		s.showImport(d, datahall.Usage{})
		golden(t, "import."+string(lang)+".txt", out.String())
	}
}

func TestFewNearRepeatsAreNoAlarm(t *testing.T) {
	for _, c := range []struct {
		leaks datahall.Leaks
		want  string
	}{
		{datahall.Leaks{Rows: 2000, Near: 1}, "of 2,000 rows for testing, 1 nearly repeat one for training"},
		{datahall.Leaks{Rows: 100, Near: 5}, "of 100 rows for testing, 0 stand among those for training too and 5 nearly so: scores will look too good"},
		{datahall.Leaks{Rows: 2000, Exact: 1}, "of 2,000 rows for testing, 1 stand among"},
	} {
		if got := leaking(&c.leaks).String(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%+v: %q", c.leaks, got)
		}
	}
}

func TestALinearModelThatWinsNamesWhomItBeat(t *testing.T) {
	s, _ := speaking(phrase.English)
	q := &quick{s: s, trained: datahall.TrainResult{Model: "m", Version: 4, Family: "linear"},
		measured: datahall.Evaluation{Rows: 687, Accuracy: 0.729, Baselines: []datahall.Baseline{{Name: "scratch:tiny", Accuracy: 0.208}}}}
	want := "the linear model on words wins over the one trained from nothing (scratch:tiny) (20.8 %), so it is what is registered (as m@4) and served: right on 72.9 % of 687 test rows it has not seen."
	if got := s.t(q.verdict()); got != want {
		t.Errorf("got %s", got)
	}
}

// The story never says that a model won which did not.
func TestVerdict(t *testing.T) {
	s, _ := speaking(phrase.English)
	for _, c := range []struct {
		family   string
		accuracy float64
		want     string
	}{
		{"linear", 0.9, "the linear model on words wins"},
		{"bert", 0.95, "the trained model (BERT, trained whole) is right on 95.0 % of 600 test rows it has not seen, the best simple one on 92.0 %"},
		{"bert", 0.90, "the trained model (BERT, trained whole) is registered as m@4, but does not win"},
	} {
		q := &quick{s: s, trained: datahall.TrainResult{Model: "m", Version: 4, Family: c.family, Tuning: "full"},
			measured: datahall.Evaluation{Rows: 600, Accuracy: c.accuracy, Baseline: &datahall.Baseline{Accuracy: 0.92}}}
		if got := s.t(q.verdict()); !strings.HasPrefix(got, c.want) || !strings.Contains(got, "m@4") {
			t.Errorf("%s %v: %q", c.family, c.accuracy, got)
		}
	}
}

func TestChooseTakesTestRowsOfDifferentLabels(t *testing.T) {
	rows := []datahall.Row{{Text: "1", Label: "a", Split: "train"}, {Text: "2", Label: "a", Split: "test"}, {Text: "3", Label: "a", Split: "test"},
		{Text: "4", Label: "b", Split: "test"}, {Text: "5", Label: "c"}, {Label: "d", Split: "test"}}
	for n, want := range map[int]string{2: "24", 3: "243", 5: "24315", 9: "24315"} {
		got := ""
		for _, r := range choose(rows, n) {
			got += r.Text
		}
		if got != want {
			t.Errorf("chose %s of %d, want %s", got, n, want)
		}
	}
}

func TestCurlIsOneLineForAShell(t *testing.T) {
	got := curl(served{Endpoint: "工单", URL: "http://127.0.0.1:7077/endpoints/工单", Key: "dh_x"}, `it's "late" <now>`)
	want := `curl -s http://127.0.0.1:7077/endpoints/%E5%B7%A5%E5%8D%95/predict -H 'Authorization: Bearer dh_x' -H 'Content-Type: application/json' -d '{"inputs": "it'\''s \"late\" <now>"}'`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestProgram(t *testing.T) {
	for path, want := range map[string]string{"/usr/bin/datahall": "datahall", "/tmp/go-build123/b001/exe/datahall": "go run ./cmd/datahall", "/root/.cache/go-build/1a/x-d/datahall": "go run ./cmd/datahall"} {
		if got := program(path); got != want {
			t.Errorf("program(%q) = %q", path, got)
		}
	}
}

// None of the questions of the quickstart stands in the sample that it trains on.
func TestQuestionsAreNew(t *testing.T) {
	for _, half := range []string{"en.tsv", "zh.tsv"} {
		sample := read(t, "../models/shop/"+half)
		for _, q := range questions {
			if strings.Contains(sample, q) {
				t.Errorf("%q stands in %s", q, half)
			}
		}
	}
}

func TestUsageDoesNotAddDifferentMoney(t *testing.T) {
	s, out := speaking(phrase.English)
	use := func(cost float64, currency string) datahall.UsageLine {
		return datahall.UsageLine{ID: "job-1", Kind: "train", Name: "m", Usage: datahall.Usage{WallSeconds: 1, CPUSeconds: 2, Joules: 50, EnergySource: "rapl", EnergyError: 0.05, Cost: cost, Currency: currency, GramsCO2: 0.1}}
	}
	s.showUsage([]datahall.UsageLine{use(1, "CNY"), use(2, "USD"), use(3, "CNY"), use(0, "")})
	for _, want := range []string{"150 J (measured by RAPL ±5 %) · 4.0 CNY", "50.0 J (measured by RAPL ±5 %) · 2.0 USD"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
