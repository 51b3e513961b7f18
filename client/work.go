package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"datahall"
)

// Claim begins an attempt, once; the client's key is the attempt's token.
func (c *Client) Claim(ctx context.Context, p datahall.Process) (datahall.Claim, error) {
	return ask[datahall.Claim](ctx, c, http.MethodPost, "/api/v1/work/claim", p)
}

// Report delivers events and brings back orders.
func (c *Client) Report(ctx context.Context, r datahall.Report) (datahall.Orders, error) {
	return ask[datahall.Orders](ctx, c, http.MethodPost, "/api/v1/work/report", r)
}

// Input streams a file that the attempt's job reads.
func (c *Client) Input(ctx context.Context, name string) (io.ReadCloser, error) {
	return c.download(ctx, "/api/v1/work/inputs/"+escape(name))
}

// Output stores a file that the attempt made; r is asked for anew at each try.
func (c *Client) Output(ctx context.Context, name string, open func() (io.ReadCloser, error)) (datahall.Blob, error) {
	var blob datahall.Blob
	resp, err := c.retry(ctx, func() (*http.Response, error) {
		r, err := open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return c.send(ctx, http.MethodPut, "/api/v1/work/files/"+escape(name), "application/octet-stream", r)
	})
	if err != nil {
		return blob, err
	}
	defer resp.Body.Close()
	return blob, json.NewDecoder(resp.Body).Decode(&blob)
}

func upload(ctx context.Context, c *Client, method, path string, r io.Reader) (datahall.Blob, error) {
	var blob datahall.Blob
	resp, err := c.send(ctx, method, path, "application/octet-stream", r)
	if err != nil {
		return blob, err
	}
	defer resp.Body.Close()
	return blob, json.NewDecoder(resp.Body).Decode(&blob)
}
