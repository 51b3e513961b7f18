package train

import (
	"fmt"
	"slices"
	"strings"

	"datahall"
	"datahall/flow/data"
	"datahall/flow/prep"
	"datahall/numeric/linear"
)

// The shares that are split off where rows come without a split.
const (
	testShare       = 0.2
	validationShare = 0.1
)

// sides are the rows by their split.
type sides struct{ train, validation, test []datahall.Row }

// divide keeps the sides that rows come with, takes those that are missing out
// of the training rows, and finds the labels.
func (t *trainer) divide() error {
	if err := t.checkRows(); err != nil {
		return err
	}
	s, err := prep.Split(t.Rows, datahall.SplitSpec{Test: testShare, Validation: validationShare, Seed: t.Spec.Seed})
	if err != nil {
		return err
	}
	for _, r := range s.Rows {
		switch r.Split {
		case data.Train:
			t.sides.train = append(t.sides.train, r)
		case data.Validation:
			t.sides.validation = append(t.sides.validation, r)
		case data.Test:
			t.sides.test = append(t.sides.test, r)
		}
	}
	return t.checkSides()
}

// checkRows refuses rows of which nothing can be learnt, and the label that
// nothing can be told about.
func (t *trainer) checkRows() error {
	if len(t.Rows) == 0 {
		return datahall.Errorf(datahall.Invalid, "training: the dataset has no rows; import some")
	}
	if !slices.ContainsFunc(t.Rows, func(r datahall.Row) bool { return strings.TrimSpace(r.Text) != "" }) {
		return datahall.Errorf(datahall.Invalid, "training: the texts of all %s rows are empty; import the file again and name its text column", len(t.Rows))
	}
	if !slices.ContainsFunc(t.Rows, func(r datahall.Row) bool { return r.Split == "" || r.Split == data.Train }) {
		return datahall.Errorf(datahall.Invalid, "training: no row is of the split train; give some of them that split, or leave the split column out")
	}
	if t.Spec.Task != linear.Classify {
		return nil
	}
	count := map[string]int{}
	for i, r := range t.Rows {
		if r.Label == "" {
			return datahall.Errorf(datahall.Invalid, "row %s: no label to learn; give one, or leave the row out", place(r, i))
		}
		count[r.Label]++
	}
	for _, label := range linear.LabelsOf(t.Rows) {
		if count[label] == 1 && len(count) > 1 {
			return datahall.Errorf(datahall.Invalid, "training: the label %q has one row only, so it cannot be learnt and tested; give it more rows, merge it with another label, or leave it out", label)
		}
	}
	return nil
}

// place is the line of a row in its source, or else its number, from 1.
func place(r datahall.Row, i int) int {
	if r.Line > 0 {
		return r.Line
	}
	return i + 1
}

// checkSides finds the labels, and leaves out validation rows whose label no
// training row has: nobody could be right about them.
func (t *trainer) checkSides() error {
	s := &t.sides
	if len(s.train) == 0 || len(s.test) == 0 {
		return datahall.Errorf(datahall.Invalid, "training: no row is left to train or to test on; bring more rows")
	}
	if t.Spec.Task == linear.Regress {
		return nil
	}
	t.labels = linear.LabelsOf(s.train)
	switch {
	case len(t.labels) == 0:
		return datahall.Errorf(datahall.Invalid, "training: the training rows have no labels; name the label column at import")
	case len(t.labels) == 1 && t.Spec.Task == linear.Classify:
		return datahall.Errorf(datahall.Invalid, "training: all training rows have the label %q; bring rows of at least two labels", t.labels[0])
	}
	known := func(r datahall.Row) bool {
		for _, l := range linear.LabelsOf([]datahall.Row{r}) {
			if _, ok := slices.BinarySearch(t.labels, l); !ok {
				return false
			}
		}
		return true
	}
	all := len(s.validation)
	s.validation = slices.DeleteFunc(s.validation, func(r datahall.Row) bool { return !known(r) })
	if n := all - len(s.validation); n > 0 {
		t.Log(fmt.Sprintf("%d validation rows left out: no training row has their label", n))
	}
	return nil
}
