package store

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"time"

	"datahall"
	"datahall/trust/seal"
)

// slug is what a project's id looks like: it is a folder's name too.
var slug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CreateProject makes a project and its key.
func (s *Store) CreateProject(ctx context.Context, p datahall.Project) (datahall.Project, error) {
	if err := checkName(p.Name); err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = p.Name
		if !slug.MatchString(p.ID) {
			p.ID = newID("project")
		}
	}
	if !slug.MatchString(p.ID) {
		return p, datahall.Errorf(datahall.Invalid, "project %q: this cannot be an id; use a-z, 0-9 and hyphens inside", p.ID)
	}
	p.Created = s.created(p.Created)
	return p, s.write(ctx, func(t *tx) error { return s.addProject(t, p) })
}

func (s *Store) addProject(t *tx, p datahall.Project) error {
	err := t.run("INSERT INTO projects (id, name, created) VALUES (?, ?, ?)", p.ID, p.Name, p.Created.UnixNano())
	if isDuplicate(err) {
		return datahall.Errorf(datahall.Conflict, "project %s: it exists already; choose another name", p.Name).Because(err)
	}
	if err != nil {
		return err
	}
	wrapped := s.master.Wrap(seal.NewKey(), keyOwner(p.ID))
	return t.run("INSERT INTO project_keys (project, generation, wrapped) VALUES (?, 1, ?)", p.ID, wrapped)
}

func keyOwner(project string) string { return "project/" + project }

// projectKeys unwraps a project's keys, by generation.
func (s *Store) projectKeys(project string) ([]seal.Key, error) {
	if project == "" {
		return nil, datahall.Errorf(datahall.Invalid, "project: none was named; name one")
	}
	keys, err := all(&s.keys, "SELECT wrapped FROM project_keys WHERE project = ? ORDER BY generation", []any{project}, func(rows *sql.Rows) (seal.Key, error) {
		var wrapped []byte
		if err := rows.Scan(&wrapped); err != nil {
			return seal.Key{}, err
		}
		return s.master.Unwrap(wrapped, keyOwner(project))
	})
	if err == nil && len(keys) == 0 {
		err = noProject(project)
	}
	return keys, err
}

func noProject(ref string) error {
	return datahall.Errorf(datahall.NotFound, "project %s: there is none; see the list of projects", ref)
}

const projectColumns = "SELECT id, name, created FROM projects"

func scanProject(rows *sql.Rows) (datahall.Project, error) {
	var p datahall.Project
	var created int64
	err := rows.Scan(&p.ID, &p.Name, &created)
	p.Created = time.Unix(0, created).UTC()
	return p, err
}

// Project finds a project by id or name.
func (s *Store) Project(_ context.Context, ref string) (datahall.Project, error) {
	list, err := all(&s.read, projectColumns+" WHERE id = ? OR name = ? ORDER BY id != ?", []any{ref, ref, ref}, scanProject)
	if err != nil {
		return datahall.Project{}, s.fail(err)
	}
	if len(list) == 0 {
		return datahall.Project{}, noProject(ref)
	}
	return list[0], nil
}

// Projects lists all by name.
func (s *Store) Projects(context.Context) ([]datahall.Project, error) {
	list, err := all(&s.read, projectColumns+" ORDER BY name", nil, scanProject)
	return list, s.fail(err)
}

// ofProject are the tables whose rows go with their project; what hangs on
// these goes by itself. The ledger stays, without names: the sums must close.
var ofProject = []string{"keys", "jobs", "blob_refs", "versions", "version_counts", "endpoints", "runs", "settings", "project_keys"}

// DeleteProject destroys the key of a project, so that its blobs and sealed
// columns open nowhere any more, and then deletes them.
func (s *Store) DeleteProject(ctx context.Context, id string) error {
	if id == datahall.DefaultProject {
		return datahall.Errorf(datahall.Conflict, "project %s: it is the one for whoever names none; delete what is in it instead", id)
	}
	err := s.write(ctx, func(t *tx) error {
		for _, table := range ofProject {
			if err := t.run("DELETE FROM "+table+" WHERE project = ?", id); err != nil {
				return err
			}
		}
		if err := t.run("UPDATE ledger SET name = '' WHERE project = ?", id); err != nil {
			return err
		}
		n, err := t.exec("DELETE FROM projects WHERE id = ?", id)
		if err == nil && n == 0 {
			err = noProject(id)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.forget(id)
	if err := s.checkpoint(ctx); err != nil {
		return err
	}
	return s.fail(os.RemoveAll(s.blobs.folder(id)))
}

// JobKey gives the data key of a job.
func (s *Store) JobKey(_ context.Context, project, job string) ([32]byte, error) {
	var generation int
	found, err := one(&s.read, "SELECT generation FROM jobs WHERE id = ? AND project = ?", []any{job, project}, []any{&generation})
	if err != nil {
		return [32]byte{}, s.fail(err)
	}
	if !found {
		return [32]byte{}, noJob(job)
	}
	r, err := s.ring(project)
	if err != nil {
		return [32]byte{}, s.fail(err)
	}
	return r.keys[generation-1].Derive("job", job), nil
}
