package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"datahall"
)

// Writes that share a transaction do not share their fate.
func TestAWriteThatFailsTakesNoOtherWithIt(t *testing.T) {
	s := open(t, t.TempDir(), time.Now)
	stop := errors.New("stop")
	put := func(t *tx, i int) error {
		return t.run("INSERT INTO meta (name, value) VALUES (?, '')", fmt.Sprint(i))
	}
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			var err error
			paniced := func() (p any) {
				defer func() { p = recover() }()
				err = s.write(ctx, func(t *tx) error {
					if e := put(t, i); e != nil {
						return e
					}
					switch i % 4 {
					case 1:
						return stop
					case 2:
						panic("mistake")
					case 3:
						return put(t, 0) // there already, or soon
					}
					return nil
				})
				return nil
			}()
			if (paniced != nil) != (i%4 == 2) || (i%4 == 1) != errors.Is(err, stop) || i%4 == 0 && err != nil {
				t.Errorf("write %d: %v, %v", i, err, paniced)
			}
		})
		if i == 0 {
			wait.Wait()
		}
	}
	wait.Wait()
	for i := range 60 {
		found, err := one(&s.read, "SELECT 1 FROM meta WHERE name = ?", []any{fmt.Sprint(i)}, []any{new(int)})
		if err != nil || found != (i%4 == 0) {
			t.Errorf("write %d: there %v, %v", i, found, err)
		}
	}
}

// What has returned is seen by whoever asks then.
func TestReadsSeeWhatWasWritten(t *testing.T) {
	s := open(t, t.TempDir(), time.Now)
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 20 {
				j, err := s.CreateJob(ctx, datahall.Job{Kind: "train"})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Job(ctx, "default", j.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// A full disk refuses writes, leaves what there was readable, and writes go on
// when there is room again.
func TestAFullDatabaseRecovers(t *testing.T) {
	s := open(t, t.TempDir(), time.Now)
	create := func() error {
		_, err := s.CreateJob(ctx, datahall.Job{Kind: "train", Spec: []byte(`{"x":"` + string(exes(60000)) + `"}`)})
		return err
	}
	if err := create(); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		done := make(chan error)
		s.writer.alone <- func() {
			_, err := s.writer.tx.conn.ExecContext(whole, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			done <- err
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	limit(70)
	var full error
	for range 40 {
		if full = create(); full != nil {
			break
		}
	}
	if datahall.KindOf(full) != datahall.Unavailable {
		t.Fatalf("got %v", full)
	}
	before, err := s.Jobs(ctx, datahall.JobFilter{Project: "default"})
	if err != nil || len(before) == 0 {
		t.Fatalf("%d jobs can be read, %v", len(before), err)
	}
	var wait sync.WaitGroup
	for range 16 { // and those who share a transaction are all told so
		wait.Go(func() {
			if err := create(); datahall.KindOf(err) != datahall.Unavailable {
				t.Errorf("got %v", err)
			}
		})
	}
	wait.Wait()
	limit(1 << 30)
	if err := create(); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	after, err := s.Jobs(ctx, datahall.JobFilter{Project: "default"})
	if err != nil || len(after) != len(before)+1 {
		t.Errorf("%d jobs, %v, want %d", len(after), err, len(before)+1)
	}
	check(t, s)
}

func exes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

// check asks SQLite whether the database is sound.
func check(t *testing.T, s *Store) {
	t.Helper()
	var verdict string
	if _, err := one(&s.read, "PRAGMA integrity_check", nil, []any{&verdict}); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %q, %v", verdict, err)
	}
	if bad, err := one(&s.read, "PRAGMA foreign_key_check", nil, []any{new(string), new(any), new(string), new(any)}); bad || err != nil {
		t.Errorf("foreign keys: %v, %v", bad, err)
	}
}

func TestUsesOfKeysAreWrittenDown(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, time.Now)
	k, secret, err := s.CreateKey(ctx, datahall.Key{Name: "k"})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := s.KeyBySecret(ctx, secret); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, time.Now)
	list, err := s.Keys(ctx, "default")
	if err != nil || len(list) != 1 || list[0].ID != k.ID || list[0].LastUsed.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
}

func BenchmarkCreateJob(b *testing.B) {
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprint(clients, " clients"), func(b *testing.B) {
			s := open(b, b.TempDir(), time.Now)
			next := make(chan struct{})
			var wait sync.WaitGroup
			for range clients {
				wait.Go(func() {
					for range next {
						if _, err := s.CreateJob(ctx, datahall.Job{Kind: "train", Name: "bench", Spec: []byte(`{"dataset":"d","epochs":3}`)}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for b.Loop() {
				next <- struct{}{}
			}
			close(next)
			wait.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}

func BenchmarkAppendEvents(b *testing.B) {
	s := open(b, b.TempDir(), time.Now)
	j, err := s.CreateJob(ctx, datahall.Job{Kind: "train"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.StartAttempt(ctx, j.ID); err != nil {
		b.Fatal(err)
	}
	seq := int64(0)
	for b.Loop() {
		batch := make([]datahall.Event, 100)
		for i := range batch {
			seq++
			batch[i] = datahall.Event{Seq: seq, Kind: datahall.LogEvent, Log: "a line of a log that is as long as lines of logs usually are"}
		}
		if _, err := s.AppendEvents(ctx, j.ID, 1, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(100*b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkKeyBySecret(b *testing.B) {
	s := open(b, b.TempDir(), time.Now)
	_, secret, err := s.CreateKey(ctx, datahall.Key{Name: "k"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.KeyBySecret(ctx, secret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenEmptyHome(b *testing.B) {
	for b.Loop() {
		s, err := Open(ctx, b.TempDir(), testMaster, time.Now)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
