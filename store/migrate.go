package store

import (
	"context"
	"embed"
	"io/fs"
	"strconv"
	"strings"

	"datahall"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schema is the newest schema's number: that of the last file.
var schema = len(migrationFiles())

func migrationFiles() []string {
	names, err := fs.Glob(migrations, "migrations/*.sql") // in order: the numbers have four digits
	if err != nil {
		panic(err)
	}
	return names
}

// migrate brings the database to the newest schema: all steps or none.
func (s *Store) migrate(t *tx) error {
	version, err := t.version()
	if err != nil {
		return err
	}
	for _, name := range migrationFiles()[version:] {
		script, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := t.conn.ExecContext(whole, string(script)); err != nil {
			return err
		}
	}
	if version < schema {
		if _, err := t.conn.ExecContext(whole, "PRAGMA user_version = "+strconv.Itoa(schema)); err != nil {
			return err
		}
	}
	if version > 0 {
		return nil
	}
	if err := t.run("INSERT INTO meta (name, value) VALUES ('master', ?)", s.master.ID().String()); err != nil {
		return err
	}
	return s.addProject(t, datahall.Project{ID: datahall.DefaultProject, Name: datahall.DefaultProject, Created: s.now().UTC()})
}

func (t *tx) version() (int, error) {
	version := 0
	if _, err := one(t, "PRAGMA user_version", nil, []any{&version}); err != nil {
		return 0, err
	}
	return version, newer(version)
}

// newer refuses a schema that this program does not know.
func newer(version int) error {
	if version <= schema {
		return nil
	}
	return datahall.Errorf(datahall.Unavailable, "home: its database was written by a newer datahall (schema %s, this one knows %s); use that program, nothing was touched", version, schema)
}

// checkMaster refuses a master key that is not the database's.
func (s *Store) checkMaster(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		version, err := t.version()
		if err != nil || version == 0 {
			return err
		}
		var id string
		if _, err := one(t, "SELECT value FROM meta WHERE name = 'master'", nil, []any{&id}); err != nil {
			return err
		}
		if id != s.master.ID().String() {
			return datahall.Errorf(datahall.Unavailable, "master key: %s is not the key of this home, which is %s; bring back the right master.key, nothing was touched", s.master.ID(), strings.TrimSpace(id))
		}
		return nil
	})
}
