package storetest

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"datahall"
)

// progress stands in the job, and in its history once a stage.
func progress(_ *testing.T, b *bench) {
	j, _ := b.running("default")
	at := func(seq int64, stage string, done float64) datahall.Event {
		return datahall.Event{Seq: seq, Kind: datahall.ProgressEvent, Progress: &datahall.Progress{Stage: datahall.Say("%s", stage), Done: done, Total: 10, Unit: "rows"}}
	}
	send := func(e ...datahall.Event) int {
		return len(must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, e)))
	}
	b.want(send(at(1, "a", 1), at(2, "a", 2)), 2)
	b.want(send(at(3, "a", 3), datahall.Event{Seq: 4, Kind: datahall.LogEvent, Log: "l"}, at(5, "b", 1)), 3)
	b.want(send(at(3, "a", 3), at(5, "b", 1)), 0)
	b.want(send(at(6, "b", 9)), 1)
	b.want(must[datahall.Job](b)(b.s.Job(ctx, "default", j.ID)).Progress, at(6, "b", 9).Progress)
	var got []float64
	for _, e := range must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, []datahall.EventKind{datahall.ProgressEvent}, 0)) {
		got = append(got, e.Progress.Done)
	}
	b.want(got, []float64{3, 9})
	_, err := b.s.AppendEvents(ctx, j.ID, 1, []datahall.Event{{Seq: 7, Kind: datahall.ProgressEvent}})
	b.refused(err, datahall.Invalid)

	must[datahall.Job](b)(b.s.Transition(ctx, j.ID, nil, to(datahall.Queued), datahall.Event{}))
	must[datahall.Attempt](b)(b.s.StartAttempt(ctx, j.ID))
	b.want(must[datahall.Job](b)(b.s.Job(ctx, "default", j.ID)).Progress, datahall.Progress{})
	must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 2, []datahall.Event{at(1, "b", 1)}))
	b.want(len(must[[]datahall.Event](b)(b.s.Events(ctx, j.ID, 0, []datahall.EventKind{datahall.ProgressEvent}, 0))), 3)
}

func files(_ *testing.T, b *bench) {
	j, _ := b.running("default")
	put := func(text string) datahall.Blob {
		return must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "default", strings.NewReader(text)))
	}
	one, two := put("one"), put("two")
	b.ok(b.s.PutFile(ctx, j.ID, 1, "report.json", one))
	b.ok(b.s.PutFile(ctx, j.ID, 1, "model/weights", two))
	b.ok(b.s.PutFile(ctx, j.ID, 1, "model/weights", two))
	got, err := b.s.Files(ctx, j.ID)
	b.ok(err)
	b.want(got, map[string]datahall.Blob{"report.json": one, "model/weights": two})
	b.refused(b.s.Blobs().Delete(ctx, "default", one.Digest), datahall.Conflict)
	three := put("three")
	b.ok(b.s.PutFile(ctx, j.ID, 1, "report.json", three))
	_, err = b.s.Blobs().Open(ctx, "default", one.Digest)
	b.refused(err, datahall.NotFound)
	b.refused(b.s.PutFile(ctx, j.ID, 1, "x", datahall.Blob{Digest: strings.Repeat("0", 64)}), datahall.Invalid)
	_, err = b.s.Files(ctx, "job-none")
	b.refused(err, datahall.NotFound)

	must[datahall.Job](b)(b.s.Transition(ctx, j.ID, nil, to(datahall.Done), datahall.Event{}))
	got, err = b.s.Files(ctx, j.ID)
	b.ok(err)
	b.want(len(got), 2)
	b.ok(b.s.DeleteJob(ctx, "default", j.ID))
	_, err = b.s.Blobs().Open(ctx, "default", three.Digest)
	b.refused(err, datahall.NotFound)
}

