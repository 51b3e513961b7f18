package store

import (
	"context"
	"database/sql"

	"datahall"
)

const runColumns = "SELECT id, project, body FROM runs WHERE 1"

func noRun(id string) error {
	return datahall.Errorf(datahall.NotFound, "run %s: there is none; see the list of runs", id)
}

// CreateRun stores the record of a training.
func (s *Store) CreateRun(ctx context.Context, run datahall.Run) (datahall.Run, error) {
	if run.ID == "" {
		run.ID = newID("run")
	}
	run.Project, run.Created = orDefault(run.Project), s.created(run.Created)
	r, err := s.ring(run.Project)
	if err != nil {
		return run, s.fail(err)
	}
	body, err := r.seal(run, "runs", run.ID)
	if err != nil {
		return run, err
	}
	err = s.write(ctx, func(t *tx) error {
		err := t.run("INSERT INTO runs (id, project, job, body) VALUES (?, ?, ?, ?)", run.ID, run.Project, run.Job, body)
		if isDuplicate(err) {
			return datahall.Errorf(datahall.Conflict, "run %s: it exists already; leave the id to the hall", run.ID).Because(err)
		}
		return err
	})
	return run, err
}

func (s *Store) scanRun(rows *sql.Rows) (datahall.Run, error) {
	var run datahall.Run
	var id, project string
	var body []byte
	if err := rows.Scan(&id, &project, &body); err != nil {
		return run, err
	}
	r, err := s.ring(project)
	if err != nil {
		return run, err
	}
	return run, r.open(body, &run, "runs", id)
}

func (s *Store) run(q querier, project, id string) (datahall.Run, error) {
	query, args, err := inProject(runColumns+" AND id = ?", project, []any{id})
	if err != nil {
		return datahall.Run{}, err
	}
	list, err := all(q, query, args, s.scanRun)
	if err == nil && len(list) == 0 {
		err = noRun(id)
	}
	if err != nil {
		return datahall.Run{}, err
	}
	return list[0], nil
}

// Run finds a run of a project.
func (s *Store) Run(_ context.Context, project, id string) (datahall.Run, error) {
	run, err := s.run(&s.read, project, id)
	return run, s.fail(err)
}

// Runs lists the newest first.
func (s *Store) Runs(_ context.Context, project string, limit int) ([]datahall.Run, error) {
	query, args, err := inProject(runColumns, project, nil)
	if err != nil {
		return nil, err
	}
	query, args = limited(query+" ORDER BY n DESC", limit, args)
	list, err := all(&s.read, query, args, s.scanRun)
	return list, s.fail(err)
}

// UpdateRun changes all of a run but its id, project, job and time.
func (s *Store) UpdateRun(ctx context.Context, id string, change func(*datahall.Run) error) (datahall.Run, error) {
	var run datahall.Run
	err := s.write(ctx, func(t *tx) (err error) {
		if run, err = s.run(t, datahall.AnyProject, id); err != nil {
			return err
		}
		old := run
		if err := change(&run); err != nil {
			return err
		}
		run.ID, run.Project, run.Job, run.Created = old.ID, old.Project, old.Job, old.Created
		r, err := s.ring(run.Project)
		if err != nil {
			return err
		}
		body, err := r.seal(run, "runs", run.ID)
		if err != nil {
			return err
		}
		return t.run("UPDATE runs SET body = ? WHERE id = ?", body, id)
	})
	return run, err
}

// DeleteRun deletes a run with its points.
func (s *Store) DeleteRun(ctx context.Context, project, id string) error {
	query, args, err := inProject("DELETE FROM runs WHERE id = ?", project, []any{id})
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(query, args...)
		if err == nil && n == 0 {
			err = noRun(id)
		}
		return err
	})
}
