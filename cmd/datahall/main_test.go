package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"datahall"
	"datahall/client"
	"datahall/phrase"
)

// TestMain lets the test binary be the parent and the body of jobs, as the
// real program is: halls of tests start their own copy.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "work" {
		os.Exit(runWork(context.Background(), slices.Contains(os.Args[2:], "--body")))
	}
	if len(os.Args) > 2 && os.Args[1] == "hall" {
		os.Exit(runTestHall(home(os.Args[2])))
	}
	os.Exit(m.Run())
}

// runTestHall is a hall as a process of its own, for tests that kill it.
func runTestHall(dir home) int {
	h := &hall{home: dir, out: io.Discard, lang: phrase.English, logins: map[string]login{}}
	err := h.home.prepare()
	if err == nil {
		err = h.takeLock(context.Background())
	}
	if err == nil {
		err = h.run(context.Background(), "", time.Now())
	}
	if err != nil {
		os.Stderr.WriteString(phrase.Error(phrase.English, err) + "\n")
		return 1
	}
	return 0
}

// testHall is a hall in a folder of its own, with everything real but the
// process: it can be ended as by a signal and started again.
type testHall struct {
	*client.Client
	t    *testing.T
	home string
	hall *hall
	end  context.CancelFunc
	done chan error
}

func newHall(t *testing.T) *testHall {
	t.Helper()
	home, err := os.MkdirTemp("", "datahall-test-")
	if err != nil {
		t.Fatal(err)
	}
	h := &testHall{t: t, home: home}
	h.start()
	t.Cleanup(func() {
		h.stop()
		if os.Getenv("KEEP") != "" {
			t.Log(home)
			return
		}
		os.RemoveAll(home)
	})
	return h
}

func (h *testHall) start() {
	h.t.Helper()
	var ctx context.Context
	ctx, h.end = context.WithCancel(context.Background())
	h.hall = &hall{home: home(h.home), out: io.Discard, lang: phrase.English, logins: map[string]login{}}
	if err := h.hall.home.prepare(); err != nil {
		h.t.Fatal(err)
	}
	if err := h.hall.takeLock(ctx); err != nil {
		h.t.Fatal(err)
	}
	h.done = make(chan error, 1)
	go func() { h.done <- h.hall.run(ctx, "127.0.0.1:0", time.Now()) }()
	for range 500 {
		select {
		case err := <-h.done:
			h.t.Fatal("hall ended:", err)
		case <-time.After(10 * time.Millisecond):
		}
		if c, err := client.Local(h.home); err == nil && c.Alive(ctx) == nil {
			h.Client = c
			return
		}
	}
	h.t.Fatal("hall did not start")
}

func (h *testHall) stop() {
	if h.end == nil {
		return
	}
	h.end()
	if err := <-h.done; err != nil {
		h.t.Error("hall:", err)
	}
	h.hall.lock.Close()
	h.end = nil
}

// follow submits a job and sees it end.
func (h *testHall) follow(kind string, spec any) datahall.Job {
	h.t.Helper()
	job, err := h.Submit(h.t.Context(), kind, "", spec)
	if err != nil {
		h.t.Fatal(err)
	}
	job, err = h.Follow(h.t.Context(), job.ID, func(datahall.Event) {})
	if err != nil {
		h.t.Fatal(err)
	}
	return job
}

// upload sends a file's content.
func (h *testHall) upload(content string) datahall.Blob {
	h.t.Helper()
	blob, err := h.Upload(h.t.Context(), strings.NewReader(content))
	if err != nil {
		h.t.Fatal(err)
	}
	return blob
}

func (h *testHall) read(r io.ReadCloser, err error) string {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

// everything reads all files of a folder, to look for what must not be there.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, string(filepath.Separator)+"bin"+string(filepath.Separator)) {
			return err
		}
		b, err := os.ReadFile(path)
		files[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
