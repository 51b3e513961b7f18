package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"datahall"
)

// Submit stores a job; it is on disk when this returns.
func (c *Client) Submit(ctx context.Context, kind, name string, spec any) (datahall.Job, error) {
	b, err := json.Marshal(spec)
	if err != nil {
		return datahall.Job{}, err
	}
	return ask[datahall.Job](ctx, c, http.MethodPost, "/api/v1/jobs", datahall.Submission{Kind: kind, Name: name, Spec: b})
}

// Jobs lists jobs, newest first; kind and state may be empty, n 0 is all.
func (c *Client) Jobs(ctx context.Context, kind, state string, n int) ([]datahall.Job, error) {
	q := limit(n)
	if kind != "" {
		q = merge(q, "kind", kind)
	}
	if state != "" {
		q = merge(q, "state", state)
	}
	return get[[]datahall.Job](ctx, c, "/api/v1/jobs", q)
}

// Job finds a job by id.
func (c *Client) Job(ctx context.Context, id string) (datahall.Job, error) {
	return get[datahall.Job](ctx, c, "/api/v1/jobs/"+escape(id), nil)
}

// Cancel asks a job to end.
func (c *Client) Cancel(ctx context.Context, id string) (datahall.Job, error) {
	return ask[datahall.Job](ctx, c, http.MethodPost, "/api/v1/jobs/"+escape(id)+"/cancel", nil)
}

// JobFile streams a file that a job made.
func (c *Client) JobFile(ctx context.Context, id, name string) (io.ReadCloser, error) {
	return c.download(ctx, "/api/v1/jobs/"+escape(id)+"/files/"+escape(name))
}

// Events gives what happened to a job after an event's number.
func (c *Client) Events(ctx context.Context, id string, after int64) ([]datahall.Event, error) {
	q := url.Values{"after": {strconv.FormatInt(after, 10)}}
	return get[[]datahall.Event](ctx, c, "/api/v1/jobs/"+escape(id)+"/events", q)
}

// Follow hands over the events of a job as they come, from the first, until
// the job has ended, and gives the job as it then is. It survives the hall's
// restart for as long as the client's patience.
func (c *Client) Follow(ctx context.Context, id string, see func(datahall.Event)) (datahall.Job, error) {
	var last int64
	for final := false; ; {
		ended, err := c.stream(ctx, id, &last, see)
		if err != nil && !IsAway(err) {
			return datahall.Job{}, err
		}
		job, err := c.Job(ctx, id)
		if err != nil || ended || final {
			return job, err
		}
		if final = job.State.Ended(); final {
			continue // its last events have not been seen yet
		}
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// stream reads one connection of server-sent events.
func (c *Client) stream(ctx context.Context, id string, last *int64, see func(datahall.Event)) (ended bool, err error) {
	path := fmt.Sprintf("/api/v1/jobs/%s/stream?after=%d", escape(id), *last)
	resp, err := c.send(ctx, http.MethodGet, path, "application/json", nil)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e datahall.Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return false, err
		}
		*last = max(*last, e.Seq)
		see(e)
		if e.Kind == datahall.StateEvent && e.State.Ended() {
			return true, nil
		}
	}
	if err := lines.Err(); err != nil {
		return false, c.away(err)
	}
	return false, nil
}
