package energy

import "datahall"

// Defaults is the meter of an owner who has set nothing. Sources: the price of
// electricity for businesses as a world average (GlobalPetrolPrices, 2024: 0.15
// USD/kWh); a machine of 1,500 USD written off over five years; no cooling of
// its own, so a PUE of 1 (Uptime Institute's survey of 2024 has 1.56 for data
// centres); the world's electricity (Ember, Global Electricity Review 2025: 473
// grams of CO2 a kWh in 2024).
func Defaults() datahall.Meter {
	return datahall.Meter{
		PricePerKWh: 0.15, Currency: "USD", MachinePrice: 1500, LifetimeYears: 5, PUE: 1, GramsCO2PerKWh: 473,
	}
}

const (
	joulesPerKWh   = 3.6e6
	secondsPerYear = 365.25 * 24 * 3600
)

// Check refuses a meter that would count nonsense.
func Check(t datahall.Meter) error {
	switch {
	case !(min(t.PricePerKWh, t.MachinePrice, t.LifetimeYears, t.GramsCO2PerKWh, t.IdleWatts, t.MaxWatts) >= 0): // NaN too
		return datahall.Errorf(datahall.Invalid, "tariff: a price, a weight or a power is below zero; give 0 or more")
	case !(t.PUE >= 1 && t.PUE <= 10):
		return datahall.Errorf(datahall.Invalid, "tariff: a PUE of %s; give 1 (no cooling) to 10", t.PUE)
	case t.MachinePrice > 0 && t.LifetimeYears <= 0:
		return datahall.Errorf(datahall.Invalid, "tariff: a machine with a price needs a lifetime; give its years")
	case t.MaxWatts > 0 && t.IdleWatts > t.MaxWatts:
		return datahall.Errorf(datahall.Invalid, "tariff: idle takes more power than full load; exchange the two")
	}
	return nil
}

// Usage is the receipt of a piece of work: electricity at the tariff and with
// the building's overhead, the machine's depreciation over the wall time for
// the processors held, and the CO2 of the electricity.
func Usage(t datahall.Meter, m PowerModel, s Share, e Energy) datahall.Usage {
	kWh := e.Joules / joulesPerKWh * max(t.PUE, 1)
	cost := kWh * t.PricePerKWh
	if t.LifetimeYears > 0 {
		cost += t.MachinePrice * s.Wall / (t.LifetimeYears * secondsPerYear) * s.idle(m.Threads)
	}
	return datahall.Usage{
		WallSeconds: s.Wall, CPUSeconds: s.CPU, Joules: e.Joules, EnergySource: e.Source, EnergyError: e.Error,
		Cost: cost, Currency: t.Currency, GramsCO2: kWh * t.GramsCO2PerKWh,
	}
}
