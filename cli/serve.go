package cli

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"datahall"
)

// served is what serve says: where to ask, and the key that may.
type served struct {
	Endpoint string `json:"endpoint"`
	URL      string `json:"url"`
	Key      string `json:"key"`
	Job      string `json:"job,omitempty"` // with --detach
}

func (s *session) serveCommand() *cobra.Command {
	var n datahall.NewEndpoint
	c := s.command("serve MODEL --name ENDPOINT", datahall.Say("put a model behind a name, with a key that is good for it only"), s.args(1, 1), nil)
	c.RunE = func(c *cobra.Command, args []string) error {
		if n.Name == "" {
			return needs(c, "name")
		}
		n.Model = args[0]
		v, err := s.serve(c.Context(), n)
		if err != nil {
			return err
		}
		return s.result(v, func() { s.showServed(v) })
	}
	c.Flags().StringVar(&n.Name, "name", "", s.t(datahall.Say("`NAME` of the endpoint")))
	c.Flags().IntVar(&n.Threads, "threads", 0, s.t(datahall.Say("`NUMBER` of processors to use (otherwise all)")))
	return s.jobFlags(s.taking(c, modelNames))
}

// serve makes an endpoint and waits until it answers.
func (s *session) serve(ctx context.Context, n datahall.NewEndpoint) (served, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return served{}, err
	}
	e, err := c.Serve(ctx, n)
	if err != nil {
		return served{}, err
	}
	v := served{Endpoint: e.Endpoint.Name, URL: e.Endpoint.URL, Key: e.Key}
	if s.detach {
		v.Job = e.Endpoint.Job
		return v, nil
	}
	return v, s.ready(ctx, e.Endpoint.Name)
}

// ready waits until an endpoint answers, or says why it will not.
func (s *session) ready(ctx context.Context, name string) error {
	show := s.display()
	defer show.Close()
	st := stage{name: s.t(datahall.Say("starting the endpoint %s", name)), began: time.Now()}
	show.Stage(st)
	for {
		e, err := s.hall.Endpoint(ctx, name)
		switch {
		case err != nil:
			return err
		case e.State == "ready":
			st.last = time.Now()
			show.Over(st)
			return nil
		case e.State == "failed":
			return failure{datahall.Errorf(datahall.Unavailable, "endpoint %s: cannot answer (%s); datahall job logs %s says more", name, s.t(e.Reason), e.Job)}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
			show.Tick(time.Now())
		}
	}
}

func (s *session) showServed(v served) {
	s.facts().
		add(datahall.Say("endpoint"), v.Endpoint).
		add(datahall.Say("address"), v.URL).
		add(datahall.Say("key"), s.t(datahall.Say("%s (for this endpoint only; shown this once)", v.Key))).
		add(datahall.Say("try it"), curl(v, "…")).print()
}

// curl is a line that asks an endpoint a question as TEI is asked.
func curl(v served, text string) string {
	address := v.URL
	if u, err := url.Parse(v.URL); err == nil {
		address = u.String()
	}
	body := strings.ReplaceAll(`{"inputs": `+string(quoted(text))+`}`, `'`, `'\''`)
	return "curl -s " + address + "/predict -H 'Authorization: Bearer " + v.Key + "' -H 'Content-Type: application/json' -d '" + body + "'"
}
