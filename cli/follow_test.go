package cli

import (
	"strings"
	"testing"
	"time"

	"datahall"
	"datahall/phrase"
)

// history makes the events of a training that is tried twice.
func history() []datahall.Event {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return noon.Add(time.Duration(s * float64(time.Second))) }
	progress := func(s float64, attempt int, stage datahall.Message, done, total float64, unit string) datahall.Event {
		return datahall.Event{Kind: datahall.ProgressEvent, Time: at(s), Attempt: attempt,
			Progress: &datahall.Progress{Stage: stage, Done: done, Total: total, Unit: unit, Rate: done / s, Left: 2}}
	}
	reading, training := datahall.Say("reading %s", "rows.jsonl"), datahall.Say("writing %s", "x")
	return []datahall.Event{
		{Kind: datahall.StateEvent, State: datahall.Queued, Time: at(0)},
		{Kind: datahall.StateEvent, State: datahall.Running, Attempt: 1, Time: at(1)},
		progress(1.1, 1, reading, 0, 2000, "rows"),
		progress(1.5, 1, reading, 2000, 2000, "rows"),
		progress(2, 1, training, 10, 100, "steps"),
		{Kind: datahall.StateEvent, State: datahall.Queued, Attempt: 1, Time: at(3), Message: datahall.Say("the hall was stopped")},
		{Kind: datahall.StateEvent, State: datahall.Running, Attempt: 2, Time: at(4)},
		progress(5, 2, training, 50, 100, "steps"),
		{Kind: datahall.LogEvent, Log: "epoch 1", Time: at(5), Attempt: 2},
		{Kind: datahall.MetricEvent, Time: at(6), Attempt: 2, Points: []datahall.Point{{Name: "validation_accuracy", Value: 0.875}}},
		progress(14, 2, training, 100, 100, "steps"),
		{Kind: datahall.StateEvent, State: datahall.Done, Attempt: 2, Time: at(14.2)},
	}
}

func TestPlainProgressIsALineAStage(t *testing.T) {
	s, out := speaking(phrase.English)
	g := &stages{s: s, show: &lines{s: s, w: out}, scores: map[string]float64{}}
	for _, e := range history() {
		g.See(e)
	}
	want := strings.Join([]string{
		"  reading rows.jsonl: 2,000 rows · 1.0 s",
		"  attempt 1 ended: the hall was stopped; trying again",
		"  writing x: 100 steps · 10 s · validation 87.5 %",
		"",
	}, "\n")
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// Thirty epochs are no thirty lines.
func TestStagesOfAFamilyLeaveOneLine(t *testing.T) {
	s, out := speaking(phrase.English)
	g := &stages{s: s, show: &lines{s: s, w: out}, scores: map[string]float64{}}
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for epoch := range 30 {
		for step := range 5 {
			g.See(datahall.Event{Kind: datahall.ProgressEvent, Attempt: 1, Time: noon.Add(time.Duration(5*epoch+step) * time.Second),
				Progress: &datahall.Progress{Stage: datahall.Say("waits behind job %s", epoch+1), Done: float64(step), Total: 5, Unit: "rows"}})
			g.show.Tick(time.Now())
		}
	}
	g.See(datahall.Event{Kind: datahall.StateEvent, State: datahall.Done, Attempt: 1, Time: noon.Add(150 * time.Second)})
	if want := "  waits behind job 30: 2 min 30 s\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestVerboseShowsTheLog(t *testing.T) {
	s, out := speaking(phrase.English)
	s.verbose = true
	g := &stages{s: s, show: &lines{s: s, w: out}, scores: map[string]float64{}}
	for _, e := range history() {
		g.See(e)
	}
	if !strings.Contains(out.String(), "\n  epoch 1\n") {
		t.Errorf("no log in\n%s", out)
	}
}

// A long stage is told of while it lasts, and not at every event.
func TestLongStagesAreAnnounced(t *testing.T) {
	s, out := speaking(phrase.English)
	l := &lines{s: s, w: out}
	st := stage{name: "training", began: time.Now(), progress: datahall.Progress{Done: 10, Total: 100, Unit: "steps", Rate: 5, Left: 18}}
	l.Stage(st)
	for i := range 100 {
		l.Stage(st)
		l.Tick(time.Now().Add(time.Duration(i) * 500 * time.Millisecond))
	}
	if got := out.String(); strings.Count(got, "\n") != 2 || !strings.HasPrefix(got, "  training: 10 / 100 steps · 5.0 steps/s · 18 s left …\n") {
		t.Errorf("got\n%s", got)
	}
}

// What is no job's has no family: it is announced by its name.
func TestWaitingForAnEndpointIsNotAnnouncedAtOnce(t *testing.T) {
	s, out := speaking(phrase.English)
	l := &lines{s: s, w: out}
	for _, name := range []string{"starting the endpoint a", "starting the endpoint b"} {
		st := stage{name: name, began: time.Now(), last: time.Now()}
		l.Stage(st)
		l.Tick(time.Now())
		l.Over(st)
	}
	if out.Len() > 0 {
		t.Errorf("got\n%s", out)
	}
}

func TestACountdownIsOneLine(t *testing.T) {
	s, out := speaking(phrase.Chinese)
	l := &lines{s: s, w: out}
	for n := range 9 {
		l.Wait(datahall.Say("tried again in %s s", 9-n))
	}
	l.Wait(datahall.Say("waits behind job %s", "job-1"))
	if want := "  等待：9 秒后重试\n  等待：排在作业 job-1 之后\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// On a terminal the bar goes and the lines of what is over stay.
func TestBarsLeaveALineAStage(t *testing.T) {
	s, out := speaking(phrase.Chinese)
	show := newBars(s, out)
	g := &stages{s: s, show: show, scores: map[string]float64{}}
	for _, e := range history() {
		g.See(e)
	}
	show.Close()
	for _, want := range []string{"✓ 读取 rows.jsonl  2,000 行 · 1.0 秒\n", "第 1 次尝试结束：机房已停止；正在重试\n", "✓ 写出 x  100 步 · 10 秒 · 验证 87.5 %\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestEndedSaysWhatFailed(t *testing.T) {
	s, _ := speaking(phrase.English)
	for _, c := range []struct {
		job  datahall.Job
		want string
	}{
		{datahall.Job{ID: "job-1", State: datahall.Failed, Reason: datahall.Say("%s: is empty; bring a file with rows", "a.csv")}, "a.csv: is empty; bring a file with rows"},
		{datahall.Job{ID: "job-1", State: datahall.Failed, Reason: datahall.Say("its process ended with status %s; its log says more", 3)}, "job job-1: its process ended with status 3; its log says more"},
		{datahall.Job{ID: "job-1", State: datahall.Failed}, "job job-1: failed; datahall job logs job-1 says more"},
		{datahall.Job{ID: "job-1", State: datahall.Cancelled}, "job job-1: was cancelled"},
	} {
		err := s.ended(c.job)
		if err == nil || err.Error() != c.want || s.status(err) != 1 {
			t.Errorf("%v: %v, want %q and status 1", c.job.State, err, c.want)
		}
	}
	if err := s.ended(datahall.Job{State: datahall.Done}); err != nil {
		t.Error(err)
	}
}
