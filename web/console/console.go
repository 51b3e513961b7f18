package console

import (
	"context"
	"html/template"
	"net/http"
	"time"

	"datahall"
	"datahall/phrase"
)

// Stores are what the pages read.
type Stores struct {
	Jobs      datahall.JobStore
	Events    datahall.EventStore
	Files     datahall.FileStore
	Datasets  datahall.DatasetStore
	Models    datahall.ModelStore
	Endpoints datahall.EndpointStore
	Runs      datahall.RunStore
	Points    datahall.PointStore
	Ledger    datahall.LedgerStore
	Blobs     datahall.BlobStore
}

// Console is the pages of a hall.
type Console struct {
	Stores
	Hall func() datahall.Hall
	// Why says why a job waits, or failed.
	Why func(ctx context.Context, job datahall.Job) (datahall.Message, error)
	// May is nil where the reader may do an action of trust/access in its own
	// project, to the endpoint named where one is.
	May func(ctx context.Context, action, endpoint string) error
	// Cancel asks a job to end.
	Cancel func(ctx context.Context, project, id string) (datahall.Job, error)
	// Redeem turns the token of a one-time link into the secret of a session,
	// Enter does so with a key, and Leave ends a session.
	Redeem func(ctx context.Context, token string) (secret string, err error)
	Enter  func(ctx context.Context, key string) (secret string, err error)
	Leave  func(ctx context.Context, secret string) error
	// Ask asks an endpoint, for readers without scripts.
	Ask func(ctx context.Context, e datahall.Endpoint, texts []string) ([]datahall.Prediction, datahall.Answer, error)
	Now func() time.Time

	pages map[phrase.Language]*template.Template
}

// route is a page: which action its reader must be allowed, and what answers.
type route struct {
	pattern string
	action  string // of trust/access; empty: open, or asked for by the page itself
	serve   func(c *Console, v *visit) error
}

// routes are all pages.
var routes = []route{
	{"GET /login", "", (*Console).login},
	{"POST /login", "", (*Console).enter},
	{"POST /login/preferences", "", (*Console).prefer},
	{"POST /login/end", "", (*Console).leave},
	{"GET /{$}", "hall:read", (*Console).overview},
	{"GET /datasets", "dataset:read", (*Console).datasets},
	{"GET /datasets/{ref}", "dataset:read", (*Console).dataset},
	{"GET /datasets/{ref}/rows.jsonl", "dataset:read", (*Console).datasetRows},
	{"GET /jobs", "job:read", (*Console).jobs},
	{"GET /jobs/{id}", "job:read", (*Console).job},
	{"POST /jobs/{id}/cancel", "job:cancel", (*Console).cancelJob},
	{"GET /runs", "run:read", (*Console).runs},
	{"GET /runs/{id}", "run:read", (*Console).run},
	{"GET /models", "model:read", (*Console).models},
	{"GET /models/{ref}", "model:read", (*Console).model},
	{"GET /models/{ref}/report.html", "model:read", (*Console).savedReport},
	{"GET /endpoints", "endpoint:read", (*Console).endpoints},
	{"GET /endpoints/{name}", "endpoint:read", (*Console).endpoint},
	{"POST /endpoints/{name}", "endpoint:read", (*Console).askEndpoint},
	{"GET /usage", "usage:read", (*Console).usage},
	{"/", "", (*Console).nothing},
}

// Register adds the pages to mux, and what they are dressed in below /static/.
func (c *Console) Register(mux *http.ServeMux) {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.pages = map[phrase.Language]*template.Template{}
	for _, lang := range []phrase.Language{phrase.English, phrase.Chinese} {
		c.pages[lang] = parse(lang)
	}
	mux.HandleFunc("GET /static/{digest}/{name}", serveStatic)
	safe := http.NewCrossOriginProtection()
	for _, r := range routes {
		mux.Handle(r.pattern, safe.Handler(c.page(r)))
	}
}

// page asks whether the reader may see it, and shows what goes wrong.
func (c *Console) page(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		v := newVisit(c, w, req)
		err := error(nil)
		if r.action != "" {
			err = c.May(req.Context(), r.action, "")
		}
		if err == nil {
			err = r.serve(c, v)
		}
		if err != nil {
			v.refuse(err)
		}
	}
}

// nothing is where no page is.
func (c *Console) nothing(v *visit) error {
	return datahall.Errorf(datahall.NotFound, "page %s: there is none; begin at /", v.URL.Path)
}
