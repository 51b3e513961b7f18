package prep

import (
	"slices"
	"strconv"

	"datahall"
	"datahall/flow/data"
)

// SplitResult is rows with their sides.
type SplitResult struct {
	Rows     []datahall.Row   // as given, in order, with Split set on each
	Counts   []datahall.Count // rows of train, validation and test, those that there are
	Texts    int              // different normalised texts
	Kept     bool             // splits that were there already were kept
	Untested []string         // labels of which no row is in test: they have one text only
}

// Split assigns a side to every row. Rows of equal normalised text go
// together; each label gets its fraction of test and of validation to within
// one text, the whole to within one as far as texts repeated often allow; a
// label with two texts or more is in train and in test, one with three in
// validation too. A fraction is of the rows that are being split.
//
// Where rows come with splits, those stay as they are. A side that is missing
// and asked for is taken out of train; a row without a split goes to where its
// text stands already, else to train.
//
// Single labels are apportioned by largest remainders, label sets by iterative
// stratification (Sechidis, Tsoumakas and Vlahavas 2011), values by tenths.
func Split(rows []datahall.Row, spec datahall.SplitSpec) (*SplitResult, error) {
	if err := check(spec); err != nil {
		return nil, err
	}
	out := &SplitResult{Rows: slices.Clone(rows)}
	has := settle(out.Rows)
	out.Kept = len(has) > 0
	if has[data.Test] {
		spec.Test = 0
	}
	if has[data.Validation] {
		spec.Validation = 0
	}
	groups := groupsOf(out.Rows, spec.Seed, func(i int) bool { return out.Rows[i].Split == "" || out.Rows[i].Split == data.Train })
	if err := enough(groups, spec); err != nil {
		return nil, err
	}
	if stratify(groups, out.Rows) {
		assignSets(groups, spec)
	} else {
		assign(groups, spec)
	}
	for _, g := range groups {
		for _, i := range g.rows {
			out.Rows[i].Split = g.side
		}
	}
	out.count()
	return out, nil
}

func check(spec datahall.SplitSpec) error {
	for _, f := range []float64{spec.Test, spec.Validation} {
		if !(f >= 0 && f < 1) {
			return datahall.Errorf(datahall.Invalid, "split: the fraction %s is not from 0 up to 1; 0.2 takes a fifth", strconv.FormatFloat(f, 'g', 4, 64))
		}
	}
	if spec.Test+spec.Validation >= 1 {
		return datahall.Errorf(datahall.Invalid, "split: test and validation leave no rows to train on; make their fractions smaller")
	}
	return nil
}

// enough refuses texts that cannot stand on every side asked for.
func enough(groups []*group, spec datahall.SplitSpec) error {
	sides := 1
	for _, f := range []float64{spec.Test, spec.Validation} {
		if f > 0 {
			sides++
		}
	}
	if sides > 1 && len(groups) < sides {
		return datahall.Errorf(datahall.Invalid, "split: there are %s different texts for %s sides; bring more rows", len(groups), sides)
	}
	return nil
}

// settle brings rows without a split to where their text stands in test or
// validation, where there are splits at all, and tells which sides there are.
func settle(rows []datahall.Row) (has map[string]bool) {
	has = map[string]bool{}
	free := false
	for _, row := range rows {
		if row.Split != "" {
			has[row.Split] = true
		} else {
			free = true
		}
	}
	if !free || len(has) == 0 {
		return has
	}
	fixed := map[string]string{}
	for _, row := range rows {
		if row.Split == data.Test || row.Split == data.Validation {
			text := Normalise(row.Text)
			if fixed[text] != data.Test {
				fixed[text] = row.Split
			}
		}
	}
	for i, row := range rows {
		if row.Split == "" {
			rows[i].Split = fixed[Normalise(row.Text)] // "" stays: it will be train
		}
	}
	return has
}

// count fills in the figures of the result.
func (r *SplitResult) count() {
	sides := map[string]int{}
	texts := map[string]bool{}
	tested := map[string]bool{}
	for _, row := range r.Rows {
		sides[row.Split]++
		texts[Normalise(row.Text)] = true
		for _, l := range labelsOf(row) {
			tested[l] = tested[l] || row.Split == data.Test
		}
	}
	r.Texts = len(texts)
	for _, side := range []string{data.Train, data.Validation, data.Test} {
		if n := sides[side]; n > 0 {
			r.Counts = append(r.Counts, datahall.Count{Name: side, N: n})
		}
	}
	if sides[data.Test] == 0 {
		return
	}
	for label, ok := range tested {
		if !ok {
			r.Untested = append(r.Untested, label)
		}
	}
	slices.Sort(r.Untested)
}

func labelsOf(row datahall.Row) []string {
	if row.Labels != nil {
		return row.Labels
	}
	if row.Label != "" {
		return []string{row.Label}
	}
	return nil
}
