package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"datahall"
	"datahall/flow/data"
	"datahall/models/shop"
	"datahall/store"
	"datahall/trust/access"
	"datahall/trust/seal"
	"datahall/web/console"
	"datahall/web/door"
)

// script is what a page must show as text wherever it may stand.
const script = `<script>document.title='hacked'</script>`

// hall is a store with what a hall has after some work, and the pages over it.
type hall struct {
	*store.Store
	t      testing.TB
	ctx    context.Context
	url    string
	keys   map[datahall.Role]string
	tokens map[string]string // one-time links
	chance *rand.Rand

	data     datahall.Dataset
	model    datahall.Model
	large    datahall.Model // 77 labels
	linear   datahall.Model
	hostile  datahall.Model
	trained  datahall.Job
	running  datahall.Job
	waiting  datahall.Job
	measured datahall.Job
	failed   datahall.Job
	runs     []datahall.Run
	endpoint datahall.Endpoint
	attempt  datahall.Attempt // of running
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// newHall opens an empty hall.
func newHall(t testing.TB) *hall {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), seal.NewMasterKey(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := &hall{Store: s, t: t, ctx: t.Context(), keys: map[datahall.Role]string{}, tokens: map[string]string{}, chance: rand.New(rand.NewPCG(7, 7))}
	for _, role := range []datahall.Role{datahall.Admin, datahall.Developer, datahall.Viewer, datahall.Caller} {
		k := datahall.Key{Name: string(role), Role: role, Project: datahall.DefaultProject}
		if role == datahall.Caller {
			k.Endpoint = "shop"
		}
		_, h.keys[role], err = s.CreateKey(h.ctx, k)
		h.must(err)
	}
	server := httptest.NewServer(door.Guard(h.identify, nil, h.mux()))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *hall) identify(ctx context.Context, secret string) (datahall.Principal, error) {
	k, err := h.KeyBySecret(ctx, secret)
	return datahall.Principal{Key: k.ID, Name: k.Name, Role: k.Role, Project: k.Project, Endpoint: k.Endpoint}, err
}

func (h *hall) console() *console.Console {
	return &console.Console{
		Stores: console.Stores{Jobs: h, Events: h, Files: h, Datasets: h, Models: h, Endpoints: h, Runs: h, Points: h, Ledger: h, Blobs: h.Blobs()},
		Hall: func() datahall.Hall {
			return datahall.Hall{Version: "1.0.0", URL: h.url, Home: "/home/li/.datahall", Started: time.Now().Add(-3 * time.Hour),
				CPU: "AMD EPYC 7713", Cores: 2, Kernel: "avx2", Meter: datahall.Meter{PricePerKWh: 0.6, Currency: "CNY", MachinePrice: 6000, LifetimeYears: 5, PUE: 1.1, GramsCO2PerKWh: 556}}
		},
		Why: func(_ context.Context, j datahall.Job) (datahall.Message, error) {
			if j.State == datahall.Queued {
				return datahall.Say("waits behind job %s", h.running.ID), nil
			}
			return j.Reason, nil
		},
		May: func(ctx context.Context, action, endpoint string) error {
			r := access.Resource{Project: door.Project(ctx), Endpoint: endpoint, ID: endpoint}
			if endpoint != "" {
				r.Kind = "endpoint"
			}
			return access.Can(door.Who(ctx), access.Action(action), r).Err()
		},
		Cancel: func(ctx context.Context, project, id string) (datahall.Job, error) {
			if _, err := h.Job(ctx, project, id); err != nil {
				return datahall.Job{}, err
			}
			return h.Transition(ctx, id, nil, func(j *datahall.Job) error { j.Cancel = true; return nil }, datahall.Event{})
		},
		Redeem: func(_ context.Context, token string) (string, error) {
			secret, ok := h.tokens[token]
			delete(h.tokens, token)
			if !ok {
				return "", datahall.Errorf(datahall.Unauthorized, "login: this link was used or is too old; make another with datahall login")
			}
			return secret, nil
		},
		Enter: func(ctx context.Context, key string) (string, error) {
			_, err := h.KeyBySecret(ctx, key)
			return key, err
		},
		Leave: func(ctx context.Context, secret string) error {
			k, err := h.KeyBySecret(ctx, secret)
			if err == nil {
				err = h.DeleteKey(ctx, k.Project, k.ID)
			}
			return err
		},
		Ask: func(_ context.Context, _ datahall.Endpoint, texts []string) ([]datahall.Prediction, datahall.Answer, error) {
			p := datahall.Prediction{Text: texts[0], Label: "invoice", Score: 0.8, Scores: map[string]float64{"invoice": 0.8, "stock": 0.15, script: 0.05}}
			return []datahall.Prediction{p}, datahall.Answer{Usage: datahall.Usage{Joules: 0.031, Cost: 0.0000072, Currency: "CNY", GramsCO2: 0.0000048}}, nil
		},
	}
}

// mux serves the pages, and what they ask of the other doors.
func (h *hall) mux() *http.ServeMux {
	mux := http.NewServeMux()
	h.console().Register(mux)
	mux.HandleFunc("POST /endpoints/{name}/predict", func(w http.ResponseWriter, r *http.Request) {
		var q struct{ Inputs string }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Inputs == "fail" {
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, `{"error":"endpoint shop: its replica is not ready","error_type":"unhealthy"}`)
			return
		}
		for name, v := range map[string]string{"Joules": "0.0312", "Cost": "7.2e-06", "Currency": "CNY", "Grams-CO2": "4.8e-06"} {
			w.Header().Set("Datahall-"+name, v)
		}
		fmt.Fprintf(w, `[{"score":0.912,"label":"invoice"},{"score":0.06,"label":"stock"},{"score":0.028,"label":%q}]`, script)
	})
	mux.HandleFunc("GET /api/v1/jobs/{id}/stream", h.stream)
	return mux
}

