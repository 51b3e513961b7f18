package console

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"datahall"
	"datahall/phrase"
)

// count writes a whole number with its thousands apart: 2,130.
func count(n int64) string {
	text := strconv.FormatInt(n, 10)
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
	rounded := strconv.FormatFloat(x, 'e', significant-1, 64)
	exponent, _ := strconv.Atoi(rounded[strings.IndexByte(rounded, 'e')+1:])
	if exponent < -6 {
		return rounded
	}
	text := strconv.FormatFloat(x, 'f', max(0, significant-1-exponent), 64)
	whole, fraction, point := strings.Cut(text, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = count(n)
	}
	if point {
		return whole + "." + fraction
	}
	return whole
}

// percent writes a share of one with a decimal: 92.4 %.
func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + " %" }

// points writes the difference of two shares in percentage points, unsigned.
func points(x float64) string { return strconv.FormatFloat(math.Abs(100*x), 'f', 1, 64) }

// bytesOf writes a size in decimal units.
func bytesOf(n float64) string {
	for _, u := range []string{"B", "kB", "MB", "GB"} {
		if n < 999.5 {
			if u == "B" {
				return digits(n, 1) + " B"
			}
			return digits(n, 3) + " " + u
		}
		n /= 1000
	}
	return digits(n, 3) + " TB"
}

// joules writes an energy.
func joules(j float64) string {
	switch {
	case j >= 999_500:
		return digits(j/1e6, 3) + " MJ"
	case j >= 9_995:
		return digits(j/1e3, 3) + " kJ"
	case j > 0 && j < 0.0001:
		return "<0.0001 J"
	}
	return digits(j, 3) + " J"
}

// little writes a sum in two digits, and says only that it is smaller where
// that is below what anybody counts.
func little(x, least float64) string {
	if x > 0 && x < least {
		return "<" + strconv.FormatFloat(least, 'f', -1, 64)
	}
	return digits(x, 2)
}

// money writes a sum of a currency.
func money(u datahall.Usage) string {
	if u.Currency == "" {
		return digits(u.Cost, 2)
	}
	return little(u.Cost, 0.000001) + " " + u.Currency
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

// duration writes seconds as a person says them.
func duration(lang phrase.Language, seconds float64) string {
	switch {
	case seconds < 0.0995:
		return phrase.Text(lang, "%s ms", digits(1000*seconds, 1))
	case seconds < 9.95:
		return phrase.Text(lang, "%s s", strconv.FormatFloat(seconds, 'f', 1, 64))
	case seconds < 119.5:
		return phrase.Text(lang, "%s s", strconv.FormatFloat(seconds, 'f', 0, 64))
	case seconds < 2*3600:
		whole := int(seconds + 0.5)
		return phrase.Text(lang, "%s min %s s", whole/60, whole%60)
	}
	minutes := int(seconds/60 + 0.5)
	return phrase.Text(lang, "%s h %s min", minutes/60, minutes%60)
}

// when writes a time on the hall's clock in a layout, with the exact one for
// machines.
func when(t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, //nolint:gosec // digits only
		t.UTC().Format(time.RFC3339), t.Local().Format(layout)))
}

// energySource says how joules are known, and how well.
func energySource(lang phrase.Language, u datahall.Usage) string {
	how := u.EnergySource
	switch how {
	case "rapl":
		how = phrase.Text(lang, "measured by RAPL")
	case "modelled":
		how = phrase.Text(lang, "modelled")
	}
	if u.EnergyError > 0 {
		how += " ±" + digits(100*u.EnergyError, 1) + " %"
	}
	return how
}
