package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) keyCommand() *cobra.Command {
	return s.parent("key", datahall.Say("make keys for people, programs and endpoints; end them"), s.keyCreate(), s.keyList(), s.keyRemove())
}

func (s *session) keyCreate() *cobra.Command {
	var n datahall.NewKey
	var role, expires string
	c := s.command("create --name NAME [--role ROLE|--endpoint ENDPOINT] [--expires 30d]", datahall.Say("make a key; it is shown this once"), s.args(0, 0), nil)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if n.Name == "" {
			return needs(c, "name")
		}
		var err error
		if n.Expires, err = until(expires, time.Now()); err != nil {
			return err
		}
		n.Role = datahall.Role(role)
		hall, err := s.connect(c.Context())
		if err != nil {
			return err
		}
		k, err := hall.CreateKey(c.Context(), n)
		if err != nil {
			return err
		}
		return s.result(struct {
			ID  string `json:"id"`
			Key string `json:"key"`
		}{k.ID, k.Secret}, func() {
			s.line(k.Secret)
			s.note(datahall.Say("key %s (%s): this is the only time it is shown", k.Name, string(k.Role)))
		})
	}
	f := c.Flags()
	f.StringVar(&n.Name, "name", "", s.t(datahall.Say("`NAME` that says who uses the key")))
	f.StringVar(&role, "role", "", s.t(datahall.Say("`ROLE`: admin, developer or viewer (otherwise your own)")))
	f.StringVar(&n.Endpoint, "endpoint", "", s.t(datahall.Say("make it good for asking this `ENDPOINT` and nothing else")))
	f.StringVar(&expires, "expires", "", s.t(datahall.Say("`WHEN` it ends: 12h, 30d, 8w, or a day as 2027-01-31 (otherwise never)")))
	s.completeFlag(c, "endpoint", endpointNames)
	completeWords(c, map[string][]string{"role": {"admin", "developer", "viewer"}})
	return c
}

// until reads a span from now on, or a day.
func until(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil && day.After(now) {
		return day, nil
	}
	hours := map[byte]int{'h': 1, 'd': 24, 'w': 7 * 24}[text[len(text)-1]]
	n, err := strconv.Atoi(strings.TrimSpace(text[:len(text)-1]))
	if hours == 0 || err != nil || n < 1 || n > 1_000_000 {
		return time.Time{}, datahall.Errorf(datahall.Invalid, "--expires %s: is no time to come; give 12h, 30d, 8w, or a day as 2027-01-31", text)
	}
	return now.Add(time.Duration(n*hours) * time.Hour), nil
}

func (s *session) keyList() *cobra.Command {
	return s.listFlags(s.command("ls", datahall.Say("list keys, without their secrets"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		list, err := c.Keys(ctx)
		if err != nil {
			return err
		}
		list = first(list, s.limit)
		return s.result(list, func() {
			t := s.table(datahall.Say("key"), datahall.Say("role"), datahall.Say("endpoint"), datahall.Say("state"), datahall.Say("begins with"), datahall.Say("made"), datahall.Say("last used"), datahall.Say("ends"), datahall.Say("id"))
			for _, k := range list {
				t.row(k.Name, string(k.Role), k.Endpoint, s.state(k.State), k.Prefix, when(k.Created), when(k.LastUsed), when(k.Expires), k.ID)
			}
			s.show(t, datahall.Say("no keys"))
		})
	}))
}

func (s *session) keyRemove() *cobra.Command {
	return s.taking(s.command("rm KEY…", datahall.Say("make a key worthless, by name or id"), s.args(1, -1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		return s.remove(args, func(ref string) error { return c.DeleteKey(ctx, ref) })
	}), keyNames)
}