func datasets(_ *testing.T, b *bench) {
	add := func(d datahall.Dataset) (datahall.Dataset, bool) {
		got, existed, err := b.s.AddDataset(ctx, d)
		b.ok(err)
		return got, existed
	}
	rows := must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "default", strings.NewReader("rows")))
	split := must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "default", strings.NewReader("rows, split")))
	first := datahall.Dataset{Name: "tickets", Task: "classify", Digest: "aa", Source: "t.csv", Report: datahall.DatasetReport{Rows: 3, Labels: []datahall.Count{{Name: "退款", N: 3}}},
		Files: map[string]datahall.Blob{"rows.jsonl": rows}}
	v1, existed := add(first)
	b.want([]any{v1.Version, v1.State, v1.Project, v1.Created, existed}, []any{1, "ready", "default", b.clock.T, false})
	b.later(time.Hour)
	same, existed := add(first)
	b.want([]any{same, existed}, []any{v1, true})

	halved := first
	halved.Parent, halved.Files = v1.ID, map[string]datahall.Blob{"rows.jsonl": split}
	halved.Report.Splits = []datahall.Count{{Name: "train", N: 2}, {Name: "test", N: 1}}
	v2, existed := add(halved)
	b.want([]any{v2.Version, existed}, []any{2, false})
	_, existed = add(halved)
	b.want(existed, true)
	other := halved
	other.Files = map[string]datahall.Blob{"rows.jsonl": rows} // as many rows, others
	v3, existed := add(other)
	b.want([]any{v3.Version, existed}, []any{3, false})
	text := first
	text.Task = "text"
	v4, _ := add(text)
	b.want(v4.Version, 4)
	second, _ := add(datahall.Dataset{Name: "chats", Digest: "aa"})
	b.want(second.Version, 1)

	for ref, want := range map[string]datahall.Dataset{"tickets": v4, "tickets@2": v2, v3.ID: v3, "chats": second} {
		b.want(must[datahall.Dataset](b)(b.s.Dataset(ctx, "default", ref)), want)
	}
	for _, none := range []string{"", "ticket", "tickets@9", "tickets@0", "tickets@x", "tickets@", v1.ID + "@1"} {
		_, err := b.s.Dataset(ctx, "default", none)
		b.refused(err, datahall.NotFound)
	}
	list := func(f datahall.VersionFilter) []string {
		f.Project = "default"
		return ids(must[[]datahall.Dataset](b)(b.s.Datasets(ctx, f)), func(d datahall.Dataset) string { return fmt.Sprint(d.Name, d.Version) })
	}
	b.want(list(datahall.VersionFilter{}), []string{"chats1", "tickets4"})
	b.want(list(datahall.VersionFilter{Name: "tickets"}), []string{"tickets4", "tickets3", "tickets2", "tickets1"})
	b.want(list(datahall.VersionFilter{All: true, Limit: 2}), []string{"chats1", "tickets4"})

	b.ok(b.s.DeleteDataset(ctx, "default", "tickets@4"))
	b.want(must[datahall.Dataset](b)(b.s.Dataset(ctx, "default", "tickets")).Version, 3)
	again, existed := add(text) // a number is not given twice
	b.want([]any{again.Version, existed}, []any{5, false})
	b.ok(b.s.DeleteDataset(ctx, "default", "tickets"))
	b.want(list(datahall.VersionFilter{All: true}), []string{"chats1"})
	b.refused(b.s.DeleteDataset(ctx, "default", "tickets"), datahall.NotFound)
}

func models(_ *testing.T, b *bench) {
	m := datahall.Model{Name: "intents", Job: "job-1", Digest: "d", Family: "bert", Task: "classify", Labels: []string{"a", "乙"}, Accuracy: 0.9,
		Usage: datahall.Usage{Joules: 1}, Card: map[string]string{"note": "x"}}
	v1, existed, err := b.s.AddModel(ctx, m)
	b.ok(err)
	b.want([]any{v1.Ref(), existed}, []any{"intents@1", false})
	again, existed, err := b.s.AddModel(ctx, m) // the same job, told twice
	b.ok(err)
	b.want([]any{again, existed}, []any{v1, true})
	m.Job = "job-2"
	v2, existed, err := b.s.AddModel(ctx, m) // the same bits, trained twice
	b.ok(err)
	b.want([]any{v2.Version, existed}, []any{2, false})
	m.Job = ""
	_, _, err = b.s.AddModel(ctx, m)
	b.ok(err)
	v4, _, err := b.s.AddModel(ctx, m)
	b.ok(err)
	b.want(v4.Version, 4)
	_, _, err = b.s.AddDataset(ctx, datahall.Dataset{Name: "intents"}) // names of datasets are their own
	b.ok(err)
	b.want(must[datahall.Model](b)(b.s.Model(ctx, "default", "intents@1")), v1)
	b.want(must[datahall.Model](b)(b.s.Model(ctx, "default", "intents")).Version, 4)
	b.want(len(must[[]datahall.Model](b)(b.s.Models(ctx, datahall.VersionFilter{Project: "default"}))), 1)
	_, _, err = b.s.AddModel(ctx, datahall.Model{ID: v1.ID, Name: "x"})
	b.refused(err, datahall.Conflict)
}

