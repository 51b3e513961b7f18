package cli

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"datahall"
)

// helpText is what a command says about itself.
func (s *session) helpText(c *cobra.Command) string {
	about := c.Long
	if about == "" {
		about = s.sentence(c.Short)
	}
	return strings.TrimSpace(about) + "\n\n" + s.usageText(c)
}

// sentence makes a line of a list stand alone.
func (s *session) sentence(short string) string {
	first, size := utf8.DecodeRuneInString(short)
	return s.t(datahall.Say("%s.", string(unicode.ToUpper(first))+short[size:]))
}

// usageText is the part of it that lists commands and flags.
func (s *session) usageText(c *cobra.Command) string {
	var b strings.Builder
	use := c.UseLine()
	if c.HasAvailableSubCommands() {
		use = c.CommandPath() + s.t(datahall.Say(" COMMAND"))
	}
	fmt.Fprintf(&b, "%s\n  %s\n", s.t(datahall.Say("Usage:")), use)
	if c.HasExample() {
		fmt.Fprintf(&b, "\n%s\n%s\n", s.t(datahall.Say("Examples:")), c.Example)
	}
	s.listCommands(&b, c)
	global := c.PersistentFlags().FlagUsages()
	if c.HasParent() {
		s.listFlagsOf(&b, s.t(datahall.Say("Flags:")), c.LocalFlags().FlagUsages())
		global = c.InheritedFlags().FlagUsages()
	}
	s.listFlagsOf(&b, s.t(datahall.Say("Flags of every command:")), global)
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", s.t(datahall.Say("%s COMMAND --help says more about one.", c.CommandPath())))
	}
	return b.String()
}

func (s *session) listCommands(b *strings.Builder, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	list := func(title, group string) {
		heading := "\n" + title + "\n"
		for _, sub := range c.Commands() {
			if sub.GroupID == group && sub.IsAvailableCommand() && sub.Name() != "help" {
				fmt.Fprintf(b, "%s  %-*s %s\n", heading, sub.NamePadding(), sub.Name(), sub.Short)
				heading = ""
			}
		}
	}
	for _, g := range c.Groups() {
		list(g.Title, g.ID)
	}
	list(s.t(datahall.Say("Commands:")), "")
}

func (s *session) listFlagsOf(b *strings.Builder, title, usages string) {
	if usages = strings.TrimRight(usages, "\n "); usages != "" {
		usages = strings.ReplaceAll(usages, "(default ", s.t(datahall.Say("(default "))) //nolint:staticcheck // pflag's own word
		fmt.Fprintf(b, "\n%s\n%s\n", title, usages)
	}
}

func (s *session) helpCommand() *cobra.Command {
	c := s.command("help [COMMAND]", datahall.Say("show the help of a command"), s.args(0, -1), nil)
	c.RunE = func(c *cobra.Command, args []string) error {
		about, rest, err := c.Root().Find(args)
		if err != nil || about == nil || len(rest) > 0 {
			return s.noSuchCommand(c.Root(), args)
		}
		return about.Help()
	}
	return c
}

func (s *session) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	c := s.command("completion SHELL", datahall.Say("print a script that completes commands: bash, zsh, fish or powershell"), s.args(1, 1), nil)
	c.Long = s.t(datahall.Say("Prints a script for a shell, so that the tab key completes commands and flags.\n\n" +
		"  bash        source <(datahall completion bash)\n" +
		"  zsh         source <(datahall completion zsh)\n" +
		"  fish        datahall completion fish | source\n" +
		"  powershell  datahall completion powershell | Out-String | Invoke-Expression\n\n" +
		"Put the line into your shell's start-up file to have it always."))
	c.ValidArgs = shells
	c.ValidArgsFunction = nil
	c.RunE = func(c *cobra.Command, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(s.env.Out, true)
		case "zsh":
			return root.GenZshCompletion(s.env.Out)
		case "fish":
			return root.GenFishCompletion(s.env.Out, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(s.env.Out)
		}
		return datahall.Errorf(datahall.Invalid, "completion: the shell %q is unknown; one of %s", args[0], strings.Join(shells, ", "))
	}
	return c
}

func (s *session) versionCommand() *cobra.Command {
	return s.command("version", datahall.Say("show the version, the processor and the kernels chosen for it"), s.args(0, 0), func(context.Context, []string) error {
		about := s.env.About()
		v := struct {
			Version string `json:"version"`
			System  string `json:"system"`
			Go      string `json:"go"`
			CPU     string `json:"cpu"`
			Cores   int    `json:"cores"`
			Kernel  string `json:"kernel"`
		}{about.Version, platform, goVersion, about.CPU, about.Cores, about.Kernel}
		return s.result(v, func() {
			s.facts().
				add(datahall.Say("version"), v.Version+" ("+v.System+", "+v.Go+")").
				add(datahall.Say("processor"), s.t(datahall.Say("%s, %s cores", v.CPU, v.Cores))).
				add(datahall.Say("kernels"), v.Kernel).print()
		})
	})
}
