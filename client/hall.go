package client

import (
	"context"
	"net/http"

	"datahall"
)

// Alive asks whether a hall answers; it needs no key.
func (c *Client) Alive(ctx context.Context) error {
	resp, err := c.send(ctx, http.MethodGet, "/healthz", "application/json", nil)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Hall asks what hall this is.
func (c *Client) Hall(ctx context.Context) (datahall.Hall, error) {
	return get[datahall.Hall](ctx, c, "/api/v1/hall", nil)
}

// SetMeter sets how the hall counts what work takes from now on.
func (c *Client) SetMeter(ctx context.Context, m datahall.Meter) error {
	_, err := ask[struct{}](ctx, c, http.MethodPut, "/api/v1/hall/meter", m)
	return err
}

// Stop ends the hall.
func (c *Client) Stop(ctx context.Context) error {
	_, err := ask[struct{}](ctx, c, http.MethodPost, "/api/v1/hall/stop", nil)
	return err
}

// Login makes a link that opens the pages once.
func (c *Client) Login(ctx context.Context) (string, error) {
	link, err := ask[struct {
		URL string `json:"url"`
	}](ctx, c, http.MethodPost, "/api/v1/logins", nil)
	return link.URL, err
}

// Keys lists the keys.
func (c *Client) Keys(ctx context.Context) ([]datahall.Key, error) {
	return get[[]datahall.Key](ctx, c, "/api/v1/keys", nil)
}

// CreateKey makes a key.
func (c *Client) CreateKey(ctx context.Context, k datahall.NewKey) (datahall.MadeKey, error) {
	return ask[datahall.MadeKey](ctx, c, http.MethodPost, "/api/v1/keys", k)
}

// DeleteKey makes a key worthless, by id or name.
func (c *Client) DeleteKey(ctx context.Context, ref string) error {
	_, err := ask[struct{}](ctx, c, http.MethodDelete, "/api/v1/keys/"+escape(ref), nil)
	return err
}

// Usage lists what jobs and endpoints took.
func (c *Client) Usage(ctx context.Context) ([]datahall.UsageLine, error) {
	return get[[]datahall.UsageLine](ctx, c, "/api/v1/usage", nil)
}
