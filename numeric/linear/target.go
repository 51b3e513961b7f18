package linear

import (
	"slices"

	"datahall"
)

// The tasks, as datasets and models name them.
const (
	Classify   = "classify"
	Multilabel = "multilabel"
	Regress    = "regress"
)

// Target is what rows are to be answered with. Of Class, Sets and Value, the
// one of the task is filled.
type Target struct {
	Task   string
	Labels []string  // in the order of scores; none for regress
	Class  []int     // index of the label of each row
	Sets   [][]int   // indices of the labels of each row, ascending
	Value  []float64 // number of each row
	Weight []float64 // what each row counts, mean about 1; nil: all the same
	Group  []int     // rows of one number are held out together, as those of one text are; nil: each alone
}

// Rows is the number of rows.
func (t Target) Rows() int { return max(len(t.Class), len(t.Sets), len(t.Value)) }

// LabelsOf lists the labels that rows bear, sorted.
func LabelsOf(rows []datahall.Row) []string {
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Label != "" {
			seen[r.Label] = true
		}
		for _, l := range r.Labels {
			seen[l] = true
		}
	}
	list := make([]string, 0, len(seen))
	for l := range seen {
		list = append(list, l)
	}
	slices.Sort(list)
	return list
}

// TargetOf reads the answers of rows. A label that is not in labels, and a row
// without a number where numbers are learned, are errors.
func TargetOf(task string, labels []string, rows []datahall.Row) (Target, error) {
	t := Target{Task: task}
	if task == Regress {
		for i, r := range rows {
			if r.Value == nil {
				return t, datahall.Errorf(datahall.Invalid, "row %s: no number to learn; give one, or leave the row out", place(r, i))
			}
			t.Value = append(t.Value, *r.Value)
		}
		return t, nil
	}
	t.Labels = labels
	index := make(map[string]int, len(labels))
	for i, l := range labels {
		index[l] = i
	}
	for i, r := range rows {
		set, unknown := indices(index, r)
		switch {
		case unknown != "":
			return t, datahall.Errorf(datahall.Invalid, "row %s: label %q is none of the model's; correct it, or train with it", place(r, i), unknown)
		case task == Multilabel:
			t.Sets = append(t.Sets, set)
		case len(set) != 1:
			return t, datahall.Errorf(datahall.Invalid, "row %s: %s labels where one is needed; use the multilabel task, or give it one", place(r, i), len(set))
		default:
			t.Class = append(t.Class, set[0])
		}
	}
	return t, nil
}

// indices gives the numbers of a row's labels, ascending, each once.
func indices(index map[string]int, r datahall.Row) (set []int, unknown string) {
	labels := r.Labels
	if len(labels) == 0 && r.Label != "" {
		labels = []string{r.Label}
	}
	for _, l := range labels {
		k, ok := index[l]
		if !ok {
			return nil, l
		}
		set = append(set, k)
	}
	slices.Sort(set)
	return slices.Compact(set), ""
}

// place is the line of a row in its source, or else its number, from 1.
func place(r datahall.Row, i int) int {
	if r.Line > 0 {
		return r.Line
	}
	return i + 1
}

// Balanced weighs the rows so that every label counts the same in all:
// n/(K·n_k), K being the labels that occur. Of several labels of a row the
// rarest decides; numbers weigh all the same.
func (t Target) Balanced() Target {
	if t.Task == Regress {
		return t
	}
	counts := t.counts()
	occurring := 0
	for _, n := range counts {
		occurring += min(n, 1)
	}
	t.Weight = make([]float64, t.Rows())
	for i := range t.Weight {
		rarest := 0
		for _, k := range t.of(i) {
			if rarest == 0 || counts[k] < rarest {
				rarest = counts[k]
			}
		}
		t.Weight[i] = 1
		if rarest > 0 {
			t.Weight[i] = float64(t.Rows()) / float64(occurring*rarest)
		}
	}
	return t
}

// of gives the labels of row i.
func (t Target) of(i int) []int {
	if t.Task == Multilabel {
		return t.Sets[i]
	}
	return t.Class[i : i+1]
}

// counts gives the rows of each label.
func (t Target) counts() []int {
	counts := make([]int, len(t.Labels))
	for i := range t.Rows() {
		for _, k := range t.of(i) {
			counts[k]++
		}
	}
	return counts
}

// Pick is the target of some of the rows.
func (t Target) Pick(rows []int) Target {
	p := Target{Task: t.Task, Labels: t.Labels}
	for _, i := range rows {
		switch t.Task {
		case Classify:
			p.Class = append(p.Class, t.Class[i])
		case Multilabel:
			p.Sets = append(p.Sets, t.Sets[i])
		default:
			p.Value = append(p.Value, t.Value[i])
		}
		if t.Weight != nil {
			p.Weight = append(p.Weight, t.Weight[i])
		}
		if t.Group != nil {
			p.Group = append(p.Group, t.Group[i])
		}
	}
	return p
}

// and puts the rows of another target of the same task behind; groups are forgotten.
func (t Target) and(o Target) Target {
	if t.Weight != nil || o.Weight != nil {
		t.Weight = append(slices.Clone(t.weights()), o.weights()...)
	}
	t.Group = nil
	t.Class = append(slices.Clone(t.Class), o.Class...)
	t.Sets = append(slices.Clone(t.Sets), o.Sets...)
	t.Value = append(slices.Clone(t.Value), o.Value...)
	return t
}

// weights gives what each row counts.
func (t Target) weights() []float64 {
	if t.Weight != nil {
		return t.Weight
	}
	return slices.Repeat([]float64{1}, t.Rows())
}

// check refuses what nothing can be learned from.
func (t Target) check() error {
	if t.Rows() == 0 {
		return datahall.Errorf(datahall.Invalid, "training rows: none; give at least two")
	}
	if t.Task != Classify {
		return nil
	}
	occurring, last := 0, ""
	for k, n := range t.counts() {
		if n > 0 {
			occurring, last = occurring+1, t.Labels[k]
		}
	}
	if occurring < 2 {
		return datahall.Errorf(datahall.Invalid, "training rows: all have the label %q; give rows of at least two labels", last)
	}
	return nil
}
