package cli

import (
	"context"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) loginCommand() *cobra.Command {
	var open bool
	c := s.command("login [--open]", datahall.Say("print a link that opens the pages once"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		link, err := c.Login(ctx)
		if err != nil {
			return err
		}
		if open {
			if err := browse(link); err != nil {
				s.note(datahall.Say("no browser could be started (%s); open the link yourself", err))
			}
		}
		return s.result(struct {
			URL string `json:"url"`
		}{link}, func() { s.line(link) })
	})
	c.Flags().BoolVar(&open, "open", false, s.t(datahall.Say("open it in a browser")))
	return c
}

// browse opens a link in the reader's browser.
func browse(link string) error {
	name, args := "xdg-open", []string{link}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", link}
	}
	return exec.Command(name, args...).Start()
}
