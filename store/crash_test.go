package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"datahall"
)

// TestMain lets the test binary be a writer that the crash test kills, or a
// user who may not write a home.
func TestMain(m *testing.M) {
	switch os.Getenv("DATAHALL_STORE_TEST") {
	case "write":
		writeUntilKilled(os.Getenv("DATAHALL_STORE_HOME"))
	case "open":
		_, err := Open(context.Background(), os.Getenv("DATAHALL_STORE_HOME"), testMaster, time.Now)
		fmt.Println(datahall.KindOf(err), err)
	default:
		os.Exit(m.Run())
	}
}

// writeUntilKilled does what a busy hall does and says what was acknowledged:
// "job ID", "claim ID", "event ID SEQ", "blob DIGEST", "dataset DIGEST".
func writeUntilKilled(home string) {
	s, err := Open(ctx, home, testMaster, time.Now)
	if err != nil {
		panic(err)
	}
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	for n := range 8 {
		go func() {
			for i := 0; ; i++ {
				if err := oneOfEach(s, fmt.Sprint(os.Getpid(), "-", n, "-", i), say); err != nil {
					panic(err)
				}
			}
		}()
	}
	select {}
}

func oneOfEach(s *Store, name string, say func(string, ...any)) error {
	j, err := s.CreateJob(ctx, datahall.Job{Kind: "train", Name: name})
	if err != nil {
		return err
	}
	say("job %s", j.ID)
	a, err := s.StartAttempt(ctx, j.ID)
	if err != nil {
		return err
	}
	if _, _, err := s.Claim(ctx, a.Token, os.Getpid(), "b"); err != nil {
		return err
	}
	say("claim %s", j.ID)
	events, err := s.AppendEvents(ctx, j.ID, 1, []datahall.Event{{Seq: 1, Kind: datahall.LogEvent, Log: name}, {Seq: 2, Kind: datahall.LogEvent, Log: name}})
	if err != nil {
		return err
	}
	say("event %s %d", j.ID, events[1].Seq)
	b, err := s.Blobs().Put(ctx, "default", strings.NewReader(strings.Repeat(name, 1000)))
	if err != nil {
		return err
	}
	say("blob %s", b.Digest)
	if _, _, err := s.AddDataset(ctx, datahall.Dataset{Name: "d", Digest: name, Files: map[string]datahall.Blob{"rows.jsonl": b}}); err != nil {
		return err
	}
	say("dataset %s", name)
	return nil
}

// Whatever was acknowledged is there after kill -9 at any moment, and what is
// there is whole. DATAHALL_KILLS sets how often.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv("DATAHALL_KILLS"))
	if err != nil {
		kills = 6
	}
	home, random := t.TempDir(), rand.New(rand.NewPCG(1, uint64(kills)))
	var acknowledged []string
	for range kills {
		acknowledged = append(acknowledged, writeAndKill(t, home, time.Duration(20+random.IntN(180))*time.Millisecond)...)
		s := open(t, home, time.Now)
		check(t, s)
		datasets := versionsAreWhole(t, s)
		for _, line := range acknowledged {
			if err := stillThere(s, datasets, strings.Fields(line)); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d acknowledgements before %d kills, none lost", len(acknowledged), kills)
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged before any kill")
	}
}

func writeAndKill(t *testing.T, home string, after time.Duration) []string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "DATAHALL_STORE_TEST=write", "DATAHALL_STORE_HOME="+home)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	var said []string
	for first := true; ; first = false {
		line, err := lines.ReadString('\n')
		if err != nil { // half a line was not said
			break
		}
		if first {
			time.AfterFunc(after, func() { child.Process.Kill() })
		}
		said = append(said, line)
	}
	child.Wait() //nolint:errcheck // it was killed
	return said
}

func stillThere(s *Store, datasets map[string]bool, what []string) error {
	switch what[0] {
	case "job":
		_, err := s.Job(ctx, "default", what[1])
		return err
	case "claim":
		a, err := s.Attempts(ctx, what[1])
		if err == nil && (len(a) != 1 || !a[0].Claimed) {
			err = fmt.Errorf("attempts are %+v", a)
		}
		return err
	case "event":
		list, err := s.Events(ctx, what[1], 0, []datahall.EventKind{datahall.LogEvent}, 0)
		if err == nil && (len(list) != 2 || fmt.Sprint(list[1].Seq) != what[2]) {
			err = fmt.Errorf("events are %+v", list)
		}
		return err
	case "blob":
		r, err := s.Blobs().Open(ctx, "default", what[1])
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	case "dataset":
		if !datasets[what[1]] {
			return fmt.Errorf("there is none")
		}
		return nil
	}
	return fmt.Errorf("nobody looks for this")
}

// versionsAreWhole: versions count from 1 without gaps, and their blobs are
// there. It gives their digests.
func versionsAreWhole(t *testing.T, s *Store) map[string]bool {
	t.Helper()
	list, err := s.Datasets(ctx, datahall.VersionFilter{Project: "default", Name: "d"})
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]bool{}
	for i, d := range list {
		digests[d.Digest] = true
		if d.Version != len(list)-i {
			t.Errorf("version %d stands where %d should", d.Version, len(list)-i)
		}
		if err := s.blobs.need("default", d.Files); err != nil {
			t.Error(err)
		}
	}
	return digests
}

// TestAHomeThatMayNotBeWrittenIsSaidSo opens a home as a user who may only read it.
func TestAHomeThatMayNotBeWrittenIsSaidSo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	if err := open(t, dir, time.Now).Close(); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"new": 0o500, "home": 0o555} {
		home := filepath.Join(filepath.Dir(dir), name)
		if err := os.MkdirAll(home, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(home, mode); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "DATAHALL_STORE_TEST=open", "DATAHALL_STORE_HOME="+home)
		if !asNobody(t, child) {
			t.Skip("root may write everywhere, and this system cannot run a test as another user")
		}
		out, err := child.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), string(datahall.Unavailable)) || !strings.Contains(string(out), "cannot be written") {
			t.Errorf("%s: %s, %v", name, out, err)
		}
		if err := os.Chmod(home, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}
