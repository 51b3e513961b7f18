package data

import (
	"slices"
	"strconv"
	"strings"

	"datahall"
)

// Thresholds of what is called a problem.
const (
	rareLabel = 5   // rows; fewer are rare
	imbalance = 0.8 // share of the most frequent of several labels
)

// problems turns what the tally saw into findings, the gravest first.
func (t *tally) problems() []datahall.Problem {
	var list []datahall.Problem
	note := func(code string, f finding, m datahall.Message) {
		if f.n > 0 {
			list = append(list, datahall.Problem{Code: code, Message: m, Lines: f.lines, N: f.n})
		}
	}
	note("conflict", t.conflicts, datahall.Say("texts that stand there with different labels: %s; decide which label is right", t.conflicts.n))
	list = append(list, t.labelProblems()...)
	note("duplicate", t.duplicates, datahall.Say("rows that repeat the text and label of an earlier row: %s", t.duplicates.n))
	note("short", t.short, datahall.Say("texts of one character: %s", t.short.n))
	note("long", t.long, datahall.Say("texts longer than %s characters: %s; most models read only the beginning", longText, t.long.n))
	return list
}

func (t *tally) labelProblems() []datahall.Problem {
	var list []datahall.Problem
	total, most, top := 0, 0, ""
	var rare, single []string
	rareRows, singleRows := finding{}, finding{}
	for _, name := range sortedKeys(t.labels) {
		f := t.labels[name]
		total += f.n
		if f.n > most {
			most, top = f.n, name
		}
		switch {
		case f.n == 1:
			single = append(single, name)
			singleRows.add(f.lines[0])
		case f.n < rareLabel:
			rare = append(rare, name)
			rareRows.add(f.lines[0])
		}
	}
	if near, n, lines := t.nearLabels(); n > 0 {
		list = append(list, datahall.Problem{Code: "label-near", N: n, Lines: lines,
			Message: datahall.Say("labels that differ only in case, width, spaces or hyphens: %s; merge them if they mean the same", near)})
	}
	if len(single) > 0 {
		list = append(list, datahall.Problem{Code: "single-row-label", N: len(single), Lines: singleRows.lines,
			Message: datahall.Say("labels with one row: %s (%s); none is left to test them", len(single), some(single))})
	}
	if len(rare) > 0 {
		list = append(list, datahall.Problem{Code: "rare-label", N: len(rare), Lines: rareRows.lines,
			Message: datahall.Say("labels with fewer than %s rows: %s (%s); more examples would help them", rareLabel, len(rare), some(rare))})
	}
	if t.task != MultiLabel && len(t.labels) > 1 && float64(most) >= imbalance*float64(total) {
		list = append(list, datahall.Problem{Code: "imbalance", N: most,
			Message: datahall.Say("%s of 100 rows have the label %q; judge a model by its macro F1, not by accuracy", strconv.Itoa(most*100/total), shorten(top))})
	}
	return list
}

// nearLabels finds labels that LabelKey holds for the same.
func (t *tally) nearLabels() (text string, groups int, lines []int) {
	byKey := map[string][]string{}
	for _, name := range sortedKeys(t.labels) {
		if key := LabelKey(name); key != "" {
			byKey[key] = append(byKey[key], name)
		}
	}
	var shown []string
	for _, key := range sortedKeys(byKey) {
		names := byKey[key]
		if len(names) < 2 {
			continue
		}
		groups++
		for _, name := range names {
			if len(lines) < findingLines {
				lines = append(lines, t.labels[name].lines[0])
			}
		}
		for i, name := range names {
			names[i] = strconv.Quote(shorten(name))
		}
		shown = append(shown, strings.Join(names, " ~ "))
	}
	return some(shown), groups, lines
}

// some lists the first five of names.
func some(names []string) string {
	short := make([]string, 0, 6)
	for _, n := range names[:min(len(names), 5)] {
		short = append(short, printable(shorten(n)))
	}
	if len(names) > 5 {
		short = append(short, "…")
	}
	return strings.Join(short, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Describe makes the report of rows that exist: what a file was like (format,
// columns, rejected rows) is not in it.
func Describe(rows []datahall.Row, task string) datahall.DatasetReport {
	t := newTally(task)
	for i, row := range rows {
		if row.Line == 0 {
			row.Line = i + 1
		}
		t.add(row)
	}
	var r datahall.DatasetReport
	r.TextColumn.Index, r.LabelColumn.Index = -1, -1
	t.fill(&r)
	r.Problems = t.problems()
	return r
}
