package api

import (
	"context"
	"net/http"

	"datahall"
	"datahall/trust/access"
	"datahall/web/door"
)

type ref struct {
	Ref string `path:"ref" doc:"NAME, NAME@VERSION or an identifier"`
}

type versionList struct {
	Name  string `query:"name" doc:"All versions of this one; without it the newest of each"`
	Limit int    `query:"limit" minimum:"0" doc:"At most this many; 0 is all"`
}

func (v versionList) filter(ctx context.Context) datahall.VersionFilter {
	return datahall.VersionFilter{Project: door.Project(ctx), Name: v.Name, Limit: v.Limit}
}

func (a *API) datasetRoutes() {
	route(a, http.MethodGet, "/datasets", "List datasets, newest first", access.DatasetRead, a.datasets)
	route(a, http.MethodGet, "/datasets/{ref}", "Show a dataset version", access.DatasetRead, a.dataset)
	route(a, http.MethodDelete, "/datasets/{ref}", "Delete a dataset version, or by its name all of them", access.DatasetWrite, a.deleteDataset)
}

func (a *API) datasets(ctx context.Context, in *versionList) ([]datahall.Dataset, error) {
	return list(a.Control.Datasets.Datasets(ctx, in.filter(ctx)))
}

func (a *API) dataset(ctx context.Context, in *ref) (datahall.Dataset, error) {
	return a.Control.Datasets.Dataset(ctx, door.Project(ctx), in.Ref)
}

func (a *API) deleteDataset(ctx context.Context, in *ref) (done, error) {
	return done{}, a.Control.Datasets.DeleteDataset(ctx, door.Project(ctx), in.Ref)
}

func (a *API) modelRoutes() {
	route(a, http.MethodGet, "/models", "List models, newest first", access.ModelRead, a.models)
	route(a, http.MethodGet, "/models/{ref}", "Show a model version", access.ModelRead, a.model)
	route(a, http.MethodDelete, "/models/{ref}", "Delete a model version, or by its name all of them", access.ModelWrite, a.deleteModel)
}

func (a *API) models(ctx context.Context, in *versionList) ([]datahall.Model, error) {
	return list(a.Control.Models.Models(ctx, in.filter(ctx)))
}

func (a *API) model(ctx context.Context, in *ref) (datahall.Model, error) {
	return a.Control.Models.Model(ctx, door.Project(ctx), in.Ref)
}

func (a *API) deleteModel(ctx context.Context, in *ref) (done, error) {
	return done{}, a.Control.Models.DeleteModel(ctx, door.Project(ctx), in.Ref)
}

// EndpointRef names an endpoint; a caller's key is good for one of them only.
type EndpointRef struct {
	Ref string `path:"ref" doc:"Name or identifier of an endpoint"`
}

func (e EndpointRef) endpoint() string { return e.Ref }

func (a *API) endpointRoutes() {
	route(a, http.MethodPost, "/endpoints", "Put a model behind a name", access.EndpointWrite, a.serve)
	route(a, http.MethodGet, "/endpoints", "List endpoints", access.EndpointRead, a.endpoints)
	route(a, http.MethodGet, "/endpoints/{ref}", "Show an endpoint", access.EndpointRead, a.endpoint)
	route(a, http.MethodDelete, "/endpoints/{ref}", "Remove an endpoint with its keys", access.EndpointWrite, a.removeEndpoint)
	route(a, http.MethodPost, "/endpoints/{ref}/predict", "Ask an endpoint", access.EndpointCall, a.predict)
}

func (a *API) serve(ctx context.Context, in *struct{ Body datahall.NewEndpoint }) (datahall.ServedEndpoint, error) {
	in.Body.Project = door.Project(ctx)
	who := door.Who(ctx)
	e, err := a.Control.Serve(ctx, who, in.Body)
	if err != nil {
		return datahall.ServedEndpoint{}, err
	}
	_, secret, err := a.Control.Keys.CreateKey(ctx, datahall.Key{Name: "endpoint " + e.Name, Project: e.Project, Role: datahall.Caller, Endpoint: e.Name})
	return datahall.ServedEndpoint{Endpoint: a.withURL(e), Key: secret}, err
}

// withURL says where the endpoint is asked.
func (a *API) withURL(e datahall.Endpoint) datahall.Endpoint {
	e.URL = a.Hall().URL + "/endpoints/" + e.Name
	return e
}

func (a *API) endpoints(ctx context.Context, _ *nothing) ([]datahall.Endpoint, error) {
	all, err := list(a.Control.Endpoints.Endpoints(ctx, door.Project(ctx)))
	for i := range all {
		all[i] = a.withURL(all[i])
	}
	return all, err
}

func (a *API) endpoint(ctx context.Context, in *EndpointRef) (datahall.Endpoint, error) {
	e, err := a.Control.Endpoints.Endpoint(ctx, door.Project(ctx), in.Ref)
	return a.withURL(e), err
}

func (a *API) removeEndpoint(ctx context.Context, in *EndpointRef) (done, error) {
	return done{}, a.Control.RemoveEndpoint(ctx, door.Project(ctx), in.Ref)
}

func (a *API) predict(ctx context.Context, in *struct {
	EndpointRef
	Body struct {
		Texts []string `json:"texts" minItems:"1" maxItems:"1024" doc:"What to answer, in order"`
	}
}) ([]datahall.Prediction, error) {
	e, err := a.Control.Endpoints.Endpoint(ctx, door.Project(ctx), in.Ref)
	if err != nil {
		return nil, err
	}
	info, err := a.Router.Info(ctx, e)
	if err != nil {
		return nil, err
	}
	reply, err := a.Router.Answer(ctx, e, datahall.Question{Op: "predict", Texts: in.Body.Texts, Truncate: true})
	if err != nil {
		return nil, err
	}
	return datahall.Predictions(in.Body.Texts, info, reply), nil
}
