package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"datahall"
)

// PutSetting stores a value under a name.
func (s *Store) PutSetting(ctx context.Context, project, name string, value any) error {
	if err := checkName(name); err != nil {
		return err
	}
	r, err := s.ring(project)
	if err != nil {
		return s.fail(err)
	}
	body, err := r.seal(value, "settings", project, name)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		return t.run("INSERT OR REPLACE INTO settings (project, name, body) VALUES (?, ?, ?)", project, name, body)
	})
}

// Setting decodes a value; false where none is set.
func (s *Store) Setting(_ context.Context, project, name string, into any) (bool, error) {
	r, err := s.ring(project)
	if err != nil {
		return false, s.fail(err)
	}
	var body []byte
	found, err := one(&s.read, "SELECT body FROM settings WHERE project = ? AND name = ?", []any{project, name}, []any{&body})
	if err != nil || !found {
		return false, s.fail(err)
	}
	return true, r.open(body, into, "settings", project, name)
}

// Settings gives all values of a project, or of the hall, by name.
func (s *Store) Settings(_ context.Context, project string) (map[string]json.RawMessage, error) {
	r, err := s.ring(project)
	if err != nil {
		return nil, s.fail(err)
	}
	values := map[string]json.RawMessage{}
	_, err = all(&s.read, "SELECT name, body FROM settings WHERE project = ?", []any{project}, func(rows *sql.Rows) (bool, error) {
		var name string
		var body []byte
		if err := rows.Scan(&name, &body); err != nil {
			return false, err
		}
		var v json.RawMessage
		err := r.open(body, &v, "settings", project, name)
		values[name] = v
		return true, err
	})
	return values, s.fail(err)
}

// DeleteSetting unsets a value.
func (s *Store) DeleteSetting(ctx context.Context, project, name string) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec("DELETE FROM settings WHERE project = ? AND name = ?", project, name)
		if err == nil && n == 0 {
			err = datahall.Errorf(datahall.NotFound, "setting %s: it is not set; see the list of settings", name)
		}
		return err
	})
}
