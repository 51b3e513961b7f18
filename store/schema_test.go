package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"datahall"
)

var update = flag.Bool("update", false, "write the fixture of the newest schema where it is missing")

// content is what a fixture's home holds, as the interfaces tell it.
type content struct {
	Secret   string
	Now      time.Time
	Projects []datahall.Project
	Keys     []datahall.Key
	Jobs     []datahall.Job
	Attempts []datahall.Attempt
	Events   []datahall.Event
	Files    map[string]datahall.Blob
	Rows     string
	JobKey   [32]byte
	Datasets []datahall.Dataset
	Models   []datahall.Model
	Endpoint []datahall.Endpoint
	Runs     []datahall.Run
	Points   []datahall.Point
	Entries  []datahall.LedgerEntry
	Settings map[string]json.RawMessage
}

// A home of every past schema opens, and tells the same as when it was written.
func TestHomesOfPastSchemasOpen(t *testing.T) {
	for version := 1; version <= schema; version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			folder := filepath.Join("testdata", fmt.Sprint("schema", version))
			if _, err := os.Stat(folder); os.IsNotExist(err) && *update && version == schema {
				writeFixture(t, folder)
			}
			b, err := os.ReadFile(filepath.Join(folder, "content.json"))
			if err != nil {
				t.Fatal(err)
			}
			var want content
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			restore(t, folder, home)
			s := open(t, home, func() time.Time { return want.Now })
			got := tell(t, s)
			got.Secret, got.Now = want.Secret, want.Now
			if !reflect.DeepEqual(normal(t, got), normal(t, want)) {
				t.Errorf("got  %s\nwant %s", normal(t, got), normal(t, want))
			}
			if k, err := s.KeyBySecret(ctx, want.Secret); err != nil || k.ID != want.Keys[0].ID {
				t.Errorf("the key that was given out: %v", err)
			}
			if again, existed, err := s.AddDataset(ctx, want.Datasets[0]); err != nil || !existed || again.ID != want.Datasets[0].ID {
				t.Errorf("the same dataset is not known again: %v, %v", existed, err)
			}
			check(t, s)
		})
	}
}

