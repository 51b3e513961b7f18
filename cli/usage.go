package cli

import (
	"context"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) usageCommand() *cobra.Command {
	return s.listFlags(s.command("usage", datahall.Say("show what jobs and endpoints took: time, energy, money, CO2"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		list, err := c.Usage(ctx)
		if err != nil {
			return err
		}
		if s.json {
			return s.result(first(list, s.limit), nil)
		}
		s.showUsage(list)
		return nil
	}))
}

func (s *session) showUsage(list []datahall.UsageLine) {
	t := s.table(datahall.Say("kind"), datahall.Say("name"), datahall.Say("time"), datahall.Say("processor"), datahall.Say("energy"), datahall.Say("cost"), datahall.Say("g CO2"), datahall.Say("id")).numbers(2, 3, 4, 5, 6)
	var sums []datahall.Usage // one for each currency
	for i, l := range list {
		sums = addTo(sums, l.Usage)
		if s.limit == 0 || i < s.limit {
			t.row(l.Kind, l.Name, s.duration(l.Usage.WallSeconds), s.duration(l.Usage.CPUSeconds), joules(l.Usage.Joules), s.money(l.Usage), little(l.Usage.GramsCO2, 0.001), l.ID)
		}
	}
	s.show(t, datahall.Say("nothing was used yet"))
	if len(list) > 0 {
		s.line("")
		f := s.facts()
		for _, sum := range sums {
			f.add(datahall.Say("in all"), s.receipt(sum))
		}
		f.print()
	}
}

// addTo adds a usage to the sum of its currency: money of different ones is
// not one sum.
func addTo(sums []datahall.Usage, u datahall.Usage) []datahall.Usage {
	for i := range sums {
		if sums[i].Currency == u.Currency || u.Currency == "" {
			sums[i] = sums[i].Plus(u)
			return sums
		}
	}
	return append(sums, u)
}
