package storetest

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"datahall"
)

func to(s datahall.JobState) func(*datahall.Job) error {
	return func(j *datahall.Job) error { j.State = s; return nil }
}

func jobs(_ *testing.T, b *bench) {
	asked := datahall.Job{Kind: "train", Name: "intents", Spec: json.RawMessage(`{"epochs": 3}`), CPUs: 2, Retries: 1, Key: "key-1", State: datahall.Done, Attempts: 7}
	j := must[datahall.Job](b)(b.s.CreateJob(ctx, asked))
	want := asked
	want.ID, want.Project, want.State, want.Attempts, want.Created = j.ID, datahall.DefaultProject, datahall.Queued, 0, b.clock.T
	b.want(j, want)
	b.want(must[datahall.Job](b)(b.s.Job(ctx, datahall.DefaultProject, j.ID)), want)
	_, err := b.s.CreateJob(ctx, datahall.Job{ID: j.ID, Kind: "train"})
	b.refused(err, datahall.Conflict)
	_, err = b.s.Job(ctx, datahall.DefaultProject, "job-none")
	b.refused(err, datahall.NotFound)

	first := must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, nil, 0))
	b.want(first, []datahall.Event{{Seq: 1, Job: j.ID, Time: b.clock.T, Kind: datahall.StateEvent, State: datahall.Queued}})
	bare := must[datahall.Job](b)(b.s.CreateJob(ctx, datahall.Job{Kind: "split"}))
	b.want(string(bare.Spec), "{}")
	_, err = b.s.CreateJob(ctx, datahall.Job{Kind: "split", Spec: json.RawMessage("{")})
	b.refused(err, datahall.Invalid)
}

func jobLists(_ *testing.T, b *bench) {
	b.project("red")
	var all []string
	for i := range 6 {
		j := must[datahall.Job](b)(b.s.CreateJob(ctx, datahall.Job{Project: []string{"default", "red"}[i%2], Kind: []string{"train", "import", "train"}[i%3]}))
		all = append(all, j.ID)
		if i >= 4 {
			must[datahall.Job](b)(b.s.Transition(ctx, j.ID, nil, to(datahall.Cancelled), datahall.Event{}))
		}
	}
	pick := func(n ...int) []string {
		out := []string{}
		for _, i := range n {
			out = append(out, all[i])
		}
		return out
	}
	for _, c := range []struct {
		f    datahall.JobFilter
		want []string
	}{
		{datahall.JobFilter{Project: "default"}, pick(4, 2, 0)},
		{datahall.JobFilter{Project: "red"}, pick(5, 3, 1)},
		{datahall.JobFilter{Project: datahall.AnyProject, Limit: 2}, pick(5, 4)},
		{datahall.JobFilter{Project: datahall.AnyProject, States: []datahall.JobState{datahall.Queued}}, pick(3, 2, 1, 0)},
		{datahall.JobFilter{Project: "red", States: []datahall.JobState{datahall.Queued, datahall.Running}, Kind: "train"}, pick(3)},
		{datahall.JobFilter{Project: "red", Kind: "nothing"}, pick()},
	} {
		got := must[[]datahall.Job](b)(b.s.Jobs(ctx, c.f))
		b.want(ids(got, func(j datahall.Job) string { return j.ID }), c.want)
	}
	_, err := b.s.Jobs(ctx, datahall.JobFilter{})
	b.refused(err, datahall.Invalid)
}

