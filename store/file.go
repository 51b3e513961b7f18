package store

import (
	"context"
	"database/sql"

	"datahall"
)

// PutFile names a blob as an output of a job.
func (s *Store) PutFile(ctx context.Context, job string, attempt int, name string, b datahall.Blob) error {
	var old string
	var row jobRow
	s.blobs.mu.RLock()
	err := s.write(ctx, func(t *tx) error {
		var err error
		if row, err = s.job(t, jobLight, datahall.AnyProject, job); err != nil {
			return err
		}
		if attempt != row.Attempts {
			return errFenced(job, attempt, row.Attempts)
		}
		if err := s.blobs.need(row.Project, map[string]datahall.Blob{name: b}); err != nil {
			return err
		}
		if _, err := one(t, "SELECT digest FROM files WHERE job = ? AND name = ?", []any{row.n, name}, []any{&old}); err != nil {
			return err
		}
		err = t.run("INSERT OR REPLACE INTO files (job, name, digest, bytes) VALUES (?, ?, ?, ?)", row.n, name, b.Digest, b.Bytes)
		if err != nil {
			return err
		}
		return firstError(
			t.run(`DELETE FROM blob_refs WHERE project = ? AND digest = ? AND owner = ?
				AND NOT EXISTS (SELECT 1 FROM files WHERE job = ? AND digest = ?)`, row.Project, old, "job/"+job, row.n, old),
			addRefs(t, row.Project, "job/"+job, []string{b.Digest}))
	})
	s.blobs.mu.RUnlock()
	if err != nil {
		return err
	}
	s.blobs.used(row.Project, b.Digest)
	if old != "" && old != b.Digest {
		s.blobs.drop(row.Project, []string{old})
	}
	return nil
}

// Files gives a job's outputs by name.
func (s *Store) Files(_ context.Context, job string) (map[string]datahall.Blob, error) {
	row, err := s.job(&s.read, jobLight, datahall.AnyProject, job)
	if err != nil {
		return nil, s.fail(err)
	}
	files := map[string]datahall.Blob{}
	_, err = all(&s.read, "SELECT name, digest, bytes FROM files WHERE job = ?", []any{row.n}, func(rows *sql.Rows) (bool, error) {
		var name string
		var b datahall.Blob
		err := rows.Scan(&name, &b.Digest, &b.Bytes)
		files[name] = b
		return true, err
	})
	return files, s.fail(err)
}

// addRefs notes that a record needs blobs.
func addRefs(t *tx, project, owner string, digests []string) error {
	for _, d := range digests {
		if err := t.run("INSERT OR IGNORE INTO blob_refs (project, digest, owner) VALUES (?, ?, ?)", project, d, owner); err != nil {
			return err
		}
	}
	return nil
}

// refsOf lists the blobs that a record needs.
func refsOf(q querier, owner string) ([]string, error) {
	return all(q, "SELECT digest FROM blob_refs WHERE owner = ?", []any{owner}, scanText)
}

func dropRefs(t *tx, owner string) error {
	return t.run("DELETE FROM blob_refs WHERE owner = ?", owner)
}

func scanText(rows *sql.Rows) (string, error) {
	var s string
	err := rows.Scan(&s)
	return s, err
}