// stream sends a job's events as the hall's own route does.
func (h *hall) stream(w http.ResponseWriter, r *http.Request) {
	after := int64(0)
	fmt.Sscan(r.URL.Query().Get("after"), &after)
	w.Header().Set("Content-Type", "text/event-stream")
	for r.Context().Err() == nil {
		events, err := h.Events(r.Context(), r.PathValue("id"), after, nil, 100)
		if err != nil {
			return
		}
		for _, e := range events {
			b, _ := json.Marshal(e)
			fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Kind, b)
			after = e.Seq
		}
		w.(http.Flusher).Flush()
		time.Sleep(20 * time.Millisecond)
	}
}

// put seals a file.
func (h *hall) put(write func(io.Writer) error) datahall.Blob {
	h.t.Helper()
	var b bytes.Buffer
	h.must(write(&b))
	blob, err := h.Blobs().Put(h.ctx, datahall.DefaultProject, &b)
	h.must(err)
	return blob
}

func (h *hall) putJSON(v any) datahall.Blob {
	return h.put(func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

// furnished is a hall in which things were imported, trained and served, some
// of them by somebody who means no good.
func furnished(t testing.TB) *hall {
	h := newHall(t)
	h.importData()
	h.train()
	h.work()
	h.serve()
	return h
}

func (h *hall) importData() {
	rows := shop.Rows()
	job := h.job("import", "shop", datahall.ImportSpec{Name: "shop", Source: "builtin:shop"}, datahall.Done, datahall.Usage{WallSeconds: 0.4, CPUSeconds: 0.31, Joules: 6.2, EnergySource: "modelled", EnergyError: 0.3, Cost: 0.000013, Currency: "CNY", GramsCO2: 0.00096})
	d := datahall.Dataset{Name: "shop", Job: job.ID, Digest: "9b1c55f0c0de9b1c55f0c0de9b1c55f0c0de9b1c55f0c0de9b1c55f0c0de0001", Source: "builtin:shop", Task: "classify", State: "ready"}
	d.Report = survey(rows)
	d.Report.Problems = []datahall.Problem{{Code: "duplicate", Message: datahall.Say("%s rows repeat one before", 3), Lines: []int{17, 230, 1022}, N: 3},
		{Code: "hostile", Message: datahall.Say("label %q looks like a page", script), N: 1}}
	d.Report.Leaks = &datahall.Leaks{Exact: 0, Near: 4, Rows: 640}
	d.Report.Rejected = 2
	d.Files = map[string]datahall.Blob{
		"rows.jsonl":   h.put(func(w io.Writer) error { return data.WriteRows(w, slices.Values(rows)) }),
		"samples.json": h.putJSON(append([]datahall.Row{{Text: "where is my parcel " + script, Label: script, Line: 1}}, rows[:40]...)),
		"rejected.jsonl": h.put(func(w io.Writer) error {
			return data.WriteRejected(w, slices.Values([]datahall.RejectedRow{{Line: 12, Raw: "…,,\x00" + script, Reason: datahall.Say("the text is empty")}, {Line: 90, Raw: "a\tb\tc\td", Reason: datahall.Say("the text is empty")}}))
		}),
	}
	var err error
	h.data, _, err = h.AddDataset(h.ctx, d)
	h.must(err)
	evil := d
	evil.Name, evil.Source, evil.Digest, evil.Report.Labels = "evil", script+".csv", "00"+d.Digest[2:], []datahall.Count{{Name: script, N: 3}, {Name: "ok", N: 1}}
	_, _, err = h.AddDataset(h.ctx, evil)
	h.must(err)
}

// survey reports what rows are, as an import does.
func survey(rows []datahall.Row) datahall.DatasetReport {
	labels, splits := map[string]int{}, map[string]int{}
	bars := make([]datahall.Bar, 20)
	for i := range bars {
		bars[i] = datahall.Bar{From: 8 * i, To: 8*i + 8}
	}
	for _, r := range rows {
		labels[r.Label]++
		splits[r.Split]++
		bars[min(len([]rune(r.Text))/8, 19)].N++
	}
	return datahall.DatasetReport{Format: "tsv", Encoding: "utf-8", Rows: len(rows), Labels: counts(labels), Splits: counts(splits),
		Languages:  []datahall.Count{{Name: "zh", N: len(rows) / 2}, {Name: "en", N: len(rows) - len(rows)/2}},
		TextColumn: datahall.ColumnUse{Name: "text", Reason: datahall.Say("recognised by its name")}, LabelColumn: datahall.ColumnUse{Name: "label", Index: 1, Reason: datahall.Say("recognised by its name")},
		Lengths: datahall.Lengths{Min: 2, Mean: 31.2, P50: 24, P95: 78, Max: 158, Bars: bars}}
}

func counts(m map[string]int) []datahall.Count {
	var list []datahall.Count
	for name, n := range m {
		list = append(list, datahall.Count{Name: name, N: n})
	}
	slices.SortFunc(list, func(a, b datahall.Count) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return len(a.Name) - len(b.Name)
	})
	return list
}

// job makes a job and brings it to a state.
func (h *hall) job(kind, name string, spec any, state datahall.JobState, u datahall.Usage) datahall.Job {
	h.t.Helper()
	raw, err := json.Marshal(spec)
	h.must(err)
	j, err := h.CreateJob(h.ctx, datahall.Job{Kind: kind, Name: name, Spec: raw})
	h.must(err)
	if state == datahall.Queued {
		return j
	}
	h.attempt, err = h.StartAttempt(h.ctx, j.ID)
	h.must(err)
	_, j, err = h.Claim(h.ctx, h.attempt.Token, 4242, "boot")
	h.must(err)
	if !state.Ended() {
		return j
	}
	_, err = h.AppendEvents(h.ctx, j.ID, 1, []datahall.Event{{Seq: 1, Kind: datahall.LogEvent, Log: "first line"}, {Seq: 2, Kind: datahall.LogEvent, Log: "second line " + script},
		{Seq: 3, Kind: datahall.ExitEvent, Exit: &datahall.Exit{}}})
	h.must(err)
	j, err = h.Transition(h.ctx, j.ID, nil, func(j *datahall.Job) error {
		j.State, j.Usage, j.Ended = state, u, time.Now()
		if state == datahall.Failed {
			j.Reason = datahall.Say("its processes were killed, or the machine was restarted")
		}
		return nil
	}, datahall.Event{})
	h.must(err)
	h.must(h.AddEntry(h.ctx, datahall.LedgerEntry{ID: j.ID, Kind: kind, Subject: j.ID, Name: name, Usage: u}))
	return j
}

func (h *hall) train() {
	u := datahall.Usage{WallSeconds: 48.2, CPUSeconds: 91.5, Joules: 2210, EnergySource: "modelled", EnergyError: 0.3, Cost: 0.00047, Currency: "CNY", GramsCO2: 0.34}
	for i, lr := range []string{"0.0005", "0.001"} {
		h.trained = h.job("train", "shop", datahall.TrainSpec{Dataset: h.data.ID, Name: "shop", Base: "scratch:tiny", Task: "classify", Epochs: 8, BatchSize: 32, LearningRate: 0.0005, Seed: uint64(i + 1)}, datahall.Done, u)
		run, err := h.CreateRun(h.ctx, datahall.Run{Name: fmt.Sprintf("shop lr %s", lr), Job: h.trained.ID, State: datahall.Done, Dataset: h.data.ID,
			Params: map[string]string{"base": "scratch:tiny", "lr": lr, "epochs": "8", "batch_size": "32", "seed": fmt.Sprint(i + 1)}})
		h.must(err)
		h.must(h.AppendPoints(h.ctx, run.ID, h.curve(400, 1+0.2*float64(i))))
		h.runs = append(h.runs, run)
	}
	base := datahall.Model{Name: "shop", Job: h.trained.ID, Run: h.runs[1].ID, Dataset: h.data.ID, Base: "scratch:tiny", Family: "bert", Task: "classify", Tuning: "full",
		Parameters: 1_482_656, Digest: "4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e4f0e", Usage: u}
	h.model = h.addModel(base, h.evaluation(labelsOf(h.data), 0.84))
	base.Name = "bank"
	many := make([]string, 77)
	for i := range many {
		many[i] = fmt.Sprintf("card_question_%d", i+1)
	}
	h.large = h.addModel(base, h.evaluation(many, 0.93))
	base.Name, base.Family, base.Tuning, base.Run = "words", "linear", "linear", ""
	h.linear = h.addModel(base, h.evaluation(labelsOf(h.data), 0.88))
	base.Name, base.Card = "evil", map[string]string{"about": script, script: "x"}
	e := h.evaluation([]string{script, `"><img src=x onerror=alert(1)>`, "好评"}, 0.6)
	e.Mistakes[0].Text, e.Mistakes[1].Text = script, `</script><script>alert(1)</script>`
	h.hostile = h.addModel(base, e)
}

func labelsOf(d datahall.Dataset) []string {
	var list []string
	for _, c := range d.Report.Labels {
		list = append(list, c.Name)
	}
	return list
}

func (h *hall) addModel(m datahall.Model, e datahall.Evaluation) datahall.Model {
	m.Labels, m.Accuracy, m.MacroF1, m.State = e.Labels, e.Accuracy, e.MacroF1, "ready"
	m.Files = map[string]datahall.Blob{"report.json": h.putJSON(e), "config.json": h.putJSON("x"), "model.safetensors": {Digest: h.putJSON(m.Name).Digest, Bytes: 5_930_624}}
	m.Job = "" // several of one job would be one
	m, _, err := h.AddModel(h.ctx, m)
	h.must(err)
	return m
}

// curve is what a training measures.
func (h *hall) curve(steps int, bend float64) []datahall.Point {
	var list []datahall.Point
	for s := 1; s <= steps; s++ {
		x := float64(s) / float64(steps)
		list = append(list, datahall.Point{Step: int64(s), Name: "train_loss", Value: 3.4*math.Exp(-4*bend*x) + 0.2 + 0.12*h.chance.NormFloat64()*math.Exp(-2*x)},
			datahall.Point{Step: int64(s), Name: "learning_rate", Value: 0.0005 * min(10*x, 1-x) / 0.9})
		if s%10 == 0 {
			list = append(list, datahall.Point{Step: int64(s), Name: "tokens_per_second", Value: 41000 + 1500*h.chance.NormFloat64()})
		}
		if s%(steps/8) == 0 {
			list = append(list, datahall.Point{Step: int64(s), Name: "validation_loss", Value: 2.9*math.Exp(-3*bend*x) + 0.62},
				datahall.Point{Step: int64(s), Name: "validation_accuracy", Value: 0.85 - 0.7*math.Exp(-4*bend*x)},
				datahall.Point{Step: int64(s), Name: "validation_macro_f1", Value: 0.83 - 0.75*math.Exp(-4*bend*x)})
		}
	}
	return list
}

// evaluation makes up a model that is right so often, and counts as flow/eval does.
func (h *hall) evaluation(labels []string, right float64) datahall.Evaluation {
	n := len(labels)
	e := datahall.Evaluation{Model: "shop@1", Dataset: "shop@1", Split: "test", Task: "classify", Labels: labels, AccuracyLow: right - 0.025, AccuracyHigh: right + 0.025,
		Accuracy: right, MacroF1: right - 0.012, MacroF1Low: right - 0.04, MacroF1High: right + 0.02, WeightedF1: right - 0.002, MacroPrecision: right, MacroRecall: right - 0.01, ECE: 0.046, Winner: "model", Validation: right + 0.01}
	e.Baselines = []datahall.Baseline{{Name: "majority", Accuracy: 0.053, MacroF1: 0.003, Validation: 0.05, Seconds: 0.001}, {Name: "tfidf+svm", Accuracy: right - 0.06, MacroF1: right - 0.07, Validation: right - 0.05, Seconds: 2.1}}
	e.Baseline = &e.Baselines[1]
	for i, label := range labels {
		row, support := make([]int, n), 18+h.chance.IntN(12)
		for range support {
			j := i
			if h.chance.Float64() > right {
				j = (i + 1 + h.chance.IntN(3)*h.chance.IntN(n)) % n
			}
			row[j]++
		}
		e.Confusion = append(e.Confusion, row)
		e.Rows += support
		recall := float64(row[i]) / float64(support)
		e.PerClass = append(e.PerClass, datahall.ClassScores{Label: label, Precision: min(1, recall+0.03), Recall: recall, F1: recall + 0.01, Support: support})
		for j, c := range row {
			if j != i && c > 1 {
				e.Pairs = append(e.Pairs, datahall.Confusion{Truth: label, Predicted: labels[j], N: c})
			}
		}
	}
	slices.SortStableFunc(e.Pairs, func(a, b datahall.Confusion) int { return b.N - a.N })
	e.Pairs = e.Pairs[:min(len(e.Pairs), 20)]
	for i := range 15 {
		b := datahall.Bin{From: float64(i) / 15, To: float64(i+1) / 15, N: i * i}
		b.Confidence, b.Accuracy = (b.From+b.To)/2, max(0, (b.From+b.To)/2-0.05+0.03*h.chance.NormFloat64())
		e.Reliability = append(e.Reliability, b)
	}
	rows := shop.Rows()
	for i := range 30 {
		r := rows[i]
		e.Mistakes = append(e.Mistakes, datahall.Mistake{Text: r.Text, Truth: r.Label, Predicted: labels[i%n], Score: 0.99 - float64(i)/50, Line: r.Line})
	}
	return e
}

// work leaves a job that runs, one that waits and one that failed.
func (h *hall) work() {
	h.failed = h.job("split", "shop", datahall.SplitSpec{Dataset: h.data.ID, Test: 0.3, Seed: 1}, datahall.Failed, datahall.Usage{WallSeconds: 0.2, Joules: 3, EnergySource: "modelled", Cost: 0.00001, Currency: "CNY"})
	h.running = h.job("train", "tickets", datahall.TrainSpec{Dataset: h.data.ID, Name: "tickets", Base: "scratch:tiny", Epochs: 8}, datahall.Running, datahall.Usage{})
	run, err := h.CreateRun(h.ctx, datahall.Run{Name: "tickets", Job: h.running.ID, State: datahall.Running, Dataset: h.data.ID, Params: map[string]string{"base": "scratch:tiny", "lr": "0.0005"}})
	h.must(err)
	h.must(h.AppendPoints(h.ctx, run.ID, h.curve(400, 1)[:500]))
	_, err = h.AppendEvents(h.ctx, h.running.ID, 1, []datahall.Event{
		{Seq: 1, Kind: datahall.LogEvent, Log: "epoch 1: train loss 2.91, validation loss 2.40, accuracy 0.38, macro F1 0.35"},
		{Seq: 2, Kind: datahall.LogEvent, Log: "epoch 2: train loss 1.72, validation loss 1.66, accuracy 0.57, macro F1 0.55 " + script},
		{Seq: 3, Kind: datahall.ProgressEvent, Progress: &datahall.Progress{Stage: datahall.Say("sealing %s rows", 2130), Done: 186, Total: 400, Unit: "steps", Rate: 8.3, Left: 25.8}}})
	h.must(err)
	h.measured = h.job("evaluate", "shop", datahall.EvaluateSpec{Model: h.model.ID, Dataset: h.data.ID}, datahall.Done, datahall.Usage{WallSeconds: 1.1, Joules: 12, EnergySource: "modelled", Cost: 0.00002, Currency: "CNY"})
	result, err := json.Marshal(h.evaluation(labelsOf(h.data), 0.83))
	h.must(err)
	_, err = h.Transition(h.ctx, h.measured.ID, nil, func(j *datahall.Job) error { j.Result = result; return nil }, datahall.Event{})
	h.must(err)
	h.waiting = h.job("evaluate", "shop", datahall.EvaluateSpec{Model: h.model.ID, Dataset: h.data.ID}, datahall.Queued, datahall.Usage{})
}

func (h *hall) serve() {
	attempt := h.attempt
	replica := h.job("replica", "shop", datahall.ReplicaSpec{Model: h.model.ID}, datahall.Running, datahall.Usage{})
	h.attempt = attempt
	e, err := h.CreateEndpoint(h.ctx, datahall.Endpoint{Name: "shop", Model: h.model.Ref(), ModelID: h.model.ID, Task: "classify", State: "ready", Job: replica.ID})
	h.must(err)
	h.must(h.CountEndpoint(h.ctx, datahall.Endpoint{ID: e.ID, Project: e.Project, Requests: 41, Texts: 1204, Tokens: 18322,
		Usage: datahall.Usage{WallSeconds: 3.1, CPUSeconds: 2.9, Joules: 37.4, EnergySource: "modelled", EnergyError: 0.3, Cost: 0.0000081, Currency: "CNY", GramsCO2: 0.0058}}))
	h.endpoint = e
	_, err = h.CreateEndpoint(h.ctx, datahall.Endpoint{Name: "bank", Model: h.large.Ref(), ModelID: h.large.ID, Task: "classify", State: "failed", Reason: datahall.Say("the hall is stopping"), Job: replica.ID})
	h.must(err)
}
