package prep

import (
	"datahall"
	"datahall/flow/data"
)

// sides in the order that breaks ties.
var sides = [3]string{data.Train, data.Test, data.Validation}

// need is how many rows each side still wants.
type need [3]float64

// assignSets balances groups with sets of labels: again and again the label
// with the fewest groups left is looked at, and each of its groups goes to the
// side that wants that label most.
func assignSets(groups []*group, spec datahall.SplitSpec) {
	fraction := need{1 - spec.Test - spec.Validation, spec.Test, spec.Validation}
	whole := need{}
	byLabel := map[string][]*group{}
	for _, g := range groups {
		for k, f := range fraction {
			whole[k] += f * float64(len(g.rows))
		}
		for _, l := range g.labels {
			byLabel[l] = append(byLabel[l], g)
		}
	}
	wants := map[string]*need{}
	left := map[string]int{}
	for l, gs := range byLabel {
		wants[l] = wanted(gs, fraction)
		left[l] = len(gs)
	}
	place := func(g *group, k int) {
		g.side = sides[k]
		whole[k] -= float64(len(g.rows))
		for _, l := range g.labels {
			wants[l][k] -= float64(len(g.rows))
			left[l]--
		}
	}
	for {
		l, ok := scarcest(left)
		if !ok {
			break
		}
		for _, g := range byLabel[l] {
			if g.side == "" {
				place(g, wants[l].most(&whole, fraction))
			}
		}
		delete(left, l)
	}
	for _, g := range groups {
		if g.side == "" { // no label applies
			place(g, whole.most(&whole, fraction))
		}
	}
}

// wanted is a label's rows by side, at least one group on each side that is
// asked for as far as they reach.
func wanted(groups []*group, fraction need) *need {
	rows := 0
	for _, g := range groups {
		rows += len(g.rows)
	}
	n := &need{}
	least := 1.0 + 1e-9 // just above what another side can be left with
	spare := len(groups) - 1
	for _, k := range []int{1, 2} {
		if n[k] = fraction[k] * float64(rows); fraction[k] > 0 && spare > 0 {
			n[k] = max(n[k], least)
			spare--
		}
	}
	n[0] = float64(rows) - n[1] - n[2]
	if fraction[0] > 0 {
		n[0] = max(n[0], least)
	}
	return n
}

// most is the side that wants most; among equals the one that wants most of
// all rows. A side that nobody asked for gets nothing.
func (n *need) most(whole *need, fraction need) int {
	best := 0
	for k := range n {
		if fraction[k] > 0 && (n[k] > n[best] || n[k] == n[best] && whole[k] > whole[best]) {
			best = k
		}
	}
	return best
}

// scarcest is the label with the fewest groups left, the first by name.
func scarcest(left map[string]int) (string, bool) {
	best, found := "", false
	for l, n := range left {
		if n > 0 && (!found || n < left[best] || n == left[best] && l < best) {
			best, found = l, true
		}
	}
	return best, found
}
