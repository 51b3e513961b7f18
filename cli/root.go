package cli

import (
	"context"

	"github.com/spf13/cobra"

	"datahall"
)

// root is the tree of all commands, in the reader's language.
func (s *session) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "datahall",
		Short:         s.t(datahall.Say("An AI data centre in one program: bring data, train, measure, serve")),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          s.noSuchCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },

		DisableFlagsInUseLine: true,
		PersistentPreRunE:     func(*cobra.Command, []string) error { return s.checkGlobal() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	s.globalFlags(root)
	completeWords(root, map[string][]string{"lang": {"en", "zh-CN"}})
	s.dress(root)
	for _, g := range s.groups() {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.SetHelpCommand(s.helpCommand())
	root.AddCommand(s.workCommand())
	inOrder(root)
	return root
}

func init() { cobra.EnableCommandSorting = false } // what comes first matters most

// inOrder lists flags as they were defined.
func inOrder(c *cobra.Command) {
	c.Flags().SortFlags = false
	c.PersistentFlags().SortFlags = false
	for _, sub := range c.Commands() {
		inOrder(sub)
	}
}

// group is a heading of the overview and the commands below it.
type group struct {
	id, title string
	commands  []*cobra.Command
}

func (s *session) groups() []group {
	return []group{
		{"start", s.t(datahall.Say("To begin:")), []*cobra.Command{s.quickstartCommand(), s.upCommand(), s.stopCommand(), s.loginCommand(), s.doctorCommand()}},
		{"model", s.t(datahall.Say("From data to a model:")), []*cobra.Command{s.datasetCommand(), s.trainCommand(), s.evalCommand(), s.predictCommand(), s.modelCommand()}},
		{"serve", s.t(datahall.Say("Serving:")), []*cobra.Command{s.serveCommand(), s.endpointCommand(), s.keyCommand()}},
		{"hall", s.t(datahall.Say("The hall:")), []*cobra.Command{s.jobCommand(), s.usageCommand(), s.tariffCommand()}},
		{"program", s.t(datahall.Say("This program:")), []*cobra.Command{s.versionCommand(), s.completionCommand()}},
	}
}

func (s *session) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.BoolVar(&s.json, "json", false, s.t(datahall.Say("print one line of JSON on standard output and nothing else")))
	f.StringVar(&s.tongue, "lang", "", s.t(datahall.Say("`en` or zh-CN; otherwise as the locale says")))
	f.StringVar(&s.url, "url", "", s.t(datahall.Say("`ADDRESS` of a hall that runs elsewhere (or DATAHALL_URL, with its key in DATAHALL_API_KEY)")))
	f.StringVar(&s.home, "home", "", s.t(datahall.Say("`FOLDER` of the hall on this machine (or DATAHALL_HOME; otherwise ~/.datahall)")))
	f.BoolVarP(&s.verbose, "verbose", "v", false, s.t(datahall.Say("show the log of jobs too")))
	f.BoolP("help", "h", false, s.t(datahall.Say("show this help")))
}

// checkGlobal refuses what no command could mean.
func (s *session) checkGlobal() error {
	switch s.tongue {
	case "", "en", "zh", "zh-CN", "zh_CN":
	default:
		return datahall.Errorf(datahall.Invalid, "--lang %s: not spoken here; give en or zh-CN", s.tongue)
	}
	if s.limit < 0 {
		return datahall.Errorf(datahall.Invalid, "--limit %s: is below 0; give how many to list, or leave it out for all", s.limit)
	}
	return nil
}

// command makes a command that does something.
func (s *session) command(use string, short datahall.Message, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: s.t(short), Args: args, DisableFlagsInUseLine: true, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error { return run(c.Context(), args) },
	}
}

// parent makes a command that only holds others.
func (s *session) parent(use string, short datahall.Message, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: s.t(short), Args: s.noSuchCommand, DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// jobFlags are those of a command that becomes a job.
func (s *session) jobFlags(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&s.detach, "detach", false, s.t(datahall.Say("print the job's id once it is stored, and leave it running")))
	return c
}

// listFlags are those of a command that lists.
func (s *session) listFlags(c *cobra.Command) *cobra.Command {
	c.Flags().IntVar(&s.limit, "limit", 0, s.t(datahall.Say("list at most this `NUMBER`; otherwise all")))
	return c
}

// workCommand is what the hall starts for each job; nobody types it.
func (s *session) workCommand() *cobra.Command {
	var body bool
	c := s.command("work", datahall.Say("the parent of a job; started by the hall"), s.args(0, 0), func(context.Context, []string) error {
		s.code = s.env.Work(s.outer, body)
		return nil
	})
	c.Hidden = true
	c.Flags().BoolVar(&body, "body", false, s.t(datahall.Say("the process that does the job's work")))
	return c
}
