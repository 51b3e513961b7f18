package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"datahall"
)

const tickets = "question,intent\nwhere is my parcel,delivery\nmy canary parcel is late,delivery\nI want my money back,refund\nrefund please,refund\n"

func TestAFileBecomesADatasetAndAFileAgain(t *testing.T) {
	h := newHall(t)
	job := h.follow("import", datahall.ImportSpec{Name: "tickets", Source: "tickets.csv", Blob: h.upload(tickets)})
	if job.State != datahall.Done {
		t.Fatalf("job is %s: %s", job.State, job.Reason)
	}
	d, err := h.Dataset(t.Context(), "tickets")
	if err != nil {
		t.Fatal(err)
	}
	if d.Version != 1 || d.Report.Rows != 4 || len(d.Report.Labels) != 2 || d.Report.TextColumn.Name != "question" {
		t.Errorf("got %+v", d)
	}
	if job.Usage.CPUSeconds <= 0 || job.Usage.Joules <= 0 || job.Usage.Cost <= 0 || job.Usage.EnergySource == "" {
		t.Errorf("no receipt: %+v", job.Usage)
	}
	export := h.follow("export", datahall.ExportSpec{Dataset: "tickets", Format: "jsonl", File: "out.jsonl"})
	got := h.read(h.JobFile(t.Context(), export.ID, "out.jsonl"))
	if !strings.Contains(got, "my canary parcel is late") || strings.Count(got, "\n") != 4 {
		t.Errorf("exported %q", got)
	}
	h.noPlainBytes("canary parcel")
}

// noPlainBytes fails where a text stands in the home in clear.
func (h *testHall) noPlainBytes(canary string) {
	h.t.Helper()
	for path, content := range everything(h.t, h.home) {
		if strings.Contains(content, canary) {
			h.t.Errorf("%s holds %q in clear", path, canary)
		}
	}
}

func TestTheSameRowsAreTheSameVersion(t *testing.T) {
	h := newHall(t)
	for range 2 {
		h.follow("import", datahall.ImportSpec{Name: "tickets", Source: "tickets.csv", Blob: h.upload(tickets)})
	}
	h.follow("import", datahall.ImportSpec{Name: "tickets", Source: "more.csv", Blob: h.upload(tickets + "broken lamp,damage\nit broke,damage\n")})
	all, err := h.Datasets(t.Context(), "tickets", 0)
	if err != nil || len(all) != 2 || all[0].Version != 2 {
		t.Errorf("got %d versions, %v", len(all), err)
	}
}

func TestABadFileLeavesNothing(t *testing.T) {
	h := newHall(t)
	for name, c := range map[string]struct{ content, want string }{
		"empty":     {"", "empty"},
		"one class": {"text,label\na b,x\nc d,x\n", "at least two labels"},
		"column":    {tickets, "customer"},
	} {
		spec := datahall.ImportSpec{Name: "bad", Source: "bad.csv", Blob: h.upload(c.content)}
		if name == "column" {
			spec.TextColumn = "customer"
		}
		job := h.follow("import", spec)
		if job.State != datahall.Failed || !strings.Contains(job.Reason.String(), c.want) {
			t.Errorf("%s: %s %q", name, job.State, job.Reason)
		}
	}
	if all, err := h.Datasets(t.Context(), "", 0); err != nil || len(all) != 0 {
		t.Errorf("got %d datasets, %v", len(all), err)
	}
	h.noScratch()
}

// noScratch waits until the parents of ended jobs have cleared up.
func (h *testHall) noScratch() {
	h.t.Helper()
	var entries []os.DirEntry
	for range 100 {
		if entries, _ = os.ReadDir(h.home + "/scratch"); len(entries) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.t.Errorf("scratch holds %d folders", len(entries))
}

func TestNothingAnswersWithoutAKey(t *testing.T) {
	h := newHall(t)
	for path, want := range map[string]int{"/healthz": 200, "/api/v1/jobs": 401, "/api/v1/openapi.json": 401, "/api/v1/nothing": 401, "/": 401, "/endpoints/x/info": 401} {
		resp, err := http.Get(h.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, resp.StatusCode, want)
		}
	}
}