// versionsRace: those who add at once get numbers without gap or double.
func versionsRace(_ *testing.T, b *bench) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	for i := range 24 {
		wait.Go(func() {
			d, _, err := b.s.AddDataset(ctx, datahall.Dataset{Name: "d", Digest: fmt.Sprint(i % 12)})
			if err != nil {
				b.Errorf("%v", err)
			}
			mu.Lock()
			got[d.Version]++
			mu.Unlock()
		})
	}
	wait.Wait()
	for v := 1; v <= 12; v++ {
		if got[v] != 2 {
			b.Errorf("version %d was given %d times, want 2 (12 datasets, each brought twice)", v, got[v])
		}
	}
}

func endpoints(_ *testing.T, b *bench) {
	b.project("red")
	e := must[datahall.Endpoint](b)(b.s.CreateEndpoint(ctx, datahall.Endpoint{Name: "mood", Model: "m@1", State: "starting", Requests: 9}))
	b.want([]any{e.Project, e.Created, e.Requests}, []any{"default", b.clock.T, 0})
	_, err := b.s.CreateEndpoint(ctx, datahall.Endpoint{Name: "mood"})
	b.refused(err, datahall.Conflict)
	must[datahall.Endpoint](b)(b.s.CreateEndpoint(ctx, datahall.Endpoint{Project: "red", Name: "mood"}))

	add := datahall.Endpoint{ID: e.ID, Requests: 1, Texts: 3, Tokens: 30, Usage: datahall.Usage{Joules: 2, EnergySource: "rapl", Currency: "CNY"}}
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			if err := b.s.CountEndpoint(ctx, add); err != nil {
				b.Errorf("%v", err)
			}
		})
	}
	wait.Wait()
	ready := must[datahall.Endpoint](b)(b.s.UpdateEndpoint(ctx, e.ID, func(e *datahall.Endpoint) error {
		e.State, e.Job, e.Requests, e.Project = "ready", "job-1", 0, "red"
		return nil
	}))
	b.want([]any{ready.State, ready.Project, ready.Requests, ready.Texts, ready.Tokens, ready.Usage.Joules}, []any{"ready", "default", 10, 30, 300, 20})
	b.want(must[datahall.Endpoint](b)(b.s.Endpoint(ctx, "default", "mood")), ready)
	b.want(must[datahall.Endpoint](b)(b.s.Endpoint(ctx, "default", e.ID)), ready)
	b.refused(b.s.CountEndpoint(ctx, datahall.Endpoint{ID: "endpoint-none"}), datahall.NotFound)
	_, err = b.s.UpdateEndpoint(ctx, "endpoint-none", func(*datahall.Endpoint) error { return nil })
	b.refused(err, datahall.NotFound)

	_, mine, err := b.s.CreateKey(ctx, datahall.Key{Name: "caller", Role: datahall.Caller, Endpoint: "mood"})
	b.ok(err)
	_, other, err := b.s.CreateKey(ctx, datahall.Key{Project: "red", Name: "caller", Role: datahall.Caller, Endpoint: "mood"})
	b.ok(err)
	b.want(len(must[[]datahall.Endpoint](b)(b.s.Endpoints(ctx, datahall.AnyProject))), 2)
	b.ok(b.s.DeleteEndpoint(ctx, "default", "mood"))
	_, err = b.s.KeyBySecret(ctx, mine)
	b.refused(err, datahall.Unauthorized)
	must[datahall.Key](b)(b.s.KeyBySecret(ctx, other))
	_, err = b.s.Endpoint(ctx, "default", "mood")
	b.refused(err, datahall.NotFound)
	must[datahall.Endpoint](b)(b.s.CreateEndpoint(ctx, datahall.Endpoint{Name: "mood"}))
}

