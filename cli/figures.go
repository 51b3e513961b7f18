package cli

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"datahall"
)

// count writes a whole number with its thousands apart: 2,130.
func count[N int | int64](n N) string {
	text := strconv.FormatInt(int64(n), 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// digits writes a number with at least so many significant digits, and all of
// those before the point: 1,234 · 12.3 · 0.00123.
func digits(x float64, significant int) string {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	rounded := strconv.FormatFloat(x, 'e', significant-1, 64) // 9.99 with two digits is 1.0e+01
	exponent, _ := strconv.Atoi(rounded[strings.IndexByte(rounded, 'e')+1:])
	places := max(0, significant-1-exponent)
	text := strconv.FormatFloat(x, 'f', places, 64)
	whole, fraction, point := strings.Cut(text, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = count(n)
	}
	if point {
		return whole + "." + fraction
	}
	return whole
}

// exact writes a number that somebody has set, as it was set.
func exact(x float64) string {
	whole, fraction, point := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = count(n)
	}
	if point {
		return whole + "." + fraction
	}
	return whole
}

// little writes a sum in two digits, and says only that it is smaller where
// that is below what anybody counts.
func little(x, least float64) string {
	if x > 0 && x < least {
		return "<" + exact(least)
	}
	return digits(x, 2)
}

// percent writes a share of one with a decimal: 92.4 %.
func percent(x float64) string { return hundredths(x) + " %" }

// hundredths is percent without its sign, for tables.
func hundredths(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) }

// duration writes seconds as a person says them.
func (s *session) duration(seconds float64) string {
	switch {
	case seconds < 0.0995:
		return s.t(datahall.Say("%s ms", digits(1000*seconds, 1)))
	case seconds < 9.95:
		return s.t(datahall.Say("%s s", strconv.FormatFloat(seconds, 'f', 1, 64)))
	case seconds < 119.5:
		return s.t(datahall.Say("%s s", strconv.FormatFloat(seconds, 'f', 0, 64)))
	case seconds < 2*3600:
		whole := int(seconds + 0.5)
		return s.t(datahall.Say("%s min %s s", whole/60, whole%60))
	}
	minutes := int(seconds/60 + 0.5)
	return s.t(datahall.Say("%s h %s min", minutes/60, minutes%60))
}

// bytesOf writes a size in decimal units.
func bytesOf(n float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	i := 0
	for n >= 999.5 && i < len(units)-1 {
		n, i = n/1000, i+1
	}
	if i == 0 {
		return digits(n, 1) + " B"
	}
	return digits(n, 3) + " " + units[i]
}

// joules writes an energy.
func joules(j float64) string {
	switch {
	case j >= 999_500:
		return digits(j/1e6, 3) + " MJ"
	case j >= 9_995:
		return digits(j/1e3, 3) + " kJ"
	case j < 1:
		return little(j, 0.01) + " J"
	}
	return digits(j, 3) + " J"
}

// parameters writes the size of a model: 22.7 M.
func parameters(n int64) string {
	switch {
	case n >= 1_000_000_000:
		return digits(float64(n)/1e9, 3) + " B"
	case n >= 1_000_000:
		return digits(float64(n)/1e6, 3) + " M"
	}
	return count(n)
}

// when writes a time on this machine's clock.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// amount writes how much of something was done: 2,130 rows.
func (s *session) amount(n float64, unit string) string {
	if unit == "bytes" {
		return bytesOf(n)
	}
	return s.t(datahall.Say("%s %s", count(int64(n)), s.unit(unit)))
}

// unit is the word for what a stage counts.
func (s *session) unit(unit string) string {
	if m, ok := units[unit]; ok {
		return s.t(m)
	}
	return unit
}

var units = map[string]datahall.Message{
	"rows":    datahall.Say("rows"),
	"steps":   datahall.Say("steps"),
	"tokens":  datahall.Say("tokens"),
	"folds":   datahall.Say("folds"),
	"texts":   datahall.Say("texts"),
	"epochs":  datahall.Say("epochs"),
	"files":   datahall.Say("files"),
	"words":   datahall.Say("words"),
	"merges":  datahall.Say("merges"),
	"batches": datahall.Say("batches"),
	"fits":    datahall.Say("fits"),
	"vectors": datahall.Say("vectors"),
	"samples": datahall.Say("samples"),
	"models":  datahall.Say("models"),
}

// receipt says what work took, in one line.
func (s *session) receipt(u datahall.Usage) string {
	parts := []string{
		s.duration(u.WallSeconds),
		s.t(datahall.Say("%s of processor time", s.duration(u.CPUSeconds))),
		s.energy(u),
	}
	if u.Currency != "" {
		parts = append(parts, s.money(u))
	}
	parts = append(parts, s.t(datahall.Say("%s g CO2", little(u.GramsCO2, 0.001))))
	return strings.Join(parts, " · ")
}

// showReceipt prints what work took, where that is known.
func (s *session) showReceipt(u datahall.Usage) {
	if u.WallSeconds > 0 {
		s.facts().add(datahall.Say("receipt"), s.receipt(u)).print()
	}
}

// energy says how many joules, how they are known and how well.
func (s *session) energy(u datahall.Usage) string {
	source := map[string]datahall.Message{
		"rapl":     datahall.Say("measured by RAPL"),
		"modelled": datahall.Say("modelled"),
	}[u.EnergySource]
	how := cmp.Or(s.t(source), u.EnergySource)
	if u.EnergyError > 0 {
		how += " ±" + digits(100*u.EnergyError, 1) + " %"
	}
	if how == "" {
		return joules(u.Joules)
	}
	return s.t(datahall.Say("%s (%s)", joules(u.Joules), how))
}

func (s *session) money(u datahall.Usage) string {
	return s.t(datahall.Say("%s %s", little(u.Cost, 0.0001), u.Currency))
}
