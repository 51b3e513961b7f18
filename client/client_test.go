package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"datahall"
)

func TestARefusalIsTheHallsOwnError(t *testing.T) {
	want := datahall.Errorf(datahall.Conflict, "key %s: the name is taken; choose another", "app")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(want.Kind.Status())
		json.NewEncoder(w).Encode(Problem{Status: 409, Code: want.Kind, Message: want.Message}) //nolint:errcheck // a test's answer
	}))
	defer server.Close()
	c := &Client{URL: server.URL}
	_, err := c.Keys(t.Context())
	if datahall.KindOf(err) != datahall.Conflict || datahall.MessageOf(err).Pattern != want.Message.Pattern || err.Error() != want.Error() {
		t.Errorf("got %v", err)
	}
}

func TestEveryKindComesBackFromItsStatus(t *testing.T) {
	for _, k := range []datahall.Kind{datahall.Invalid, datahall.Unauthorized, datahall.Denied, datahall.NotFound, datahall.Conflict,
		datahall.TooLarge, datahall.Busy, datahall.Internal, datahall.Unavailable} {
		if got := datahall.KindOfStatus(k.Status()); got != k {
			t.Errorf("%s has status %d, which is %s", k, k.Status(), got)
		}
	}
}

func TestAHallThatMovesIsFoundAgain(t *testing.T) {
	alive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") }))
	defer alive.Close()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	find := filepath.Join(t.TempDir(), AddressFile)
	b, err := json.Marshal(Address{URL: alive.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(find, b, 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Client{URL: dead.URL, Find: find, Patience: 10 * time.Second}
	if _, err := c.Keys(t.Context()); err != nil || c.URL != alive.URL {
		t.Errorf("asked %s, %v", c.URL, err)
	}
	impatient := &Client{URL: dead.URL}
	if _, err := impatient.Keys(t.Context()); !IsAway(err) {
		t.Errorf("got %v", err)
	}
}

func TestFollowGoesOnAfterACutStream(t *testing.T) {
	streams := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/jobs/j1/stream", func(w http.ResponseWriter, r *http.Request) {
		streams++
		events := []datahall.Event{{Seq: 1, Kind: datahall.LogEvent, Log: "one"}, {Seq: 2, Kind: datahall.StateEvent, State: datahall.Done}}
		if r.URL.Query().Get("after") == "1" {
			events = events[1:]
		}
		for _, e := range events {
			b, _ := json.Marshal(e) // plain values
			fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, b)
			if streams == 1 {
				return // cut after the first
			}
		}
	})
	mux.HandleFunc("GET /api/v1/jobs/j1", func(w http.ResponseWriter, _ *http.Request) {
		state := datahall.Running
		if streams > 1 {
			state = datahall.Done
		}
		json.NewEncoder(w).Encode(datahall.Job{ID: "j1", State: state}) //nolint:errcheck // a test's answer
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	var seen []int64
	job, err := (&Client{URL: server.URL}).Follow(t.Context(), "j1", func(e datahall.Event) { seen = append(seen, e.Seq) })
	if err != nil || job.State != datahall.Done || len(seen) != 2 || seen[1] != 2 {
		t.Errorf("saw %v, job %s, %v", seen, job.State, err)
	}
}
