package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"datahall"
)

// addEvent gives an event of the hall itself its place.
func (s *Store) addEvent(t *tx, row *jobRow, e *datahall.Event) error {
	e.Seq = 0
	if e.Kind == "" {
		e.Kind = datahall.StateEvent
	}
	if e.Attempt == 0 {
		e.Attempt = row.Attempts
	}
	if e.Kind == datahall.StateEvent && e.State == "" {
		e.State = row.State
	}
	_, err := s.insertEvent(t, row, e)
	return err
}

// insertEvent stores an event unless its sender has sent it before; where it is
// new, its Seq becomes its place in the job's history. The caller writes
// row.lastEvent down.
func (s *Store) insertEvent(t *tx, row *jobRow, e *datahall.Event) (bool, error) {
	var sender any
	if e.Seq > 0 {
		sender = e.Seq
		if known, err := one(t, "SELECT 1 FROM events WHERE job = ? AND attempt = ? AND sender = ?", []any{row.n, e.Attempt, sender}, []any{new(int)}); known || err != nil {
			return false, err
		}
	}
	row.lastEvent++
	e.Seq, e.Job, e.Time = row.lastEvent, row.ID, s.created(e.Time)
	body, err := row.ring.seal(e, eventPlace(row.ID, e.Seq)...)
	if err != nil {
		return false, err
	}
	err = t.run("INSERT INTO events (job, seq, attempt, sender, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
		row.n, e.Seq, e.Attempt, sender, string(e.Kind), body)
	if err != nil {
		return false, err
	}
	return true, nil
}

func eventPlace(job string, seq int64) []string {
	return []string{"events", job, strconv.FormatInt(seq, 10)}
}

// AppendEvents stores an attempt's events and gives those that are new.
func (s *Store) AppendEvents(ctx context.Context, job string, attempt int, events []datahall.Event) ([]datahall.Event, error) {
	var fresh []datahall.Event
	err := s.write(ctx, func(t *tx) error {
		row, err := s.job(t, jobLight, datahall.AnyProject, job)
		if err != nil {
			return err
		}
		if attempt != row.Attempts {
			return errFenced(job, attempt, row.Attempts)
		}
		a := appender{store: s, tx: t, row: &row, attempt: attempt}
		for _, e := range events {
			if err := a.add(e); err != nil {
				return err
			}
		}
		fresh = a.fresh
		return a.finish()
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// appender adds the events of one report.
type appender struct {
	store    *Store
	tx       *tx
	row      *jobRow
	attempt  int
	fresh    []datahall.Event
	progress int64 // the sender's number of the last progress event, once read
	moved    bool
}

func (a *appender) add(e datahall.Event) error {
	e.Attempt = a.attempt
	if e.Kind == datahall.ProgressEvent {
		return a.addProgress(e)
	}
	isNew, err := a.store.insertEvent(a.tx, a.row, &e)
	if err != nil || !isNew {
		return err
	}
	a.fresh = append(a.fresh, e)
	if e.Kind == datahall.MetricEvent {
		return a.store.addJobPoints(a.tx, a.row.ID, e.Points)
	}
	return nil
}

// addProgress stores a progress event in place of the one before it of the
// same stage: a week of progress is one row a stage.
func (a *appender) addProgress(e datahall.Event) error {
	if e.Progress == nil {
		return datahall.Errorf(datahall.Invalid, "report: a progress event without progress; mend the program that sends it")
	}
	if !a.moved {
		if _, err := one(a.tx, "SELECT progress FROM attempts WHERE job = ? AND number = ?", []any{a.row.n, a.attempt}, []any{&a.progress}); err != nil {
			return err
		}
	}
	if e.Seq > 0 && e.Seq <= a.progress {
		return nil
	}
	a.moved, a.progress = true, max(a.progress, e.Seq)
	if a.row.progressEvent > 0 && a.row.Progress.Stage.String() == e.Progress.Stage.String() {
		if err := a.tx.run("DELETE FROM events WHERE job = ? AND seq = ?", a.row.n, a.row.progressEvent); err != nil {
			return err
		}
	}
	e.Seq = 0 // its number stands in the attempt
	if _, err := a.store.insertEvent(a.tx, a.row, &e); err != nil {
		return err
	}
	a.row.Progress, a.row.progressEvent = *e.Progress, e.Seq
	a.fresh = append(a.fresh, e)
	return nil
}

func (a *appender) finish() error {
	if !a.moved {
		return a.tx.run("UPDATE jobs SET last_event = ? WHERE n = ?", a.row.lastEvent, a.row.n)
	}
	err := a.tx.run("UPDATE attempts SET progress = ? WHERE job = ? AND number = ?", a.progress, a.row.n, a.attempt)
	if err != nil {
		return err
	}
	return a.store.putJob(a.tx, a.row)
}

// Events lists what happened to a job after an event's number.
func (s *Store) Events(_ context.Context, job string, after int64, kinds []datahall.EventKind, limit int) ([]datahall.Event, error) {
	row, err := s.job(&s.read, jobLight, datahall.AnyProject, job)
	if err != nil {
		return nil, s.fail(err)
	}
	query, args := in("SELECT seq, body FROM events WHERE job = ? AND seq > ?", "kind", kinds, []any{row.n, after})
	last := limit < 0
	if last {
		query, limit = query+" ORDER BY seq DESC", -limit
	} else {
		query += " ORDER BY seq"
	}
	query, args = limited(query, limit, args)
	list, err := all(&s.read, query, args, func(rows *sql.Rows) (datahall.Event, error) {
		var seq int64
		var body []byte
		var e datahall.Event
		if err := rows.Scan(&seq, &body); err != nil {
			return e, err
		}
		return e, row.ring.open(body, &e, eventPlace(job, seq)...)
	})
	if last {
		slices.Reverse(list)
	}
	return list, s.fail(err)
}
