package data

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"datahall"
)

// layout is what a file's columns are used for.
type layout struct {
	names              []string // headers, or numbers from 1
	header             bool
	text, label, split datahall.ColumnUse
	separator          string // between the labels of a cell, MultiLabel only
}

// profile is what the sample shows of a column.
type profile struct {
	index    int
	filled   int // cells that say something
	chars    int
	numbers  int
	lists    int
	distinct map[string]int
	splits   int // cells that name a split
}

func profiles(sample []*record, width int) []profile {
	ps := make([]profile, width)
	for i := range ps {
		ps[i] = profile{index: i, distinct: map[string]int{}}
	}
	for _, r := range sample {
		for i := range min(width, len(r.cells)) {
			ps[i].add(r.cells[i])
		}
	}
	return ps
}

func (p *profile) add(c cell) {
	b := bytes.TrimSpace(c.b)
	if c.kind == missing || len(b) == 0 {
		return
	}
	p.filled++
	p.chars += utf8.RuneCount(b)
	if c.kind == list {
		p.lists++
	}
	value := string(b[:min(len(b), 200)])
	p.distinct[value]++
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		p.numbers++
	}
	if splitOf(value) != "" {
		p.splits++
	}
}

func (p *profile) mean() float64 { return float64(p.chars) / float64(max(p.filled, 1)) }

// repeats reports whether values come back as labels do.
func (p *profile) repeats() bool {
	return p.filled > 0 && len(p.distinct) < p.filled && (p.filled < 20 || len(p.distinct)*2 <= p.filled)
}

// choose decides the columns from the sample, the first row being the header
// where there is one.
func choose(names []string, header bool, sample []*record, opts *Options) (layout, error) {
	l := layout{names: names, header: header}
	none := datahall.ColumnUse{Index: -1}
	l.text, l.label, l.split = none, none, none
	ps := profiles(sample, len(names))
	var err error
	if l.text, err = l.named(opts.TextColumn, opts); err != nil {
		return l, err
	}
	if l.label, err = l.named(opts.LabelColumn, opts); err != nil {
		return l, err
	}
	if l.split, err = l.named(opts.SplitColumn, opts); err != nil {
		return l, err
	}
	if l.text.Index >= 0 && (l.text.Index == l.label.Index || l.text.Index == l.split.Index) || l.label.Index >= 0 && l.label.Index == l.split.Index {
		return l, datahall.Errorf(datahall.Invalid, "%s: one column is named for two uses; name different columns for text, label and split", opts.Name)
	}
	l.findByName(ps, opts)
	l.findByContent(ps, opts)
	if err := l.complete(opts); err != nil {
		return l, err
	}
	if opts.Task == MultiLabel {
		l.separator = separatorOf(ps[l.label.Index])
	}
	return l, nil
}

// named resolves what the user calls a column.
func (l *layout) named(column string, opts *Options) (datahall.ColumnUse, error) {
	if column == "" {
		return datahall.ColumnUse{Index: -1}, nil
	}
	i := -1
	if l.header {
		if i = slices.Index(l.names, column); i < 0 {
			i = slices.IndexFunc(l.names, func(n string) bool { return plain(n) == plain(column) })
		}
	}
	if n, err := strconv.Atoi(strings.TrimSpace(column)); i < 0 && err == nil && n >= 1 && n <= len(l.names) {
		i = n - 1
	}
	if i < 0 {
		return datahall.ColumnUse{}, datahall.Errorf(datahall.Invalid, "%s: has no column %q; it has %s", opts.Name, shorten(column), l.list())
	}
	return datahall.ColumnUse{Name: l.names[i], Index: i, Reason: datahall.Say("named by you")}, nil
}

