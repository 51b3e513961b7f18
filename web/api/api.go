package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"datahall"
	"datahall/cluster/control"
	"datahall/flow/serve"
	"datahall/trust/access"
	"datahall/web/door"
)

// API is what the routes work on.
type API struct {
	Control  *control.Controller
	Router   *serve.Router
	Hall     func() datahall.Hall
	Stop     func()                                                            // ends the hall, soon
	Login    func(ctx context.Context, who datahall.Principal) (string, error) // makes a link that opens the pages once
	SetMeter func(ctx context.Context, m datahall.Meter) error
	api      huma.API
}

// Register adds the routes to mux.
func (a *API) Register(mux *http.ServeMux, version string) {
	config := huma.DefaultConfig("Datahall", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/v1/openapi", "", ""
	config.CreateHooks = nil // no $schema member in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"key": {}}}
	huma.NewError = newProblem
	a.api = humago.New(mux, config)
	a.hallRoutes()
	a.jobRoutes()
	a.datasetRoutes()
	a.modelRoutes()
	a.endpointRoutes()
	a.keyRoutes()
	a.workRoutes()
	a.streams(mux)
}

// refused is a refusal as huma writes it.
type refused struct{ door.Problem }

func (p *refused) Error() string  { return p.Detail }
func (p *refused) GetStatus() int { return p.Status }

// ContentType makes the answer a problem document (RFC 9457).
func (p *refused) ContentType(string) string { return "application/problem+json" }

// newProblem is how huma's own refusals (a body that is no JSON, a missing
// field) are told.
func newProblem(status int, msg string, errs ...error) huma.StatusError {
	kind := datahall.Invalid
	if status >= 500 {
		kind = datahall.Internal
	}
	m := datahall.Message{Pattern: "%s", Args: []string{msg}}
	if len(errs) > 0 && errs[0] != nil {
		m = datahall.Say("request: %s: %s", msg, errs[0])
	}
	return &refused{door.Problem{Title: http.StatusText(status), Status: status, Detail: m.String(), Code: kind, Message: m}}
}

// answer is a JSON body.
type answer[T any] struct{ Body T }

// nothing is the input of a route that takes none.
type nothing struct{}

// done is the answer of a route that has nothing to say.
type done struct{}

// route adds a JSON route. f is called once access has let the caller through.
func route[I, O any](a *API, method, path, summary string, action access.Action, f func(ctx context.Context, in *I) (O, error)) {
	op := huma.Operation{OperationID: operationID(method, path), Method: method, Path: "/api/v1" + path, Summary: summary,
		MaxBodyBytes: 16 << 20}
	if _, none := any(*new(O)).(done); none {
		op.DefaultStatus = http.StatusNoContent
	}
	huma.Register(a.api, op, func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := guarded(ctx, action, in, f)
		if err != nil {
			return nil, &refused{door.ProblemOf(door.Language(ctx), err)}
		}
		return &answer[O]{out}, nil
	})
}

func guarded[I, O any](ctx context.Context, action access.Action, in *I, f func(ctx context.Context, in *I) (O, error)) (O, error) {
	endpoint := ""
	if e, ok := any(in).(interface{ endpoint() string }); ok {
		endpoint = e.endpoint()
	}
	if err := may(ctx, action, endpoint); err != nil {
		return *new(O), err
	}
	return f(ctx, in)
}

// operationID names a route in the document: getJobsById.
func operationID(method, path string) string {
	id := []byte{}
	up := false
	for _, r := range method + path {
		switch {
		case r == '/' || r == '{' || r == '-':
			up = true
		case r == '}' || r == '.':
		case up && r >= 'a' && r <= 'z':
			id = append(id, byte(r-32))
			up = false
		case len(id) < len(method):
			id = append(id, byte(r)|0x20)
		default:
			id = append(id, byte(r))
			up = false
		}
	}
	return string(id)
}
