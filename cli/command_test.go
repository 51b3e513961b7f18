package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"datahall"
)

// What scripts rely on: one line, these members.
func TestJSONOfCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tickets.csv")
	if err := os.WriteFile(file, []byte("text,label\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, members := range map[string]string{
		"dataset import " + file:             "id name project version state report existed",
		"dataset split shop":                 "id name version state report",
		"train --data shop":                  "job run model version steps seconds tokens_per_second joules energy_source cost accuracy",
		"train --data " + file:               "job run model",
		"eval --model shop --data shop":      "model dataset rows accuracy macro_f1 baseline baselines per_class",
		"serve shop --name s":                "endpoint url key",
		"key create --name k":                "id key",
		"train --data shop --detach":         "job",
		"serve shop --name s --detach":       "endpoint url key job",
		"job wait job-train":                 "id kind name project state attempts reason",
		"job why job-train":                  "id state reason",
		"endpoint show s":                    "id name state",
		"login":                              "url",
		"tariff show":                        "price_per_kwh currency",
		"quickstart":                         "dataset model family accuracy baseline endpoint url key page answers usage",
		"quickstart --data " + file:          "dataset model answers",
		"dataset export shop " + file + ".x": "dataset file bytes",
	} {
		t.Run(line, func(t *testing.T) {
			h := newStandIn(t)
			if strings.HasPrefix(line, "endpoint") {
				h.endpoint = &datahall.Endpoint{ID: "endpoint-1", Name: "s", State: "ready"}
			}
			status, out, errs := h.asks("", append(strings.Fields(line), "--json")...)
			if status != 0 || errs != "" || strings.Count(out, "\n") != 1 {
				t.Fatalf("status %d, %q, %q", status, out, errs)
			}
			var v map[string]any
			if err := json.Unmarshal([]byte(out), &v); err != nil {
				t.Fatal(err)
			}
			for _, m := range strings.Fields(members) {
				if _, ok := v[m]; !ok {
					t.Errorf("no member %q in %s", m, out)
				}
			}
		})
	}
}