// list names the columns for a sentence.
func (l *layout) list() string {
	var b strings.Builder
	for i, n := range l.names {
		if i == 20 {
			b.WriteString(", …")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if n == "" {
			n = strconv.Itoa(i + 1)
		}
		b.WriteString(printable(shorten(n)))
	}
	return b.String()
}

func (l *layout) taken(i int) bool {
	return i == l.text.Index || i == l.label.Index || i == l.split.Index
}

func (l *layout) findByName(ps []profile, opts *Options) {
	if l.text.Index < 0 {
		l.text = l.byName(textNames, func(int) bool { return true })
	}
	if l.label.Index < 0 && opts.Task != Text {
		names := labelNames
		if opts.Task == Regress {
			names = valueNames
		}
		l.label = l.byName(names, func(int) bool { return true })
	}
	if l.split.Index < 0 {
		l.split = l.byName(splitNames, func(i int) bool {
			return ps[i].filled > 0 && ps[i].splits*20 >= ps[i].filled*19
		})
	}
}

// byName takes the free column of the best rank, and mentions the others that
// are known themselves.
func (l *layout) byName(names []string, fits func(int) bool) datahall.ColumnUse {
	best, bestRank := -1, 0
	for i, n := range l.names {
		if r := rank(n, names); r >= 0 && !l.taken(i) && fits(i) && (best < 0 || r < bestRank) {
			best, bestRank = i, r
		}
	}
	if best < 0 {
		return datahall.ColumnUse{Index: -1}
	}
	var others []string
	for i, n := range l.names {
		if i != best && !l.taken(i) && known(n, names) {
			others = append(others, printable(n))
		}
	}
	use := datahall.ColumnUse{Name: l.names[best], Index: best, Reason: datahall.Say("recognised by its name")}
	if len(others) > 0 {
		use.Reason = datahall.Say("recognised by its name; %s could be meant too", strings.Join(others, ", "))
	}
	return use
}

func (l *layout) findByContent(ps []profile, opts *Options) {
	if l.text.Index < 0 {
		l.text = l.longest(ps)
	}
	if l.label.Index >= 0 || opts.Task == Text {
		return
	}
	if opts.Task == Regress {
		l.label = l.numeric(ps)
		return
	}
	l.label = l.repeated(ps)
}

// longest takes the column of the longest texts that are not all the same.
func (l *layout) longest(ps []profile) datahall.ColumnUse {
	best := -1
	score := func(p profile) float64 {
		variety := float64(len(p.distinct)) / float64(max(p.filled, 1))
		return p.mean() * variety * float64(p.filled-p.numbers) / float64(max(p.filled, 1))
	}
	for i, p := range ps {
		if !l.taken(i) && p.filled > 0 && p.lists*2 < p.filled && score(p) > 0 && (best < 0 || score(p) > score(ps[best])) {
			best = i
		}
	}
	if best < 0 {
		return datahall.ColumnUse{Index: -1}
	}
	return datahall.ColumnUse{Name: l.names[best], Index: best,
		Reason: datahall.Say("recognised by content: the longest different texts, %s characters on average", strconv.Itoa(int(ps[best].mean()+0.5)))}
}

// repeated takes the column with the fewest values that come back; where no
// column has such, the only one left.
func (l *layout) repeated(ps []profile) datahall.ColumnUse {
	var free []profile
	for i, p := range ps {
		if !l.taken(i) && p.filled > 0 {
			free = append(free, p)
		}
	}
	candidates := slices.Clone(free)
	candidates = slices.DeleteFunc(candidates, func(p profile) bool {
		return len(p.distinct) < 2 || !p.repeats() || p.mean() > 60 || p.filled*2 < maxFilled(ps)
	})
	if len(candidates) == 0 {
		if len(free) != 1 {
			return datahall.ColumnUse{Index: -1}
		}
		candidates = free
	}
	p := slices.MinFunc(candidates, func(a, b profile) int { return cmp.Compare(len(a.distinct), len(b.distinct)) })
	return datahall.ColumnUse{Name: l.names[p.index], Index: p.index,
		Reason: datahall.Say("recognised by content: %s different values in the first %s rows", len(p.distinct), p.filled)}
}

// numeric takes the column of numbers with the most different ones.
func (l *layout) numeric(ps []profile) datahall.ColumnUse {
	best := -1
	for i, p := range ps {
		if !l.taken(i) && p.filled > 0 && p.numbers == p.filled && (best < 0 || len(p.distinct) > len(ps[best].distinct)) {
			best = i
		}
	}
	if best < 0 {
		return datahall.ColumnUse{Index: -1}
	}
	return datahall.ColumnUse{Name: l.names[best], Index: best, Reason: datahall.Say("recognised by content: its cells are numbers")}
}

func maxFilled(ps []profile) int {
	n := 0
	for _, p := range ps {
		n = max(n, p.filled)
	}
	return n
}

// complete refuses a layout that lacks what the task needs.
func (l *layout) complete(opts *Options) error {
	switch {
	case l.text.Index < 0:
		return datahall.Errorf(datahall.Invalid, "%s: no column looks like text among %s; name it with --text-column", opts.Name, l.list())
	case l.label.Index >= 0 || opts.Task == Text:
		return nil
	case opts.Task == Regress:
		return datahall.Errorf(datahall.Invalid, "%s: no column of numbers to learn among %s; name it with --label-column", opts.Name, l.list())
	case len(l.names) == 1:
		return datahall.Errorf(datahall.Invalid, "%s: has one column only, %s; add a column of labels, or import it with --task text", opts.Name, l.list())
	}
	return datahall.Errorf(datahall.Invalid, "%s: no column looks like labels among %s; name it with --label-column, or import it with --task text", opts.Name, l.list())
}

// separatorOf decides what stands between the labels of a cell: a bar where
// one occurs, else the first mark whose pieces come back more often than the
// cells they stand in.
func separatorOf(p profile) string {
	for _, sep := range []string{"|", "｜", ";", "；", "、", ",", "，"} {
		pieces := map[string]bool{}
		found := 0
		for value := range p.distinct {
			if strings.Contains(value, sep) && !strings.HasPrefix(value, "[") {
				found++
			}
			for piece := range strings.SplitSeq(value, sep) {
				pieces[strings.TrimSpace(piece)] = true
			}
		}
		if found > 0 && (sep == "|" || sep == "｜" || len(pieces) < len(p.distinct)) {
			return sep
		}
	}
	return "|"
}
