package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

// dress puts our words in the place of cobra's: wrong use and help.
func (s *session) dress(root *cobra.Command) {
	root.SetFlagErrorFunc(s.wrongFlag)
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := fmt.Fprint(c.OutOrStdout(), s.usageText(c))
		return err
	})
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		fmt.Fprint(c.OutOrStdout(), s.helpText(c))
	})
}

// noSuchCommand refuses what is no command, with the nearest that is one.
func (s *session) noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = min(2, (len(args[0])+1)/3)
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return datahall.Errorf(datahall.Invalid, "%s: no such command; did you mean %s?", called(c, args[0]), strings.Join(near, ", "))
	}
	return datahall.Errorf(datahall.Invalid, "%s: no such command; %s --help lists them", called(c, args[0]), c.CommandPath())
}

// args checks the number of arguments; a negative most is any number.
func (s *session) args(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return datahall.Errorf(datahall.Invalid, "%s: an argument is missing; it is used as %q", called(c), c.UseLine())
		case most >= 0 && len(args) > most:
			return datahall.Errorf(datahall.Invalid, "%s: the argument %q is one too many; it is used as %q", called(c), args[most], c.UseLine())
		}
		return nil
	}
}

// called is how a command is called, without the program that says it.
func called(c *cobra.Command, more ...string) string {
	words := append(strings.Fields(c.CommandPath())[1:], more...)
	return strings.Join(words, " ")
}

// needs refuses a command without a flag that it cannot do without.
func needs(c *cobra.Command, name string) error {
	return datahall.Errorf(datahall.Invalid, "%s: --%s is missing; it is used as %q", called(c), name, c.UseLine())
}

// wrongFlag says in our words what cobra's flags found wrong.
func (s *session) wrongFlag(c *cobra.Command, err error) error {
	help := c.CommandPath() + " --help"
	var named interface{ GetSpecifiedName() string }
	var valued interface{ GetValue() string }
	switch text := err.Error(); {
	case errors.As(err, &valued):
		value, flag := "", ""
		fmt.Sscanf(text, "invalid argument %q for %q flag:", &value, &flag) //nolint:errcheck // what is not read stays empty
		return datahall.Errorf(datahall.Invalid, "%s: %q is not a value that it takes; %s lists what is", lastWord(flag), valued.GetValue(), help)
	case errors.As(err, &named) && strings.HasPrefix(text, "flag needs an argument"):
		return datahall.Errorf(datahall.Invalid, "%s: its value is missing; %s says which", dashed(named.GetSpecifiedName()), help)
	case errors.As(err, &named):
		return datahall.Errorf(datahall.Invalid, "%s: no such flag; %s lists them", dashed(named.GetSpecifiedName()), help)
	default:
		return datahall.Errorf(datahall.Invalid, "%s: cannot be understood; %s lists the flags", strings.TrimPrefix(text, "bad flag syntax: "), help)
	}
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// lastWord takes the long name out of "-v, --verbose".
func lastWord(flag string) string { return flag[strings.LastIndexByte(flag, ' ')+1:] }
