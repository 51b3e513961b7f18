package cli

import (
	"math"
	"strings"
	"time"

	"datahall"
)

// display shows how a job goes: bars on a terminal, lines elsewhere.
type display interface {
	// Stage shows the stage as it now is; what was known of it before is replaced.
	Stage(st stage)
	// Over says that a stage has ended.
	Over(st stage)
	// Wait says why nothing happens yet.
	Wait(why datahall.Message)
	// Note prints a line that stays.
	Note(text string)
	// Tick passes the time, about twice a second.
	Tick(now time.Time)
	// Close takes away what does not stay.
	Close()
}

// stage is a part of a job's work, as far as it is. Stages that differ only in
// their values, such as epochs, are told of as one.
type stage struct {
	name     string
	family   string    // the pattern of its name
	again    bool      // it is not the first of its family in a row
	first    time.Time // when the first of them began
	progress datahall.Progress
	began    time.Time // by the job's clock, as is last
	last     time.Time
	score    string // the newest figures of a training
}

// short reports whether a stage was over before anybody looked: it leaves no line.
func (st stage) short() bool { return st.took() < time.Second/2 }

// learns reports whether figures of a training may be of this stage. A history
// that is read at once has them before the progress that they came after.
func (st stage) learns() bool {
	switch st.progress.Unit {
	case "rows", "steps", "tokens", "epochs":
		return true
	}
	return false
}

// took is how long it and those before it of its family have lasted.
func (st stage) took() time.Duration {
	if st.again {
		return st.last.Sub(st.first)
	}
	return st.last.Sub(st.began)
}

// summary is the line that is left of a stage: what was done, how long it took.
func (s *session) summary(st stage) string {
	parts := []string{}
	if st.progress.Done > 0 && st.progress.Unit != "" && !st.again {
		parts = append(parts, s.amount(st.progress.Done, st.progress.Unit))
	}
	parts = append(parts, s.duration(st.took().Seconds()))
	if st.score != "" {
		parts = append(parts, st.score)
	}
	return strings.Join(parts, " · ")
}

// soFar is how far a stage is: counts, rate, time left.
func (s *session) soFar(st stage) string {
	p := st.progress
	parts := []string{}
	switch {
	case p.Total > 0 && p.Unit == "bytes":
		parts = append(parts, bytesOf(p.Done)+" / "+bytesOf(p.Total))
	case p.Total > 0:
		parts = append(parts, count(int64(p.Done))+" / "+s.amount(p.Total, p.Unit))
	case p.Done > 0:
		parts = append(parts, s.amount(p.Done, p.Unit))
	}
	if p.Rate > 0 && p.Unit != "" {
		parts = append(parts, s.rate(p.Rate, p.Unit))
	}
	if p.Left >= 1 && p.Total > 0 {
		parts = append(parts, s.t(datahall.Say("%s left", s.about(p.Left))))
	}
	if st.score != "" {
		parts = append(parts, st.score)
	}
	return strings.Join(parts, " · ")
}

// about writes a guess of seconds: tenths would promise too much.
func (s *session) about(seconds float64) string {
	if seconds < 10 {
		return s.t(datahall.Say("%s s", math.Ceil(seconds)))
	}
	return s.duration(seconds)
}

func (s *session) rate(rate float64, unit string) string {
	if unit == "bytes" {
		return bytesOf(rate) + "/s"
	}
	return s.t(datahall.Say("%s %s/s", digits(rate, 2), s.unit(unit)))
}

// stages turns the events of a job into what a display shows.
type stages struct {
	s       *session
	show    display
	current stage
	open    bool
	moment  time.Time // of the last event that could begin a stage
	attempt int
	scores  map[string]float64
}

// See takes one event.
func (g *stages) See(e datahall.Event) {
	switch e.Kind {
	case datahall.StateEvent:
		g.state(e)
	case datahall.ProgressEvent:
		if e.Progress != nil {
			g.progress(e)
		}
	case datahall.MetricEvent:
		for _, p := range e.Points {
			g.scores[p.Name] = p.Value
		}
	case datahall.LogEvent:
		if g.s.verbose {
			g.show.Note("  " + oneLine(e.Log))
		}
	}
}

// state follows a job from attempt to attempt.
func (g *stages) state(e datahall.Event) {
	g.moment = e.Time
	if e.State == datahall.Queued && e.Attempt > 0 && !e.Message.IsZero() {
		g.end(false, e.Time)
		g.show.Note(g.s.t(datahall.Say("  attempt %s ended: %s; trying again", e.Attempt, g.s.t(e.Message))))
	}
	if e.State.Ended() {
		g.end(e.State == datahall.Done, e.Time)
	}
}

// progress opens a stage where a new one begins, and shows how far it is.
func (g *stages) progress(e datahall.Event) {
	next := stage{name: g.s.t(e.Progress.Stage), family: e.Progress.Stage.Pattern, began: g.moment}
	if next.began.IsZero() || next.began.After(e.Time) {
		next.began = e.Time
	}
	next.first = next.began
	switch same := g.open && e.Attempt == g.attempt && next.family == g.current.family; {
	case same && next.name == g.current.name:
		next = g.current
	case same:
		next.again, next.first = true, g.current.first
	default:
		g.end(true, e.Time)
	}
	g.current, g.open, g.attempt = next, true, e.Attempt
	g.current.progress, g.current.last = *e.Progress, e.Time
	if g.current.learns() {
		g.current.score = g.score()
	}
	g.moment = e.Time
	g.show.Stage(g.current)
}

// end closes the open stage; one that broke off leaves no line.
func (g *stages) end(whole bool, at time.Time) {
	if !g.open {
		return
	}
	g.open = false
	if g.current.learns() {
		g.current.score = g.score()
		clear(g.scores) // they belong to what has ended
	}
	if whole && g.current.name != "" {
		g.current.last = at
		g.show.Over(g.current)
	}
}

// score words the newest figures of a training.
func (g *stages) score() string {
	if a, ok := g.scores["validation_accuracy"]; ok {
		return g.s.t(datahall.Say("validation %s", percent(a)))
	}
	if l, ok := g.scores["train_loss"]; ok {
		return g.s.t(datahall.Say("loss %s", digits(l, 3)))
	}
	return ""
}
