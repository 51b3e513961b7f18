package cli

import (
	"io"
	"strconv"
	"strings"

	"datahall"
)

// counts writes names with how many: zh 1,065 · en 1,065.
func (s *session) counts(list []datahall.Count) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = s.known(c.Name) + " " + count(c.N)
	}
	return strings.Join(parts, " · ")
}

// known puts the names of sides and languages into the reader's language.
func (s *session) known(name string) string {
	if m, ok := names[name]; ok {
		return s.t(m)
	}
	return name
}

var names = map[string]datahall.Message{
	"train":      datahall.Say("train"),
	"validation": datahall.Say("validation"),
	"test":       datahall.Say("test"),
	"":           datahall.Say("none"),
	"zh":         datahall.Say("Chinese"),
	"en":         datahall.Say("English"),
	"mixed":      datahall.Say("mixed"),
	"other":      datahall.Say("other"),
}

// showReport says what was read of a file, and what that took where it is known.
func (s *session) showReport(d datahall.Dataset, u datahall.Usage) {
	r := d.Report
	f := s.facts()
	f.add(datahall.Say("rows"), s.rows(r))
	f.add(datahall.Say("source"), s.source(d))
	f.add(datahall.Say("text column"), s.column(r.TextColumn))
	f.add(datahall.Say("label column"), s.column(r.LabelColumn))
	f.add(datahall.Say("labels"), s.labels(r.Labels))
	f.add(datahall.Say("languages"), s.counts(r.Languages))
	if r.Lengths.Max > 0 {
		f.add(datahall.Say("lengths"), s.t(datahall.Say("%s to %s characters, half of the texts at most %s, 95 of 100 at most %s",
			count(r.Lengths.Min), count(r.Lengths.Max), count(r.Lengths.P50), count(r.Lengths.P95))))
	}
	f.add(datahall.Say("splits"), s.counts(r.Splits))
	if u.WallSeconds > 0 {
		f.add(datahall.Say("receipt"), s.receipt(u))
	}
	f.print()
	s.showLeaks(r.Leaks)
	s.showProblems(r)
}

func (s *session) rows(r datahall.DatasetReport) string {
	if r.Rejected == 0 {
		return count(r.Rows)
	}
	return s.t(datahall.Say("%s, and %s rejected", count(r.Rows), count(r.Rejected)))
}

func (s *session) source(d datahall.Dataset) string {
	parts := []string{d.Source}
	for _, p := range []string{d.Report.Format, d.Report.Encoding, d.Report.Sheet} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// column says which column was taken and why.
func (s *session) column(c datahall.ColumnUse) string {
	switch {
	case c.Index < 0 || c.Name == "" && c.Reason.IsZero():
		return ""
	case c.Reason.IsZero():
		return s.t(datahall.Say("column %q", c.Name))
	}
	return s.t(datahall.Say("column %q, %s", c.Name, s.t(c.Reason)))
}

// labels names the most frequent ones.
func (s *session) labels(list []datahall.Count) string {
	if len(list) == 0 {
		return ""
	}
	const shown = 5
	some := s.counts(list[:min(shown, len(list))])
	if len(list) > shown {
		some += " …"
	}
	return s.t(datahall.Say("%s: %s", count(len(list)), some))
}

func (s *session) showLeaks(l *datahall.Leaks) {
	if l != nil && l.Exact+l.Near > 0 {
		s.say(leaking(l))
	}
}

// leaking says how much of the test side is known from the training side, and
// what to do where that makes scores too good.
func leaking(l *datahall.Leaks) datahall.Message {
	if l.Exact == 0 && l.Near*100 < l.Rows {
		return datahall.Say("of %s rows for testing, %s nearly repeat one for training", count(l.Rows), count(l.Near))
	}
	return datahall.Say("of %s rows for testing, %s stand among those for training too and %s nearly so: scores will look too good; datahall dataset split makes a clean split",
		count(l.Rows), count(l.Exact), count(l.Near))
}

// showProblems lists what a person should look at.
func (s *session) showProblems(r datahall.DatasetReport) {
	for _, p := range r.Problems {
		text := "- " + s.t(p.Message)
		if len(p.Lines) > 0 {
			text += s.lines(p)
		}
		s.line(oneLine(text))
	}
}

// lines says where a finding was made.
func (s *session) lines(p datahall.Problem) string {
	if len(p.Lines) == 1 && p.N <= 1 {
		return s.t(datahall.Say(" (line %s)", p.Lines[0]))
	}
	return s.t(datahall.Say(" (lines %s)", lineNumbers(p.Lines, p.N)))
}

// lineNumbers lists some lines, and says that there are more.
func lineNumbers(lines []int, all int) string {
	const shown = 5
	var parts []string
	for i, l := range lines {
		if i == shown {
			break
		}
		parts = append(parts, strconv.Itoa(l))
	}
	text := strings.Join(parts, ", ")
	if len(lines) > shown || all > len(lines) {
		text += ", …"
	}
	return text
}

// pour copies bytes to standard output.
func pour(w io.Writer, r io.Reader) error {
	_, err := io.Copy(w, r)
	return err
}