func runs(_ *testing.T, b *bench) {
	r := must[datahall.Run](b)(b.s.CreateRun(ctx, datahall.Run{Name: "intents", Job: "job-1", Params: map[string]string{"lr": "2e-5"}}))
	b.want(must[datahall.Run](b)(b.s.Run(ctx, "default", r.ID)), r)
	second := must[datahall.Run](b)(b.s.CreateRun(ctx, datahall.Run{Name: "again"}))
	list := must[[]datahall.Run](b)(b.s.Runs(ctx, "default", 0))
	b.want(ids(list, func(r datahall.Run) string { return r.ID }), []string{second.ID, r.ID})
	b.want(len(must[[]datahall.Run](b)(b.s.Runs(ctx, "default", 1))), 1)
	got := must[datahall.Run](b)(b.s.UpdateRun(ctx, r.ID, func(r *datahall.Run) error { r.State, r.Model, r.Job = datahall.Done, "m@1", "x"; return nil }))
	r.State, r.Model = datahall.Done, "m@1"
	b.want(got, r)
	b.want(must[datahall.Run](b)(b.s.Run(ctx, "default", r.ID)), r)
	_, err := b.s.CreateRun(ctx, datahall.Run{ID: r.ID})
	b.refused(err, datahall.Conflict)
	b.ok(b.s.AppendPoints(ctx, r.ID, []datahall.Point{{Step: 1, Name: "loss", Value: 1}}))
	b.ok(b.s.DeleteRun(ctx, "default", r.ID))
	_, err = b.s.Run(ctx, "default", r.ID)
	b.refused(err, datahall.NotFound)
	_, err = b.s.Points(ctx, r.ID, nil, 0)
	b.refused(err, datahall.NotFound)
	b.refused(b.s.DeleteRun(ctx, "default", r.ID), datahall.NotFound)
}

func points(_ *testing.T, b *bench) {
	r := must[datahall.Run](b)(b.s.CreateRun(ctx, datahall.Run{Name: "r"}))
	b.ok(b.s.AppendPoints(ctx, r.ID, []datahall.Point{{Step: 2, Name: "loss", Value: 0.5}, {Step: 1, Name: "loss", Value: 1}, {Step: 1, Name: "acc", Value: 0.1}}))
	b.ok(b.s.AppendPoints(ctx, r.ID, []datahall.Point{{Step: 2, Name: "loss", Value: 0.25}, {Step: 3, Name: "loss", Value: math.NaN()}, {Step: 4, Name: "loss", Value: math.Inf(1)}}))
	b.want(must[[]datahall.Point](b)(b.s.Points(ctx, r.ID, nil, 0)), []datahall.Point{{Step: 1, Name: "acc", Value: 0.1}, {Step: 1, Name: "loss", Value: 1}, {Step: 2, Name: "loss", Value: 0.25}})
	b.want(len(must[[]datahall.Point](b)(b.s.Points(ctx, r.ID, []string{"acc"}, 0))), 1)
	b.want(len(must[[]datahall.Point](b)(b.s.Points(ctx, r.ID, []string{"none"}, 0))), 0)
	b.refused(b.s.AppendPoints(ctx, "run-none", nil), datahall.NotFound)
}

// pointsThinnedOut keeps the ends and the peaks.
func pointsThinnedOut(_ *testing.T, b *bench) {
	r := must[datahall.Run](b)(b.s.CreateRun(ctx, datahall.Run{Name: "r"}))
	var all []datahall.Point
	for i := range 5000 {
		all = append(all, datahall.Point{Step: int64(3 * i), Name: "loss", Value: math.Sin(float64(i) / 300)})
	}
	all[1234].Value, all[4000].Value = 100, -100
	b.ok(b.s.AppendPoints(ctx, r.ID, all))
	for _, n := range []int{2, 3, 4, 10, 101, 500, 4999, 5000, 6000} {
		got := must[[]datahall.Point](b)(b.s.Points(ctx, r.ID, nil, n))
		peaks := 0
		for i, p := range got {
			if p.Value == 100 || p.Value == -100 {
				peaks++
			}
			if i > 0 && p.Step <= got[i-1].Step {
				b.Fatalf("%d points: step %d after %d", n, p.Step, got[i-1].Step)
			}
		}
		if len(got) > max(n, 4) || peaks != 2 || got[0] != all[0] || got[len(got)-1] != all[4999] {
			b.Errorf("asked for %d points, got %d with %d of 2 peaks, from %v to %v", n, len(got), peaks, got[0], got[len(got)-1])
		}
	}
}

// pointsOfAJob go into its run, once, whatever is reported twice.
func pointsOfAJob(_ *testing.T, b *bench) {
	j, _ := b.running("default")
	r := must[datahall.Run](b)(b.s.CreateRun(ctx, datahall.Run{Name: "r", Job: j.ID}))
	report := []datahall.Event{{Seq: 1, Kind: datahall.MetricEvent, Points: []datahall.Point{{Step: 1, Name: "loss", Value: 2}}},
		{Seq: 2, Kind: datahall.MetricEvent, Points: []datahall.Point{{Step: 2, Name: "loss", Value: 1}}}}
	for range 2 {
		must[[]datahall.Event](b)(b.s.AppendEvents(ctx, j.ID, 1, report))
	}
	b.want(must[[]datahall.Point](b)(b.s.Points(ctx, r.ID, nil, 0)), []datahall.Point{{Step: 1, Name: "loss", Value: 2}, {Step: 2, Name: "loss", Value: 1}})
}

