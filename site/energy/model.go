package energy

import (
	"strings"

	"datahall"
)

// PowerModel says what a machine, or the part of one that a virtual machine
// sees, draws in watts.
type PowerModel struct {
	Name    string  // the line of the table, or how it was guessed
	Threads int     // logical processors that share it
	Idle    float64 // watts, nothing running
	Max     float64 // watts, all threads busy
	Error   float64 // relative half-width of the band: 0.3 is ±30 %
}

// The bands: a table says what is typical, not what this chip draws today.
const (
	knownError   = 0.3
	familyError  = 0.5
	guessedError = 0.7
	statedError  = 0.15 // watts that the owner gave
)

// Lookup finds the model of a machine with threads logical processors on cores
// cores (0: not known) whose system gives a name, "Intel(R) Xeon(R) Platinum
// 8480+" for example. A machine that shows only some threads of a chip gets
// their share of it, one with several chips as many times one.
func Lookup(name string, cores, threads int) PowerModel {
	threads = max(threads, cores, 1)
	clean := normalise(name)
	if p, ok := longest(processors, clean); ok {
		return p.scaled(p.name, threads, knownError)
	}
	if p, ok := longest(families, clean); ok {
		return p.scaled(p.name+" family", threads, familyError)
	}
	if cores < 1 || cores > threads {
		cores = threads
	}
	return PowerModel{"unknown processor", threads, perCore.idle * float64(cores), perCore.max * float64(cores), guessedError}
}

// With puts the watts that the owner has set in place of the table's.
func (m PowerModel) With(meter datahall.Meter) PowerModel {
	if meter.MaxWatts > 0 {
		m.Max, m.Idle = meter.MaxWatts, min(m.Idle, meter.MaxWatts)
		m.Name, m.Error = "stated", statedError
	}
	if meter.IdleWatts > 0 {
		m.Idle, m.Max = meter.IdleWatts, max(m.Max, meter.IdleWatts)
	}
	return m
}

func (p processor) scaled(name string, threads int, band float64) PowerModel {
	share := float64(threads) / float64(p.threads)
	return PowerModel{name, threads, p.idle * share, p.max * share, band}
}

// longest finds the line with the longest name that stands in clean as whole words.
func longest(table []processor, clean string) (processor, bool) {
	var best processor
	for _, p := range table {
		if len(p.name) > len(best.name) && standsIn(clean, p.name) {
			best = p
		}
	}
	return best, best.name != ""
}

// standsIn reports whether name begins at a word of clean. It need not end at
// one: "xeon platinum 8480" is the 8480C and the 8480+ too, and "core i" any of
// them; but digits go on to another model.
func standsIn(clean, name string) bool {
	for from := 0; ; {
		i := strings.Index(clean[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		begins := start == 0 || clean[start-1] == ' '
		last := name[len(name)-1]
		goesOn := end < len(clean) && isDigit(last) && isDigit(clean[end])
		if begins && !goesOn {
			return true
		}
		from = start + 1
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// normalise drops what makers add to names.
func normalise(name string) string {
	s := strings.ToLower(name)
	s, _, _ = strings.Cut(s, "@")
	for _, drop := range []string{"(r)", "(tm)", "intel", "amd ", "cpu", "processor"} {
		s = strings.ReplaceAll(s, drop, " ")
	}
	return strings.Join(strings.Fields(s), " ")
}
