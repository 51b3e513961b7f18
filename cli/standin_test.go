package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"datahall"
)

// standIn answers as a hall does, with results that are always the same: the
// command line can be tried without training anything. The real hall's
// conversation with the command line is tried in cmd/datahall.
type standIn struct {
	t       *testing.T
	url     string
	results map[string]any // by kind of job
	state   datahall.JobState
	reason  datahall.Message
	hold    chan struct{} // jobs end when it is closed; nil: at once

	mu        sync.Mutex
	submitted []datahall.Submission
	endpoint  *datahall.Endpoint
	tongues   map[string]bool
	cancelled bool
	deleted   []string
}

func newStandIn(t *testing.T) *standIn {
	h := &standIn{t: t, state: datahall.Done, tongues: map[string]bool{}}
	d := datahall.Dataset{ID: "dataset-1", Name: "shop", Version: 1, State: "ready", Source: "builtin:shop", Report: datahall.DatasetReport{
		Rows: 100, Labels: []datahall.Count{{Name: "refund", N: 60}, {Name: "发票", N: 40}}, Languages: []datahall.Count{{Name: "zh", N: 50}, {Name: "en", N: 50}},
		TextColumn: datahall.ColumnUse{Name: "text", Reason: datahall.Say("recognised by its name")}, LabelColumn: datahall.ColumnUse{Name: "label", Index: 1, Reason: datahall.Say("recognised by its name")},
		Splits: []datahall.Count{{Name: "train", N: 70}, {Name: "test", N: 30}}}}
	h.results = map[string]any{
		"import": d, "split": d,
		"train": datahall.TrainResult{Job: "job-train", Run: "run-train", Model: "shop", Version: 3, Steps: 120, Seconds: 6.5, TokensPerSecond: 8123, Joules: 300,
			EnergySource: "modelled", Cost: 0.01, Currency: "CNY", Accuracy: 0.9, Family: "bert", Tuning: "full"},
		"evaluate": evaluation(), "predict": nil, "export": nil,
	}
	mux := http.NewServeMux()
	for pattern, handle := range h.routes() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			h.mu.Lock()
			h.tongues[r.Header.Get("Accept-Language")] = true
			h.mu.Unlock()
			if r.URL.Path != "/healthz" && r.Header.Get("Authorization") != "Bearer dh_test" {
				refuse(w, datahall.Errorf(datahall.Unauthorized, "request: no valid key came with it; send one as Authorization: Bearer KEY"))
				return
			}
			handle(w, r)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func refuse(w http.ResponseWriter, err error) {
	w.WriteHeader(map[datahall.Kind]int{datahall.NotFound: 404, datahall.Unauthorized: 401, datahall.Invalid: 400}[datahall.KindOf(err)])
	answer(w, map[string]any{"code": datahall.KindOf(err), "message": datahall.MessageOf(err)})
}

func answer(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func (h *standIn) routes() map[string]http.HandlerFunc {
	say := func(v any) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { answer(w, v) } }
	return map[string]http.HandlerFunc{
		"GET /healthz": say("alive"),
		"GET /api/v1/hall": func(w http.ResponseWriter, _ *http.Request) {
			answer(w, datahall.Hall{Version: "1.2.3", URL: h.url, Home: "/home/hall", CPU: "Test CPU", Cores: 4, Kernel: "avx2"})
		},
		"POST /api/v1/blobs":           say(datahall.Blob{Digest: "d1", Bytes: 10}),
		"POST /api/v1/jobs":            h.submit,
		"GET /api/v1/jobs/{id}":        func(w http.ResponseWriter, r *http.Request) { answer(w, h.job(r.PathValue("id"))) },
		"GET /api/v1/jobs/{id}/stream": h.stream,
		"POST /api/v1/jobs/{id}/cancel": func(w http.ResponseWriter, r *http.Request) {
			h.mu.Lock()
			h.cancelled, h.state = true, datahall.Cancelled
			h.mu.Unlock()
			close(h.hold)
			answer(w, h.job(r.PathValue("id")))
		},
		"GET /api/v1/jobs/{id}/files/{name}": func(w http.ResponseWriter, r *http.Request) {
			if r.PathValue("name") == "predictions.jsonl" {
				fmt.Fprintln(w, `{"text":"一","label":"发票","score":0.75,"scores":{"发票":0.75,"refund":0.25}}`)
				fmt.Fprintln(w, `{"text":"two","label":"refund","score":0.5,"scores":{"发票":0.5,"refund":0.5}}`)
				return
			}
			if r.PathValue("name") == "texts.jsonl" {
				fmt.Fprintln(w, `{"text":"a"}`)
				fmt.Fprintln(w, `{"text":"b"}`)
				return
			}
			fmt.Fprint(w, "text,label\na,b\n")
		},
		"GET /api/v1/models/{ref}/files/report.json":    say(evaluation()),
		"GET /api/v1/datasets/{ref}/files/samples.json": say([]datahall.Row{{Text: "我要开发票", Label: "发票", Split: "test"}, {Text: "money back", Label: "refund", Split: "test"}}),
		"GET /api/v1/models/{ref}":                      say(datahall.Model{ID: "model-1", Name: "tickets", Version: 2}),
		"GET /api/v1/datasets/{ref}":                    say(h.results["import"]),
		"DELETE /api/v1/datasets/{ref}":                 h.remove,
		"POST /api/v1/endpoints":                        h.serve,
		"GET /api/v1/endpoints/{ref}":                   h.showEndpoint,
		"DELETE /api/v1/endpoints/{ref}":                h.remove,
		"POST /api/v1/endpoints/{ref}/predict": func(w http.ResponseWriter, r *http.Request) {
			var in struct{ Texts []string }
			json.NewDecoder(r.Body).Decode(&in)
			var out []datahall.Prediction
			for _, t := range in.Texts {
				out = append(out, datahall.Prediction{Text: t, Label: "refund", Score: 0.97, Scores: map[string]float64{"refund": 0.97, "发票": 0.03}})
			}
			answer(w, out)
		},
		"POST /api/v1/logins": say(map[string]string{"url": "http://x/login?token=T"}),
		"POST /api/v1/keys":   say(datahall.MadeKey{Key: datahall.Key{ID: "key-1", Name: "k", Role: datahall.Viewer}, Secret: "dh_secret"}),
		"GET /api/v1/jobs":    say([]datahall.Job{h.job("job-a")}),
	}
}

func (h *standIn) submit(w http.ResponseWriter, r *http.Request) {
	var in datahall.Submission
	json.NewDecoder(r.Body).Decode(&in)
	h.mu.Lock()
	h.submitted = append(h.submitted, in)
	h.mu.Unlock()
	if _, known := h.results[in.Kind]; !known {
		refuse(w, datahall.Errorf(datahall.Invalid, "job kind %q: unknown; one of %s", in.Kind, "import"))
		return
	}
	answer(w, datahall.Job{ID: "job-" + in.Kind, Kind: in.Kind, State: datahall.Queued})
}

// job is one as it stands once it has ended.
func (h *standIn) job(id string) datahall.Job {
	h.mu.Lock()
	defer h.mu.Unlock()
	kind := strings.TrimPrefix(id, "job-")
	result, _ := json.Marshal(h.results[kind])
	return datahall.Job{ID: id, Kind: kind, Name: "shop", Project: "default", State: h.state, Attempts: 1, Reason: h.reason, Result: result,
		Usage: datahall.Usage{WallSeconds: 2, CPUSeconds: 4, Joules: 100, EnergySource: "modelled", EnergyError: 0.5, Cost: 0.001, Currency: "CNY", GramsCO2: 0.02}}
}

func (h *standIn) stream(w http.ResponseWriter, r *http.Request) {
	send := func(e datahall.Event) {
		b, _ := json.Marshal(e)
		fmt.Fprintf(w, "data: %s\n\n", b)
		w.(http.Flusher).Flush()
	}
	now := time.Now()
	send(datahall.Event{Seq: 1, Kind: datahall.StateEvent, State: datahall.Running, Attempt: 1, Time: now})
	send(datahall.Event{Seq: 2, Kind: datahall.ProgressEvent, Attempt: 1, Time: now.Add(2 * time.Second), Progress: &datahall.Progress{Stage: datahall.Say("reading %s", "x"), Done: 1, Total: 2, Unit: "steps"}})
	if h.hold != nil {
		select {
		case <-h.hold:
		case <-r.Context().Done():
			return
		}
	}
	send(datahall.Event{Seq: 3, Kind: datahall.StateEvent, State: h.job(r.PathValue("id")).State, Attempt: 1, Time: now.Add(3 * time.Second)})
}

func (h *standIn) serve(w http.ResponseWriter, r *http.Request) {
	var in datahall.NewEndpoint
	json.NewDecoder(r.Body).Decode(&in)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.endpoint != nil {
		refuse(w, datahall.Errorf(datahall.Invalid, "endpoint %s: exists", in.Name))
		return
	}
	h.endpoint = &datahall.Endpoint{ID: "endpoint-1", Name: in.Name, Model: in.Model, State: "ready", URL: h.url + "/endpoints/" + in.Name, Job: "job-replica"}
	answer(w, datahall.ServedEndpoint{Endpoint: *h.endpoint, Key: "dh_caller"})
}

func (h *standIn) showEndpoint(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.endpoint == nil {
		refuse(w, datahall.Errorf(datahall.NotFound, "endpoint %s: there is none; see the list", r.PathValue("ref")))
		return
	}
	answer(w, h.endpoint)
}

func (h *standIn) remove(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deleted = append(h.deleted, r.PathValue("ref"))
	if strings.Contains(r.URL.Path, "/endpoints/") {
		if h.endpoint == nil {
			refuse(w, datahall.Errorf(datahall.NotFound, "endpoint %s: there is none; see the list", r.PathValue("ref")))
			return
		}
		h.endpoint = nil
	}
	w.WriteHeader(http.StatusNoContent)
}

// asks runs a command line against the stand-in.
func (h *standIn) asks(input string, args ...string) (status int, out, errs string) {
	h.t.Helper()
	var o, e bytes.Buffer
	status = Run(h.t.Context(), args, Env{In: strings.NewReader(input), Out: &o, Err: &e, Home: filepath.Join(h.t.TempDir(), "home"),
		Getenv: func(name string) string {
			return map[string]string{"DATAHALL_URL": h.url, "DATAHALL_API_KEY": "dh_test", "COLUMNS": "1000"}[name]
		}})
	return status, o.String(), e.String()
}
