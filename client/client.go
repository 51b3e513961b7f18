package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"datahall"
)

// Client asks one hall with one key.
type Client struct {
	URL      string        // http://127.0.0.1:7077
	Find     string        // file of the hall's home that tells its address, read anew while nobody answers
	Key      string        // sent as a bearer token
	Language string        // sent as Accept-Language
	Patience time.Duration // how long to try while nobody answers
	HTTP     *http.Client  // nil: one without a time limit, as events and uploads take long
}

// Problem is the body of a refusal (RFC 9457), with the message as data.
type Problem struct {
	Type   string        `json:"type,omitempty"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail,omitempty"`
	Code   datahall.Kind `json:"code"`

	Message datahall.Message `json:"message,omitzero"`
}

// get asks for one JSON value.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return ask[T](ctx, c, http.MethodGet, path, nil)
}

// ask sends one JSON value, or none, and reads one.
func ask[T any](ctx context.Context, c *Client, method, path string, body any) (T, error) {
	var answer T
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return answer, err
		}
	}
	resp, err := c.retry(ctx, func() (*http.Response, error) {
		return c.send(ctx, method, path, "application/json", bytes.NewReader(b))
	})
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil && !errors.Is(err, io.EOF) {
		return answer, c.away(err)
	}
	return answer, nil
}

// send makes one request; a refusal is an error.
func (c *Client) send(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.URL, "/")+path, body)
	if err != nil {
		return nil, datahall.Errorf(datahall.Invalid, "hall %s: not an address; give it as http://HOST:PORT", c.URL).Because(err)
	}
	req.Header.Set("Content-Type", contentType)
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	if c.Language != "" {
		req.Header.Set("Accept-Language", c.Language)
	}
	resp, err := c.http().Do(req)
	if err != nil {
		return nil, c.away(err)
	}
	if resp.StatusCode >= 400 {
		defer resp.Body.Close()
		return nil, refusal(resp)
	}
	return resp, nil
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}

// retry repeats a request while nobody answers, with growing pauses.
func (c *Client) retry(ctx context.Context, try func() (*http.Response, error)) (*http.Response, error) {
	deadline := time.Now().Add(c.Patience)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		resp, err := try()
		if err == nil || !IsAway(err) || time.Now().Add(pause).After(deadline) {
			return resp, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
			c.findAgain()
		}
	}
}

// findAgain looks where the hall is now: one that was restarted may have
// another port.
func (c *Client) findAgain() {
	if c.Find == "" {
		return
	}
	if found, err := ReadAddress(c.Find); err == nil {
		c.URL = found.URL
	}
}

// away says that no hall answered.
func (c *Client) away(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := datahall.Errorf(datahall.Unavailable, "hall %s: does not answer; start one with datahall up, or give another address with --url", c.URL)
	return e.Because(err)
}

// IsAway reports whether nobody answered, or the one who did is on its way out.
func IsAway(err error) bool {
	var netErr net.Error
	var urlErr *url.Error
	return datahall.KindOf(err) == datahall.Unavailable || errors.As(err, &netErr) || errors.As(err, &urlErr) ||
		errors.Is(err, io.ErrUnexpectedEOF)
}

// refusal reads the hall's own error out of an answer.
func refusal(resp *http.Response) error {
	var p Problem
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if json.Unmarshal(b, &p) == nil && !p.Message.IsZero() {
		return &datahall.Error{Kind: p.Code, Message: p.Message}
	}
	text := p.Detail
	if text == "" {
		text = strings.TrimSpace(string(b))
	}
	return &datahall.Error{Kind: datahall.KindOfStatus(resp.StatusCode), Message: datahall.Say("hall: answered %s: %s", resp.Status, text)}
}
