package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"datahall"
)

func escape(s string) string { return url.PathEscape(s) }

func limit(n int) url.Values {
	if n <= 0 {
		return nil
	}
	return url.Values{"limit": {strconv.Itoa(n)}}
}

// Upload sends bytes for a job to read; they are sealed as they arrive.
func (c *Client) Upload(ctx context.Context, r io.Reader) (datahall.Blob, error) {
	return upload(ctx, c, http.MethodPost, "/api/v1/blobs", r)
}

// Datasets lists the newest version of each dataset, or all versions of one.
func (c *Client) Datasets(ctx context.Context, name string, n int) ([]datahall.Dataset, error) {
	q := limit(n)
	if name != "" {
		q = merge(q, "name", name)
	}
	return get[[]datahall.Dataset](ctx, c, "/api/v1/datasets", q)
}

// Dataset finds NAME, NAME@VERSION or an id.
func (c *Client) Dataset(ctx context.Context, ref string) (datahall.Dataset, error) {
	return get[datahall.Dataset](ctx, c, "/api/v1/datasets/"+escape(ref), nil)
}

// DatasetFile streams a file of a dataset version.
func (c *Client) DatasetFile(ctx context.Context, ref, name string) (io.ReadCloser, error) {
	return c.download(ctx, "/api/v1/datasets/"+escape(ref)+"/files/"+escape(name))
}

// DeleteDataset deletes NAME@VERSION, or by NAME all versions.
func (c *Client) DeleteDataset(ctx context.Context, ref string) error {
	_, err := ask[struct{}](ctx, c, http.MethodDelete, "/api/v1/datasets/"+escape(ref), nil)
	return err
}

// Models lists the newest version of each model, or all versions of one.
func (c *Client) Models(ctx context.Context, name string, n int) ([]datahall.Model, error) {
	q := limit(n)
	if name != "" {
		q = merge(q, "name", name)
	}
	return get[[]datahall.Model](ctx, c, "/api/v1/models", q)
}

// Model finds NAME, NAME@VERSION or an id.
func (c *Client) Model(ctx context.Context, ref string) (datahall.Model, error) {
	return get[datahall.Model](ctx, c, "/api/v1/models/"+escape(ref), nil)
}

// DeleteModel deletes NAME@VERSION, or by NAME all versions.
func (c *Client) DeleteModel(ctx context.Context, ref string) error {
	_, err := ask[struct{}](ctx, c, http.MethodDelete, "/api/v1/models/"+escape(ref), nil)
	return err
}

// ModelFile streams a file of a model version.
func (c *Client) ModelFile(ctx context.Context, ref, name string) (io.ReadCloser, error) {
	return c.download(ctx, "/api/v1/models/"+escape(ref)+"/files/"+escape(name))
}

// Evaluation gives how a model was measured when it was made.
func (c *Client) Evaluation(ctx context.Context, ref string) (datahall.Evaluation, error) {
	return get[datahall.Evaluation](ctx, c, "/api/v1/models/"+escape(ref)+"/files/report.json", nil)
}

// Run finds a run by id.
func (c *Client) Run(ctx context.Context, id string) (datahall.Run, error) {
	return get[datahall.Run](ctx, c, "/api/v1/runs/"+escape(id), nil)
}

// Points gives what a run measured, in order of step.
func (c *Client) Points(ctx context.Context, id string) ([]datahall.Point, error) {
	return get[[]datahall.Point](ctx, c, "/api/v1/runs/"+escape(id)+"/points", nil)
}

// Endpoints lists the endpoints.
func (c *Client) Endpoints(ctx context.Context) ([]datahall.Endpoint, error) {
	return get[[]datahall.Endpoint](ctx, c, "/api/v1/endpoints", nil)
}

// Endpoint finds an endpoint by name or id.
func (c *Client) Endpoint(ctx context.Context, ref string) (datahall.Endpoint, error) {
	return get[datahall.Endpoint](ctx, c, "/api/v1/endpoints/"+escape(ref), nil)
}

// Serve puts a model behind a name.
func (c *Client) Serve(ctx context.Context, e datahall.NewEndpoint) (datahall.ServedEndpoint, error) {
	return ask[datahall.ServedEndpoint](ctx, c, http.MethodPost, "/api/v1/endpoints", e)
}

// RemoveEndpoint ends an endpoint and its keys.
func (c *Client) RemoveEndpoint(ctx context.Context, ref string) error {
	_, err := ask[struct{}](ctx, c, http.MethodDelete, "/api/v1/endpoints/"+escape(ref), nil)
	return err
}

// Ask sends texts to an endpoint and gives predictions.
func (c *Client) Ask(ctx context.Context, endpoint string, texts []string) ([]datahall.Prediction, error) {
	body := map[string][]string{"texts": texts}
	return ask[[]datahall.Prediction](ctx, c, http.MethodPost, "/api/v1/endpoints/"+escape(endpoint)+"/predict", body)
}

func (c *Client) download(ctx context.Context, path string) (io.ReadCloser, error) {
	resp, err := c.retry(ctx, func() (*http.Response, error) {
		return c.send(ctx, http.MethodGet, path, "application/octet-stream", nil)
	})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func merge(q url.Values, name, value string) url.Values {
	if q == nil {
		q = url.Values{}
	}
	q.Set(name, value)
	return q
}
