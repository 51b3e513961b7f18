package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"

	"datahall"
)

// AppendPoints stores what a run measured.
func (s *Store) AppendPoints(ctx context.Context, run string, points []datahall.Point) error {
	return s.write(ctx, func(t *tx) error {
		n, err := runNumber(t, run)
		if err != nil {
			return err
		}
		return addPoints(t, n, points)
	})
}

func runNumber(q querier, run string) (int64, error) {
	var n int64
	found, err := one(q, "SELECT n FROM runs WHERE id = ?", []any{run}, []any{&n})
	if err == nil && !found {
		err = noRun(run)
	}
	return n, err
}

// addJobPoints stores points that a job reported in the job's runs.
func (s *Store) addJobPoints(t *tx, job string, points []datahall.Point) error {
	runs, err := all(t, "SELECT n FROM runs WHERE job = ?", []any{job}, func(rows *sql.Rows) (n int64, err error) {
		return n, rows.Scan(&n)
	})
	if err != nil {
		return err
	}
	for _, n := range runs {
		if err := addPoints(t, n, points); err != nil {
			return err
		}
	}
	return nil
}

func addPoints(t *tx, run int64, points []datahall.Point) error {
	series := map[string]int64{}
	for _, p := range points {
		if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
			continue
		}
		id, known := series[p.Name]
		if !known {
			var err error
			if id, err = seriesID(t, run, p.Name); err != nil {
				return err
			}
			series[p.Name] = id
		}
		if err := t.run("INSERT OR REPLACE INTO points (series, step, value) VALUES (?, ?, ?)", id, p.Step, p.Value); err != nil {
			return err
		}
	}
	return nil
}

func seriesID(t *tx, run int64, name string) (int64, error) {
	var id int64
	found, err := one(t, "SELECT id FROM series WHERE run = ? AND name = ?", []any{run, name}, []any{&id})
	if found || err != nil {
		return id, err
	}
	return t.insert("INSERT INTO series (run, name) VALUES (?, ?)", run, name)
}

// Points lists what a run measured, in order of name and step.
func (s *Store) Points(_ context.Context, run string, names []string, n int) ([]datahall.Point, error) {
	number, err := runNumber(&s.read, run)
	if err != nil {
		return nil, s.fail(err)
	}
	query, args := in("SELECT id, name FROM series WHERE run = ?", "name", names, []any{number})
	type line struct {
		id   int64
		name string
	}
	lines, err := all(&s.read, query, args, func(rows *sql.Rows) (l line, err error) {
		return l, rows.Scan(&l.id, &l.name)
	})
	if err != nil {
		return nil, s.fail(err)
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.name, b.name) })
	points := []datahall.Point{}
	for _, l := range lines {
		if points, err = s.line(points, l.id, l.name, n); err != nil {
			return nil, s.fail(err)
		}
	}
	return points, nil
}

// line appends one series, thinned out to n points.
func (s *Store) line(points []datahall.Point, id int64, name string, n int) (_ []datahall.Point, err error) {
	var count int
	if _, err := one(&s.read, "SELECT count(*) FROM points WHERE series = ?", []any{id}, []any{&count}); err != nil {
		return nil, err
	}
	rows, err := s.read.query("SELECT step, value FROM points WHERE series = ? ORDER BY step", id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	t := newThinner(count, n)
	for rows.Next() {
		p := datahall.Point{Name: name}
		if err := rows.Scan(&p.Step, &p.Value); err != nil {
			return nil, err
		}
		points = t.add(points, p)
	}
	return t.finish(points), rows.Err()
}

// thinner keeps at most n of count points: the first, the last, and of each of
// equal buckets between them the lowest and the highest, so that no peak is lost.
type thinner struct {
	count, buckets int // buckets 0: all are kept
	seen           int
	bucket         int
	low, high      datahall.Point
	open           bool
}

func newThinner(count, n int) *thinner {
	if n <= 0 || count <= n {
		return &thinner{count: count}
	}
	return &thinner{count: count, buckets: max(1, (n-2)/2)}
}

func (t *thinner) add(points []datahall.Point, p datahall.Point) []datahall.Point {
	i := t.seen
	t.seen++
	if t.buckets == 0 {
		return append(points, p)
	}
	if i == 0 || i >= t.count-1 { // points that came since the count are the end too
		return append(t.finish(points), p)
	}
	if b := (i - 1) * t.buckets / (t.count - 2); b != t.bucket || !t.open {
		points = t.finish(points)
		t.bucket, t.low, t.high, t.open = b, p, p, true
		return points
	}
	if p.Value < t.low.Value {
		t.low = p
	}
	if p.Value > t.high.Value {
		t.high = p
	}
	return points
}

// finish writes what the open bucket keeps, in order of step.
func (t *thinner) finish(points []datahall.Point) []datahall.Point {
	if !t.open {
		return points
	}
	t.open = false
	switch {
	case t.low.Step < t.high.Step:
		return append(points, t.low, t.high)
	case t.low.Step > t.high.Step:
		return append(points, t.high, t.low)
	}
	return append(points, t.low)
}
