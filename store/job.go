package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"datahall"
)

// jobRow is a job with what the database alone knows of it.
type jobRow struct {
	datahall.Job
	n             int64
	ring          *ring
	lastEvent     int64
	progressEvent int64
}

const (
	jobColumns = "SELECT n, id, project, last_event, progress_event, spec, progress, body FROM jobs WHERE 1"
	// jobLight leaves the specification out, which can be long.
	jobLight = "SELECT n, id, project, last_event, progress_event, NULL, progress, body FROM jobs WHERE 1"
)

func noJob(id string) error {
	return datahall.Errorf(datahall.NotFound, "job %s: there is none; see the list of jobs", id)
}

func errState(j datahall.Job) error {
	return datahall.Errorf(datahall.Conflict, "job %s: it is %s by now; look at it again", j.ID, j.State)
}

// jobBody is a job without what stands in columns of its own.
func jobBody(j datahall.Job) datahall.Job {
	j.Spec, j.Progress = nil, datahall.Progress{}
	return j
}

// CreateJob stores a queued job with its first event.
func (s *Store) CreateJob(ctx context.Context, j datahall.Job) (datahall.Job, error) {
	if j.ID == "" {
		j.ID = newID("job")
	}
	j.Project, j.State, j.Attempts, j.Created = orDefault(j.Project), datahall.Queued, 0, s.created(j.Created)
	if len(j.Spec) == 0 {
		j.Spec = json.RawMessage("{}")
	}
	if !json.Valid(j.Spec) {
		return j, datahall.Errorf(datahall.Invalid, "job: its specification is not JSON; send an object")
	}
	r, err := s.ring(j.Project)
	if err != nil {
		return j, s.fail(err)
	}
	row := &jobRow{Job: j, ring: r}
	spec, err1 := r.seal(j.Spec, "jobs", "spec", j.ID)
	progress, err2 := r.seal(j.Progress, "jobs", "progress", j.ID)
	body, err3 := r.seal(jobBody(j), "jobs", "body", j.ID)
	if err := firstError(err1, err2, err3); err != nil {
		return j, err
	}
	named := blobsIn(j.Spec)
	s.blobs.mu.RLock()
	err = s.write(ctx, func(t *tx) (err error) {
		row.n, err = t.insert(`INSERT INTO jobs (id, project, kind, state, generation, last_event, progress_event, spec, progress, body)
			VALUES (?, ?, ?, ?, ?, 1, 0, ?, ?, ?)`, j.ID, j.Project, j.Kind, string(j.State), len(r.keys), spec, progress, body)
		if isDuplicate(err) {
			return datahall.Errorf(datahall.Conflict, "job %s: it exists already; leave the id to the hall", j.ID).Because(err)
		}
		if err != nil {
			return err
		}
		if err := addRefs(t, j.Project, "spec/"+j.ID, named); err != nil {
			return err
		}
		return s.addEvent(t, row, &datahall.Event{Message: j.Reason})
	})
	s.blobs.mu.RUnlock()
	for _, d := range named {
		s.blobs.used(j.Project, d)
	}
	return j, err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// blobsIn finds the blobs that a specification names: every object with a
// digest of ours and a length.
func blobsIn(spec json.RawMessage) []string {
	var found []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			digest, _ := v["digest"].(string)
			if _, ok := v["bytes"].(float64); ok && isDigest(digest) {
				found = append(found, digest)
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	var v any
	if strings.Contains(string(spec), `"digest"`) && json.Unmarshal(spec, &v) == nil {
		walk(v)
	}
	return found
}

// Job finds a job of a project.
func (s *Store) Job(_ context.Context, project, id string) (datahall.Job, error) {
	row, err := s.job(&s.read, jobColumns, project, id)
	return row.Job, s.fail(err)
}

func (s *Store) job(q querier, columns, project, id string) (jobRow, error) {
	query, args, err := inProject(columns+" AND id = ?", project, []any{id})
	if err != nil {
		return jobRow{}, err
	}
	list, err := s.jobs(q, query, args)
	if err == nil && len(list) == 0 {
		err = noJob(id)
	}
	if err != nil {
		return jobRow{}, err
	}
	return list[0], nil
}

// Jobs lists the newest first.
func (s *Store) Jobs(_ context.Context, f datahall.JobFilter) ([]datahall.Job, error) {
	query, args, err := inProject(jobColumns, f.Project, nil)
	if err != nil {
		return nil, err
	}
	query, args = in(query, "state", f.States, args)
	if f.Kind != "" {
		query, args = query+" AND kind = ?", append(args, f.Kind)
	}
	query, args = limited(query+" ORDER BY n DESC", f.Limit, args)
	rows, err := s.jobs(&s.read, query, args)
	if err != nil {
		return nil, s.fail(err)
	}
	list := make([]datahall.Job, len(rows))
	for i, r := range rows {
		list[i] = r.Job
	}
	return list, nil
}

func (s *Store) jobs(q querier, query string, args []any) ([]jobRow, error) {
	return all(q, query, args, func(rows *sql.Rows) (jobRow, error) {
		var r jobRow
		var id, project string
		var spec, progress, body []byte
		if err := rows.Scan(&r.n, &id, &project, &r.lastEvent, &r.progressEvent, &spec, &progress, &body); err != nil {
			return r, err
		}
		var err error
		if r.ring, err = s.ring(project); err != nil {
			return r, err
		}
		if err := firstError(
			r.ring.open(body, &r.Job, "jobs", "body", id),
			r.ring.open(progress, &r.Progress, "jobs", "progress", id)); err != nil || spec == nil {
			return r, err
		}
		return r, r.ring.open(spec, &r.Spec, "jobs", "spec", id)
	})
}

// Transition changes a job and writes the event that says so.
func (s *Store) Transition(ctx context.Context, id string, from []datahall.JobState, change func(*datahall.Job) error, e datahall.Event) (datahall.Job, error) {
	var row jobRow
	err := s.write(ctx, func(t *tx) error {
		var err error
		if row, err = s.job(t, jobColumns, datahall.AnyProject, id); err != nil {
			return err
		}
		return s.transition(t, &row, from, change, &e)
	})
	if err != nil {
		return datahall.Job{}, err
	}
	if row.State.Ended() {
		s.blobs.drop(row.Project, blobsIn(row.Spec))
	}
	return row.Job, nil
}

func (s *Store) transition(t *tx, row *jobRow, from []datahall.JobState, change func(*datahall.Job) error, e *datahall.Event) error {
	if len(from) > 0 && !slices.Contains(from, row.State) {
		return errState(row.Job)
	}
	if change != nil {
		before := row.Job
		if err := change(&row.Job); err != nil {
			return err
		}
		j := &row.Job
		j.ID, j.Project, j.Kind, j.Spec, j.Attempts, j.Created = before.ID, before.Project, before.Kind, before.Spec, before.Attempts, before.Created
	}
	if row.State.Ended() {
		if row.Ended.IsZero() {
			row.Ended = s.now().UTC()
		}
		if err := dropRefs(t, "spec/"+row.ID); err != nil {
			return err
		}
	}
	if err := s.addEvent(t, row, e); err != nil {
		return err
	}
	return s.putJob(t, row)
}

// putJob writes all of a job but its specification.
func (s *Store) putJob(t *tx, row *jobRow) error {
	progress, err1 := row.ring.seal(row.Progress, "jobs", "progress", row.ID)
	body, err2 := row.ring.seal(jobBody(row.Job), "jobs", "body", row.ID)
	if err := firstError(err1, err2); err != nil {
		return err
	}
	return t.run("UPDATE jobs SET state = ?, last_event = ?, progress_event = ?, progress = ?, body = ? WHERE n = ?",
		string(row.State), row.lastEvent, row.progressEvent, progress, body, row.n)
}

// DeleteJob forgets an ended job.
func (s *Store) DeleteJob(ctx context.Context, project, id string) error {
	var row jobRow
	var files []string
	err := s.write(ctx, func(t *tx) error {
		var err error
		if row, err = s.job(t, jobLight, project, id); err != nil {
			return err
		}
		if !row.State.Ended() {
			return datahall.Errorf(datahall.Conflict, "job %s: it is %s; cancel it first", id, row.State)
		}
		if files, err = refsOf(t, "job/"+id); err != nil {
			return err
		}
		return firstError(dropRefs(t, "job/"+id), t.run("DELETE FROM jobs WHERE n = ?", row.n))
	})
	if err == nil {
		s.blobs.drop(row.Project, files)
	}
	return err
}
