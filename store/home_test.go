package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"datahall"
	"datahall/trust/seal"
)

// snapshot is what a folder holds, by name and digest.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		files[path] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: the home was touched:\n%v\nwas\n%v", what, got, want)
	}
}

// The plain bytes of a canary are in no file of the home, the log of the
// database and what was deleted included.
func TestNothingSecretStandsInTheHomeInPlain(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, time.Now)
	const canary = "canary-7f3a-退款"
	j, err := s.CreateJob(ctx, datahall.Job{Kind: "predict", Spec: []byte(`{"texts":["` + canary + `"]}`), Reason: datahall.Say("%s", canary)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.StartAttempt(ctx, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	blob, err := s.Blobs().Put(ctx, "default", strings.NewReader(strings.Repeat(canary, 10000)))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.CreateKey(ctx, datahall.Key{Name: "k"})
	if err != nil {
		t.Fatal(err)
	}
	canaryLabel := datahall.DatasetReport{Labels: []datahall.Count{{Name: canary, N: 1}}}
	_, _, err1 := s.Claim(ctx, a.Token, 1, "b")
	_, err2 := s.AppendEvents(ctx, j.ID, 1, []datahall.Event{{Kind: datahall.LogEvent, Log: canary}, {Kind: datahall.ResultEvent, Data: []byte(`"` + canary + `"`)},
		{Kind: datahall.ProgressEvent, Progress: &datahall.Progress{Stage: datahall.Say("%s", canary)}}})
	_, _, err3 := s.AddDataset(ctx, datahall.Dataset{Name: "d", Digest: "x", Source: canary + ".csv", Report: canaryLabel, Files: map[string]datahall.Blob{"rows.jsonl": blob}})
	_, _, err4 := s.AddModel(ctx, datahall.Model{Name: "m", Labels: []string{canary}})
	err5 := s.PutSetting(ctx, datahall.AnyProject, "webhook", "https://"+canary)
	_, err6 := s.Transition(ctx, j.ID, nil, func(j *datahall.Job) error {
		j.State, j.Result = datahall.Done, []byte(`"`+canary+`"`)
		return nil
	}, datahall.Event{Message: datahall.Say("%s", canary)})
	_, err7 := s.CreateRun(ctx, datahall.Run{Name: "r", Params: map[string]string{"note": canary}})
	_, err8 := s.CreateEndpoint(ctx, datahall.Endpoint{Name: "e", Reason: datahall.Say("%s", canary)})
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		t.Fatal(err)
	}
	key, err := s.JobKey(ctx, "default", j.ID)
	if err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		for path := range snapshot(t, dir) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, plain := range []string{canary, secret, secret[3:20], a.Token, a.Token[3:20], string(key[:])} {
				if bytes.Contains(b, []byte(plain)) {
					t.Errorf("%s: %q stands in %s", when, plain, path)
				}
			}
		}
	}
	look("while the hall runs")
	if err := errors.Join(s.DeleteJob(ctx, "default", j.ID), s.Close()); err != nil {
		t.Fatal(err)
	}
	look("when it has ended")
}

// A deleted project's key is in no file, so its sealed bytes are noise, those
// in old copies of the database's rows included.
func TestADeletedProjectsKeyIsGone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, time.Now)
	if _, err := s.CreateProject(ctx, datahall.Project{Name: "red"}); err != nil {
		t.Fatal(err)
	}
	var wrapped []byte
	if _, err := one(&s.read, "SELECT wrapped FROM project_keys WHERE project = 'red'", nil, []any{&wrapped}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Blobs().Put(ctx, "red", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	found := func() (n int) {
		for path := range snapshot(t, dir) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(b, wrapped)
		}
		return n
	}
	if found() == 0 {
		t.Fatal("the wrapped key is nowhere: this test looks for the wrong thing")
	}
	if err := s.DeleteProject(ctx, "red"); err != nil {
		t.Fatal(err)
	}
	if n := found(); n > 0 {
		t.Errorf("the wrapped key stands in %d places after its project's end", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "blobs", "red")); !os.IsNotExist(err) {
		t.Errorf("the project's blobs: %v", err)
	}
}

func TestAnotherMasterKeyIsRefusedAndTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir, time.Now).Close(); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	for name, m := range map[string]seal.MasterKey{"another": seal.NewMasterKey(), "none": {}} {
		_, err := Open(ctx, dir, m, time.Now)
		if err == nil || !strings.Contains(err.Error(), "master key") {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name, snapshot(t, dir), before)
	}
}

func TestANewerDatabaseIsRefusedAndTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir, time.Now).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, "hall.db"), ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(fmt.Sprintf("PRAGMA user_version = %d", schema+1)); err != nil {
		t.Fatal(err)
	}
	t.Run("its log not yet merged", func(t *testing.T) {
		_, err := Open(ctx, dir, testMaster, time.Now)
		if datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "newer") {
			t.Errorf("got %v", err)
		}
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	_, err = Open(ctx, dir, testMaster, time.Now)
	if datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "newer") {
		t.Errorf("got %v", err)
	}
	same(t, "newer", snapshot(t, dir), before)
}

