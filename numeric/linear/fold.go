package linear

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Groups numbers texts so that those that read the same have the same number.
func Groups(texts []string) []int {
	numbers := make(map[string]int, len(texts))
	groups := make([]int, len(texts))
	for i, text := range texts {
		key := normalise(text).text
		if _, ok := numbers[key]; !ok {
			numbers[key] = i
		}
		groups[i] = numbers[key]
	}
	return groups
}

// folds gives the rows to hold out, one list a fold, by which strengths are
// chosen and scores calibrated where there are no validation rows: ten folds of
// few rows, five up to 2,000, three below 6,000, and a single one of a fifth
// of more, since it has rows enough then and training costs most. Each label
// is spread evenly; a label's only row is never held out, for nothing would
// be left to learn it from. The order within a fold is ascending.
func folds(t Target, seed uint64) [][]int {
	n := t.Rows()
	count, held := 10, 10
	switch {
	case n >= 6000:
		count, held = 5, 1
	case n >= 2000:
		count, held = 3, 3
	case n >= 300:
		count, held = 5, 5
	}
	list := make([][]int, count)
	group := map[int]int{} // its fold
	for place, i := range spread(t, seed) {
		f := place % count
		if t.Group != nil {
			first, known := group[t.Group[i]]
			if known {
				f = first
			}
			group[t.Group[i]] = f
		}
		list[f] = append(list[f], i)
	}
	list = slices.DeleteFunc(list[:held], func(rows []int) bool { return len(rows) == 0 })
	for _, rows := range list {
		slices.Sort(rows)
	}
	return list
}

// searchRows is how many training rows are used at most to choose a strength.
const searchRows = 20_000

// division is one way to hold out rows: indices of rows, ascending.
type division struct{ rest, held []int }

// divide gives the divisions by which a strength is chosen without validation
// rows, of a sample where there are more than searchRows. Every model of the
// same target and seed gets the same.
func divide(t Target, seed uint64) []division {
	used := sample(t, searchRows, seed)
	at := func(places []int) []int {
		rows := make([]int, len(places))
		for k, p := range places {
			rows[k] = used[p]
		}
		return rows
	}
	var list []division
	for _, held := range folds(t.Pick(used), seed) {
		list = append(list, division{at(without(len(used), held)), at(held)})
	}
	return list
}

// spread orders rows by their first label (numbers: by size), in random order
// within it, without the rows that stand alone.
func spread(t Target, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, 0x666f6c6473)) // "folds"
	order := random.Perm(t.Rows())
	if t.Task == Regress {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.Value[a], t.Value[b]) })
		return shuffleRuns(order, random)
	}
	counts := t.counts()
	order = slices.DeleteFunc(order, func(i int) bool {
		return slices.ContainsFunc(t.of(i), func(k int) bool { return counts[k] == 1 })
	})
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rarest(t, counts, a), rarest(t, counts, b)) })
	return order
}

// rarest is the label of a row by which it is spread; -1 for none.
func rarest(t Target, counts []int, i int) int {
	best := -1
	for _, k := range t.of(i) {
		if best < 0 || counts[k] < counts[best] {
			best = k
		}
	}
	return best
}

// shuffleRuns mixes neighbours, ten at a time, so that no fold gets always the
// smallest of them.
func shuffleRuns(order []int, random *rand.Rand) []int {
	for run := range slices.Chunk(order, 10) {
		random.Shuffle(len(run), func(i, j int) { run[i], run[j] = run[j], run[i] })
	}
	return order
}

// without gives the rows of n that are not in held, which is ascending.
func without(n int, held []int) []int {
	rest := make([]int, 0, n-len(held))
	for i := range n {
		if len(held) > 0 && held[0] == i {
			held = held[1:]
			continue
		}
		rest = append(rest, i)
	}
	return rest
}

// sample gives at most limit rows, ascending, every label in its share and
// with at least one row.
func sample(t Target, limit int, seed uint64) []int {
	n := t.Rows()
	if n <= limit {
		return without(n, nil)
	}
	order := spread(t, seed^0x73616d706c65) // "sample"
	var rows []int
	last := -2
	for place, i := range order {
		first := t.Task == Classify && t.Class[i] != last
		if first {
			last = t.Class[i]
		}
		if first || place*limit/len(order) != (place+1)*limit/len(order) {
			rows = append(rows, i)
		}
	}
	slices.Sort(rows)
	return rows
}
