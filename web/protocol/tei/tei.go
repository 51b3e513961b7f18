package tei

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"datahall"
	"datahall/flow/serve"
	"datahall/phrase"
	"datahall/trust/access"
	"datahall/web/door"
)

const (
	maxBody  = 8 << 20 // bytes of a request
	maxBatch = 1024    // texts of a request
)

// Door answers for all endpoints.
type Door struct {
	Endpoints datahall.EndpointStore
	Models    datahall.ModelStore
	Router    *serve.Router
	Version   string
}

// Register adds the routes below /endpoints/ to mux.
func (d *Door) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /endpoints/{name}/predict", d.handle(d.predict))
	mux.HandleFunc("POST /endpoints/{name}/embed", d.handle(d.embed))
	mux.HandleFunc("GET /endpoints/{name}/info", d.handle(d.info))
	mux.HandleFunc("GET /endpoints/{name}/health", d.handle(d.health))
	mux.HandleFunc("/endpoints/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, datahall.Errorf(datahall.NotFound, "%s %s: no such route; an endpoint answers /predict, /embed, /info and /health", r.Method, r.URL.Path))
	})
}

// handle asks whether the caller may, finds the endpoint, and tells errors as
// TEI does.
func (d *Door) handle(f func(http.ResponseWriter, *http.Request, datahall.Endpoint) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, project := r.PathValue("name"), door.Project(r.Context())
		may := access.Can(door.Who(r.Context()), access.EndpointCall, access.Resource{Project: project, Kind: "endpoint", ID: name, Endpoint: name})
		err := may.Err()
		if err == nil {
			var e datahall.Endpoint
			if e, err = d.Endpoints.Endpoint(r.Context(), project, name); err == nil {
				err = f(w, r, e)
			}
		}
		if err != nil {
			refuse(w, r, err)
		}
	}
}

// label is one score.
type label struct {
	Score float32 `json:"score"`
	Label string  `json:"label"`
}

func (d *Door) predict(w http.ResponseWriter, r *http.Request, e datahall.Endpoint) error {
	var req predictRequest
	if err := read(w, r, &req); err != nil {
		return err
	}
	info, err := d.Router.Info(r.Context(), e)
	if err != nil {
		return err
	}
	answer, err := d.ask(w, r, e, req.question())
	if err != nil {
		return err
	}
	rows := make([][]label, len(answer.Scores))
	for i, scores := range answer.Scores {
		rows[i] = ranked(scores, info.Labels)
	}
	if req.Inputs.single {
		return write(w, rows[0])
	}
	return write(w, rows)
}

// ranked names scores, the highest first. What has no name is LABEL_0, as
// transformers says.
func ranked(scores []float32, labels []string) []label {
	row := make([]label, len(scores))
	for i, s := range scores {
		row[i] = label{s, "LABEL_" + strconv.Itoa(i)}
		if i < len(labels) {
			row[i].Label = labels[i]
		}
	}
	slices.SortStableFunc(row, func(a, b label) int { return cmp.Compare(b.Score, a.Score) })
	return row
}

func (d *Door) embed(w http.ResponseWriter, r *http.Request, e datahall.Endpoint) error {
	var req embedRequest
	if err := read(w, r, &req); err != nil {
		return err
	}
	answer, err := d.ask(w, r, e, req.question())
	if err != nil {
		return err
	}
	return write(w, answer.Embeddings)
}

