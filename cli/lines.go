package cli

import (
	"fmt"
	"io"
	"time"

	"datahall"
)

// A stage that takes longer is told of before it ends, and then now and again.
const (
	longStage = 3 * time.Second
	reminder  = 30 * time.Second
)

// lines shows progress where there is no terminal: a line for each stage that
// is over, one at the beginning of a long one, and few in between.
type lines struct {
	s       *session
	w       io.Writer
	running stage
	told    time.Time // of the running stage, last; zero: not yet
	since   time.Time
	waiting string // the pattern of the reason that was told last
}

func (l *lines) Stage(st stage) {
	if st.family != l.running.family || !st.first.Equal(l.running.first) || st.family == "" && st.name != l.running.name {
		l.told, l.since = time.Time{}, time.Now()
	}
	l.running, l.waiting = st, ""
}

func (l *lines) Over(st stage) {
	l.running = stage{}
	if st.short() {
		return
	}
	fmt.Fprintf(l.w, "  %s: %s\n", st.name, l.s.summary(st))
}

func (l *lines) Wait(why datahall.Message) {
	if why.Pattern != l.waiting { // a countdown is one reason
		l.waiting = why.Pattern
		fmt.Fprintln(l.w, l.s.t(datahall.Say("  waits: %s", l.s.t(why))))
	}
}

func (l *lines) Note(text string) { fmt.Fprintln(l.w, text) }

func (l *lines) Tick(now time.Time) {
	if l.running.name == "" || now.Sub(l.since) < longStage || now.Sub(l.told) < reminder {
		return
	}
	l.told = now
	text := "  " + l.running.name
	if so := l.s.soFar(l.running); so != "" {
		text += ": " + so
	}
	fmt.Fprintln(l.w, text+" …")
}

func (l *lines) Close() {}
