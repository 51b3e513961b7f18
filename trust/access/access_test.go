package access

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"datahall"
)

var update = flag.Bool("update", false, "rewrite the golden file")

var everyRole = []datahall.Role{datahall.Admin, datahall.Developer, datahall.Viewer, datahall.Caller, datahall.Worker}

// asker is a principal of each role in project red, for endpoint mood and job j1.
func asker(role datahall.Role) datahall.Principal {
	return datahall.Principal{Role: role, Project: "red", Endpoint: "mood", Job: "j1"}
}

// own is a thing that asker's role has to do with, whatever the action.
func own(a Action, role datahall.Role) Resource {
	r := Resource{Project: "red", Kind: "dataset", ID: "d1"}
	if strings.HasPrefix(string(a), "endpoint:") {
		r.Kind, r.ID, r.Endpoint = "endpoint", "mood", "mood"
	}
	if role == datahall.Worker {
		r.Kind, r.ID = "job", "j1"
	}
	return r
}

func answer(d Decision) string {
	switch {
	case d.Allowed:
		return "yes"
	case d.Hidden:
		return "hidden"
	}
	return "-"
}

// The matrix is what an auditor reads: every role and action, on things of the
// role's own project, of another one, and of another endpoint or job.
func TestMatrix(t *testing.T) {
	var b strings.Builder
	scenes := []struct {
		title  string
		adjust func(*datahall.Principal, *Resource)
	}{
		{"on what is its own (a caller: its endpoint; a worker: its job)", func(p *datahall.Principal, _ *Resource) { p.Project = "default" }},
		{"the same, by a key of a project that is not the hall's own", func(*datahall.Principal, *Resource) {}},
		{"on another endpoint or job of the same project", func(_ *datahall.Principal, r *Resource) { r.ID, r.Endpoint = "x", "x" }},
		{"on what is another project's", func(_ *datahall.Principal, r *Resource) { r.Project = "blue" }},
	}
	for i, s := range scenes {
		fmt.Fprintf(&b, "%s\n\n%-18s", s.title, "")
		for _, role := range everyRole {
			fmt.Fprintf(&b, "%-11s", role)
		}
		for _, rule := range policy {
			fmt.Fprintf(&b, "\n%-18s", rule.action)
			for _, role := range everyRole {
				p, r := asker(role), own(rule.action, role)
				s.adjust(&p, &r)
				if i == 0 {
					r.Project = "default"
				}
				fmt.Fprintf(&b, "%-11s", answer(Can(p, rule.action, r)))
			}
		}
		b.WriteString("\n\n\n")
	}
	got := trimLines(b.String())
	if *update {
		if err := os.WriteFile("testdata/matrix.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the policy gives\n%s\nbut testdata/matrix.txt says otherwise; go test -update and review the difference", got)
	}
}

func trimLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		p    datahall.Principal
		a    Action
		r    Resource
		kind datahall.Kind
	}{
		{"nobody", datahall.Principal{}, HallRead, Resource{}, datahall.Unauthorized},
		{"a role that is none", datahall.Principal{Role: "root", Project: "red"}, DatasetRead, Resource{Project: "red"}, datahall.Denied},
		{"an action that is none", asker(datahall.Admin), "dataset:eat", Resource{Project: "red"}, datahall.Denied},
		{"a thing without a project", asker(datahall.Admin), DatasetRead, Resource{Kind: "dataset", ID: "d"}, datahall.NotFound},
		{"a principal without a project", datahall.Principal{Role: datahall.Admin}, DatasetRead, Resource{Project: "red"}, datahall.NotFound},
		{"a caller that names no endpoint", asker(datahall.Caller), EndpointCall, Resource{Project: "red"}, datahall.NotFound},
		{"a caller for no endpoint", datahall.Principal{Role: datahall.Caller, Project: "red"}, EndpointCall, Resource{Project: "red"}, datahall.NotFound},
		{"a caller that wants data", asker(datahall.Caller), DatasetRead, Resource{Project: "red"}, datahall.Denied},
		{"a worker for no job", datahall.Principal{Role: datahall.Worker, Project: "red"}, WorkReport, Resource{Project: "red", Kind: "job"}, datahall.NotFound},
		{"a worker that reads another job", asker(datahall.Worker), JobRead, Resource{Project: "red", Kind: "job", ID: "j2"}, datahall.Denied},
		{"a tenant's admin that stops the hall", asker(datahall.Admin), HallStop, Resource{}, datahall.Denied},
	} {
		d := Can(c.p, c.a, c.r)
		if d.Allowed || datahall.KindOf(d.Err()) != c.kind {
			t.Errorf("%s: %v %v, want %s", c.name, d.Allowed, d.Err(), c.kind)
		}
	}
}

func TestAHallsKeySeesAllProjects(t *testing.T) {
	p := datahall.Principal{Role: datahall.Admin, Project: datahall.AnyProject}
	for _, rule := range policy {
		want := rule.action != WorkReport
		if d := Can(p, rule.action, Resource{Project: "blue", Kind: "job", ID: "j", Endpoint: "e"}); d.Allowed != want {
			t.Errorf("%s: %v, want %v", rule.action, d.Allowed, want)
		}
	}
}

func TestEveryActionIsInTheTableOnce(t *testing.T) {
	seen := map[Action]bool{}
	for _, r := range policy {
		if seen[r.action] {
			t.Errorf("%s twice", r.action)
		}
		seen[r.action] = true
	}
	for a := range ofHall {
		if !seen[a] {
			t.Errorf("%s is of the hall, but not in the table", a)
		}
	}
	for a := range hallWide {
		if !ofHall[a] {
			t.Errorf("%s is hall-wide, but not of the hall", a)
		}
	}
}

// A key never makes a key that can do more: whatever the made key may do, its
// maker may do too.
func TestGrantGivesNoMoreThanOneHas(t *testing.T) {
	for _, maker := range everyRole {
		for _, role := range everyRole {
			endpoint := ""
			if role == datahall.Caller {
				endpoint = "mood"
			}
			if !Grant(asker(maker), role, "red", endpoint).Allowed {
				continue
			}
			for _, rule := range policy {
				r := own(rule.action, role)
				if Can(asker(role), rule.action, r).Allowed && !Can(asker(maker), rule.action, r).Allowed {
					t.Errorf("%s makes a key for %s, which may do %s", maker, role, rule.action)
				}
			}
		}
	}
	for _, c := range []struct {
		maker, role       datahall.Role
		project, endpoint string
		want              bool
	}{
		{datahall.Admin, datahall.Admin, "red", "", true},
		{datahall.Admin, datahall.Admin, "blue", "", false},
		{datahall.Developer, datahall.Caller, "red", "mood", true},
		{datahall.Developer, datahall.Admin, "red", "", false},
		{datahall.Admin, datahall.Caller, "red", "", false},
		{datahall.Admin, datahall.Viewer, "red", "mood", false},
		{datahall.Admin, datahall.Worker, "red", "", false},
		{datahall.Viewer, datahall.Viewer, "red", "", false},
	} {
		if d := Grant(asker(c.maker), c.role, c.project, c.endpoint); d.Allowed != c.want {
			t.Errorf("%s makes %s in %s for %q: %v (%v), want %v", c.maker, c.role, c.project, c.endpoint, d.Allowed, d.Err(), c.want)
		}
	}
}
