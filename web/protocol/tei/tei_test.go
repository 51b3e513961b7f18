package tei

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"datahall"
	"datahall/flow/serve"
	"datahall/store"
	"datahall/trust/seal"
	"datahall/web/door"
)

// parrot answers by the lengths of texts: two labels, two dimensions.
func parrot(_ context.Context, _ datahall.ReplicaReady, q datahall.Question) (datahall.Answer, error) {
	if q.Op == "predict" && len(q.Texts) > 0 && q.Texts[0] == "too long" && !q.Truncate {
		return datahall.Answer{}, datahall.Errorf(datahall.TooLarge, "text 1: longer than the 4 tokens that the model reads; shorten it or set truncate")
	}
	a := datahall.Answer{Tokens: 3, Usage: datahall.Usage{Joules: 0.5, EnergySource: "modelled", Cost: 1e-6, Currency: "USD"}}
	texts := q.Texts
	for _, p := range q.Pairs {
		texts = append(texts, p[0]+"|"+p[1])
	}
	for _, text := range texts {
		n := float32(len(text))
		a.Scores = append(a.Scores, []float32{1 / (1 + n), n / (1 + n)})
		a.Embeddings = append(a.Embeddings, []float32{n, 1})
	}
	return a, nil
}

// desk is a door with one endpoint, mood, asked as a principal.
func desk(t *testing.T, who datahall.Principal) *httptest.Server {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), seal.NewMasterKey(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	m, _, err := s.AddModel(t.Context(), datahall.Model{Name: "m", Project: "default", Job: "job-1", Family: "linear", Task: "classify", State: "ready"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.CreateEndpoint(t.Context(), datahall.Endpoint{Name: "mood", Project: "default", Model: m.Ref(), ModelID: m.ID, State: "ready"})
	if err != nil {
		t.Fatal(err)
	}
	r := serve.New(parrot, s, serve.Limits{InFlight: 4, Wait: time.Second})
	r.Set(e.ID, datahall.ReplicaReady{Info: datahall.ModelInfo{Task: "classify", Labels: []string{"short", "long"}, MaxLength: 4}})
	mux := http.NewServeMux()
	(&Door{Endpoints: s, Models: s, Router: r, Version: "1"}).Register(mux)
	server := httptest.NewServer(door.Guard(func(context.Context, string) (datahall.Principal, error) { return who, nil }, nil, mux))
	t.Cleanup(server.Close)
	return server
}

func ask(t *testing.T, server *httptest.Server, method, path, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(b)), resp.Header
}

var admin = datahall.Principal{Role: datahall.Admin, Project: "default"}

func TestShapes(t *testing.T) {
	server := desk(t, admin)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"one text", "POST", "/endpoints/mood/predict", `{"inputs":"abc"}`, 200, `[{"score":0.75,"label":"long"},{"score":0.25,"label":"short"}]`},
		{"a pair", "POST", "/endpoints/mood/predict", `{"inputs":["a","b"]}`, 200, `[{"score":0.75,"label":"long"},{"score":0.25,"label":"short"}]`},
		{"a batch", "POST", "/endpoints/mood/predict", `{"inputs":[["abc"],["a"]]}`, 200, `[[{"score":0.75,"label":"long"},{"score":0.25,"label":"short"}],[{"score":0.5,"label":"short"},{"score":0.5,"label":"long"}]]`},
		{"a vector", "POST", "/endpoints/mood/embed", `{"inputs":"abc"}`, 200, `[[3,1]]`},
		{"vectors", "POST", "/endpoints/mood/embed", `{"inputs":["a","ab"]}`, 200, `[[1,1],[2,1]]`},
		{"health", "GET", "/endpoints/mood/health", ``, 200, ``},
		{"mixed", "POST", "/endpoints/mood/predict", `{"inputs":[["a"],["a","b"]]}`, 422, `"error_type":"validation"`},
		{"three texts", "POST", "/endpoints/mood/predict", `{"inputs":["a","b","c"]}`, 422, `"error_type":"validation"`},
		{"no texts", "POST", "/endpoints/mood/predict", `{"inputs":[]}`, 422, `"error_type":"validation"`},
		{"no JSON", "POST", "/endpoints/mood/predict", `{`, 422, `"error_type":"validation"`},
		{"nested", "POST", "/endpoints/mood/embed", `{"inputs":` + strings.Repeat("[", 100_000), 422, `"error_type":"validation"`},
		{"too long", "POST", "/endpoints/mood/predict", `{"inputs":"too long"}`, 413, `"error_type":"validation"`},
		{"too long, cut", "POST", "/endpoints/mood/predict", `{"inputs":"too long","truncate":true}`, 200, `"label":"long"`},
		{"too many", "POST", "/endpoints/mood/embed", `{"inputs":[` + strings.Repeat(`"a",`, maxBatch) + `"a"]}`, 413, `send at most 1024`},
		{"no endpoint", "POST", "/endpoints/none/predict", `{"inputs":"a"}`, 404, `there is none`},
		{"no route", "GET", "/endpoints/mood/generate", ``, 404, `no such route`},
	} {
		status, got, _ := ask(t, server, c.method, c.path, c.body)
		if status != c.status || !strings.Contains(got, c.want) {
			t.Errorf("%s: %d %.200s, want %d %s", c.name, status, got, c.status, c.want)
		}
	}
}

func TestInfoSaysWhatTheModelIs(t *testing.T) {
	status, got, _ := ask(t, desk(t, admin), "GET", "/endpoints/mood/info", "")
	for _, want := range []string{`"model_id":"m@1"`, `"classifier":{"id2label":{"0":"short","1":"long"}`, `"max_input_length":4`} {
		if status != 200 || !strings.Contains(got, want) {
			t.Errorf("%d %s lacks %s", status, got, want)
		}
	}
}

func TestAnAnswerCarriesItsReceipt(t *testing.T) {
	_, _, h := ask(t, desk(t, admin), "POST", "/endpoints/mood/predict", `{"inputs":"abc"}`)
	if h.Get("Datahall-Joules") != "0.5" || h.Get("Datahall-Energy-Source") != "modelled" || h.Get("Datahall-Cost") != "1e-06" || h.Get("X-Compute-Tokens") != "3" {
		t.Errorf("got %v", h)
	}
}

func TestACallersKeyIsGoodForItsEndpointOnly(t *testing.T) {
	for endpoint, want := range map[string]int{"mood": 200, "other": 404} {
		server := desk(t, datahall.Principal{Role: datahall.Caller, Project: "default", Endpoint: endpoint})
		if status, got, _ := ask(t, server, "POST", "/endpoints/mood/predict", `{"inputs":"a"}`); status != want {
			t.Errorf("the key of %s: %d %s, want %d", endpoint, status, got, want)
		}
	}
}

func FuzzInputsAreReadOrRefused(f *testing.F) {
	f.Add(`"a"`)
	f.Add(`["a","b"]`)
	f.Add(`[["a"],["b"]]`)
	f.Fuzz(func(t *testing.T, s string) {
		var p predictInputs
		if p.UnmarshalJSON([]byte(s)) == nil && len(p.texts) > 0 && len(p.pairs) > 0 {
			t.Fatalf("%s: texts and pairs", s)
		}
		var e embedInputs
		_ = e.UnmarshalJSON([]byte(s))
	})
}
