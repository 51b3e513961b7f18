package serve

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"datahall"
)

// ledger remembers what was counted.
type ledger map[string]datahall.Endpoint

func (l ledger) CountEndpoint(_ context.Context, e datahall.Endpoint) error {
	l[e.ID] = e
	return nil
}

var mood = datahall.Endpoint{ID: "e1", Name: "mood", Project: "default"}

func answering(a datahall.Answer) Ask {
	return func(context.Context, datahall.ReplicaReady, datahall.Question) (datahall.Answer, error) {
		return a, nil
	}
}

func TestAnAnswerIsCountedOnceFlushed(t *testing.T) {
	l := ledger{}
	r := New(answering(datahall.Answer{Tokens: 7, Usage: datahall.Usage{Joules: 2}}), l, Limits{InFlight: 1, Wait: time.Second})
	r.Set("e1", datahall.ReplicaReady{Address: "a"})
	for range 3 {
		if _, err := r.Answer(t.Context(), mood, datahall.Question{Texts: []string{"a", "b"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(t.Context()); err != nil || l["e1"].Requests != 3 || l["e1"].Texts != 6 || l["e1"].Tokens != 21 || l["e1"].Usage.Joules != 6 {
		t.Errorf("counted %+v, %v", l["e1"], err)
	}
}

func TestAQuestionWaitsForAReplicaThatStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(answering(datahall.Answer{}), ledger{}, Limits{InFlight: 1, Wait: 10 * time.Second})
		go func() {
			time.Sleep(3 * time.Second)
			r.Set("e1", datahall.ReplicaReady{})
		}()
		if _, err := r.Answer(t.Context(), mood, datahall.Question{}); err != nil {
			t.Error(err)
		}
		r.Drop("e1")
		if _, err := r.Answer(t.Context(), mood, datahall.Question{}); datahall.KindOf(err) != datahall.Unavailable {
			t.Errorf("got %v", err)
		}
	})
}

func TestAReplicaThatDiesIsAskedAgainInItsNewLife(t *testing.T) {
	calls := 0
	var r *Router
	r = New(func(_ context.Context, to datahall.ReplicaReady, _ datahall.Question) (datahall.Answer, error) {
		calls++
		if to.Address == "old" {
			go r.Set("e1", datahall.ReplicaReady{Address: "new"})
			return datahall.Answer{}, datahall.Errorf(datahall.Unavailable, "gone").Because(errors.New("EOF"))
		}
		return datahall.Answer{Tokens: 1}, nil
	}, ledger{}, Limits{InFlight: 1, Wait: time.Second})
	r.Set("e1", datahall.ReplicaReady{Address: "old"})
	if a, err := r.Answer(t.Context(), mood, datahall.Question{}); err != nil || a.Tokens != 1 || calls != 2 {
		t.Errorf("got %+v after %d calls, %v", a, calls, err)
	}
}

func TestMoreThanItCanTakeIsRefused(t *testing.T) {
	hold := make(chan struct{})
	started := make(chan struct{})
	r := New(func(context.Context, datahall.ReplicaReady, datahall.Question) (datahall.Answer, error) {
		close(started)
		<-hold
		return datahall.Answer{}, nil
	}, ledger{}, Limits{InFlight: 1, Wait: time.Second})
	r.Set("e1", datahall.ReplicaReady{})
	done := make(chan error)
	go func() {
		_, err := r.Answer(context.Background(), mood, datahall.Question{})
		done <- err
	}()
	<-started
	if _, err := r.Answer(t.Context(), mood, datahall.Question{}); datahall.KindOf(err) != datahall.Busy {
		t.Errorf("got %v", err)
	}
	close(hold)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
