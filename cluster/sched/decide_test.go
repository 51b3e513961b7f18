package sched

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"datahall"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func job(id string, cpus int, state datahall.JobState, minute int) Job {
	return Job{ID: id, Kind: "train", CPUs: cpus, State: state, Created: noon.Add(time.Duration(minute) * time.Minute)}
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name string
		view View
		want []string
		why  map[string]string
	}{
		{"an idle machine takes the first that fit",
			View{CPUs: 2, Light: 1, Jobs: []Job{job("b", 1, datahall.Queued, 2), job("a", 1, datahall.Queued, 1)}},
			[]string{"a", "b"}, nil},
		{"a large job at the head is not overtaken",
			View{CPUs: 2, Light: 1, Jobs: []Job{job("run", 1, datahall.Running, 0), job("big", 2, datahall.Queued, 1), job("small", 1, datahall.Queued, 2)}},
			nil, map[string]string{"big": "asks for 2 CPUs, 1 are free", "small": "waits behind job big"}},
		{"jobs that ask for no processor pass, up to the limit",
			View{CPUs: 1, Light: 1, Jobs: []Job{job("run", 1, datahall.Running, 0), job("i1", 0, datahall.Queued, 1), job("i2", 0, datahall.Queued, 2)}},
			[]string{"i1"}, map[string]string{"i2": "1 small jobs already run"}},
		{"a retry waits for its hour and holds nobody back",
			View{CPUs: 1, Light: 1, Jobs: []Job{{ID: "r", CPUs: 1, State: datahall.Queued, Created: noon, NotBefore: noon.Add(3 * time.Second)}, job("a", 1, datahall.Queued, 1)}},
			[]string{"a"}, map[string]string{"r": "tried again in 4 s"}},
		{"nothing starts while the hall stops",
			View{CPUs: 1, Stopped: true, Jobs: []Job{job("a", 1, datahall.Queued, 1)}},
			nil, map[string]string{"a": "the hall is stopping"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Decide(c.view, noon).Start; !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for id, want := range c.why {
				if got := Why(c.view, id, noon).String(); got != want {
					t.Errorf("%s waits because %q, want %q", id, got, want)
				}
			}
		})
	}
}

func FuzzDecideNeverOversubscribes(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		v := View{CPUs: 1 + r.IntN(8), Light: 3}
		used := 0
		for i := range r.IntN(40) {
			j := job(string(rune('a'+i)), r.IntN(4), datahall.Queued, r.IntN(10))
			if r.IntN(3) == 0 && used+j.CPUs <= v.CPUs {
				j.State = datahall.Running
				used += j.CPUs
			}
			v.Jobs = append(v.Jobs, j)
		}
		plan := Decide(v, noon)
		if again := Decide(v, noon); !reflect.DeepEqual(plan, again) {
			t.Fatalf("SEED=%d: same view, other plan: %v, %v", seed, plan, again)
		}
		for _, id := range plan.Start {
			for _, j := range v.Jobs {
				if j.ID == id {
					used += j.CPUs
				}
			}
		}
		if used > v.CPUs {
			t.Fatalf("SEED=%d: %d CPUs used of %d", seed, used, v.CPUs)
		}
	})
}