func normal(t *testing.T, c content) string {
	t.Helper()
	b, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tell asks for everything.
func tell(t *testing.T, s *Store) content {
	t.Helper()
	var c content
	var errs [15]error
	every := datahall.AnyProject
	c.Projects, errs[0] = s.Projects(ctx)
	c.Keys, errs[1] = s.Keys(ctx, every)
	c.Jobs, errs[2] = s.Jobs(ctx, datahall.JobFilter{Project: every})
	job := c.Jobs[0].ID
	c.Attempts, errs[3] = s.Attempts(ctx, job)
	c.Events, errs[4] = s.Events(ctx, job, 0, nil, 0)
	c.Files, errs[5] = s.Files(ctx, job)
	c.JobKey, errs[6] = s.JobKey(ctx, "default", job)
	c.Datasets, errs[7] = s.Datasets(ctx, datahall.VersionFilter{Project: every, All: true})
	c.Models, errs[8] = s.Models(ctx, datahall.VersionFilter{Project: every, All: true})
	c.Endpoint, errs[9] = s.Endpoints(ctx, every)
	c.Runs, errs[10] = s.Runs(ctx, every, 0)
	c.Points, errs[11] = s.Points(ctx, c.Runs[0].ID, nil, 0)
	c.Entries, errs[12] = s.Entries(ctx, datahall.LedgerFilter{Project: every})
	c.Settings, errs[13] = s.Settings(ctx, every)
	r, err := s.Blobs().Open(ctx, "default", c.Files["rows.jsonl"].Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rows, err := io.ReadAll(r)
	c.Rows, errs[14] = string(rows), err
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return c
}

// writeFixture makes a home that has one of each, and dumps it.
func writeFixture(t *testing.T, folder string) {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	home := t.TempDir()
	s := open(t, home, func() time.Time { return now })
	c := furnish(t, s)
	c.Now = now
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	digest := c.Files["rows.jsonl"].Digest
	sealed, err := os.ReadFile(filepath.Join(home, "blobs", "default", digest[:2], digest))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"content.json": []byte(normal(t, c) + "\n"), "hall.sql": []byte(dump(t, filepath.Join(home, "hall.db"))), "rows": sealed} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func furnish(t *testing.T, s *Store) content {
	t.Helper()
	_, err0 := s.CreateProject(ctx, datahall.Project{Name: "客服"})
	_, secret, err1 := s.CreateKey(ctx, datahall.Key{Name: "ci", Role: datahall.Developer})
	rows, err2 := s.Blobs().Put(ctx, "default", strings.NewReader("{\"text\":\"我要退款\",\"label\":\"退款\"}\n"))
	j, err3 := s.CreateJob(ctx, datahall.Job{Kind: "import", Name: "tickets", Spec: json.RawMessage(`{"name":"tickets"}`), CPUs: 1})
	_, err4 := s.CreateRun(ctx, datahall.Run{Name: "tickets", Job: j.ID, Params: map[string]string{"lr": "0.1"}})
	a, err5 := s.StartAttempt(ctx, j.ID)
	_, _, err6 := s.Claim(ctx, a.Token, 7, "boot")
	_, err7 := s.AppendEvents(ctx, j.ID, 1, []datahall.Event{
		{Seq: 1, Kind: datahall.LogEvent, Log: "一行"},
		{Seq: 2, Kind: datahall.ProgressEvent, Progress: &datahall.Progress{Stage: datahall.Say("reading"), Done: 1, Total: 2, Unit: "rows"}},
		{Seq: 3, Kind: datahall.MetricEvent, Points: []datahall.Point{{Step: 1, Name: "loss", Value: 0.5}}},
	})
	err8 := s.PutFile(ctx, j.ID, 1, "rows.jsonl", rows)
	usage := datahall.Usage{WallSeconds: 1, CPUSeconds: 2, Joules: 3, EnergySource: "modelled", EnergyError: 0.3, Cost: 0.1, Currency: "CNY", GramsCO2: 4}
	d, _, err9 := s.AddDataset(ctx, datahall.Dataset{Name: "tickets", Task: "classify", Digest: "ab", Job: j.ID, Source: "工单.xlsx", Files: map[string]datahall.Blob{"rows.jsonl": rows},
		Report: datahall.DatasetReport{Rows: 1, Splits: []datahall.Count{{Name: "train", N: 1}}}})
	m, _, err10 := s.AddModel(ctx, datahall.Model{Name: "intents", Job: j.ID, Dataset: d.ID, Labels: []string{"退款"}, Usage: usage})
	e, err11 := s.CreateEndpoint(ctx, datahall.Endpoint{Name: "intents", Model: m.Ref(), ModelID: m.ID, State: "ready"})
	err12 := s.CountEndpoint(ctx, datahall.Endpoint{ID: e.ID, Requests: 2, Texts: 3, Tokens: 4, Usage: usage})
	err13 := s.AddEntry(ctx, datahall.LedgerEntry{ID: "1", Kind: "import", Subject: j.ID, Name: "tickets", Usage: usage})
	err14 := s.PutSetting(ctx, datahall.AnyProject, "tariff", map[string]any{"price": 0.5})
	_, err15 := s.Transition(ctx, j.ID, nil, func(j *datahall.Job) error {
		j.State, j.Usage, j.Result = datahall.Done, usage, json.RawMessage(`{"rows":1}`)
		return nil
	}, datahall.Event{})
	if err := errors.Join(err0, err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13, err14, err15); err != nil {
		t.Fatal(err)
	}
	c := tell(t, s)
	c.Secret = secret
	return c
}

// dump writes a database as SQL.
func dump(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	q := dumper{db}
	tables, err := all(q, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid", nil, scanText)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := all(q, "SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY rowid", nil, scanText)
	if err != nil {
		t.Fatal(err)
	}
	version, err := all(q, "SELECT user_version FROM pragma_user_version", nil, scanText)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "PRAGMA user_version = %s;\n%s;\n", version[0], strings.Join(schema, ";\n"))
	for _, table := range tables {
		columns, err := all(q, "SELECT name FROM pragma_table_info('"+table+"')", nil, scanText)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := all(q, "SELECT concat_ws(', ', quote("+strings.Join(columns, "), quote(")+")) FROM "+table, nil, scanText)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", table, row)
		}
	}
	return b.String()
}

type dumper struct{ db *sql.DB }

func (d dumper) query(query string, args ...any) (*sql.Rows, error) {
	return d.db.Query(query, args...)
}

// restore makes a home of a dump.
func restore(t *testing.T, folder, home string) {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(folder, "hall.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(home, "hall.db")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(script)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var digest struct{ Files map[string]datahall.Blob }
	b, err := os.ReadFile(filepath.Join(folder, "content.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &digest); err != nil {
		t.Fatal(err)
	}
	address := digest.Files["rows.jsonl"].Digest
	sealed, err := os.ReadFile(filepath.Join(folder, "rows"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "blobs", "default", address[:2])
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, address), sealed, 0o600); err != nil {
		t.Fatal(err)
	}
}
