package datahall

// Usage is what a piece of work took.
type Usage struct {
	WallSeconds  float64 `json:"wall_seconds"`
	CPUSeconds   float64 `json:"cpu_seconds"`
	Joules       float64 `json:"joules"`
	EnergySource string  `json:"energy_source"` // rapl or modelled
	EnergyError  float64 `json:"energy_error"`  // relative half-width: 0.05 is ±5 %
	Cost         float64 `json:"cost"`          // electricity and depreciation, in Currency
	Currency     string  `json:"currency"`
	GramsCO2     float64 `json:"grams_co2"`
}

// Plus adds two usages; the weaker source and the wider band are kept.
func (u Usage) Plus(v Usage) Usage {
	sum := Usage{
		WallSeconds: u.WallSeconds + v.WallSeconds, CPUSeconds: u.CPUSeconds + v.CPUSeconds,
		Joules: u.Joules + v.Joules, Cost: u.Cost + v.Cost, GramsCO2: u.GramsCO2 + v.GramsCO2,
		EnergySource: u.EnergySource, EnergyError: max(u.EnergyError, v.EnergyError), Currency: u.Currency,
	}
	if v.EnergySource != "" && (sum.EnergySource == "" || v.EnergySource == "modelled") {
		sum.EnergySource = v.EnergySource
	}
	if sum.Currency == "" {
		sum.Currency = v.Currency
	}
	return sum
}

// Times gives a part of a usage.
func (u Usage) Times(share float64) Usage {
	u.WallSeconds *= share
	u.CPUSeconds *= share
	u.Joules *= share
	u.Cost *= share
	u.GramsCO2 *= share
	return u
}
