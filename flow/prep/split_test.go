package prep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"datahall"
	"datahall/flow/data"
)

// sidesOf lists the sides that each normalised text stands on.
func sidesOf(rows []datahall.Row) map[string]map[string]bool {
	m := map[string]map[string]bool{}
	for _, row := range rows {
		text := Normalise(row.Text)
		if m[text] == nil {
			m[text] = map[string]bool{}
		}
		m[text][row.Split] = true
	}
	return m
}

// invented makes rows of skewed labels with repeated texts in other guises.
func invented(r *rand.Rand, n, labels int) []datahall.Row {
	var rows []datahall.Row
	for i := range n {
		l := int(float64(labels) * r.Float64() * r.Float64())
		text := fmt.Sprintf("问题%d about topic %d", i, l)
		if len(rows) > 0 && r.IntN(5) == 0 { // somebody typed it again
			text = strings.ToUpper(rows[r.IntN(len(rows))].Text) + " \u200b"
		}
		rows = append(rows, datahall.Row{Text: text, Label: fmt.Sprint("l", l), Line: i + 2})
	}
	return rows
}

func TestNoTextStandsOnTwoSides(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		rows := invented(r, 20+r.IntN(400), 1+r.IntN(12))
		out, err := Split(rows, datahall.SplitSpec{Test: 0.05 + 0.5*r.Float64(), Validation: 0.3 * r.Float64(), Seed: seed})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for text, on := range sidesOf(out.Rows) {
			if len(on) != 1 || on[""] {
				t.Fatalf("seed %d: %q stands on %v", seed, text, on)
			}
		}
	}
}

func TestEveryLabelGetsItsFraction(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 2))
		var rows []datahall.Row
		labels := 2 + r.IntN(100)
		for i := range 3 * labels * (1 + r.IntN(10)) {
			rows = append(rows, datahall.Row{Text: fmt.Sprint("text ", i), Label: fmt.Sprint(int(float64(labels) * r.Float64() * r.Float64()))})
		}
		spec := datahall.SplitSpec{Test: 0.3, Validation: 0.1, Seed: seed}
		out, err := Split(rows, spec)
		if err != nil {
			t.Fatal(err)
		}
		all, sides := map[string]int{}, map[[2]string]int{}
		for _, row := range out.Rows {
			all[row.Label]++
			sides[[2]string{row.Label, row.Split}]++
		}
		for l, n := range all {
			for side, f := range map[string]float64{data.Test: spec.Test, data.Validation: spec.Validation} {
				got := sides[[2]string{l, side}]
				if n >= 3 && math.Abs(float64(got)-f*float64(n)) >= 1 {
					t.Errorf("seed %d: label %s of %d rows has %d in %s", seed, l, n, got, side)
				}
				if got == 0 && (n >= 2 && side == data.Test || n >= 3) {
					t.Errorf("seed %d: label %s of %d rows has none in %s", seed, l, n, side)
				}
			}
			if sides[[2]string{l, data.Train}] == 0 {
				t.Errorf("seed %d: label %s of %d rows has none in train", seed, l, n)
			}
		}
	}
}

