package prep

import (
	"cmp"
	"slices"

	"datahall"
	"datahall/flow/data"
)

// Pair is two rows that are nearly the same. A stands before B.
type Pair struct {
	A, B    int     // indices of rows
	Jaccard float64 // 1: the same normalised text, or the same 5-grams
}

// maxCandidates bounds the texts that one text is compared with, so that a
// file of a hundred thousand sentences from one mould takes seconds and not
// hours. The candidates with the rarest 5-grams come first.
const maxCandidates = 500

// Near finds, for each row, the most similar one of those before it, where
// there is one of similarity [Threshold] or more. Rows without text have none.
func Near(rows []datahall.Row) []Pair {
	first := map[string]int{} // normalised text: the row that had it first
	var texts []string
	var at []int
	var pairs []Pair
	for i, row := range rows {
		text := Normalise(row.Text)
		if text == "" {
			continue
		}
		if a, ok := first[text]; ok {
			pairs = append(pairs, Pair{a, i, 1})
			continue
		}
		first[text] = i
		texts, at = append(texts, text), append(at, i)
	}
	sets := setsOf(texts)
	x := newIndex(sets)
	for b := range sets {
		if a, j := x.best(sets[b], b); a >= 0 {
			pairs = append(pairs, Pair{at[a], at[b], j})
		}
	}
	slices.SortFunc(pairs, func(p, q Pair) int { return cmp.Compare(p.B, q.B) })
	return pairs
}

// Leaks measures how much of the test rows stands among the training rows,
// and gives the indices of those that do. It is nil where there are no test
// rows or no training rows. Rows without a split count as training rows,
// validation rows as neither.
func Leaks(rows []datahall.Row) (leaks *datahall.Leaks, leaked []int) {
	known := map[string]bool{}
	var texts []string
	tests := 0
	for _, row := range rows {
		switch row.Split {
		case data.Test:
			tests++
		case data.Train, "":
			if text := Normalise(row.Text); text != "" && !known[text] {
				known[text] = true
				texts = append(texts, text)
			}
		}
	}
	if tests == 0 || len(known) == 0 {
		return nil, nil
	}
	leaks = &datahall.Leaks{Rows: tests}
	trained := len(texts)
	var unseen []int
	for i, row := range rows {
		if row.Split != data.Test {
			continue
		}
		text := Normalise(row.Text)
		if known[text] {
			leaks.Exact++
			leaked = append(leaked, i)
		} else if text != "" {
			unseen = append(unseen, i)
			texts = append(texts, text)
		}
	}
	sets := setsOf(texts)
	x := newIndex(sets[:trained])
	for k, i := range unseen {
		if a, _ := x.best(sets[trained+k], trained); a >= 0 {
			leaks.Near++
			leaked = append(leaked, i)
		}
	}
	slices.Sort(leaked)
	for _, i := range leaked[:min(len(leaked), leakLines)] {
		leaks.Lines = append(leaks.Lines, cmp.Or(rows[i].Line, i+1))
	}
	return leaks, leaked
}

// leakLines is how many lines a report of leaks names.
const leakLines = 20

func setsOf(texts []string) []shingles {
	c := newCensus()
	var buf []uint64
	for _, t := range texts {
		buf = c.count(t, buf)
	}
	sets := make([]shingles, len(texts))
	for i, t := range texts {
		sets[i], buf = c.shinglesOf(t, buf)
	}
	return sets
}

// index finds sets by the keys of their prefixes.
type index struct {
	sets     []shingles
	postings []posting // by key, then by set
	stamp    []int32   // the question that last met a set
	asked    int32
}

type posting struct {
	key uint64
	set int32
}

func newIndex(sets []shingles) *index {
	x := &index{sets: sets, stamp: make([]int32, len(sets))}
	for i, s := range sets {
		for _, key := range s[:min(s.prefix(), len(s))] {
			x.postings = append(x.postings, posting{key, int32(i)})
		}
	}
	slices.SortFunc(x.postings, func(a, b posting) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.set, b.set))
	})
	return x
}

// best is the most similar of the sets before the one numbered limit; the
// first of equal ones, and -1 where none reaches the threshold.
func (x *index) best(s shingles, limit int) (set int, similarity float64) {
	x.asked++
	set = -1
	tried := 0
	for _, key := range s[:min(s.prefix(), len(s))] {
		at, _ := slices.BinarySearchFunc(x.postings, key, func(p posting, k uint64) int { return cmp.Compare(p.key, k) })
		for ; at < len(x.postings) && x.postings[at].key == key && tried < maxCandidates; at++ {
			i := int(x.postings[at].set)
			other := len(x.sets[i])
			if i >= limit {
				break
			}
			if x.stamp[i] == x.asked || float64(other) < Threshold*float64(len(s)) || float64(len(s)) < Threshold*float64(other) {
				continue
			}
			x.stamp[i] = x.asked
			tried++
			if j := jaccard(s, x.sets[i]); j > similarity || j == similarity && j > 0 && i < set {
				set, similarity = i, j
			}
		}
	}
	return set, similarity
}
