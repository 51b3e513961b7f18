package console

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"datahall"
	"datahall/phrase"
)

// chart is a set of curves over the same steps.
type chart struct {
	Title  string            `json:"title"`
	X      string            `json:"x"`
	Format string            `json:"format"` // number, percent or scientific
	Series []series          `json:"series"`
	Words  map[string]string `json:"words"` // of the script's controls
}

// series is one curve.
type series struct {
	Key    string    `json:"key"`  // run and name of what is measured, for what still comes
	Name   string    `json:"name"` // for the legend
	Colour int       `json:"colour"`
	Dashed bool      `json:"dashed,omitempty"`
	Steps  []int64   `json:"x"`
	Values []float64 `json:"y"`
}

// panel says which curves stand in one chart.
type panel struct {
	title  datahall.Message
	format string
	names  []string
}

var panels = []panel{
	{datahall.Say("Loss"), "number", []string{"train_loss", "validation_loss"}},
	{datahall.Say("Right on the validation rows"), "percent", []string{"validation_accuracy", "validation_macro_f1"}},
	{datahall.Say("Learning rate"), "scientific", []string{"learning_rate"}},
	{datahall.Say("Tokens a second"), "number", []string{"tokens_per_second"}},
}

// chartsOf draws what runs measured. With several of them a curve's colour is
// its run and the second curve of a panel is dashed.
func (c *Console) chartsOf(ctx context.Context, lang phrase.Language, runs []datahall.Run) ([]chart, error) {
	byName := map[string][]series{}
	var others []string
	for i, r := range runs {
		all, err := c.Points.Points(ctx, r.ID, nil, pointsShown)
		if err != nil {
			return nil, err
		}
		for _, s := range seriesOf(r.ID, all) {
			name := strings.TrimPrefix(s.Key, r.ID+" ")
			s.Name, s.Colour = phrase.In(lang, named(curves, name)), 0
			if len(runs) > 1 {
				s.Name, s.Colour = r.Name+" · "+s.Name, i+1
			}
			if _, known := curves[name]; !known && !slices.Contains(others, name) {
				others = append(others, name)
			}
			byName[name] = append(byName[name], s)
		}
	}
	return draw(lang, byName, others, len(runs) > 1), nil
}

// draw puts curves into their panels; what we do not know has one of its own.
func draw(lang phrase.Language, byName map[string][]series, others []string, several bool) []chart {
	all := slices.Clone(panels)
	for _, name := range others {
		all = append(all, panel{named(nil, name), "number", []string{name}})
	}
	var list []chart
	for _, p := range all {
		ch := chart{Title: phrase.In(lang, p.title), X: phrase.Text(lang, "step"), Format: p.format, Words: chartWords(lang)}
		for i, name := range p.names {
			for _, s := range byName[name] {
				if s.Dashed = several && i > 0; !several {
					s.Colour = i + 1
				}
				ch.Series = append(ch.Series, s)
			}
		}
		if len(ch.Series) > 0 {
			list = append(list, ch)
		}
	}
	return list
}

// seriesOf parts points, which come in order of name and step, by name.
func seriesOf(run string, all []datahall.Point) []series {
	var list []series
	for _, p := range all {
		key := run + " " + p.Name
		if len(list) == 0 || list[len(list)-1].Key != key {
			list = append(list, series{Key: key})
		}
		s := &list[len(list)-1]
		s.Steps, s.Values = append(s.Steps, p.Step), append(s.Values, p.Value)
	}
	return list
}

func chartWords(lang phrase.Language) map[string]string {
	return map[string]string{
		"smoothing": phrase.Text(lang, "Smoothing"),
		"whole":     phrase.Text(lang, "Show all"),
		"keys":      phrase.Text(lang, "Drag to zoom in, double-click to show all. Keys: left and right read values, + and - zoom, 0 shows all."),
	}
}

// row is a line of a chart's table: a step and what was measured there.
type row struct {
	Step  int64
	Cells []string
}

