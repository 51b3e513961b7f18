package cli

import (
	"fmt"
	"strings"

	"datahall"
)

// table is text in columns, two spaces apart.
type table struct {
	heads []string
	right []bool
	rows  [][]string
}

// table begins one with the headings of its columns.
func (s *session) table(heads ...datahall.Message) *table {
	t := &table{}
	for _, h := range heads {
		t.heads = append(t.heads, s.t(h))
		t.right = append(t.right, false)
	}
	return t
}

// numbers puts columns, counted from 0, at the right.
func (t *table) numbers(columns ...int) *table {
	for _, c := range columns {
		t.right[c] = true
	}
	return t
}

// row adds a row; what could break it (line ends, tabs, escapes) becomes spaces.
func (t *table) row(cells ...string) *table {
	for i := range cells {
		cells[i] = oneLine(cells[i])
	}
	t.rows = append(t.rows, cells)
	return t
}

// String draws the table; the last column is not filled up.
func (t *table) String() string {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{t.heads}, t.rows...) {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			line.WriteString(pad(cell, widths[i], t.right[i]))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// show prints the table, or says that there is nothing in it.
func (s *session) show(t *table, none datahall.Message) {
	if len(t.rows) == 0 {
		s.say(none)
		return
	}
	s.print(t.String())
}

func (s *session) print(text string) {
	if !s.json {
		fmt.Fprint(s.env.Out, text)
	}
}

// facts are names with what they are, one a line.
type facts struct {
	s    *session
	rows [][2]string
}

func (s *session) facts() *facts { return &facts{s: s} }

// add adds a fact; an empty one is left out.
func (f *facts) add(name datahall.Message, value string) *facts {
	if value != "" {
		f.rows = append(f.rows, [2]string{f.s.t(name), oneLine(value)})
	}
	return f
}

func (f *facts) print() { f.s.print(f.String()) }

func (f *facts) String() string {
	wide := 0
	for _, r := range f.rows {
		wide = max(wide, columns(r[0]))
	}
	var b strings.Builder
	for _, r := range f.rows {
		b.WriteString(pad(r[0], wide, false) + "  " + r[1] + "\n")
	}
	return b.String()
}
