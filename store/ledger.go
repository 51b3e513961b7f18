package store

import (
	"context"
	"database/sql"
	"time"

	"datahall"
)

// AddEntry writes a line of the ledger, once for each id.
func (s *Store) AddEntry(ctx context.Context, e datahall.LedgerEntry) error {
	if e.ID == "" {
		e.ID = newID("entry")
	}
	e.Project, e.Time = orDefault(e.Project), s.created(e.Time)
	u := e.Usage
	return s.write(ctx, func(t *tx) error {
		return t.run(`INSERT OR IGNORE INTO ledger (id, project, time, kind, subject, name, key, wall, cpu, joules, source, error, cost, currency, grams)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.ID, e.Project, e.Time.UnixNano(), e.Kind, e.Subject, e.Name, e.Key,
			u.WallSeconds, u.CPUSeconds, u.Joules, u.EnergySource, u.EnergyError, u.Cost, u.Currency, u.GramsCO2)
	})
}

// filtered adds a filter's conditions to a query whose WHERE has begun.
func filtered(query string, f datahall.LedgerFilter) (string, []any, error) {
	query, args, err := inProject(query, f.Project, nil)
	if err != nil {
		return "", nil, err
	}
	query, args = equal(query, "subject", f.Subject, args)
	query, args = equal(query, "kind", f.Kind, args)
	if !f.Since.IsZero() {
		query, args = query+" AND time >= ?", append(args, f.Since.UnixNano())
	}
	if !f.Until.IsZero() {
		query, args = query+" AND time < ?", append(args, f.Until.UnixNano())
	}
	return query, args, nil
}

// equal adds a condition; none for an empty value.
func equal(query, column, value string, args []any) (string, []any) {
	if value == "" {
		return query, args
	}
	return query + " AND " + column + " = ?", append(args, value)
}

// Entries lists lines of the ledger, newest first.
func (s *Store) Entries(_ context.Context, f datahall.LedgerFilter) ([]datahall.LedgerEntry, error) {
	query, args, err := filtered(`SELECT id, project, time, kind, subject, name, key, wall, cpu, joules, source, error, cost, currency, grams
		FROM ledger WHERE 1`, f)
	if err != nil {
		return nil, err
	}
	query, args = limited(query+" ORDER BY time DESC, n DESC", f.Limit, args)
	list, err := all(&s.read, query, args, func(rows *sql.Rows) (datahall.LedgerEntry, error) {
		var e datahall.LedgerEntry
		var at int64
		u := &e.Usage
		err := rows.Scan(&e.ID, &e.Project, &at, &e.Kind, &e.Subject, &e.Name, &e.Key, &u.WallSeconds, &u.CPUSeconds,
			&u.Joules, &u.EnergySource, &u.EnergyError, &u.Cost, &u.Currency, &u.GramsCO2)
		e.Time = time.Unix(0, at).UTC()
		return e, err
	})
	return list, s.fail(err)
}

// groups are the columns that totals are made by.
var groups = map[datahall.LedgerGroup]string{
	datahall.BySubject: "subject",
	datahall.ByKind:    "kind",
	datahall.ByProject: "project",
	datahall.ByKey:     "key",
	datahall.ByDay:     "date(time / 1000000000, 'unixepoch')",
}

// Totals sums the ledger by group and currency, the latest first. The band of a
// sum is the widest of its lines, its source the weakest, as [datahall.Usage.Plus] has it.
func (s *Store) Totals(_ context.Context, f datahall.LedgerFilter, by datahall.LedgerGroup) ([]datahall.LedgerTotal, error) {
	group, ok := groups[by]
	if !ok {
		return nil, datahall.Errorf(datahall.Invalid, "ledger: %q is nothing to sum by; use subject, kind, project, key or day", by)
	}
	query, args, err := filtered(`SELECT `+group+`, max(name), min(kind), max(kind), min(project), max(project), count(*), max(time), sum(wall), sum(cpu), sum(joules),
		CASE WHEN sum(source = 'modelled') > 0 THEN 'modelled' ELSE max(source) END, max(error), sum(cost), currency, sum(grams)
		FROM ledger WHERE 1`, f)
	if err != nil {
		return nil, err
	}
	query, args = limited(query+" GROUP BY 1, currency ORDER BY max(time) DESC, 1", f.Limit, args)
	list, err := all(&s.read, query, args, func(rows *sql.Rows) (datahall.LedgerTotal, error) {
		t, err := scanTotal(rows)
		if by != datahall.BySubject {
			t.Name = ""
		}
		return t, err
	})
	return list, s.fail(err)
}

// scanTotal keeps kind and project where all lines have the same one.
func scanTotal(rows *sql.Rows) (datahall.LedgerTotal, error) {
	var t datahall.LedgerTotal
	var last int64
	var kind, project string
	u := &t.Usage
	err := rows.Scan(&t.Group, &t.Name, &t.Kind, &kind, &t.Project, &project, &t.Entries, &last, &u.WallSeconds, &u.CPUSeconds,
		&u.Joules, &u.EnergySource, &u.EnergyError, &u.Cost, &u.Currency, &u.GramsCO2)
	if kind != t.Kind {
		t.Kind = ""
	}
	if project != t.Project {
		t.Project = ""
	}
	t.Last = time.Unix(0, last).UTC()
	return t, err
}
