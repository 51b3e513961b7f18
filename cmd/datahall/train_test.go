//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"datahall"
)

// lessons is a small table whose labels can be learnt, both languages in it.
func lessons() string {
	var b strings.Builder
	b.WriteString("text,label\n")
	things := []string{"parcel", "order", "lamp", "shoes", "jacket", "gift", "invoice", "coupon", "包裹", "订单", "台灯", "鞋子"}
	for i, thing := range things {
		for k := range 3 {
			fmt.Fprintf(&b, "where is my %s number %d now,delivery\n", thing, 100*i+k)
			fmt.Fprintf(&b, "please give the money for %s %d back,refund\n", thing, 200*i+k)
			fmt.Fprintf(&b, "%s 第%d件 什么时候 能到,delivery\n", thing, 300*i+k)
			fmt.Fprintf(&b, "%s 第%d件 我要 退款,refund\n", thing, 400*i+k)
		}
	}
	return b.String()
}

// small is a training of a second or two that checkpoints at every step.
func small(dataset, name string) datahall.TrainSpec {
	return datahall.TrainSpec{Dataset: dataset, Name: name, Base: "scratch:tiny", Epochs: 6, Patience: 100, BatchSize: 8, Seed: 7, CheckpointEvery: 1}
}

func (h *testHall) learnable() {
	h.t.Helper()
	if job := h.follow("import", datahall.ImportSpec{Name: "lessons", Source: "lessons.csv", Blob: h.upload(lessons())}); job.State != datahall.Done {
		h.t.Fatal(job.Reason)
	}
}

// weightsOf gives the digest of a model's weights.
func (h *testHall) weightsOf(model string) string {
	h.t.Helper()
	r, err := h.ModelFile(h.t.Context(), model, "model.safetensors")
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		h.t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (h *testHall) digestOf(model string) string {
	h.t.Helper()
	m, err := h.Model(h.t.Context(), model)
	if err != nil {
		h.t.Fatal(err)
	}
	return m.Digest
}

// processes finds the processes that belong to a home: parents and bodies of jobs.
func processes(home string, body bool) []int {
	var list []int
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		args := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
		if err == nil && len(args) > 1 && strings.HasPrefix(args[0], home) && args[1] == "work" && (len(args) > 2) == body {
			list = append(list, pid)
		}
	}
	return list
}

func TestATrainingThatIsKilledEndsWithTheSameBits(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("finds processes in /proc; run it on Linux")
	}
	h := newHall(t)
	h.learnable()
	if job := h.follow("train", small("lessons", "calm")); job.State != datahall.Done {
		t.Fatal(job.Reason)
	}
	want := h.weightsOf("calm")
	for name, body := range map[string]bool{"body": true, "parent": false} {
		job, err := h.Submit(t.Context(), "train", "", small("lessons", "killed-"+name))
		if err != nil {
			t.Fatal(err)
		}
		kills := h.harass(job.ID, body)
		job, err = h.Follow(t.Context(), job.ID, func(datahall.Event) {})
		if err != nil || job.State != datahall.Done {
			t.Fatalf("%s: %s %s %v", name, job.State, job.Reason, err)
		}
		t.Logf("the %s was killed %d times, the job took %d attempts", name, kills, job.Attempts)
		if kills == 0 || job.Attempts != kills+1 {
			t.Errorf("%s: %d kills, %d attempts", name, kills, job.Attempts)
		}
		if a, b := h.digestOf("calm"), h.digestOf("killed-"+name); len(a) != 64 || a == b { // the names in their reports differ
			t.Errorf("digests %q and %q", a, b)
		}
		if got := h.weightsOf("killed-" + name); got != want {
			t.Errorf("%s: other weights than the undisturbed training's", name)
		}
	}
	h.noScratch()
}

// harass kills a job's process twice, each time after it has made some steps.
func (h *testHall) harass(job string, body bool) (kills int) {
	seen := int64(0)
	for range 2 {
		if !h.waitForStep(job, seen+12) {
			return kills
		}
		if pids := processes(h.home, body); len(pids) == 1 {
			syscall.Kill(pids[0], syscall.SIGKILL)
			kills++
		}
		seen += 12
	}
	return kills
}

// waitForStep waits until a run has measured a step; false where the job ended first.
func (h *testHall) waitForStep(job string, step int64) bool {
	for range 600 {
		points, err := h.Points(h.t.Context(), "run-"+strings.TrimPrefix(job, "job-"))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, p := range points {
			if p.Step >= step {
				return true
			}
		}
		if j, _ := h.Job(h.t.Context(), job); j.State.Ended() {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.t.Fatal("the training makes no steps")
	return false
}

func TestAServedModelAnswersAndComesBackWhenItsReplicaIsKilled(t *testing.T) {
	h := newHall(t)
	h.learnable()
	spec := small("lessons", "mood")
	spec.Base = "linear"
	if job := h.follow("train", spec); job.State != datahall.Done {
		t.Fatal(job.Reason)
	}
	served, err := h.Serve(t.Context(), datahall.NewEndpoint{Name: "mood", Model: "mood"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() {
		t.Helper()
		answers, err := h.Ask(t.Context(), "mood", []string{"where is my lamp", "我要退款"})
		if err != nil || len(answers) != 2 || answers[0].Label != "delivery" || answers[1].Label != "refund" {
			t.Fatalf("got %+v, %v", answers, err)
		}
	}
	ask()
	if _, err := os.Stat("/proc/self/stat"); err == nil {
		for _, pid := range processes(h.home, true) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		ask()
	}
	caller := *h.Client
	caller.Key = served.Key
	if _, err := caller.Ask(t.Context(), "mood", []string{"x"}); err != nil {
		t.Errorf("the endpoint's own key: %v", err)
	}
	if _, err := caller.Models(t.Context(), "", 0); datahall.KindOf(err) != datahall.Denied {
		t.Errorf("the endpoint's key reads models: %v", err)
	}
	time.Sleep(300 * time.Millisecond) // counts are gathered
	e, err := h.Endpoint(t.Context(), "mood")
	if err != nil || e.Requests < 2 || e.Usage.Joules <= 0 || e.State != "ready" {
		t.Errorf("endpoint %+v, %v", e, err)
	}
	if err := h.RemoveEndpoint(t.Context(), "mood"); err != nil {
		t.Fatal(err)
	}
	if _, err := caller.Ask(t.Context(), "mood", []string{"x"}); datahall.KindOf(err) != datahall.Unauthorized {
		t.Errorf("a removed endpoint's key: %v", err)
	}
}

func TestEvaluationAndPredictionAreJobs(t *testing.T) {
	h := newHall(t)
	h.learnable()
	spec := small("lessons", "mood")
	spec.Base = "linear"
	h.follow("train", spec)
	job := h.follow("evaluate", datahall.EvaluateSpec{Model: "mood", Dataset: "lessons"})
	var r datahall.Evaluation
	if err := json.Unmarshal(job.Result, &r); err != nil || r.Rows != 144 || r.Accuracy < 0.9 || r.Baseline == nil || r.Baseline.Accuracy != 0.5 {
		t.Errorf("%s: %+v, %v", job.Reason, r, err)
	}
	job = h.follow("predict", datahall.PredictSpec{Model: "mood", Texts: []string{"我要退款"}})
	var p datahall.Prediction
	if err := json.Unmarshal([]byte(h.read(h.JobFile(t.Context(), job.ID, "predictions.jsonl"))), &p); err != nil || p.Label != "refund" {
		t.Errorf("%+v, %v", p, err)
	}
}
