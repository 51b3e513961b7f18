package data

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"datahall"
)

// finding counts rows with a fault and remembers the first lines.
type finding struct {
	n     int
	lines []int
}

const findingLines = 10

func (f *finding) add(line int) {
	f.n++
	if len(f.lines) < findingLines {
		f.lines = append(f.lines, line)
	}
}

// print is 128 bits of a normalised text: enough for billions of texts.
type print [2]uint64

// first is what is known of the row that had a text first.
type first struct {
	target   int32
	conflict bool
}

// tally gathers what a report says of rows, in one pass.
type tally struct {
	task      string
	lengths   []int32 // characters
	languages map[string]int
	splits    map[string]int
	labels    map[string]*finding
	targets   map[string]int32 // label, labels or value as one string
	seeds     [2]maphash.Seed
	seen      map[print]first
	further   map[print]map[int32]bool // texts in conflict: their other targets
	unlabeled int
	normal    []byte // buffer

	duplicates, conflicts, short, long finding
}

func newTally(task string) *tally {
	return &tally{
		task: task, languages: map[string]int{}, splits: map[string]int{}, labels: map[string]*finding{},
		targets: map[string]int32{}, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		seen: map[print]first{}, further: map[print]map[int32]bool{},
	}
}

// The lengths, in characters, beyond which a text is remarkable.
const (
	shortText = 2    // fewer
	longText  = 2000 // more
)

func (t *tally) add(row datahall.Row) {
	n := utf8.RuneCountInString(row.Text)
	t.lengths = append(t.lengths, int32(min(n, 1<<30)))
	if n < shortText {
		t.short.add(row.Line)
	}
	if n > longText {
		t.long.add(row.Line)
	}
	t.languages[Language(row.Text)]++
	if row.Split != "" {
		t.splits[row.Split]++
	}
	switch {
	case row.Labels != nil:
		for _, l := range row.Labels {
			t.label(l, row.Line)
		}
		if len(row.Labels) == 0 {
			t.unlabeled++
		}
	case row.Label != "":
		t.label(row.Label, row.Line)
	}
	t.compare(row)
}

func (t *tally) label(name string, line int) {
	f := t.labels[name]
	if f == nil {
		f = &finding{}
		t.labels[name] = f
	}
	f.add(line)
}

// compare looks whether the row's text stood before, and with what target.
func (t *tally) compare(row datahall.Row) {
	target := t.target(row)
	t.normal = normalBytes(t.normal, row.Text)
	p := print{maphash.Bytes(t.seeds[0], t.normal), maphash.Bytes(t.seeds[1], t.normal)}
	f, ok := t.seen[p]
	switch {
	case !ok:
		t.seen[p] = first{target: target}
	case f.target == target || t.further[p][target]:
		t.duplicates.add(row.Line)
	default:
		if !f.conflict {
			t.seen[p] = first{target: f.target, conflict: true}
			t.further[p] = map[int32]bool{}
			t.conflicts.add(row.Line)
		}
		t.further[p][target] = true
	}
}

func (t *tally) target(row datahall.Row) int32 {
	key := row.Label
	switch {
	case row.Labels != nil:
		key = strings.Join(row.Labels, "\x00")
	case row.Value != nil:
		key = strconv.FormatFloat(*row.Value, 'g', -1, 64)
	}
	id, ok := t.targets[key]
	if !ok {
		id = int32(len(t.targets))
		t.targets[key] = id
	}
	return id
}

// fill writes the figures into a report.
func (t *tally) fill(r *datahall.DatasetReport) {
	r.Rows = len(t.lengths)
	r.Duplicates, r.Conflicts = t.duplicates.n, t.conflicts.n
	r.Labels = []datahall.Count{}
	for name, f := range t.labels {
		r.Labels = append(r.Labels, datahall.Count{Name: name, N: f.n})
	}
	sortCounts(r.Labels)
	r.Languages = counts(t.languages)
	r.Splits = nil
	for _, name := range []string{Train, Validation, Test} {
		if n := t.splits[name]; n > 0 {
			r.Splits = append(r.Splits, datahall.Count{Name: name, N: n})
		}
	}
	r.Lengths = lengthsOf(t.lengths)
}

func counts(m map[string]int) []datahall.Count {
	list := []datahall.Count{}
	for name, n := range maps.All(m) {
		list = append(list, datahall.Count{Name: name, N: n})
	}
	sortCounts(list)
	return list
}

// sortCounts puts the most frequent first, equal ones by name.
func sortCounts(list []datahall.Count) {
	slices.SortFunc(list, func(a, b datahall.Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name))
	})
}

// maxBars is how many bars a histogram has at most, the last one being wide.
const maxBars = 20

// lengthsOf sorts lengths and makes bars of a round width that show the
// shortest 99 % well; the longest share the last bar.
func lengthsOf(lengths []int32) datahall.Lengths {
	if len(lengths) == 0 {
		return datahall.Lengths{}
	}
	s := slices.Sorted(slices.Values(lengths))
	at := func(q float64) int { return int(s[min(len(s)-1, int(q*float64(len(s))))]) }
	var sum int64
	for _, n := range s {
		sum += int64(n)
	}
	l := datahall.Lengths{Min: int(s[0]), Max: int(s[len(s)-1]), P50: at(0.5), P95: at(0.95), Mean: float64(sum) / float64(len(s))}
	width := roundWidth(at(0.99)/maxBars + 1)
	for from := l.Min / width * width; from <= l.Max; from += width {
		b := datahall.Bar{From: from, To: from + width}
		if len(l.Bars) == maxBars-1 {
			b.To = max(l.Max+1, b.To)
		}
		lo, _ := slices.BinarySearch(s, int32(b.From))
		hi, _ := slices.BinarySearch(s, int32(b.To))
		b.N = hi - lo
		l.Bars = append(l.Bars, b)
		if len(l.Bars) == maxBars {
			break
		}
	}
	return l
}

// roundWidth is the smallest of 1, 2, 5, 10, 20, 50, … that is not below n.
func roundWidth(n int) int {
	for ten := 1; ; ten *= 10 {
		for _, w := range []int{1, 2, 5} {
			if w*ten >= n {
				return w * ten
			}
		}
	}
}