func transitions(_ *testing.T, b *bench) {
	j := b.job("default")
	b.later(time.Second)
	why := datahall.Say("%s: %s", "waits for", "a processor")
	got := must[datahall.Job](b)(b.s.Transition(ctx, j.ID, []datahall.JobState{datahall.Queued, datahall.Failed}, func(j *datahall.Job) error {
		j.Reason, j.CPUs = why, 4
		j.ID, j.Project, j.Kind, j.Attempts, j.Spec, j.Created = "x", "x", "x", 9, nil, time.Time{}
		return nil
	}, datahall.Event{Message: why}))
	want := j
	want.Reason, want.CPUs = why, 4
	b.want(got, want)
	b.want(must[datahall.Job](b)(b.s.Job(ctx, "default", j.ID)), want)

	_, err := b.s.Transition(ctx, j.ID, []datahall.JobState{datahall.Running}, to(datahall.Done), datahall.Event{})
	b.refused(err, datahall.Conflict)
	stop := errors.New("changed my mind")
	_, err = b.s.Transition(ctx, j.ID, nil, func(j *datahall.Job) error { j.State = datahall.Done; return stop }, datahall.Event{})
	if !errors.Is(err, stop) {
		b.Errorf("got %v, want the change's own error", err)
	}
	_, err = b.s.Transition(ctx, "job-none", nil, nil, datahall.Event{})
	b.refused(err, datahall.NotFound)
	b.want(must[datahall.Job](b)(b.s.Job(ctx, "default", j.ID)), want)
	b.want(len(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, nil, 0))), 2)
	last := must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 1, nil, 0))
	b.want(last, []datahall.Event{{Seq: 2, Job: j.ID, Time: b.clock.T, Kind: datahall.StateEvent, State: datahall.Queued, Message: why}})
}

// transitionsRace: of many who would end a queued job, one does.
func transitionsRace(_ *testing.T, b *bench) {
	for range 5 {
		j := b.job("default")
		var won atomic.Int32
		var wait sync.WaitGroup
		for i := range 16 {
			wait.Go(func() {
				state := []datahall.JobState{datahall.Done, datahall.Failed, datahall.Cancelled}[i%3]
				_, err := b.s.Transition(ctx, j.ID, []datahall.JobState{datahall.Queued}, to(state), datahall.Event{})
				switch {
				case err == nil:
					won.Add(1)
				case datahall.KindOf(err) != datahall.Conflict:
					b.Errorf("got %v", err)
				}
			})
		}
		wait.Wait()
		b.want(won.Load(), 1)
		b.want(len(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, nil, 0))), 2)
	}
}

func jobsEnd(_ *testing.T, b *bench) {
	j, a := b.running("default")
	b.refused(b.s.DeleteJob(ctx, "default", j.ID), datahall.Conflict)
	b.later(time.Minute)
	usage := datahall.Usage{WallSeconds: 60, Joules: 600, EnergySource: "modelled", Currency: "CNY"}
	ended := must[datahall.Job](b)(b.s.Transition(ctx, j.ID, []datahall.JobState{datahall.Running}, func(j *datahall.Job) error {
		j.State, j.Result, j.Usage = datahall.Done, json.RawMessage(`{"model":"m@1"}`), usage
		return nil
	}, datahall.Event{Usage: &usage}))
	b.want(ended.Ended, b.clock.T)
	b.want(ended.Usage, usage)
	b.want(string(ended.Result), `{"model":"m@1"}`)
	e := must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, nil, -1))[0]
	b.want([]any{e.State, e.Attempt, e.Usage}, []any{datahall.Done, a.Number, usage})
	must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, []datahall.Event{{Seq: 9, Kind: datahall.LogEvent, Log: "late"}}))
	_, err := b.s.StartAttempt(ctx, j.ID)
	b.refused(err, datahall.Conflict)
	b.ok(b.s.DeleteJob(ctx, "default", j.ID))
	_, err = b.s.Job(ctx, "default", j.ID)
	b.refused(err, datahall.NotFound)
	_, err = b.s.Events(ctx, j.ID, 0, nil, 0)
	b.refused(err, datahall.NotFound)
	_, _, err = b.s.AttemptByToken(ctx, a.Token)
	b.refused(err, datahall.Unauthorized)
}

