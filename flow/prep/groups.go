package prep

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"datahall"
)

// group is the rows of one normalised text. They always go together.
type group struct {
	text   string
	order  [8]byte // place in the seeded order
	rows   []int
	label  string   // stratum, where rows have one label each
	labels []string // all labels of its rows, sorted, where rows have sets
	side   string
}

// groupsOf gathers the rows that pool takes in, in seeded order.
func groupsOf(rows []datahall.Row, seed uint64, pool func(int) bool) []*group {
	byText := map[string]*group{}
	var list []*group
	for i, row := range rows {
		if !pool(i) {
			continue
		}
		text := Normalise(row.Text)
		g := byText[text]
		if g == nil {
			g = &group{text: text, order: place(seed, text)}
			byText[text] = g
			list = append(list, g)
		}
		g.rows = append(g.rows, i)
	}
	slices.SortFunc(list, func(a, b *group) int {
		return cmp.Or(bytes.Compare(a.order[:], b.order[:]), strings.Compare(a.text, b.text))
	})
	return list
}

// place is where a name stands in the order of a seed.
func place(seed uint64, name string) (p [8]byte) {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+len(name)), seed)
	sum := sha256.Sum256(append(b, name...))
	copy(p[:], sum[:])
	return p
}

// stratify writes into each group the stratum that its side is balanced by:
// the label that most of its rows have; a tenth of the values' range of ranks;
// or for label sets, all of them.
func stratify(groups []*group, rows []datahall.Row) (sets bool) {
	values := false
	for _, g := range groups {
		for _, i := range g.rows {
			sets = sets || rows[i].Labels != nil
			values = values || rows[i].Value != nil
		}
	}
	switch {
	case sets:
		for _, g := range groups {
			for _, i := range g.rows {
				g.labels = append(g.labels, rows[i].Labels...)
			}
			slices.Sort(g.labels)
			g.labels = slices.Compact(g.labels)
		}
	case values:
		stratifyValues(groups, rows)
	default:
		for _, g := range groups {
			g.label = majority(g, rows)
		}
	}
	return sets
}

// majority is the most frequent label of a group, the first by name of several.
func majority(g *group, rows []datahall.Row) string {
	counts := map[string]int{}
	best := ""
	for _, i := range g.rows {
		l := rows[i].Label
		counts[l]++
		if n := counts[l]; n > counts[best] || n == counts[best] && l < best || best == "" {
			best = l
		}
	}
	return best
}

// stratifyValues cuts the groups into ten by the rank of their mean value,
// fewer where a tenth would hold fewer than five.
func stratifyValues(groups []*group, rows []datahall.Row) {
	mean := map[*group]float64{}
	for _, g := range groups {
		sum, n := 0.0, 0
		for _, i := range g.rows {
			if v := rows[i].Value; v != nil {
				sum += *v
				n++
			}
		}
		mean[g] = sum / float64(max(n, 1))
	}
	ranked := slices.Clone(groups)
	slices.SortStableFunc(ranked, func(a, b *group) int { return cmp.Compare(mean[a], mean[b]) })
	bins := max(1, min(10, len(ranked)/5))
	for i, g := range ranked {
		g.label = strconv.Itoa(i * bins / len(ranked))
	}
}
