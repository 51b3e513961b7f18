package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"datahall"
	"datahall/trust/seal"
)

// attemptRow is an attempt with what the database alone knows of it.
type attemptRow struct {
	datahall.Attempt
	claimant string
	progress int64
}

const attemptColumns = "SELECT number, pid, boot, started, claimant, progress FROM attempts WHERE job = ?"

func scanAttempt(job string) func(*sql.Rows) (attemptRow, error) {
	return func(rows *sql.Rows) (attemptRow, error) {
		a := attemptRow{Attempt: datahall.Attempt{Job: job}}
		var started int64
		err := rows.Scan(&a.Number, &a.PID, &a.Boot, &started, &a.claimant, &a.progress)
		a.Started, a.Claimed = time.Unix(0, started).UTC(), a.claimant != ""
		return a, err
	}
}

func errFenced(job string, attempt, newest int) error {
	return datahall.Errorf(datahall.Conflict, "job %s: attempt %s was taken over by attempt %s; end this process", job, attempt, newest)
}

func errToken() error {
	return datahall.Errorf(datahall.Unauthorized, "token: it belongs to no attempt of a job; end this process")
}

// StartAttempt makes the next attempt of a queued job.
func (s *Store) StartAttempt(ctx context.Context, job string) (datahall.Attempt, error) {
	a := datahall.Attempt{Job: job, Token: seal.NewToken(), Started: s.now().UTC()}
	err := s.write(ctx, func(t *tx) error {
		row, err := s.job(t, jobColumns, datahall.AnyProject, job)
		if err != nil {
			return err
		}
		if row.State != datahall.Queued {
			return errState(row.Job)
		}
		a.Number = row.Attempts + 1
		err = t.run("INSERT INTO attempts (job, number, hash, pid, boot, started, claimant, progress) VALUES (?, ?, ?, 0, '', ?, '', 0)",
			row.n, a.Number, s.hash(a.Token), a.Started.UnixNano())
		if err != nil {
			return err
		}
		start := func(j *datahall.Job) error {
			j.State, j.Reason, j.Progress, j.Result = datahall.Starting, datahall.Message{}, datahall.Progress{}, nil
			return nil
		}
		row.Attempts, row.progressEvent = a.Number, 0
		return s.transition(t, &row, nil, start, &datahall.Event{})
	})
	if err != nil {
		return datahall.Attempt{}, err
	}
	return a, nil
}

// SetProcess notes which process was started for an attempt.
func (s *Store) SetProcess(ctx context.Context, job string, attempt, pid int, boot string) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE attempts SET pid = ?, boot = ? WHERE number = ? AND job = (SELECT n FROM jobs WHERE id = ?)", pid, boot, attempt, job)
		if err == nil && n == 0 {
			err = noJob(job)
		}
		return err
	})
}

// Claim moves the attempt's job from starting to running, once.
func (s *Store) Claim(ctx context.Context, token string, pid int, boot string) (datahall.Attempt, datahall.Job, error) {
	var a attemptRow
	var row jobRow
	claimant := strconv.Itoa(pid) + "/" + boot
	err := s.write(ctx, func(t *tx) (err error) {
		if a, row, err = s.attempt(t, token); err != nil || a.claimant == claimant {
			return err
		}
		if a.claimant != "" || row.State != datahall.Starting {
			return datahall.Errorf(datahall.Conflict, "job %s: attempt %s cannot begin, the job is %s; end this process", row.ID, a.Number, row.State)
		}
		a.PID, a.Boot, a.Claimed, a.claimant = pid, boot, true, claimant
		err = t.run("UPDATE attempts SET pid = ?, boot = ?, claimant = ? WHERE job = ? AND number = ?", pid, boot, claimant, row.n, a.Number)
		if err != nil {
			return err
		}
		return s.transition(t, &row, nil, func(j *datahall.Job) error {
			j.State = datahall.Running
			if j.Started.IsZero() {
				j.Started = s.now().UTC()
			}
			return nil
		}, &datahall.Event{})
	})
	if err != nil {
		return datahall.Attempt{}, datahall.Job{}, err
	}
	return a.Attempt, row.Job, nil
}

// AttemptByToken finds who reports.
func (s *Store) AttemptByToken(_ context.Context, token string) (datahall.Attempt, datahall.Job, error) {
	a, row, err := s.attempt(&s.read, token)
	return a.Attempt, row.Job, s.fail(err)
}

func (s *Store) attempt(q querier, token string) (a attemptRow, row jobRow, err error) {
	if !seal.WellFormed(token, seal.TokenHead) {
		return a, row, errToken()
	}
	list, err := s.jobs(q, jobColumns+" AND n = (SELECT job FROM attempts WHERE hash = ?)", []any{s.hash(token)})
	if err != nil {
		return a, row, err
	}
	if len(list) == 0 {
		return a, row, errToken()
	}
	row = list[0]
	attempts, err := all(q, attemptColumns+" AND hash = ?", []any{row.n, s.hash(token)}, scanAttempt(row.ID))
	if err != nil {
		return a, row, err
	}
	if len(attempts) == 0 {
		return a, row, errToken()
	}
	a = attempts[0]
	if a.Number != row.Attempts {
		err = errFenced(row.ID, a.Number, row.Attempts)
	}
	return a, row, err
}

// Attempts lists a job's attempts, oldest first.
func (s *Store) Attempts(_ context.Context, job string) ([]datahall.Attempt, error) {
	row, err := s.job(&s.read, jobLight, datahall.AnyProject, job)
	if err != nil {
		return nil, s.fail(err)
	}
	list, err := all(&s.read, attemptColumns+" ORDER BY number", []any{row.n}, func(rows *sql.Rows) (datahall.Attempt, error) {
		a, err := scanAttempt(job)(rows)
		return a.Attempt, err
	})
	return list, s.fail(err)
}
