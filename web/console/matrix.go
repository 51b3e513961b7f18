package console

import (
	"fmt"
	"html/template"
	"strings"

	"datahall"
)

const (
	matrixCells = 40  // classes that a table shows; more are drawn as a picture
	matrixMost  = 400 // classes that are drawn at all
)

// matrix is a confusion matrix whose rows are shares of the truth.
type matrix struct {
	Labels []string
	Rows   []matrixRow
}

// matrixRow is one truth, and what it was taken for.
type matrixRow struct {
	Label string
	Total int
	Cells []cell
}

// cell is how often a truth was taken for a label.
type cell struct {
	N     int
	Level int // 0 none … 9 all of the row
	Right bool
	Truth string
	Taken string
	Share float64
}

// newMatrix arranges the counts; nil where they do not fit the labels.
func newMatrix(e datahall.Evaluation) *matrix {
	n := len(e.Labels)
	if n == 0 || n > matrixMost || len(e.Confusion) != n {
		return nil
	}
	m := &matrix{Labels: e.Labels}
	for i, counts := range e.Confusion {
		if len(counts) != n {
			return nil
		}
		r := matrixRow{Label: e.Labels[i]}
		for _, c := range counts {
			r.Total += max(c, 0)
		}
		for j, c := range counts {
			s := min(max(share(c, r.Total), 0), 1)
			level := 0
			if c > 0 {
				level = min(9, 1+int(s*9))
			}
			r.Cells = append(r.Cells, cell{c, level, i == j, e.Labels[i], e.Labels[j], s})
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// Table says whether the matrix is small enough to be read as a table.
func (m *matrix) Table() bool { return len(m.Labels) <= matrixCells }

// Picture draws the cells of a large matrix that are not empty.
func (m *matrix) Picture() template.HTML {
	n := len(m.Labels)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="heat" viewBox="0 0 %d %d" role="img">`, 8*n, 8*n)
	fmt.Fprintf(&b, `<rect class="ground" width="%d" height="%d"/>`, 8*n, 8*n)
	for i, r := range m.Rows {
		for j, c := range r.Cells {
			if c.N <= 0 {
				continue
			}
			kind := "off"
			if c.Right {
				kind = "on"
			}
			fmt.Fprintf(&b, `<rect class="%s h%d" x="%d" y="%d" width="8" height="8"><title>%s → %s: %d</title></rect>`,
				kind, c.Level, 8*j, 8*i, template.HTMLEscapeString(c.Truth), template.HTMLEscapeString(c.Taken), c.N)
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers, and labels that are escaped
}

// reliability are the bars of a diagram: how sure, and how often right.
type reliability []datahall.Bin

// Any says whether there is something to draw.
func (r reliability) Any() bool {
	for _, b := range r {
		if b.N > 0 {
			return true
		}
	}
	return false
}

// SVG draws accuracy over confidence, with the diagonal of a model that knows
// how sure it may be, and below how many rows each bar stands for.
func (r reliability) SVG() template.HTML {
	const left, top, side, foot = 40.0, 8.0, 280.0, 48.0
	most := 1
	for _, b := range r {
		most = max(most, b.N)
	}
	x := func(v float64) float64 { return left + side*min(max(v, 0), 1) }
	y := func(v float64) float64 { return top + side*(1-min(max(v, 0), 1)) }
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="still square" viewBox="0 0 %g %g" role="img">`, left+side+8, top+side+foot+28)
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Fprintf(&s, `<path class="grid" d="M%g %.1fH%g"/><text x="%g" y="%.1f" text-anchor="end" dominant-baseline="middle">%g %%</text>`, left, y(v), left+side, left-6, y(v), 100*v)
		fmt.Fprintf(&s, `<text x="%.1f" y="%g" text-anchor="middle">%g %%</text>`, x(v), top+side+foot+20, 100*v)
	}
	for _, b := range r {
		if b.N <= 0 || !(b.To > b.From) {
			continue
		}
		w := x(b.To) - x(b.From) - 2
		title := fmt.Sprintf(`<title>%s – %s: %s / %s, %s</title>`, percent(b.From), percent(b.To), percent(b.Confidence), percent(b.Accuracy), count(int64(b.N)))
		fmt.Fprintf(&s, `<rect class="fill" x="%.1f" y="%.1f" width="%.1f" height="%.1f">%s</rect>`, x(b.From)+1, y(b.Accuracy), max(w, 1), y(0)-y(b.Accuracy), title)
		gap, low := y(b.Confidence)-y(b.Accuracy), y(b.Confidence)
		if gap > 0 {
			low = y(b.Accuracy)
		}
		fmt.Fprintf(&s, `<rect class="gap" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x(b.From)+1, low, max(w, 1), max(gap, -gap))
		h := (foot - 10) * float64(b.N) / float64(most)
		fmt.Fprintf(&s, `<rect class="soft" x="%.1f" y="%.1f" width="%.1f" height="%.1f">%s</rect>`, x(b.From)+1, top+side+6+(foot-10)-h, max(w, 1), max(h, 1), title)
	}
	fmt.Fprintf(&s, `<path class="diagonal" d="M%.1f %.1fL%.1f %.1f"/></svg>`, x(0), y(0), x(1), y(1))
	return template.HTML(s.String()) //nolint:gosec // numbers only
}
