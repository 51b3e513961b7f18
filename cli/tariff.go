package cli

import (
	"context"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) tariffCommand() *cobra.Command {
	return s.parent("tariff", datahall.Say("see and set what receipts are reckoned with"), s.tariffShow(), s.tariffSet())
}

func (s *session) tariffShow() *cobra.Command {
	return s.command("show", datahall.Say("show the prices and the power that receipts are reckoned with"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		hall, err := c.Hall(ctx)
		if err != nil {
			return err
		}
		return s.result(hall.Meter, func() { s.showMeter(hall.Meter) })
	})
}

func (s *session) showMeter(m datahall.Meter) {
	watts := func(w float64) string {
		if w == 0 {
			return s.t(datahall.Say("from the table of processors"))
		}
		return exact(w) + " W"
	}
	s.facts().
		add(datahall.Say("electricity"), s.t(datahall.Say("%s %s a kWh", exact(m.PricePerKWh), m.Currency))).
		add(datahall.Say("machine"), s.t(datahall.Say("%s %s, over %s years", exact(m.MachinePrice), m.Currency, exact(m.LifetimeYears)))).
		add(datahall.Say("overhead (PUE)"), exact(m.PUE)).
		add(datahall.Say("carbon"), s.t(datahall.Say("%s g CO2 a kWh", exact(m.GramsCO2PerKWh)))).
		add(datahall.Say("power at rest"), watts(m.IdleWatts)).
		add(datahall.Say("power at most"), watts(m.MaxWatts)).print()
}

func (s *session) tariffSet() *cobra.Command {
	var m datahall.Meter
	c := s.command("set [--price-kwh 0.60 --currency CNY …]", datahall.Say("set some of them; the others stay"), s.args(0, 0), nil)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if !changed(c) {
			return datahall.Errorf(datahall.Invalid, "%s: says nothing to set; it is used as %q", called(c), c.UseLine())
		}
		hall, err := s.connect(c.Context())
		if err != nil {
			return err
		}
		now, err := hall.Hall(c.Context())
		if err != nil {
			return err
		}
		if err := s.setMeter(c, hall.SetMeter, now.Meter, m); err != nil {
			return err
		}
		now, err = hall.Hall(c.Context())
		if err != nil {
			return err
		}
		return s.result(now.Meter, func() { s.showMeter(now.Meter) })
	}
	f := c.Flags()
	f.Float64Var(&m.PricePerKWh, "price-kwh", 0, s.t(datahall.Say("`PRICE` of a kilowatt-hour")))
	f.StringVar(&m.Currency, "currency", "", s.t(datahall.Say("`CURRENCY` of all prices, such as CNY")))
	f.Float64Var(&m.MachinePrice, "machine-price", 0, s.t(datahall.Say("`PRICE` of this machine")))
	f.Float64Var(&m.LifetimeYears, "lifetime-years", 0, s.t(datahall.Say("`YEARS` in which the machine is written off")))
	f.Float64Var(&m.PUE, "pue", 0, s.t(datahall.Say("`FACTOR` for cooling and losses of the building, from 1")))
	f.Float64Var(&m.GramsCO2PerKWh, "co2-kwh", 0, s.t(datahall.Say("`GRAMS` of CO2 of a kilowatt-hour")))
	f.Float64Var(&m.IdleWatts, "idle-watts", 0, s.t(datahall.Say("`WATTS` of the machine at rest; 0 takes them from the table of processors")))
	f.Float64Var(&m.MaxWatts, "max-watts", 0, s.t(datahall.Say("`WATTS` of the machine when all its processors work; 0 as above")))
	return c
}

// changed reports whether any flag of the command itself was given.
func changed(c *cobra.Command) bool {
	for _, name := range []string{"price-kwh", "currency", "machine-price", "lifetime-years", "pue", "co2-kwh", "idle-watts", "max-watts"} {
		if c.Flags().Changed(name) {
			return true
		}
	}
	return false
}

// setMeter puts the values that were given in the place of the old ones.
func (s *session) setMeter(c *cobra.Command, set func(context.Context, datahall.Meter) error, now, given datahall.Meter) error {
	for name, value := range map[string][2]*float64{
		"price-kwh": {&now.PricePerKWh, &given.PricePerKWh}, "machine-price": {&now.MachinePrice, &given.MachinePrice},
		"lifetime-years": {&now.LifetimeYears, &given.LifetimeYears}, "pue": {&now.PUE, &given.PUE},
		"co2-kwh": {&now.GramsCO2PerKWh, &given.GramsCO2PerKWh}, "idle-watts": {&now.IdleWatts, &given.IdleWatts},
		"max-watts": {&now.MaxWatts, &given.MaxWatts},
	} {
		if !c.Flags().Changed(name) {
			continue
		}
		if v := *value[1]; !(v >= 0 && v <= 1e12) || name == "pue" && v < 1 || name == "lifetime-years" && v == 0 {
			return datahall.Errorf(datahall.Invalid, "--%s %s: makes no sense here; give a number of 0 or more, a PUE of 1 or more, a lifetime above 0", name, v)
		}
		*value[0] = *value[1]
	}
	if c.Flags().Changed("currency") {
		if given.Currency == "" || len(given.Currency) > 8 {
			return datahall.Errorf(datahall.Invalid, "--currency %q: is no currency; give its code, such as CNY", given.Currency)
		}
		now.Currency = given.Currency
	}
	return set(c.Context(), now)
}
