package cli

import (
	"context"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) endpointCommand() *cobra.Command {
	return s.parent("endpoint", datahall.Say("look at endpoints, end them"), s.endpointList(), s.endpointShow(), s.endpointRemove())
}

func (s *session) endpointList() *cobra.Command {
	return s.listFlags(s.command("ls", datahall.Say("list endpoints"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		list, err := c.Endpoints(ctx)
		if err != nil {
			return err
		}
		list = first(list, s.limit)
		return s.result(list, func() {
			t := s.table(datahall.Say("endpoint"), datahall.Say("state"), datahall.Say("model"), datahall.Say("requests"), datahall.Say("texts"), datahall.Say("energy"), datahall.Say("cost"), datahall.Say("address")).numbers(3, 4, 5, 6)
			for _, e := range list {
				t.row(e.Name, s.state(e.State), e.Model, count(e.Requests), count(e.Texts), joules(e.Usage.Joules), s.money(e.Usage), e.URL)
			}
			s.show(t, datahall.Say("no endpoints yet; datahall serve MODEL --name NAME makes one"))
		})
	}))
}

// first takes the first of a list; 0 is all.
func first[T any](list []T, n int) []T {
	if n > 0 && len(list) > n {
		return list[:n]
	}
	return list
}

// state puts the state of a job, endpoint or key into the reader's language.
func (s *session) state(name string) string {
	if m, ok := states[name]; ok {
		return s.t(m)
	}
	return name
}

var states = map[string]datahall.Message{
	"queued":    datahall.Say("queued"),
	"starting":  datahall.Say("starting"),
	"running":   datahall.Say("running"),
	"done":      datahall.Say("done"),
	"failed":    datahall.Say("failed"),
	"cancelled": datahall.Say("cancelled"),
	"ready":     datahall.Say("ready"),
	"active":    datahall.Say("active"),
	"expired":   datahall.Say("expired"),
}

func (s *session) endpointShow() *cobra.Command {
	return s.taking(s.command("show ENDPOINT", datahall.Say("show an endpoint: state, model, requests and what they took"), s.args(1, 1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		e, err := c.Endpoint(ctx, args[0])
		if err != nil {
			return err
		}
		return s.result(e, func() {
			f := s.facts()
			f.add(datahall.Say("endpoint"), e.Name).
				add(datahall.Say("state"), s.state(e.State)).
				add(datahall.Say("reason"), s.t(e.Reason)).
				add(datahall.Say("model"), e.Model).
				add(datahall.Say("address"), e.URL).
				add(datahall.Say("requests"), s.t(datahall.Say("%s with %s texts, %s tokens", count(e.Requests), count(e.Texts), count(e.Tokens)))).
				add(datahall.Say("job"), e.Job).
				add(datahall.Say("made"), when(e.Created)).
				add(datahall.Say("id"), e.ID)
			if e.Requests > 0 {
				f.add(datahall.Say("receipt"), s.receipt(e.Usage))
			}
			f.print()
		})
	}), endpointNames)
}

func (s *session) endpointRemove() *cobra.Command {
	return s.taking(s.command("rm ENDPOINT…", datahall.Say("end an endpoint and the keys that are good for it only"), s.args(1, -1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		return s.remove(args, func(ref string) error { return c.RemoveEndpoint(ctx, ref) })
	}), endpointNames)
}
