package console

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"datahall"
	"datahall/phrase"
)

const (
	pointsShown = 600 // of a curve, thinned out by the store
	comparable  = 8   // runs side by side: as many as there are colours
)

// runsPage lists trainings, and lays those that are chosen over each other.
type runsPage struct {
	Runs    []runLine
	Chosen  []runLine
	Charts  []chart
	Differ  []paramRow // what was set differently
	Same    []pairOf   // what was set alike
	TooMany bool
}

// runLine is a run with what it reached.
type runLine struct {
	datahall.Run
	Dataset  string // NAME@VERSION
	Loss     *float64
	Accuracy *float64
	MacroF1  *float64
	Checked  bool
	Colour   int
}

// paramRow is a setting and its value in each of the chosen runs.
type paramRow struct {
	Name   string
	Values []string
}

func (c *Console) runs(v *visit) error {
	ctx := v.Context()
	all, err := c.Runs.Runs(ctx, v.project(), 0)
	if err != nil {
		return err
	}
	var ids []string
	for _, list := range v.URL.Query()["ids"] {
		ids = append(ids, strings.Split(list, ",")...)
	}
	var p runsPage
	datasets := map[string]string{}
	for _, r := range all {
		line, err := c.runLine(ctx, r, datasets)
		if err != nil {
			return err
		}
		if slices.Contains(ids, r.ID) && len(p.Chosen) < comparable {
			line.Checked, line.Colour = true, len(p.Chosen)+1
			p.Chosen = append(p.Chosen, line)
		}
		p.Runs = append(p.Runs, line)
	}
	p.TooMany = len(ids) > comparable
	if len(p.Chosen) > 0 {
		chosen := make([]datahall.Run, len(p.Chosen))
		for i, line := range p.Chosen {
			chosen[i] = line.Run
		}
		if p.Charts, err = c.chartsOf(ctx, v.lang, chosen); err != nil {
			return err
		}
		p.Differ, p.Same = compare(chosen)
	}
	return v.show("runs", "runs", phrase.Text(v.lang, "Runs"), p)
}

// runLine fills in what a run reached: the last values of its validation.
func (c *Console) runLine(ctx context.Context, r datahall.Run, datasets map[string]string) (runLine, error) {
	line := runLine{Run: r}
	if _, known := datasets[r.Dataset]; !known {
		datasets[r.Dataset] = r.Dataset
		if d, err := c.Datasets.Dataset(ctx, r.Project, r.Dataset); err == nil {
			datasets[r.Dataset] = refOf(d)
		}
	}
	line.Dataset = datasets[r.Dataset]
	last, err := c.Points.Points(ctx, r.ID, []string{"validation_loss", "validation_accuracy", "validation_macro_f1"}, 8)
	for _, point := range last {
		value := point.Value
		switch point.Name {
		case "validation_loss":
			line.Loss = &value
		case "validation_accuracy":
			line.Accuracy = &value
		case "validation_macro_f1":
			line.MacroF1 = &value
		}
	}
	return line, err
}

// compare parts the settings of runs into those that differ and those that do not.
func compare(runs []datahall.Run) ([]paramRow, []pairOf) {
	names := map[string]bool{}
	for _, r := range runs {
		for name := range r.Params {
			names[name] = true
		}
	}
	var differ []paramRow
	var same []pairOf
	for _, name := range slices.Sorted(maps.Keys(names)) {
		values := make([]string, len(runs))
		alike := true
		for i, r := range runs {
			values[i] = r.Params[name]
			alike = alike && values[i] == values[0]
		}
		if alike {
			same = append(same, pairOf{name, values[0]})
			continue
		}
		differ = append(differ, paramRow{name, values})
	}
	return differ, same
}

// run leads to the job whose record it is.
func (c *Console) run(v *visit) error {
	r, err := c.Runs.Run(v.Context(), v.project(), v.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.Request, pathOf("jobs", r.Job), http.StatusSeeOther)
	return nil
}