// ask sends a question of bounded size and notes in the headers what it took.
func (d *Door) ask(w http.ResponseWriter, r *http.Request, e datahall.Endpoint, q datahall.Question) (datahall.Answer, error) {
	began := time.Now()
	switch n := len(q.Texts) + len(q.Pairs); {
	case n == 0:
		return datahall.Answer{}, datahall.Errorf(datahall.Invalid, "inputs: empty; send at least one text")
	case n > maxBatch:
		return datahall.Answer{}, datahall.Errorf(datahall.TooLarge, "inputs: %s texts in one request; send at most %s", n, maxBatch)
	}
	answer, err := d.Router.Answer(r.Context(), e, q)
	if err != nil {
		return answer, err
	}
	h := w.Header()
	h.Set("X-Compute-Type", "cpu")
	h.Set("X-Compute-Tokens", strconv.Itoa(answer.Tokens))
	h.Set("X-Total-Time", strconv.FormatInt(time.Since(began).Milliseconds(), 10))
	h.Set("Datahall-Joules", number(answer.Usage.Joules))
	h.Set("Datahall-Energy-Source", answer.Usage.EnergySource)
	h.Set("Datahall-Cost", number(answer.Usage.Cost))
	h.Set("Datahall-Currency", answer.Usage.Currency)
	h.Set("Datahall-Grams-CO2", number(answer.Usage.GramsCO2))
	h.Set("Datahall-Batch", strconv.Itoa(answer.Batch))
	return answer, nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

func (d *Door) info(w http.ResponseWriter, r *http.Request, e datahall.Endpoint) error {
	info, err := d.Router.Info(r.Context(), e)
	if err != nil {
		return err
	}
	m, err := d.Models.Model(r.Context(), e.Project, e.ModelID)
	if err != nil {
		return err
	}
	return write(w, map[string]any{
		"model_id": e.Model, "model_sha": m.Digest, "model_dtype": "float32", "model_type": modelType(info),
		"max_concurrent_requests": 1024, "max_input_length": info.MaxLength, "max_batch_tokens": 16384,
		"max_batch_requests": nil, "max_client_batch_size": maxBatch, "auto_truncate": false,
		"tokenization_workers": 1, "version": d.Version, "sha": nil, "docker_label": nil,
	})
}

// modelType is TEI's way to say what a model is for.
func modelType(info datahall.ModelInfo) any {
	if len(info.Labels) == 0 {
		return map[string]any{"embedding": map[string]string{"pooling": info.Pooling}}
	}
	names, ids := map[string]string{}, map[string]int{}
	for i, name := range info.Labels {
		names[strconv.Itoa(i)], ids[name] = name, i
	}
	return map[string]any{"classifier": map[string]any{"id2label": names, "label2id": ids}}
}

func (d *Door) health(w http.ResponseWriter, r *http.Request, e datahall.Endpoint) error {
	if _, ready := d.Router.Ready()[e.ID]; !ready {
		return datahall.Errorf(datahall.Unavailable, "endpoint %s: its replica is not ready; see datahall endpoint show %s", e.Name, e.Name)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func read(w http.ResponseWriter, r *http.Request, into any) error {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(into)
	switch err.(type) {
	case nil:
		return nil
	case *http.MaxBytesError:
		return datahall.Errorf(datahall.TooLarge, "request: longer than %s bytes; send fewer texts at once", maxBody)
	}
	return datahall.Errorf(datahall.Invalid, "request: %s; see the shapes of Text Embeddings Inference", err)
}

func write(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

// refuse answers with an error in TEI's shape and with its statuses.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, kind := http.StatusFailedDependency, "backend"
	switch datahall.KindOf(err) {
	case datahall.Invalid:
		status, kind = http.StatusUnprocessableEntity, "validation"
	case datahall.TooLarge:
		status, kind = http.StatusRequestEntityTooLarge, "validation"
	case datahall.Busy:
		status, kind = http.StatusTooManyRequests, "overloaded"
	case datahall.Unavailable:
		status, kind = http.StatusServiceUnavailable, "unhealthy"
	case datahall.NotFound, datahall.Denied, datahall.Unauthorized:
		status, kind = datahall.KindOf(err).Status(), "validation"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{ //nolint:errcheck // the caller is gone
		"error": phrase.In(door.Language(r.Context()), door.ProblemOf(door.Language(r.Context()), err).Message), "error_type": kind})
}
