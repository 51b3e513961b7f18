package storetest

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"datahall"
)

// Stores is a hall's storage.
type Stores interface {
	datahall.ProjectStore
	datahall.KeyStore
	datahall.JobStore
	datahall.AttemptStore
	datahall.EventStore
	datahall.FileStore
	datahall.DatasetStore
	datahall.ModelStore
	datahall.EndpointStore
	datahall.RunStore
	datahall.PointStore
	datahall.LedgerStore
	datahall.SettingStore

	Blobs() datahall.BlobStore
}

// Clock is the time that a store under test is told.
type Clock struct{ T time.Time }

// Now is what the store asks.
func (c *Clock) Now() time.Time { return c.T }

// Run runs the suite. open gives an empty store that asks now for the time.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) Stores) {
	for name, test := range map[string]func(*testing.T, *bench){
		"projects":               projects,
		"projects are apart":     projectsAreApart,
		"a project ends whole":   aProjectEndsWhole,
		"keys":                   keys,
		"jobs":                   jobs,
		"job lists":              jobLists,
		"transitions":            transitions,
		"transitions race":       transitionsRace,
		"jobs end":               jobsEnd,
		"attempts":               attempts,
		"claims race":            claimsRace,
		"events":                 events,
		"events come twice":      eventsComeTwice,
		"events of old attempts": eventsOfOldAttempts,
		"progress":               progress,
		"files":                  files,
		"blobs":                  blobs,
		"blobs that are needed":  blobsThatAreNeeded,
		"datasets":               datasets,
		"models":                 models,
		"versions race":          versionsRace,
		"endpoints":              endpoints,
		"runs":                   runs,
		"points":                 points,
		"points thinned out":     pointsThinnedOut,
		"points of a job":        pointsOfAJob,
		"ledger":                 ledger,
		"settings":               settings,
		"names":                  names,
	} {
		t.Run(name, func(t *testing.T) {
			clock := &Clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			test(t, &bench{t, open(t, clock.Now), clock})
		})
	}
}

// bench is what a test works on.
type bench struct {
	*testing.T
	s     Stores
	clock *Clock
}

// later moves the clock on.
func (b *bench) later(d time.Duration) { b.clock.T = b.clock.T.Add(d) }

var ctx = context.Background()

// want compares by JSON, as that is how records are kept and shown.
func (b *bench) want(got, want any) {
	b.Helper()
	g, err1 := json.Marshal(got)
	w, err2 := json.Marshal(want)
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	var gv, wv any
	json.Unmarshal(g, &gv) //nolint:errcheck // was made two lines above
	json.Unmarshal(w, &wv) //nolint:errcheck // was made three lines above
	if !reflect.DeepEqual(gv, wv) {
		b.Errorf("got  %s\nwant %s", g, w)
	}
}

// ok stops at an error.
func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// refused wants an error of a kind that is written for users.
func (b *bench) refused(err error, kind datahall.Kind) {
	b.Helper()
	if err == nil || datahall.KindOf(err) != kind {
		b.Errorf("got %v, want a refusal of kind %s", err, kind)
	}
}

// must stops at an error, and gives the value.
func must[T any](b *bench) func(v T, err error) T {
	return func(v T, err error) T {
		b.Helper()
		b.ok(err)
		return v
	}
}

func (b *bench) project(name string) string {
	b.Helper()
	return must[datahall.Project](b)(b.s.CreateProject(ctx, datahall.Project{Name: name})).ID
}

func (b *bench) job(project string) datahall.Job {
	b.Helper()
	return must[datahall.Job](b)(b.s.CreateJob(ctx, datahall.Job{Project: project, Kind: "train", Name: "n"}))
}

// running gives a job with a claimed attempt.
func (b *bench) running(project string) (datahall.Job, datahall.Attempt) {
	b.Helper()
	a := must[datahall.Attempt](b)(b.s.StartAttempt(ctx, b.job(project).ID))
	claimed, j, err := b.s.Claim(ctx, a.Token, 1, "boot")
	b.ok(err)
	claimed.Token = a.Token
	return j, claimed
}

func ids[T any](list []T, id func(T) string) []string {
	out := []string{}
	for _, v := range list {
		out = append(out, id(v))
	}
	return out
}