func TestTheWholeGetsItsFractionThoughLabelsAreSmall(t *testing.T) {
	var rows []datahall.Row
	for i := range 1500 { // 150 labels of 10 rows: 2.5 each
		rows = append(rows, datahall.Row{Text: fmt.Sprint("text ", i), Label: fmt.Sprint(i % 150)})
	}
	out, err := Split(rows, datahall.SplitSpec{Test: 0.25, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	want := []datahall.Count{{Name: "train", N: 1125}, {Name: "test", N: 375}}
	if !slices.Equal(out.Counts, want) {
		t.Errorf("got %v, want %v", out.Counts, want)
	}
}

func TestASplitDependsOnSeedAndTextsAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	rows := invented(r, 300, 6)
	spec := datahall.SplitSpec{Test: 0.2, Validation: 0.1, Seed: 11}
	first, err := Split(rows, spec)
	if err != nil {
		t.Fatal(err)
	}
	shuffled := slices.Clone(rows)
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	second, err := Split(shuffled, spec)
	if err != nil {
		t.Fatal(err)
	}
	a, b := sidesOf(first.Rows), sidesOf(second.Rows)
	for text, on := range a {
		for side := range on {
			if !b[text][side] {
				t.Fatalf("%q is in %s, shuffled in %v", text, side, b[text])
			}
		}
	}
	spec.Seed++
	third, _ := Split(rows, spec)
	if slices.EqualFunc(first.Rows, third.Rows, func(a, b datahall.Row) bool { return a.Split == b.Split }) {
		t.Error("another seed gave the same split")
	}
}

// story reads rows as "split label text" lines, "-" for no split.
func story(text string) []datahall.Row {
	var rows []datahall.Row
	for line := range strings.Lines(strings.TrimSpace(text) + "\n") {
		f := strings.SplitN(strings.TrimSpace(line), " ", 3)
		rows = append(rows, datahall.Row{Split: strings.Trim(f[0], "-"), Label: f[1], Text: f[2], Line: len(rows) + 1})
	}
	return rows
}

func TestSplitsThatAreThereStay(t *testing.T) {
	rows := story(`
		train a one
		train a two
		train a three
		train b four
		train b five
		train b six
		test a seven
		test b eight
		- a SEVEN
		- b nine`)
	out, err := Split(rows, datahall.SplitSpec{Test: 0.5, Validation: 0.25, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !out.Kept {
		t.Error("Kept is false")
	}
	if got := out.Rows[8].Split; got != "test" {
		t.Errorf("the row that repeats a test text went to %s", got)
	}
	for i, row := range out.Rows[:8] {
		was := rows[i].Split
		if was == "test" && row.Split != "test" || was == "train" && row.Split == "test" {
			t.Errorf("row %d went from %s to %s", i, was, row.Split)
		}
	}
	want := []datahall.Count{{Name: "train", N: 5}, {Name: "validation", N: 2}, {Name: "test", N: 3}}
	if !slices.Equal(out.Counts, want) {
		t.Errorf("got %v, want %v", out.Counts, want)
	}
}

func TestALabelWithOneTextIsTrainedAndNotTested(t *testing.T) {
	rows := story(`
		- rare only
		- rare ONLY
		- a one
		- a two
		- b three
		- b four`)
	out, err := Split(rows, datahall.SplitSpec{Test: 0.4, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Untested, []string{"rare"}) || out.Rows[0].Split != "train" || out.Rows[1].Split != "train" {
		t.Errorf("untested %v, rows %v", out.Untested, out.Rows[:2])
	}
}

func TestLabelSetsAreBalanced(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var rows []datahall.Row
	for i := range 600 {
		set := []string{}
		for l := range 12 {
			if r.Float64() < 1/float64(2+2*l) {
				set = append(set, fmt.Sprint("l", l))
			}
		}
		rows = append(rows, datahall.Row{Text: fmt.Sprint("text ", i), Labels: set})
	}
	out, err := Split(rows, datahall.SplitSpec{Test: 0.2, Validation: 0.1, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	all, tests := map[string]float64{}, map[string]float64{}
	total := 0
	for _, row := range out.Rows {
		if row.Split == data.Test {
			total++
		}
		for _, l := range row.Labels {
			all[l]++
			if row.Split == data.Test {
				tests[l]++
			}
		}
	}
	for l, n := range all {
		if share := tests[l] / n; math.Abs(share-0.2) > 0.06 {
			t.Errorf("label %s of %v rows has %.2f in test", l, n, share)
		}
	}
	if math.Abs(float64(total)-120) > 12 {
		t.Errorf("%d of 600 rows are in test", total)
	}
}

func TestValuesAreSpreadOverBothSides(t *testing.T) {
	var rows []datahall.Row
	for i := range 200 {
		v := float64(i * i)
		rows = append(rows, datahall.Row{Text: fmt.Sprint("text ", i), Value: &v})
	}
	out, err := Split(rows, datahall.SplitSpec{Test: 0.2, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	var tenths [10]int
	for i, row := range out.Rows {
		if row.Split == data.Test {
			tenths[i/20]++
		}
	}
	if tenths != [10]int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4} {
		t.Errorf("tests by tenth of the values: %v", tenths)
	}
}

func TestSplitRefuses(t *testing.T) {
	two := story("- a one\n- b two")
	for name, c := range map[string]struct {
		rows []datahall.Row
		spec datahall.SplitSpec
		want string
	}{
		"a negative fraction": {two, datahall.SplitSpec{Test: -0.1}, "split: the fraction -0.1 is not from 0 up to 1; 0.2 takes a fifth"},
		"no number":           {two, datahall.SplitSpec{Validation: math.NaN()}, "split: the fraction NaN is not from 0 up to 1; 0.2 takes a fifth"},
		"nothing to train on": {two, datahall.SplitSpec{Test: 0.6, Validation: 0.4}, "split: test and validation leave no rows to train on; make their fractions smaller"},
		"one text":            {story("- a One\n- b one"), datahall.SplitSpec{Test: 0.5}, "split: there are 1 different texts for 2 sides; bring more rows"},
	} {
		_, err := Split(c.rows, c.spec)
		if err == nil || err.Error() != c.want || datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func FuzzSplitNeverSharesAText(f *testing.F) {
	f.Add("a b\nA b\nc d\ne f\n", uint64(1), uint8(30), uint8(10))
	f.Fuzz(func(t *testing.T, text string, seed uint64, test, validation uint8) {
		var rows []datahall.Row
		for i, line := range strings.Split(text, "\n") {
			label, rest, _ := strings.Cut(line, " ")
			row := datahall.Row{Text: rest, Label: label}
			if seed%3 == 0 {
				row.Labels, row.Label = strings.Split(label, "|"), ""
			}
			if seed%5 == 0 {
				row.Split = []string{"", "train", "test"}[i%3]
			}
			rows = append(rows, row)
		}
		out, err := Split(rows, datahall.SplitSpec{Test: float64(test) / 255, Validation: float64(validation) / 255, Seed: seed})
		if err != nil {
			return
		}
		if len(out.Rows) != len(rows) {
			t.Fatalf("%d rows became %d", len(rows), len(out.Rows))
		}
		for text, on := range sidesOf(out.Rows) {
			if on[""] || seed%5 != 0 && len(on) != 1 {
				t.Fatalf("%q stands on %v", text, on)
			}
		}
	})
}
