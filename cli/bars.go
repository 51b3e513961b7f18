package cli

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"datahall"
)

// bars shows progress on a terminal: one bar for the running stage, and a line
// above it for each that is over.
type bars struct {
	s    *session
	all  *mpb.Progress
	bar  *mpb.Bar
	now  *atomic.Pointer[stage] // what the bar shows, read while it is drawn
	full int64                  // total of the bar; 0: a spinner
}

func newBars(s *session, w io.Writer) *bars {
	return &bars{s: s, all: mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh(), mpb.WithRefreshRate(120*time.Millisecond), mpb.WithWidth(30))}
}

// grain is how finely a bar is divided.
const grain = 1000

func (b *bars) Stage(st stage) {
	total := int64(0)
	if st.progress.Total > 0 {
		total = grain
	}
	if b.bar == nil || b.now.Load().name != st.name || b.full != total {
		b.drop()
		b.now = new(atomic.Pointer[stage])
		b.now.Store(&st)
		b.full, b.bar = total, b.add(total, b.now)
	}
	b.now.Store(&st)
	if total > 0 {
		share := min(1, max(0, st.progress.Done/st.progress.Total))
		b.bar.SetCurrent(min(grain-1, int64(share*grain))) // a bar that is full would end itself
	}
}

// add begins a bar, or a spinner where nobody knows how much there is to do.
func (b *bars) add(total int64, now *atomic.Pointer[stage]) *mpb.Bar {
	name := decor.Any(func(decor.Statistics) string { return "  " + cut(now.Load().name, 36) })
	so := decor.Any(func(decor.Statistics) string { return b.s.soFar(*now.Load()) })
	filler := mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─").Build()
	if total == 0 {
		total = grain
		filler = mpb.SpinnerStyle("⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏").PositionLeft().Build()
		so = decor.Any(func(decor.Statistics) string { return b.running(*now.Load()) })
		return b.added(total, filler, mpb.BarWidth(1), mpb.PrependDecorators(decor.Name("  ")), mpb.AppendDecorators(
			decor.Any(func(decor.Statistics) string { return cut(now.Load().name, 60) + "  " }), so))
	}
	return b.added(total, filler, mpb.PrependDecorators(name), mpb.AppendDecorators(so))
}

func (b *bars) added(total int64, filler mpb.BarFiller, options ...mpb.BarOption) *mpb.Bar {
	bar, err := b.all.Add(total, filler, append(options, mpb.BarRemoveOnComplete())...)
	if err != nil {
		return nil
	}
	return bar
}

// running is what a spinner says: how much was done, and since when.
func (b *bars) running(st stage) string {
	if so := b.s.soFar(st); so != "" {
		return so
	}
	if took := time.Since(st.began); took > 2*time.Second && took < 24*time.Hour {
		return b.s.duration(took.Seconds())
	}
	return ""
}

func (b *bars) drop() {
	if b.bar != nil {
		b.bar.Abort(true)
		b.bar = nil
	}
}

func (b *bars) Over(st stage) {
	if !st.short() {
		b.Note("✓ " + st.name + "  " + b.s.summary(st))
	}
	b.drop()
}

func (b *bars) Wait(why datahall.Message) {
	b.Stage(stage{name: b.s.t(datahall.Say("waits: %s", b.s.t(why))), began: time.Now()})
}

func (b *bars) Note(text string) {
	b.all.Write([]byte(text + "\n")) //nolint:errcheck // a terminal that is gone
}

func (b *bars) Tick(time.Time) {}

func (b *bars) Close() {
	b.drop()
	b.all.Wait()
}
