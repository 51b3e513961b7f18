package console

import (
	"context"
	"maps"
	"slices"

	"datahall"
	"datahall/phrase"
)

func (c *Console) models(v *visit) error {
	all, err := c.Models.Models(v.Context(), datahall.VersionFilter{Project: v.project()})
	if err != nil {
		return err
	}
	return v.show("models", "models", phrase.Text(v.lang, "Models"), all)
}

// modelPage is a model version: where it came from, and how good it is.
type modelPage struct {
	datahall.Model
	Versions  []datahall.Model
	Data      *datahall.Dataset
	BaseModel *datahall.Model
	Files     []file
	Endpoints []datahall.Endpoint
	Card      []pairOf
	Report    *report
	Saved     bool // shown in a file of its own: nothing to click on in the hall
	HallURL   string
	SavedOn   string
}

func (c *Console) model(v *visit) error {
	m, err := c.Models.Model(v.Context(), v.project(), v.PathValue("ref"))
	if err != nil {
		return err
	}
	p, err := c.modelPage(v.Context(), v.lang, m)
	if err != nil {
		return err
	}
	return v.show("models", "model", m.Ref(), p)
}

func (c *Console) modelPage(ctx context.Context, lang phrase.Language, m datahall.Model) (modelPage, error) {
	p := modelPage{Model: m}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		p.Files = append(p.Files, file{name, m.Files[name].Bytes})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Card)) {
		p.Card = append(p.Card, pairOf{name, m.Card[name]})
	}
	if d, err := c.Datasets.Dataset(ctx, m.Project, m.Dataset); m.Dataset != "" && err == nil {
		p.Data = &d
	}
	if b, err := c.Models.Model(ctx, m.Project, m.Base); m.Base != "" && err == nil {
		p.BaseModel = &b
	}
	var err error
	if p.Versions, err = c.Models.Models(ctx, datahall.VersionFilter{Project: m.Project, Name: m.Name}); err != nil {
		return p, err
	}
	all, err := c.Endpoints.Endpoints(ctx, m.Project)
	if err != nil {
		return p, err
	}
	for _, e := range all {
		if e.ModelID == m.ID {
			p.Endpoints = append(p.Endpoints, e)
		}
	}
	p.Report, err = c.report(ctx, lang, m)
	return p, err
}

// report reads a model's figures; nil where it has none.
func (c *Console) report(ctx context.Context, lang phrase.Language, m datahall.Model) (*report, error) {
	var e datahall.Evaluation
	found, err := c.readJSON(ctx, m.Project, m.Files, "report.json", reportBytes, &e)
	if err != nil || !found {
		return nil, err
	}
	r := newReport(m, e)
	if run, err := c.Runs.Run(ctx, m.Project, m.Run); m.Run != "" && err == nil {
		if r.Charts, err = c.chartsOf(ctx, lang, []datahall.Run{run}); err != nil {
			return nil, err
		}
	}
	return r, nil
}
