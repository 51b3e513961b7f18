package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"datahall"
	"datahall/client"
)

func (s *session) upCommand() *cobra.Command {
	var o UpOptions
	c := s.command("up [--addr HOST:PORT]", datahall.Say("start a hall in the foreground: its API, its pages, and this machine to work on"), s.args(0, 0), func(context.Context, []string) error {
		o.Home, o.Language = s.homeFolder(), s.lang
		return s.env.Up(s.outer, o)
	})
	c.Long = s.t(datahall.Say("Starts a hall in the foreground: its API, its pages, and this machine to work on.\n\n" +
		"Its first line tells the address, the next one a link that opens the pages once.\n" +
		"A hall that runs in the background for the same home makes way. Ctrl-C ends the\n" +
		"hall and its endpoints; other jobs go on, and the next hall takes them over."))
	c.Flags().StringVar(&o.Address, "addr", "", s.t(datahall.Say("`HOST:PORT` to listen on (otherwise 127.0.0.1:7077, or a free port where that is taken)")))
	c.Flags().BoolVar(&o.Background, "background", false, s.t(datahall.Say("how a command starts a hall for itself")))
	c.Flags().MarkHidden("background") //nolint:errcheck // the flag is there
	return c
}

func (s *session) stopCommand() *cobra.Command {
	return s.command("stop", datahall.Say("end the hall; its endpoints end with it, other jobs go on"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.find(ctx)
		if err != nil {
			return err
		}
		if c == nil {
			return s.stopped("", datahall.Say("no hall runs in %s", s.homeFolder()))
		}
		if err := s.stop(ctx, c); err != nil {
			return err
		}
		return s.stopped(c.URL, datahall.Say("the hall %s has ended", c.URL))
	})
}

func (s *session) stopped(url string, m datahall.Message) error {
	return s.result(struct {
		Stopped bool   `json:"stopped"`
		URL     string `json:"url,omitempty"`
	}{url != "", url}, func() { s.say(m) })
}

// stop ends a hall and waits until it is gone.
func (s *session) stop(ctx context.Context, c *client.Client) error {
	c.Patience, c.Find = 0, ""
	if err := c.Stop(ctx); err != nil {
		return err
	}
	for range 150 {
		if c.Alive(ctx) != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return failure{datahall.Errorf(datahall.Busy, "hall %s: was asked to end and has not yet; wait a little, or see its log in %s", c.URL, s.homeFolder())}
}
