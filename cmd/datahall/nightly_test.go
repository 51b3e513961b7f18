//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"datahall"
)

// nightly skips what takes too long for every change.
func nightly(t *testing.T) *rand.Rand {
	t.Helper()
	if os.Getenv("DATAHALL_NIGHTLY") == "" {
		t.Skip("takes minutes: make nightly runs it")
	}
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// TestNightlyKills kills bodies, parents and halls at random while trainings
// run: each ends, once, with the bits of an undisturbed one.
func TestNightlyKills(t *testing.T) {
	r := nightly(t)
	home := tempHome(t)
	process, _ := hallProcess(t, home)
	h := &testHall{Client: reach(t, home), t: t, home: home}
	h.learnable()
	calm, err := h.Submit(t.Context(), "train", "", small("lessons", "calm"))
	if err != nil {
		t.Fatal(err)
	}
	if calm, err = h.Client.Follow(t.Context(), calm.ID, func(datahall.Event) {}); err != nil || calm.State != datahall.Done {
		t.Fatal(calm.Reason, err)
	}
	want := h.weightsOf("calm")
	kills := map[string]int{}
	for round := range 40 {
		name := fmt.Sprintf("round-%d", round)
		job, err := h.Submit(t.Context(), "train", "", small("lessons", name))
		if err != nil {
			t.Fatal(err)
		}
		for range 1 + r.IntN(2) {
			time.Sleep(time.Duration(r.IntN(1500)) * time.Millisecond)
			process = h.killSomething(r, process, kills)
		}
		job, err = h.Follow(t.Context(), job.ID, func(datahall.Event) {})
		if err != nil || job.State != datahall.Done {
			t.Fatalf("%s: %s %s %v", name, job.State, job.Reason, err)
		}
		if got := h.weightsOf(name); got != want {
			t.Errorf("%s: other weights than the undisturbed training's", name)
		}
	}
	models, err := h.Models(t.Context(), "", 0)
	if err != nil || len(models) != 41 {
		t.Errorf("%d models, want 41, %v", len(models), err)
	}
	t.Logf("killed %v", kills)
}

// killSomething ends a body, a parent or the hall; a hall is started again.
func (h *testHall) killSomething(r *rand.Rand, hall *exec.Cmd, kills map[string]int) *exec.Cmd {
	switch r.IntN(3) {
	case 0:
		hall.Process.Signal(syscall.SIGKILL) //nolint:errcheck // what is tested
		hall.Wait()                          //nolint:errcheck // as above
		kills["hall"]++
		hall, _ = hallProcess(h.t, h.home)
		h.Client = reach(h.t, h.home)
	case 1:
		for _, pid := range processes(h.home, true) {
			syscall.Kill(pid, syscall.SIGKILL)
			kills["body"]++
		}
	default:
		for _, pid := range processes(h.home, false) {
			syscall.Kill(pid, syscall.SIGKILL)
			kills["parent"]++
		}
	}
	return hall
}

// TestNightlySoak asks an endpoint for five minutes: nothing fails, and the
// hall's memory stays where it was.
func TestNightlySoak(t *testing.T) {
	nightly(t)
	home := tempHome(t)
	process, _ := hallProcess(t, home)
	h := &testHall{Client: reach(t, home), t: t, home: home}
	h.learnable()
	spec := small("lessons", "mood")
	spec.Base = "linear"
	h.follow("train", spec)
	if _, err := h.Serve(t.Context(), datahall.NewEndpoint{Name: "mood", Model: "mood"}); err != nil {
		t.Fatal(err)
	}
	before, asked := 0, make([]int, 4)
	deadline := time.Now().Add(5 * time.Minute)
	warm := time.Now().Add(time.Minute)
	var askers sync.WaitGroup
	for i := range asked {
		askers.Go(func() {
			for time.Now().Before(deadline) {
				if _, err := h.Ask(t.Context(), "mood", []string{"where is my lamp", "我要退款"}); err != nil {
					t.Error(err)
					return
				}
				asked[i]++
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	time.Sleep(time.Until(warm))
	before = residentKB(t, process.Process.Pid)
	askers.Wait()
	after := residentKB(t, process.Process.Pid)
	t.Logf("%v questions; the hall had %d KB after a minute, %d KB at the end", asked, before, after)
	if after > before+before/2+20_000 {
		t.Errorf("the hall grew from %d to %d KB", before, after)
	}
}

func residentKB(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