func attempts(_ *testing.T, b *bench) {
	j := b.job("default")
	a := must[datahall.Attempt](b)(b.s.StartAttempt(ctx, j.ID))
	b.want(a, datahall.Attempt{Job: j.ID, Number: 1, Started: b.clock.T})
	started := must[datahall.Job](b)(b.s.Job(ctx, "default", j.ID))
	b.want([]any{started.State, started.Attempts}, []any{datahall.Starting, 1})
	_, err := b.s.StartAttempt(ctx, j.ID)
	b.refused(err, datahall.Conflict)
	b.ok(b.s.SetProcess(ctx, j.ID, 1, 4711, "b0"))
	b.refused(b.s.SetProcess(ctx, j.ID, 2, 1, ""), datahall.NotFound)
	found, of, err := b.s.AttemptByToken(ctx, a.Token)
	b.ok(err)
	b.want([]any{found.PID, found.Boot, found.Claimed, of.ID}, []any{4711, "b0", false, j.ID})

	b.later(time.Second)
	got, claimed, err := b.s.Claim(ctx, a.Token, 42, "b1")
	b.ok(err)
	b.want([]any{claimed.State, claimed.Started, got.PID, got.Claimed}, []any{datahall.Running, b.clock.T, 42, true})
	_, _, err = b.s.Claim(ctx, a.Token, 42, "b1") // it did not hear the answer
	b.ok(err)
	_, _, err = b.s.Claim(ctx, a.Token, 43, "b1")
	b.refused(err, datahall.Conflict)

	must[datahall.Job](b)(b.s.Transition(ctx, j.ID, nil, to(datahall.Queued), datahall.Event{}))
	second := must[datahall.Attempt](b)(b.s.StartAttempt(ctx, j.ID))
	b.want(second.Number, 2)
	_, _, err = b.s.AttemptByToken(ctx, a.Token)
	b.refused(err, datahall.Conflict)
	_, _, err = b.s.Claim(ctx, a.Token, 42, "b1")
	b.refused(err, datahall.Conflict)
	must[datahall.Job](b)(b.s.Transition(ctx, j.ID, nil, to(datahall.Cancelled), datahall.Event{}))
	_, _, err = b.s.Claim(ctx, second.Token, 44, "b1") // cancelled before it began
	b.refused(err, datahall.Conflict)
	list := must[[]datahall.Attempt](b)(b.s.Attempts(ctx, j.ID))
	b.want(ids(list, func(a datahall.Attempt) string { return a.Boot }), []string{"b1", ""})
	for _, wrong := range []string{"", "dw_", a.Token + "x", "dh_" + a.Token[3:]} {
		_, _, err := b.s.AttemptByToken(ctx, wrong)
		b.refused(err, datahall.Unauthorized)
		_, _, err = b.s.Claim(ctx, wrong, 1, "")
		b.refused(err, datahall.Unauthorized)
	}
	kinds := ids(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, nil, 0)), func(e datahall.Event) string { return string(e.State) })
	b.want(kinds, []string{"queued", "starting", "running", "queued", "starting", "cancelled"})
}

// claimsRace: an attempt is begun by one process, whoever else has its token.
func claimsRace(_ *testing.T, b *bench) {
	for range 5 {
		a := must[datahall.Attempt](b)(b.s.StartAttempt(ctx, b.job("default").ID))
		var won atomic.Int32
		var wait sync.WaitGroup
		for pid := range 16 {
			wait.Go(func() {
				if _, _, err := b.s.Claim(ctx, a.Token, pid+1, "b"); err == nil {
					won.Add(1)
				} else if datahall.KindOf(err) != datahall.Conflict {
					b.Errorf("got %v", err)
				}
			})
		}
		wait.Wait()
		b.want(won.Load(), 1)
	}
}

func logs(from, n int) []datahall.Event {
	var list []datahall.Event
	for i := from; i < from+n; i++ {
		list = append(list, datahall.Event{Seq: int64(i), Kind: datahall.LogEvent, Log: "line " + string(rune('a'+i))})
	}
	return list
}

func text(list []datahall.Event) []string {
	return ids(list, func(e datahall.Event) string { return e.Log })
}

