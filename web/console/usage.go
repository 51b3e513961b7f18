package console

import (
	"cmp"
	"slices"

	"datahall"
	"datahall/phrase"
)

// usagePage is the ledger: what was used, by whom.
type usagePage struct {
	Lines []usageLine
	Sums  []datahall.Usage
	Days  []datahall.LedgerTotal // latest first
	Meter datahall.Meter
}

// usageLine is one job or endpoint, with where its page is.
type usageLine struct {
	datahall.LedgerTotal
	Link string
}

const daysShown = 30

func (c *Console) usage(v *visit) error {
	ctx, project := v.Context(), v.project()
	p := usagePage{Meter: c.Hall().Meter}
	totals, err := c.Ledger.Totals(ctx, datahall.LedgerFilter{Project: project}, datahall.BySubject)
	if err != nil {
		return err
	}
	endpoints, err := c.Endpoints.Endpoints(ctx, project)
	if err != nil {
		return err
	}
	for _, t := range totals {
		if t.Kind != "endpoint" {
			p.Lines = append(p.Lines, usageLine{t, pathOf("jobs", t.Group)})
		}
	}
	for _, e := range endpoints {
		t := datahall.LedgerTotal{Group: e.ID, Name: e.Name, Kind: "endpoint", Project: e.Project, Entries: e.Requests, Last: e.Created, Usage: e.Usage}
		p.Lines = append(p.Lines, usageLine{t, pathOf("endpoints", e.Name)})
	}
	slices.SortStableFunc(p.Lines, func(a, b usageLine) int { return cmp.Compare(b.Usage.Joules, a.Usage.Joules) })
	if p.Sums, err = c.spent(ctx, project, endpoints); err != nil {
		return err
	}
	if p.Days, err = c.Ledger.Totals(ctx, datahall.LedgerFilter{Project: project}, datahall.ByDay); err != nil {
		return err
	}
	p.Days = p.Days[:min(len(p.Days), daysShown)]
	return v.show("usage", "usage", phrase.Text(v.lang, "Usage"), p)
}
