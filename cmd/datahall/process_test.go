//go:build unix

package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"datahall"
	"datahall/client"
)

// hallProcess starts a hall as a process of its own.
func hallProcess(t *testing.T, home string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(os.Args[0], "hall", home)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // as above
	})
	return cmd, &said
}

// reach waits until the hall of a home answers.
func reach(t *testing.T, home string) *client.Client {
	t.Helper()
	for range 500 {
		if c, err := client.Local(home); err == nil && c.Alive(t.Context()) == nil {
			c.Patience = 20 * time.Second
			return c
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no hall answers in " + home)
	return nil
}

func tempHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "datahall-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	return home
}

func TestAHallThatIsKilledAdoptsItsJobs(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("finds processes in /proc; run it on Linux")
	}
	home := tempHome(t)
	first, _ := hallProcess(t, home)
	h := &testHall{Client: reach(t, home), t: t, home: home}
	h.learnable()
	spec := small("lessons", "adopted")
	spec.Epochs = 12
	job, err := h.Submit(t.Context(), "train", "", spec)
	if err != nil {
		t.Fatal(err)
	}
	h.waitForStep(job.ID, 10)
	bodies := processes(home, true)
	first.Process.Signal(syscall.SIGKILL) //nolint:errcheck // what is tested
	first.Wait()                          //nolint:errcheck // as above
	time.Sleep(300 * time.Millisecond)
	if now := processes(home, true); len(bodies) != 1 || len(now) != 1 || now[0] != bodies[0] {
		t.Fatalf("the job's process was %v and is %v after the hall's death", bodies, now)
	}
	hallProcess(t, home)
	h.Client = reach(t, home)
	job, err = h.Follow(t.Context(), job.ID, func(datahall.Event) {})
	if err != nil || job.State != datahall.Done || job.Attempts != 1 {
		t.Errorf("%s after %d attempts: %s, %v", job.State, job.Attempts, job.Reason, err)
	}
}

func TestWhatEndsWhileTheHallIsAwayIsToldLater(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("finds processes in /proc; run it on Linux")
	}
	home := tempHome(t)
	first, _ := hallProcess(t, home)
	h := &testHall{Client: reach(t, home), t: t, home: home}
	h.learnable()
	job, err := h.Submit(t.Context(), "train", "", small("lessons", "away"))
	if err != nil {
		t.Fatal(err)
	}
	h.waitForStep(job.ID, 10)
	first.Process.Signal(syscall.SIGKILL) //nolint:errcheck // what is tested
	first.Wait()                          //nolint:errcheck // as above
	for range 1000 {
		if len(processes(home, true)) == 0 { // the body has ended; its parent waits to tell
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	hallProcess(t, home)
	h.Client = reach(t, home)
	job, err = h.Follow(t.Context(), job.ID, func(datahall.Event) {})
	if err != nil || job.State != datahall.Done || job.Attempts != 1 {
		t.Errorf("%s after %d attempts: %s, %v", job.State, job.Attempts, job.Reason, err)
	}
	if _, err := h.Model(t.Context(), "away"); err != nil {
		t.Error(err)
	}
}

func TestOfTwoHallsForOneHomeOneSaysSo(t *testing.T) {
	home := tempHome(t)
	a, saidA := hallProcess(t, home)
	b, saidB := hallProcess(t, home)
	ended := make(chan *bytes.Buffer, 2)
	go func() { a.Wait(); ended <- saidA }() //nolint:errcheck // what it said counts
	go func() { b.Wait(); ended <- saidB }() //nolint:errcheck // as above
	said := <-ended
	if !strings.Contains(said.String(), "a hall runs there already") {
		t.Errorf("the loser said %q", said)
	}
	if err := reach(t, home).Alive(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnOccupiedPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h := &hall{home: home(tempHome(t)), logins: map[string]login{}}
	if err := h.home.prepare(); err != nil {
		t.Fatal(err)
	}
	err = h.run(context.Background(), l.Addr().String(), time.Now())
	if datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "give another with --addr") {
		t.Errorf("got %v", err)
	}
	free, err := h.listen("")
	if err != nil {
		t.Fatalf("no port was asked for: %v", err)
	}
	free.Close()
}

func TestAHomeThatCannotBeWritten(t *testing.T) {
	file := tempHome(t) + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := home(file + "/home").prepare()
	if datahall.KindOf(err) != datahall.Unavailable || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "--home") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingMasterKeyTouchesNothing(t *testing.T) {
	h := newHall(t)
	h.stop()
	if err := os.Rename(h.home+"/master.key", h.home+"/away"); err != nil {
		t.Fatal(err)
	}
	if _, err := home(h.home).masterKey(); datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "backup") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(h.home + "/master.key"); err == nil {
		t.Error("a new key was made beside old data")
	}
}