// Rows are the figures of a chart, thinned out, for readers who see no curves.
func (ch chart) Rows() []row {
	const most = 24 // of each curve
	cells := map[int64][]string{}
	var steps []int64
	for i, s := range ch.Series {
		stride := max(1, (len(s.Steps)+most-1)/most)
		for j := range s.Steps {
			if j%stride != 0 && j != len(s.Steps)-1 {
				continue
			}
			if _, ok := cells[s.Steps[j]]; !ok {
				cells[s.Steps[j]] = make([]string, len(ch.Series))
				steps = append(steps, s.Steps[j])
			}
			cells[s.Steps[j]][i] = ch.figure(s.Values[j])
		}
	}
	slices.Sort(steps)
	rows := make([]row, len(steps))
	for i, step := range steps {
		rows[i] = row{step, cells[step]}
	}
	return rows
}

func (ch chart) figure(x float64) string {
	switch ch.Format {
	case "percent":
		return percent(x)
	case "scientific":
		return strconv.FormatFloat(x, 'e', 2, 64)
	}
	return digits(x, 4)
}

// The picture of a chart without scripts: a viewport of these units.
const (
	chartWidth, chartHeight        = 640.0, 240.0
	chartLeft, chartRight          = 56.0, 8.0
	chartTop, chartBottom          = 8.0, 24.0
	chartTicksAcross, chartTicksUp = 6, 4
)

// SVG draws the chart as a still picture.
func (ch chart) SVG() template.HTML {
	lowX, highX, lowY, highY := ch.extent()
	x := func(v float64) float64 {
		return chartLeft + (v-lowX)/(highX-lowX)*(chartWidth-chartLeft-chartRight)
	}
	y := func(v float64) float64 {
		return chartHeight - chartBottom - (v-lowY)/(highY-lowY)*(chartHeight-chartTop-chartBottom)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="still" viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartWidth, chartHeight, template.HTMLEscapeString(ch.Title))
	for _, v := range ticks(lowY, highY, chartTicksUp) {
		fmt.Fprintf(&b, `<path class="grid" d="M%g %.1fH%g"/><text x="%g" y="%.1f" text-anchor="end" dominant-baseline="middle">%s</text>`,
			chartLeft, y(v), chartWidth-chartRight, chartLeft-6, y(v), ch.tick(v))
	}
	for _, v := range ticks(lowX, highX, chartTicksAcross) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%g" text-anchor="middle">%s</text>`, x(v), chartHeight-6, digits(v, 1))
	}
	for _, s := range ch.Series {
		fmt.Fprintf(&b, `<polyline class="c%d%s" points="`, s.Colour, map[bool]string{true: " dashed"}[s.Dashed])
		for i, v := range s.Values {
			fmt.Fprintf(&b, "%.1f,%.1f ", x(float64(s.Steps[i])), y(v))
		}
		b.WriteString(`"/>`)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers, and a title that is escaped
}

func (ch chart) tick(v float64) string {
	switch ch.Format {
	case "percent":
		return strconv.FormatFloat(100*v, 'g', 4, 64) + " %"
	case "scientific":
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
	return digits(v, 2)
}

// extent is what the curves span, with a little room above and below.
func (ch chart) extent() (lowX, highX, lowY, highY float64) {
	lowX, highX, lowY, highY = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range ch.Series {
		for i, v := range s.Values {
			lowX, highX = min(lowX, float64(s.Steps[i])), max(highX, float64(s.Steps[i]))
			lowY, highY = min(lowY, v), max(highY, v)
		}
	}
	if lowX >= highX {
		lowX, highX = lowX-1, highX+1
	}
	room := 0.05 * (highY - lowY)
	if room == 0 {
		room = max(math.Abs(highY)/2, 1e-12)
	}
	return lowX, highX, lowY - room, highY + room
}

// ticks are about n round numbers between two.
func ticks(low, high float64, n int) []float64 {
	step := math.Pow(10, math.Floor(math.Log10((high-low)/float64(n))))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if (high-low)/(step*m) <= float64(n) {
			step *= m
			break
		}
	}
	var list []float64
	for i := math.Ceil(low / step); i*step <= high && len(list) <= 4*n; i++ {
		list = append(list, i*step)
	}
	return list
}
