package cli

import (
	"context"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) doctorCommand() *cobra.Command {
	return s.command("doctor", datahall.Say("check this machine and its hall, and say what to mend"), s.args(0, 0), func(context.Context, []string) error {
		return nil
	})
}
