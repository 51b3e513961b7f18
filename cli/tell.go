package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"datahall"
)

// margin is where the text of the story begins: behind its longest heading.
func (q *quick) margin() int {
	wide := 0
	for _, m := range []datahall.Message{datahall.Say("hall"), datahall.Say("data"), datahall.Say("split"), datahall.Say("train"), datahall.Say("result"),
		datahall.Say("serve"), datahall.Say("ask"), datahall.Say("cost"), datahall.Say("pages"), datahall.Say("try it"), datahall.Say("next")} {
		wide = max(wide, columns(q.s.t(m)))
	}
	return wide + 2
}

// tell prints a paragraph of the story beside its heading.
func (q *quick) tell(heading, text datahall.Message) {
	if q.s.json {
		return
	}
	margin, head := q.margin(), q.s.t(heading)
	for i, line := range fold(oneLine(q.s.t(text)), q.s.wide()-margin) {
		if i > 0 {
			head = ""
		}
		q.s.line(pad(head, margin, false) + line)
	}
}

// indented prints a block of lines behind the margin.
func (q *quick) indented(block string) {
	for line := range strings.Lines(block) {
		q.s.print(strings.Repeat(" ", q.margin()) + line)
	}
}

// wide is how many columns a paragraph may take.
func (s *session) wide() int {
	const most = 100
	if w, err := strconv.Atoi(s.env.Getenv("COLUMNS")); err == nil && w >= 40 {
		return w
	}
	if f, ok := s.env.Out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w >= 40 {
			return min(most, w)
		}
	}
	return most
}

// program is how the reader started us, for the lines that say what to type next.
func program(binary string) string {
	if strings.Contains(filepath.ToSlash(binary), "/go-build") {
		return "go run ./cmd/datahall"
	}
	return "datahall"
}
