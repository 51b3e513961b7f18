package api

import (
	"context"
	"net/http"
	"time"

	"datahall"
	"datahall/trust/access"
	"datahall/web/door"
)

func (a *API) hallRoutes() {
	route(a, http.MethodGet, "/hall", "Show the hall", access.HallRead, a.hall)
	route(a, http.MethodPost, "/hall/stop", "End the hall; jobs go on, replicas end", access.HallStop, a.stop)
	route(a, http.MethodPost, "/logins", "Make a link that opens the pages once", access.LoginCreate, a.login)
	route(a, http.MethodPut, "/hall/meter", "Set how energy and money are counted", access.HallConfigure, a.setMeter)
	route(a, http.MethodGet, "/usage", "What jobs and endpoints took", access.UsageRead, a.usage)
}

func (a *API) hall(context.Context, *nothing) (datahall.Hall, error) { return a.Hall(), nil }

func (a *API) stop(context.Context, *nothing) (done, error) {
	a.Stop()
	return done{}, nil
}

func (a *API) setMeter(ctx context.Context, in *struct{ Body datahall.Meter }) (datahall.Meter, error) {
	return in.Body, a.SetMeter(ctx, in.Body)
}

type link struct {
	URL string `json:"url"`
}

func (a *API) login(ctx context.Context, _ *nothing) (link, error) {
	url, err := a.Login(ctx, door.Who(ctx))
	return link{url}, err
}

func (a *API) usage(ctx context.Context, in *struct {
	Since time.Time `query:"since" doc:"Only what ended at or after this time"`
}) ([]datahall.UsageLine, error) {
	f := datahall.LedgerFilter{Project: door.Project(ctx), Since: in.Since}
	totals, err := a.Control.Ledger.Totals(ctx, f, datahall.BySubject)
	if err != nil {
		return nil, err
	}
	lines := []datahall.UsageLine{}
	for _, t := range totals {
		lines = append(lines, datahall.UsageLine{ID: t.Group, Name: t.Name, Kind: t.Kind, Usage: t.Usage})
	}
	endpoints, err := a.Control.Endpoints.Endpoints(ctx, door.Project(ctx))
	for _, e := range endpoints {
		lines = append(lines, datahall.UsageLine{ID: e.ID, Name: e.Name, Kind: "endpoint", State: e.State, Usage: e.Usage})
	}
	return lines, err
}

func (a *API) keyRoutes() {
	route(a, http.MethodGet, "/keys", "List keys, without their secrets", access.KeyRead, a.keys)
	route(a, http.MethodPost, "/keys", "Make a key; its secret is shown this once", access.KeyCreate, a.createKey)
	route(a, http.MethodDelete, "/keys/{ref}", "Make a key worthless", access.KeyManage, a.deleteKey)
}

func (a *API) keys(ctx context.Context, _ *nothing) ([]datahall.Key, error) {
	return list(a.Control.Keys.Keys(ctx, door.Project(ctx)))
}

func (a *API) createKey(ctx context.Context, in *struct{ Body datahall.NewKey }) (datahall.MadeKey, error) {
	k := datahall.Key{Name: in.Body.Name, Role: in.Body.Role, Endpoint: in.Body.Endpoint, Expires: in.Body.Expires, Project: door.Project(ctx)}
	switch {
	case k.Name == "":
		return datahall.MadeKey{}, datahall.Errorf(datahall.Invalid, "key: has no name; give one that says who uses it")
	case k.Endpoint != "":
		k.Role = datahall.Caller
	case k.Role == "":
		k.Role = door.Who(ctx).Role
	}
	if err := access.Grant(door.Who(ctx), k.Role, k.Project, k.Endpoint).Err(); err != nil {
		return datahall.MadeKey{}, err
	}
	made, secret, err := a.Control.Keys.CreateKey(ctx, k)
	return datahall.MadeKey{Key: made, Secret: secret}, err
}

func (a *API) deleteKey(ctx context.Context, in *ref) (done, error) {
	return done{}, a.Control.Keys.DeleteKey(ctx, door.Project(ctx), in.Ref)
}
