package console

import (
	"bufio"
	"context"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"datahall"
	"datahall/phrase"
)

// refOf is NAME@VERSION of a dataset.
func refOf(d datahall.Dataset) string { return d.Name + "@" + strconv.Itoa(d.Version) }

func (c *Console) datasets(v *visit) error {
	all, err := c.Datasets.Datasets(v.Context(), datahall.VersionFilter{Project: v.project()})
	if err != nil {
		return err
	}
	return v.show("datasets", "datasets", phrase.Text(v.lang, "Data"), all)
}

// datasetPage is a dataset version: what was read, and what a person should
// look at.
type datasetPage struct {
	datahall.Dataset
	Ref       string
	Versions  []datahall.Dataset
	Samples   []datahall.Row
	Refused   []datahall.RejectedRow
	Models    []datahall.Model // trained on it
	Mainly    int              // rows of the most frequent label
	SplitFrom *datahall.Dataset
}

// Leaking tells of test rows that stand on the training side too; nil where
// none does.
func (p datasetPage) Leaking() *datahall.Leaks {
	if l := p.Report.Leaks; l != nil && l.Exact+l.Near > 0 {
		return l
	}
	return nil
}

const rejectedShown = 100

func (c *Console) dataset(v *visit) error {
	ctx, project := v.Context(), v.project()
	d, err := c.Datasets.Dataset(ctx, project, v.PathValue("ref"))
	if err != nil {
		return err
	}
	p := datasetPage{Dataset: d, Ref: refOf(d)}
	if len(d.Report.Labels) > 0 {
		p.Mainly = d.Report.Labels[0].N
	}
	if p.Versions, err = c.Datasets.Datasets(ctx, datahall.VersionFilter{Project: project, Name: d.Name}); err != nil {
		return err
	}
	if _, err := c.readJSON(ctx, project, d.Files, "samples.json", samplesBytes, &p.Samples); err != nil {
		return err
	}
	if p.Refused, err = c.refused(ctx, d); err != nil {
		return err
	}
	if parent, err := c.Datasets.Dataset(ctx, project, d.Parent); d.Parent != "" && err == nil {
		p.SplitFrom = &parent
	}
	models, err := c.Models.Models(ctx, datahall.VersionFilter{Project: project, All: true})
	if err != nil {
		return err
	}
	for _, m := range models {
		if m.Dataset == d.ID {
			p.Models = append(p.Models, m)
		}
	}
	return v.show("datasets", "dataset", p.Ref, p)
}

// refused lists the first rows that were not taken.
func (c *Console) refused(ctx context.Context, d datahall.Dataset) ([]datahall.RejectedRow, error) {
	blob, ok := d.Files["rejected.jsonl"]
	if !ok {
		return nil, nil
	}
	f, err := c.Blobs.Open(ctx, d.Project, blob.Digest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readRejected(f, rejectedShown), nil
}

// datasetRows sends the rows as JSON lines, without the header that they are
// kept with.
func (c *Console) datasetRows(v *visit) error {
	d, err := c.Datasets.Dataset(v.Context(), v.project(), v.PathValue("ref"))
	if err != nil {
		return err
	}
	f, err := c.Blobs.Open(v.Context(), d.Project, d.Files["rows.jsonl"].Digest)
	if err != nil {
		return err
	}
	defer f.Close()
	rows := bufio.NewReader(f)
	if _, err := rows.ReadString('\n'); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/x-ndjson")
	v.w.Header().Set("Content-Disposition", attachment(fmt.Sprintf("%s-v%d.jsonl", d.Name, d.Version)))
	if _, err := io.Copy(v.w, rows); err != nil {
		panic(http.ErrAbortHandler) // a cut answer must not look whole
	}
	return nil
}

// attachment makes a browser keep what is sent under a name.
func attachment(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	return mime.FormatMediaType("attachment", map[string]string{"filename": safe})
}

// Histogram draws the lengths of texts.
func (p datasetPage) Histogram() template.HTML {
	const width, height, foot = 480.0, 144.0, 20.0
	bars, most := p.Report.Lengths.Bars, 1
	for _, b := range bars {
		most = max(most, b.N)
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="still" viewBox="0 0 %g %g" role="img">`, width, height)
	step := width / float64(max(len(bars), 1))
	for i, b := range bars {
		h := float64(b.N) / float64(most) * (height - foot - 4)
		if b.N > 0 {
			h = max(h, 1.5)
		}
		fmt.Fprintf(&s, `<rect class="fill" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1.5"><title>%d–%d: %s</title></rect>`,
			float64(i)*step+1, height-foot-h, max(step-2, 1), h, b.From, b.To-1, count(int64(b.N)))
		if i%max(1, len(bars)/8) == 0 {
			fmt.Fprintf(&s, `<text x="%.1f" y="%g">%d</text>`, float64(i)*step+1, height-4, b.From)
		}
	}
	s.WriteString(`</svg>`)
	return template.HTML(s.String()) //nolint:gosec // numbers only
}
