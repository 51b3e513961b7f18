package prep

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"datahall"
	"datahall/flow/data"
)

// stratum is the groups of one label that have no side yet, in seeded order.
type stratum struct {
	name   string
	groups []*group
	rows   int // of all its groups, those with a side too
}

// assign gives sides to groups that have one stratum each.
func assign(groups []*group, spec datahall.SplitSpec) {
	byLabel := map[string]*stratum{}
	var strata []*stratum
	total := 0
	for _, g := range groups {
		g.side = data.Train
		s := byLabel[g.label]
		if s == nil {
			s = &stratum{name: g.label}
			byLabel[g.label] = s
			strata = append(strata, s)
		}
		s.groups = append(s.groups, g)
		s.rows += len(g.rows)
		total += len(g.rows)
	}
	// Largest remainders go first; among equal ones the seed decides, not the name.
	slices.SortFunc(strata, func(a, b *stratum) int {
		p, q := place(spec.Seed, a.name), place(spec.Seed, b.name)
		return cmp.Or(bytes.Compare(p[:], q[:]), cmp.Compare(a.name, b.name))
	})
	for _, side := range []struct {
		name     string
		fraction float64
	}{{data.Test, spec.Test}, {data.Validation, spec.Validation}} {
		if side.fraction > 0 {
			taken := 0
			for i, n := range apportion(strata, side.fraction, total) {
				taken += strata[i].give(side.name, n)
			}
			if taken == 0 {
				lend(strata, side.name)
			}
		}
	}
}

// apportion shares round(fraction × total) rows out: every stratum gets the
// whole part of its due, at least one where it has two groups; what is left
// goes one by one to the largest remainders.
func apportion(strata []*stratum, fraction float64, total int) []int {
	fair := make([]int, len(strata))
	rest := make([]float64, len(strata))
	left := int(math.Round(fraction * float64(total)))
	for i, s := range strata {
		due := fraction * float64(s.rows)
		fair[i] = int(due)
		rest[i] = due - float64(fair[i])
		if len(s.groups) < 2 {
			fair[i], rest[i] = 0, 0
		} else if fair[i] == 0 {
			fair[i], rest[i] = 1, 0
		}
		left -= fair[i]
	}
	order := make([]int, len(strata))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order {
		if left > 0 && rest[i] > 0 {
			fair[i]++
			left--
		}
	}
	return fair
}

// give moves groups of about n rows to a side, leaves one group at least, and
// tells how many went. Groups that fit come first, in seeded order; then one
// that does not, if it brings the count nearer to n or none went yet.
func (s *stratum) give(side string, n int) (taken int) {
	spare := len(s.groups) - 1
	var left []*group
	got := 0
	for _, g := range s.groups {
		if taken < spare && got+len(g.rows) <= n {
			g.side = side
			got += len(g.rows)
			taken++
		} else {
			left = append(left, g)
		}
	}
	if short := n - got; short > 0 && taken < spare {
		i := smallest(left)
		if over := len(left[i].rows) - short; over < short || taken == 0 {
			left[i].side = side
			left = slices.Delete(left, i, i+1)
			taken++
		}
	}
	s.groups = left
	return taken
}

func smallest(groups []*group) int {
	best := 0
	for i, g := range groups {
		if len(g.rows) < len(groups[best].rows) {
			best = i
		}
	}
	return best
}

// lend puts one group on a side that no label could spare one for: each has
// one text only.
func lend(strata []*stratum, side string) {
	left := 0
	for _, s := range strata {
		left += len(s.groups)
	}
	for _, s := range strata {
		if left > 1 && len(s.groups) > 0 {
			s.groups[0].side = side
			s.groups = s.groups[1:]
			return
		}
	}
}