func TestWhatIsNoDatabaseIsSaidSo(t *testing.T) {
	for name, content := range map[string]string{"text": strings.Repeat("this is no database ", 500), "short": "x"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "hall.db"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, dir, testMaster, time.Now); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAHomeThatIsAFileIsSaidSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, file, testMaster, time.Now); datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("got %v", err)
	}
}

// Homes have names that need care in an address of a database.
func TestHomesWithOddNames(t *testing.T) {
	for _, name := range []string{"a b", "50%", "what?", "#1", "机房", "a;b&c=d", "[x]*", "'q'"} {
		dir := filepath.Join(t.TempDir(), name)
		s := open(t, dir, time.Now)
		if _, err := s.CreateJob(ctx, datahall.Job{Kind: "train"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "hall.db")); err != nil {
			t.Errorf("%s: the database is elsewhere: %v", name, err)
		}
		if _, err := s.Blobs().Put(ctx, "default", strings.NewReader("x")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Sweep(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAStoreThatWasClosedSaysSo(t *testing.T) {
	s := open(t, t.TempDir(), time.Now)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateJob(ctx, datahall.Job{Project: "default"}); err == nil {
		t.Error("a closed store took a job")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	s2 := open(t, t.TempDir(), time.Now)
	if _, err := s2.CreateJob(cancelled, datahall.Job{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if _, err := s2.Blobs().Put(cancelled, "default", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestBlobsThatWereChangedAreRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, time.Now)
	put := func(text string) (datahall.Blob, string) {
		b, err := s.Blobs().Put(ctx, "default", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return b, s.blobs.path("default", b.Digest)
	}
	read := func(b datahall.Blob) error {
		r, err := s.Blobs().Open(ctx, "default", b.Digest)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(r)
		return errors.Join(err, r.Close())
	}
	one, path1 := put(strings.Repeat("one", 50000))
	two, path2 := put(strings.Repeat("two", 50000))
	good, err := os.ReadFile(path1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(path2)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[70000] ^= 1
	for name, bad := range map[string][]byte{"flipped": flipped, "cut": good[:len(good)-1], "another blob's": other, "empty": nil, "plain": []byte("one")} {
		if err := os.WriteFile(path1, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := read(one); err == nil {
			t.Errorf("%s: read as if nothing had happened", name)
		} else if _, ours := errors.AsType[*datahall.Error](err); !ours {
			t.Errorf("%s: %v is not said to a user", name, err)
		}
	}
	if err := read(two); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path1, good, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := s.Blobs().Open(ctx, "default", one.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := make([]byte, 6)
	if _, err := r.(io.ReaderAt).ReadAt(p, 90000); err != nil || string(p) != "oneone" {
		t.Errorf("ReadAt = %q, %v", p, err)
	}
	if _, err := r.(io.Seeker).Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(r); err != nil || string(rest) != "one" {
		t.Errorf("the end is %q, %v", rest, err)
	}
}

func TestWhatAKilledHallLeftIsSwept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, time.Now)
	needed, err := s.Blobs().Put(ctx, "default", strings.NewReader("needed"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.AddModel(ctx, datahall.Model{Name: "m", Files: map[string]datahall.Blob{"f": needed}}); err != nil {
		t.Fatal(err)
	}
	orphan, err := s.Blobs().Put(ctx, "default", strings.NewReader("orphan"))
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "blobs", "default", newBlob+"123")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, time.Now)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("a half-written file is still there: %v", err)
	}
	if n, err := s.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("swept %d that were stored a moment ago, %v", n, err)
	}
	old := time.Now().Add(-2 * patience)
	for _, b := range []datahall.Blob{needed, orphan} {
		if err := os.Chtimes(s.blobs.path("default", b.Digest), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(ctx); n != 1 || err != nil {
		t.Errorf("swept %d, %v, want the orphan", n, err)
	}
	r, err := s.Blobs().Open(ctx, "default", needed.Digest)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
}

// Two who bring the same bytes do not take them from each other.
func TestBlobsOfTwoWhoBringTheSame(t *testing.T) {
	s := open(t, t.TempDir(), time.Now)
	put := func() datahall.Blob {
		b, err := s.Blobs().Put(ctx, "default", strings.NewReader("same"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := put()
	second := put()
	d, _, err := s.AddDataset(ctx, datahall.Dataset{Name: "a", Digest: "x", Files: map[string]datahall.Blob{"rows.jsonl": first}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteDataset(ctx, "default", d.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.AddDataset(ctx, datahall.Dataset{Name: "b", Digest: "x", Files: map[string]datahall.Blob{"rows.jsonl": second}}); err != nil {
		t.Errorf("the second one's bytes went with the first one's record: %v", err)
	}
}

// Halls that race for an empty home make one schema; keeping all but one out is
// the lock's business, not the database's.
func TestHallsThatRaceForAnEmptyHome(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			s, err := Open(ctx, dir, testMaster, time.Now)
			if err != nil {
				t.Errorf("%v (%v)", err, errors.Unwrap(err))
				return
			}
			if _, err := s.CreateJob(ctx, datahall.Job{Kind: "train"}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	s := open(t, dir, time.Now)
	jobs, err := s.Jobs(ctx, datahall.JobFilter{Project: "default"})
	if err != nil || len(jobs) != 6 {
		t.Errorf("%d jobs, %v, want 6", len(jobs), err)
	}
	check(t, s)
}