func ledger(_ *testing.T, b *bench) {
	b.project("red")
	use := func(joules float64, source, currency string) datahall.Usage {
		return datahall.Usage{WallSeconds: 10, CPUSeconds: 5, Joules: joules, EnergySource: source, EnergyError: joules / 100, Cost: joules / 10, Currency: currency, GramsCO2: 1}
	}
	lines := []datahall.LedgerEntry{
		{ID: "1", Project: "default", Kind: "train", Subject: "job-1", Name: "intents", Key: "key-1", Usage: use(1, "rapl", "CNY")},
		{ID: "2", Project: "default", Kind: "endpoint", Subject: "endpoint-1", Name: "mood", Usage: use(2, "rapl", "CNY")},
		{ID: "3", Project: "default", Kind: "endpoint", Subject: "endpoint-1", Name: "mood", Usage: use(3, "modelled", "CNY")},
		{ID: "4", Project: "default", Kind: "endpoint", Subject: "endpoint-1", Name: "mood", Usage: use(4, "rapl", "USD")},
		{ID: "1", Project: "red", Kind: "train", Subject: "job-2", Name: "x", Usage: use(5, "rapl", "CNY")},
	}
	start := b.clock.T
	for i := range lines {
		lines[i].Time = start.Add(time.Duration(i) * 10 * time.Hour)
		b.ok(b.s.AddEntry(ctx, lines[i]))
		b.ok(b.s.AddEntry(ctx, lines[i])) // told twice
	}
	entries := func(f datahall.LedgerFilter) []string {
		return ids(must[[]datahall.LedgerEntry](b)(b.s.Entries(ctx, f)), func(e datahall.LedgerEntry) string { return e.ID + e.Project })
	}
	b.want(must[[]datahall.LedgerEntry](b)(b.s.Entries(ctx, datahall.LedgerFilter{Project: "red"})), lines[4:])
	b.want(entries(datahall.LedgerFilter{Project: datahall.AnyProject}), []string{"1red", "4default", "3default", "2default", "1default"})
	b.want(entries(datahall.LedgerFilter{Project: "default", Kind: "endpoint", Limit: 2}), []string{"4default", "3default"})
	b.want(entries(datahall.LedgerFilter{Project: "default", Since: lines[1].Time, Until: lines[3].Time}), []string{"3default", "2default"})
	b.want(entries(datahall.LedgerFilter{Project: "default", Subject: "job-1"}), []string{"1default"})

	totals := must[[]datahall.LedgerTotal](b)(b.s.Totals(ctx, datahall.LedgerFilter{Project: "default"}, datahall.BySubject))
	cny := datahall.LedgerTotal{Group: "endpoint-1", Name: "mood", Kind: "endpoint", Project: "default", Entries: 2, Last: lines[2].Time, Usage: lines[1].Usage.Plus(lines[2].Usage)}
	usd := datahall.LedgerTotal{Group: "endpoint-1", Name: "mood", Kind: "endpoint", Project: "default", Entries: 1, Last: lines[3].Time, Usage: lines[3].Usage}
	job := datahall.LedgerTotal{Group: "job-1", Name: "intents", Kind: "train", Project: "default", Entries: 1, Last: lines[0].Time, Usage: lines[0].Usage}
	b.want(totals, []datahall.LedgerTotal{usd, cny, job})
	for by, want := range map[datahall.LedgerGroup]string{datahall.ByKind: "train 2, endpoint 1, endpoint 2", datahall.ByProject: "red 1, default 1, default 3",
		datahall.ByKey: " 2, 1, 1", datahall.ByDay: "2026-03-03 1, 2026-03-02 1, 2026-03-02 1, 2026-03-01 2"} {
		var got []string
		entries := int64(0)
		for _, l := range must[[]datahall.LedgerTotal](b)(b.s.Totals(ctx, datahall.LedgerFilter{Project: datahall.AnyProject}, by)) {
			got = append(got, fmt.Sprintf("%s %d", l.Group, l.Entries))
			entries += l.Entries
		}
		if entries != 5 {
			b.Errorf("by %s: %s has %d of 5 entries (like %s)", by, got, entries, want)
		}
	}
	_, err := b.s.Totals(ctx, datahall.LedgerFilter{Project: "default"}, "colour")
	b.refused(err, datahall.Invalid)
	raw, err := json.Marshal(totals)
	b.ok(err)
	if !strings.Contains(string(raw), `"currency":"USD"`) {
		b.Errorf("no currency in %s", raw)
	}
}