func TestPredictIsALineForEachText(t *testing.T) {
	h := newStandIn(t)
	file := filepath.Join(t.TempDir(), "new.csv")
	if err := os.WriteFile(file, []byte("text\na\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ input, line, want string }{
		{"", "predict --model shop 一 two --json", `{"text":"一","label":"发票","score":0.75,"scores":{"refund":0.25,"发票":0.75}}` + "\n" + `{"text":"two","label":"refund","score":0.5,"scores":{"refund":0.5,"发票":0.5}}` + "\n"},
		{"", "predict --endpoint s a --json", `{"text":"a","label":"refund","score":0.97,"scores":{"refund":0.97,"发票":0.03}}` + "\n"},
		{"\ufeffone\r\n\n two \n", "predict --endpoint s -", "refund                     0.970  one\nrefund                     0.970  two\n"},
		{"", "predict --endpoint s --file " + file, "refund                     0.970  a\nrefund                     0.970  b\n"},
		{"", "predict --model shop --file " + file, "发票                       0.750  一\nrefund                     0.500  two\n"},
		{"", "predict --model shop one two", "发票                       0.750  一\nrefund                     0.500  two\n"},
	} {
		if status, out, errs := h.asks(c.input, strings.Fields(c.line)...); status != 0 || out != c.want {
			t.Errorf("%s: status %d %s, got\n%s\nwant\n%s", c.line, status, errs, out, c.want)
		}
	}
	if !slices.Contains(h.deleted, "dataset-1") {
		t.Error("the file's texts are left behind as a dataset")
	}
}

// A file without a split gets one before it is trained on.
func TestTrainOnAFileImportsAndSplits(t *testing.T) {
	h := newStandIn(t)
	d := h.results["import"].(datahall.Dataset)
	d.Report.Splits = nil
	h.results["import"] = d
	file := filepath.Join(t.TempDir(), "工单.csv")
	if err := os.WriteFile(file, []byte("text,label\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errs := h.asks("", "train", "--data", file, "--text-column", "2", "--header", "no", "--epochs", "3", "--detach")
	if status != 0 || out != "job-train\n" {
		t.Fatalf("%d %q %q", status, out, errs)
	}
	var kinds []string
	for _, s := range h.submitted {
		kinds = append(kinds, s.Kind)
	}
	if !slices.Equal(kinds, []string{"import", "split", "train"}) {
		t.Errorf("submitted %v", kinds)
	}
	for i, want := range []string{`"name":"工单","source":"工单.csv","blob":{"digest":"d1","bytes":10},"text_column":"2","header":false`, `"dataset":"dataset-1","test":0.2,"validation":0.1,"seed":1`, `"epochs":3`} {
		if got := string(h.submitted[i].Spec); !strings.Contains(got, want) {
			t.Errorf("%s was asked with %s, want %s in it", kinds[i], got, want)
		}
	}
}

func TestAFailedJobIsOneLineAndStatusOne(t *testing.T) {
	h := newStandIn(t)
	h.state, h.reason = datahall.Failed, datahall.Say("%s: is empty; bring a file with a row for each example", "x.csv")
	for lang, want := range map[string]string{"en": "datahall: x.csv: is empty; bring a file with a row for each example\n", "zh-CN": "datahall: x.csv：是空的；请提供每行一个样本的文件\n"} {
		status, out, errs := h.asks("", "dataset", "import", "builtin:shop", "--json", "--lang", lang)
		if status != 1 || out != "" || errs != want {
			t.Errorf("%s: %d %q %q", lang, status, out, errs)
		}
	}
	if !h.tongues["zh-CN"] || !h.tongues["en"] {
		t.Errorf("the hall was spoken to in %v", h.tongues)
	}
}

func TestARefusalOfWhatWasAskedIsWrongUse(t *testing.T) {
	h := newStandIn(t)
	delete(h.results, "train")
	if status, _, errs := h.asks("", "train", "--data", "shop"); status != 2 || !strings.HasPrefix(errs, "datahall: job kind \"train\": unknown") {
		t.Errorf("%d %q", status, errs)
	}
	if status, _, errs := h.asks("", "endpoint", "show", "nix"); status != 1 || !strings.HasPrefix(errs, "datahall: endpoint nix: there is none") {
		t.Errorf("%d %q", status, errs)
	}
}

// Whoever stops a command that follows a job is told how to find it again.
func TestAnEndedCommandLeavesItsJob(t *testing.T) {
	h := newStandIn(t)
	h.hold = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	go func() {
		for len(h.seen()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	status := Run(ctx, []string{"train", "--data", "shop"}, Env{In: strings.NewReader(""), Out: &out, Err: &errs, Home: t.TempDir(),
		Getenv: func(name string) string {
			return map[string]string{"DATAHALL_URL": h.url, "DATAHALL_API_KEY": "dh_test"}[name]
		}})
	if status != 1 || !strings.Contains(errs.String(), "job-train: left running; datahall job wait job-train follows it") || h.cancelled {
		t.Errorf("%d %q, cancelled %v", status, errs.String(), h.cancelled)
	}
}

func (h *standIn) seen() []datahall.Submission {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.submitted
}

// On a terminal Ctrl-C asks; c cancels, and the command waits for the end.
func TestInterruptionAsks(t *testing.T) {
	for _, c := range []struct {
		answer    string
		cancelled bool
		said      string
	}{
		{"c\n", true, "job-train: was cancelled"},
		{"l\n", false, "job-train: left running"},
		{"", false, "job-train: left running"},
	} {
		h := newStandIn(t)
		h.hold = make(chan struct{})
		var errs bytes.Buffer
		s := &session{lang: "en", env: Env{In: strings.NewReader(c.answer), Out: &bytes.Buffer{}, Err: &errs, Terminal: true, Home: t.TempDir(),
			Getenv: func(name string) string {
				return map[string]string{"DATAHALL_URL": h.url, "DATAHALL_API_KEY": "dh_test"}[name]
			}}}
		go func() {
			for len(h.seen()) == 0 || !s.listening() {
				time.Sleep(time.Millisecond)
			}
			s.interrupt(func() { t.Error("nobody listened") })
		}()
		_, err := s.run(t.Context(), "train", "m", datahall.TrainSpec{}, nil)
		if err == nil || !strings.Contains(err.Error(), c.said) || h.cancelled != c.cancelled {
			t.Errorf("%q: %v, cancelled %v", c.answer, err, h.cancelled)
		}
	}
}

func (s *session) listening() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listener != nil
}

// A wrong key, or none, is the hall's to refuse.
func TestWithoutAKey(t *testing.T) {
	h := newStandIn(t)
	var out, errs bytes.Buffer
	status := Run(t.Context(), []string{"job", "ls", "--url", h.url, "--lang", "zh"}, Env{Out: &out, Err: &errs, Home: t.TempDir(), Getenv: func(string) string { return "" }})
	if status != 1 || !strings.HasPrefix(errs.String(), "datahall: ") || strings.Contains(errs.String(), "request") {
		t.Errorf("%d %q", status, errs.String())
	}
}
