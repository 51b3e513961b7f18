package access

import (
	"slices"

	"datahall"
)

// Resource is the thing asked for. Only the hall as a whole has no project.
type Resource struct {
	Project  string
	Kind     string // dataset model endpoint job run key project, or another word
	ID       string // or name, as it was asked for
	Endpoint string // its name, where it is an endpoint
}

// Decision is the answer, with its reason as data.
type Decision struct {
	Allowed bool
	Hidden  bool             // say that it does not exist
	Why     datahall.Message // of a denial
	kind    datahall.Kind
}

// Can decides whether p may do a to r.
func Can(p datahall.Principal, a Action, r Resource) Decision {
	switch {
	case p.Role == "":
		return deny(datahall.Unauthorized, datahall.Say("key: none was shown; send one as Authorization: Bearer KEY"))
	case !sees(p, a, r):
		return hide(r)
	case !allows(p.Role, a), hallWide[a] && !ofHallItself(p):
		return deny(datahall.Denied, datahall.Say("%s: the role %s may not do this; ask for a key that may", a, p.Role))
	}
	return Decision{Allowed: true}
}

// Grant decides whether p may make a key with a role, for one endpoint where
// one is named: never for more than p itself may do.
func Grant(p datahall.Principal, role datahall.Role, project, endpoint string) Decision {
	if d := Can(p, KeyCreate, Resource{Project: project, Kind: "project", ID: project}); !d.Allowed {
		return d
	}
	switch {
	case rank[role] == 0:
		return deny(datahall.Invalid, datahall.Say("role %q: there is none for a key; use admin, developer, viewer or caller", role))
	case rank[role] > rank[p.Role]:
		return deny(datahall.Denied, datahall.Say("key: the role %s is more than yours, %s; ask an admin", role, p.Role))
	case (role == caller) != (endpoint != ""):
		return deny(datahall.Invalid, datahall.Say("key: a caller's key is for one endpoint, and only a caller's; name both or neither"))
	}
	return Decision{Allowed: true}
}

// Err is nil where it is allowed, and else the error that a door answers with.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return &datahall.Error{Kind: d.kind, Message: d.Why}
}

// sees reports whether r exists for p.
func sees(p datahall.Principal, a Action, r Resource) bool {
	if r.Project == "" && !ofHall[a] {
		return false
	}
	if r.Project != "" && p.Project != datahall.AnyProject && p.Project != r.Project {
		return false
	}
	if !allows(p.Role, a) {
		return true // and is denied, in words that say why
	}
	switch p.Role {
	case caller:
		return r.Endpoint != "" && r.Endpoint == p.Endpoint
	case worker:
		return r.Kind == "job" && r.ID != "" && r.ID == p.Job
	}
	return true
}

// ofHallItself reports whether p's key is one of the hall and not of a tenant.
func ofHallItself(p datahall.Principal) bool {
	return p.Project == datahall.DefaultProject || p.Project == datahall.AnyProject
}

// allows reads the table.
func allows(role datahall.Role, a Action) bool {
	for _, r := range policy {
		if r.action == a {
			return slices.Contains(r.roles, role)
		}
	}
	return false
}

func deny(kind datahall.Kind, why datahall.Message) Decision {
	return Decision{Why: why, kind: kind}
}

// hide answers in the words of the store for what does not exist at all.
func hide(r Resource) Decision {
	return Decision{Hidden: true, kind: datahall.NotFound, Why: none(r)}
}

func none(r Resource) datahall.Message {
	switch r.Kind {
	case "dataset":
		return datahall.Say("dataset %s: there is none; see datahall dataset ls", r.ID)
	case "model":
		return datahall.Say("model %s: there is none; see datahall model ls", r.ID)
	case "endpoint":
		return datahall.Say("endpoint %s: there is none; see datahall endpoint ls", r.ID)
	case "job":
		return datahall.Say("job %s: there is none; see the list of jobs", r.ID)
	case "run":
		return datahall.Say("run %s: there is none; see the list of runs", r.ID)
	case "key":
		return datahall.Say("key %s: there is none; see the list of keys", r.ID)
	case "project":
		return datahall.Say("project %s: there is none; see the list of projects", r.ID)
	}
	return datahall.Say("%s: there is none; see the list of what there is", r.ID)
}
