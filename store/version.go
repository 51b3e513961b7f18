package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"datahall"
)

// versions keeps the immutable versions of named things: T is Dataset or Model.
type versions[T any] struct {
	*Store
	thing string
	// facts gives the places of what the table must know of a version.
	facts func(*T) facts
	// missing says that there is none.
	missing func(ref string) error
}

type facts struct {
	id, name, project *string
	version           *int
	files             map[string]datahall.Blob
	same              []string // what makes two versions one; none: nothing does
}

const versionColumns = "SELECT id, project, body FROM versions WHERE thing = ?"

// add stores a version, or gives the one that is the same. It makes v whole.
func (v versions[T]) add(ctx context.Context, x *T) (existed bool, err error) {
	f := v.facts(x)
	if err := checkName(*f.name); err != nil {
		return false, err
	}
	*f.project = orDefault(*f.project)
	ring, err := v.ring(*f.project)
	if err != nil {
		return false, v.fail(err)
	}
	if *f.id == "" {
		*f.id = newID(v.thing)
	}
	same := ""
	if len(f.same) > 0 {
		same = ring.digest.Derive("same", f.same...).ID().String()
	}
	v.blobs.mu.RLock()
	err = v.write(ctx, func(t *tx) error {
		old, err := all(t, versionColumns+" AND project = ? AND name = ? AND same = ? AND same != ''", []any{v.thing, *f.project, *f.name, same}, v.scan)
		if err != nil {
			return err
		}
		if existed = len(old) > 0; existed {
			*x = old[0]
			return nil
		}
		return v.insert(t, ring, x, f, same)
	})
	v.blobs.mu.RUnlock()
	if err == nil {
		for _, b := range f.files {
			v.blobs.used(*f.project, b.Digest)
		}
	}
	return existed, err
}

func (v versions[T]) insert(t *tx, ring *ring, x *T, f facts, same string) error {
	if err := v.blobs.need(*f.project, f.files); err != nil {
		return err
	}
	last := 0
	if _, err := one(t, "SELECT last FROM version_counts WHERE thing = ? AND project = ? AND name = ?", []any{v.thing, *f.project, *f.name}, []any{&last}); err != nil {
		return err
	}
	*f.version = last + 1
	body, err := ring.seal(x, "versions", v.thing, *f.id)
	if err != nil {
		return err
	}
	err = t.run("INSERT INTO versions (id, thing, project, name, version, same, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		*f.id, v.thing, *f.project, *f.name, *f.version, same, body)
	if isDuplicate(err) {
		return datahall.Errorf(datahall.Conflict, "id %s: it exists already; leave the id to the hall", *f.id).Because(err)
	}
	if err != nil {
		return err
	}
	digests := []string{}
	for _, b := range f.files {
		digests = append(digests, b.Digest)
	}
	return firstError(addRefs(t, *f.project, v.thing+"/"+*f.id, digests),
		t.run("INSERT OR REPLACE INTO version_counts (thing, project, name, last) VALUES (?, ?, ?, ?)", v.thing, *f.project, *f.name, *f.version))
}

func (v versions[T]) scan(rows *sql.Rows) (T, error) {
	var x T
	var id, project string
	var body []byte
	if err := rows.Scan(&id, &project, &body); err != nil {
		return x, err
	}
	ring, err := v.ring(project)
	if err != nil {
		return x, err
	}
	return x, ring.open(body, &x, "versions", v.thing, id)
}

// find gives the version that a ref means: an id, NAME@VERSION, or NAME for the latest.
func (v versions[T]) find(q querier, project, ref string) (T, error) {
	list, err := v.match(q, project, ref, " ORDER BY version DESC LIMIT 1")
	if err != nil || len(list) == 0 {
		return *new(T), err
	}
	return list[0], nil
}

// match gives all versions that a ref can mean; NotFound where there are none.
func (v versions[T]) match(q querier, project, ref, order string) ([]T, error) {
	query, args, err := inProject(versionColumns, project, []any{v.thing})
	if err != nil {
		return nil, v.fail(err)
	}
	name, number, numbered := strings.Cut(ref, "@")
	n, err := strconv.Atoi(number)
	if numbered && (err != nil || n < 1) {
		return nil, v.missing(ref)
	}
	tries := [][]any{{" AND id = ?", ref}, {" AND name = ?", name}}
	if numbered {
		tries = [][]any{{" AND name = ? AND version = ?", name, n}}
	}
	for _, try := range tries {
		list, err := all(q, query+try[0].(string)+order, append(args[:len(args):len(args)], try[1:]...), v.scan)
		if len(list) > 0 || err != nil {
			return list, v.fail(err)
		}
	}
	return nil, v.missing(ref)
}

// list gives the newest first.
func (v versions[T]) list(f datahall.VersionFilter) ([]T, error) {
	query, args, err := inProject(versionColumns, f.Project, []any{v.thing})
	if err != nil {
		return nil, err
	}
	switch {
	case f.Name != "":
		query, args = query+" AND name = ?", append(args, f.Name)
	case !f.All:
		query += " AND version = (SELECT max(version) FROM versions o WHERE o.thing = versions.thing AND o.project = versions.project AND o.name = versions.name)"
	}
	query, args = limited(query+" ORDER BY n DESC", f.Limit, args)
	list, err := all(&v.read, query, args, v.scan)
	return list, v.fail(err)
}

// remove deletes the versions that a ref means and the blobs that only they needed.
func (v versions[T]) remove(ctx context.Context, project, ref string) error {
	var list []T
	err := v.write(ctx, func(t *tx) (err error) {
		if list, err = v.match(t, project, ref, ""); err != nil {
			return err
		}
		for i := range list {
			id := *v.facts(&list[i]).id
			if err := firstError(dropRefs(t, v.thing+"/"+id), t.run("DELETE FROM versions WHERE id = ?", id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range list {
		f := v.facts(&list[i])
		for _, b := range f.files {
			v.blobs.drop(*f.project, []string{b.Digest})
		}
	}
	return nil
}