func events(_ *testing.T, b *bench) {
	j, _ := b.running("default") // three events of states
	fresh := must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, logs(1, 3)))
	b.want(ids(fresh, func(e datahall.Event) string { return e.Job }), []string{j.ID, j.ID, j.ID})
	b.want([]int64{fresh[0].Seq, fresh[2].Seq}, []int64{4, 6})
	code := &datahall.Exit{Code: 1, Signal: "killed"}
	sent := []datahall.Event{
		{Seq: 4, Kind: datahall.ReadyEvent, Data: json.RawMessage(`{"address":"127.0.0.1:1"}`)},
		{Seq: 5, Kind: datahall.FailEvent, Message: datahall.Say("%s", "it broke"), Failure: datahall.Invalid},
		{Seq: 6, Kind: datahall.ExitEvent, Exit: code, Usage: &datahall.Usage{Joules: 3}, Time: b.clock.T.Add(-time.Hour)},
		{Seq: 7, Kind: datahall.FileEvent, File: "out/report.json"},
	}
	fresh = must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, sent))
	for i := range sent {
		sent[i].Job, sent[i].Attempt, sent[i].Seq = j.ID, 1, int64(7+i)
		if sent[i].Time.IsZero() {
			sent[i].Time = b.clock.T
		}
	}
	b.want(fresh, sent)
	b.want(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 6, nil, 0)), sent)
	kinds := []datahall.EventKind{datahall.LogEvent, datahall.FailEvent}
	b.want(text(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, kinds, 0))), []string{"line b", "line c", "line d", ""})
	b.want(text(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 4, kinds, 1))), []string{"line c"})
	b.want(text(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, kinds[:1], -2))), []string{"line c", "line d"})
	b.want(text(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 99, nil, 0))), []string{})
	_, err := b.s.AppendEvents(ctx, "job-none", 1, logs(1, 1))
	b.refused(err, datahall.NotFound)
	_, err = b.s.AppendEvents(ctx, j.ID, 1, []datahall.Event{{Seq: 50, Kind: datahall.LogEvent, Log: string(make([]byte, 33<<20))}})
	b.refused(err, datahall.TooLarge)
}

// eventsComeTwice: a report sent again, whole or in part, late or out of order,
// leaves each event once.
func eventsComeTwice(_ *testing.T, b *bench) {
	j, _ := b.running("default")
	all := logs(0, 8)
	for i := range all {
		all[i].Seq = int64(i + 1)
	}
	seen := map[int64]bool{}
	for _, part := range [][2]int{{0, 3}, {0, 3}, {2, 5}, {6, 8}, {5, 7}, {0, 8}} {
		for _, e := range must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, slices.Clone(all[part[0]:part[1]]))) {
			if seen[e.Seq] {
				b.Errorf("event %d is new twice", e.Seq)
			}
			seen[e.Seq] = true
		}
	}
	got := text(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, []datahall.EventKind{datahall.LogEvent}, 0)))
	slices.Sort(got)
	b.want(got, text(all))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, err := b.s.AppendEvents(ctx, j.ID, 1, logs(9, 4)); err != nil {
				b.Errorf("%v", err)
			}
		})
	}
	wait.Wait()
	b.want(len(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, []datahall.EventKind{datahall.LogEvent}, 0))), 12)
	unnumbered := []datahall.Event{{Kind: datahall.LogEvent, Log: "x"}, {Kind: datahall.LogEvent, Log: "x"}}
	b.want(len(must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, unnumbered))), 2)
}

func eventsOfOldAttempts(_ *testing.T, b *bench) {
	j, a := b.running("default")
	must[datahall.Job](b)(b.s.Transition(ctx, j.ID, nil, to(datahall.Queued), datahall.Event{}))
	must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, a.Number, logs(1, 1))) // nobody has taken over yet
	must[datahall.Attempt](b)(b.s.StartAttempt(ctx, j.ID))
	_, err := b.s.AppendEvents(ctx, j.ID, a.Number, logs(2, 1))
	b.refused(err, datahall.Conflict)
	b.refused(b.s.PutFile(ctx, j.ID, a.Number, "x", datahall.Blob{}), datahall.Conflict)
	_, err = b.s.AppendEvents(ctx, j.ID, 3, logs(2, 1)) // one that never began
	b.refused(err, datahall.Conflict)
	fresh := must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 2, logs(1, 1)))
	b.want(len(fresh), 1) // its numbers are its own
	b.want(fresh[0].Attempt, 2)
}
