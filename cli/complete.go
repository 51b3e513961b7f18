package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"datahall/client"
)

// lister lists what may be completed in one place of a command line.
type lister func(ctx context.Context, c *client.Client) ([]string, error)

func datasetNames(ctx context.Context, c *client.Client) ([]string, error) {
	list, err := c.Datasets(ctx, "", 0)
	var found []string
	for _, d := range list {
		found = append(found, d.Name)
	}
	return found, err
}

func modelNames(ctx context.Context, c *client.Client) ([]string, error) {
	list, err := c.Models(ctx, "", 0)
	var found []string
	for _, m := range list {
		found = append(found, m.Name)
	}
	return found, err
}

func endpointNames(ctx context.Context, c *client.Client) ([]string, error) {
	list, err := c.Endpoints(ctx)
	var found []string
	for _, e := range list {
		found = append(found, e.Name)
	}
	return found, err
}

func jobNames(ctx context.Context, c *client.Client) ([]string, error) {
	list, err := c.Jobs(ctx, "", "", 50)
	var found []string
	for _, j := range list {
		found = append(found, j.ID)
	}
	return found, err
}

func keyNames(ctx context.Context, c *client.Client) ([]string, error) {
	list, err := c.Keys(ctx)
	var found []string
	for _, k := range list {
		found = append(found, k.Name)
	}
	return found, err
}

// completed asks the hall that runs, if one does, for what the tab key offers.
func (s *session) completed(list lister, then cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx := c.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		hall, err := s.find(ctx)
		if err != nil || hall == nil {
			return nil, then
		}
		hall.Patience = 0
		found, err := list(ctx, hall)
		if err != nil {
			return nil, then
		}
		return found, then
	}
}

// taking completes the argument of a command.
func (s *session) taking(c *cobra.Command, list lister) *cobra.Command {
	c.ValidArgsFunction = s.completed(list, cobra.ShellCompDirectiveNoFileComp)
	return c
}

// completeFlag completes the value of a flag; files may stand there too.
func (s *session) completeFlag(c *cobra.Command, flag string, list lister) {
	c.RegisterFlagCompletionFunc(flag, s.completed(list, cobra.ShellCompDirectiveDefault)) //nolint:errcheck // the flag is there
}

// completeWords completes the value of a flag that takes one of a few words.
func completeWords(c *cobra.Command, words map[string][]string) {
	for flag, choices := range words {
		c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp)) //nolint:errcheck // the flag is there
	}
}
