package store

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"datahall"
	"datahall/trust/seal"
)

const keyColumns = "SELECT id, project, hash, last_used, body FROM keys WHERE 1"

func errKey() error {
	return datahall.Errorf(datahall.Unauthorized, "key: it is not one of this hall, or was deleted or has expired; ask for a new one")
}

func noKey(ref string) error {
	return datahall.Errorf(datahall.NotFound, "key %s: there is none; see the list of keys", ref)
}

// CreateKey makes a key and gives its secret, this once.
func (s *Store) CreateKey(ctx context.Context, k datahall.Key) (datahall.Key, string, error) {
	if err := checkName(k.Name); err != nil {
		return k, "", err
	}
	secret := seal.NewAPIKey()
	k.ID, k.Project, k.State, k.Created = newID("key"), orDefault(k.Project), "active", s.created(k.Created)
	k.Prefix, k.Hash, k.LastUsed = seal.Prefix(secret), s.hash(secret), time.Time{}
	r, err := s.ring(k.Project)
	if err != nil {
		return k, "", s.fail(err)
	}
	body, err := r.seal(k, "keys", k.Project, k.ID, k.Hash)
	if err != nil {
		return k, "", err
	}
	err = s.write(ctx, func(t *tx) error {
		err := t.run("INSERT INTO keys (id, project, name, endpoint, hash, last_used, body) VALUES (?, ?, ?, ?, ?, 0, ?)",
			k.ID, k.Project, k.Name, k.Endpoint, k.Hash, body)
		if isDuplicate(err) {
			return datahall.Errorf(datahall.Conflict, "key %s: it exists already; choose another name", k.Name).Because(err)
		}
		return err
	})
	if err != nil {
		return k, "", err
	}
	return k, secret, nil
}

// hash is what is kept of a secret or a token.
func (s *Store) hash(secret string) string {
	return seal.HashSecret(s.master.Derive("secrets"), secret)
}

// KeyBySecret finds the key that was shown.
func (s *Store) KeyBySecret(_ context.Context, secret string) (datahall.Key, error) {
	if !seal.WellFormed(secret, seal.APIKeyHead) {
		return datahall.Key{}, errKey()
	}
	hash := s.hash(secret)
	list, err := all(&s.read, keyColumns+" AND hash = ?", []any{hash}, s.scanKey)
	if err != nil {
		return datahall.Key{}, s.fail(err)
	}
	if len(list) != 1 || !seal.SameHash(list[0].Hash, hash) || list[0].State != "active" {
		return datahall.Key{}, errKey()
	}
	s.uses.note(list[0].ID, s.now())
	return list[0], nil
}

// Keys lists a project's keys, newest first.
func (s *Store) Keys(_ context.Context, project string) ([]datahall.Key, error) {
	query, args, err := inProject(keyColumns, project, nil)
	if err != nil {
		return nil, err
	}
	list, err := all(&s.read, query+" ORDER BY rowid DESC", args, s.scanKey)
	return list, s.fail(err)
}

// DeleteKey makes a key worthless from now on.
func (s *Store) DeleteKey(ctx context.Context, project, ref string) error {
	query, args, err := inProject("DELETE FROM keys WHERE (id = ? OR name = ?)", project, []any{ref, ref})
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(query, args...)
		if err == nil && n == 0 {
			err = noKey(ref)
		}
		return err
	})
}

func (s *Store) scanKey(rows *sql.Rows) (datahall.Key, error) {
	var k datahall.Key
	var id, project, hash string
	var used int64
	var body []byte
	if err := rows.Scan(&id, &project, &hash, &used, &body); err != nil {
		return k, err
	}
	r, err := s.ring(project)
	if err != nil {
		return k, err
	}
	if err := r.open(body, &k, "keys", project, id, hash); err != nil {
		return k, err
	}
	k.Hash, k.LastUsed = hash, s.uses.last(id, used)
	if !k.Expires.IsZero() && !s.now().Before(k.Expires) {
		k.State = "expired"
	}
	return k, nil
}

// uses remembers when keys were used and writes it down at most once a second.
type uses struct {
	store   *Store
	mu      sync.Mutex
	at      map[string]time.Time // not yet written
	pending *time.Timer
	writing sync.Mutex
}

func (u *uses) note(id string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at[id] = now
	if u.pending == nil {
		u.pending = time.AfterFunc(time.Second, u.flush)
	}
}

// last is the latest use, written or not.
func (u *uses) last(id string, written int64) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at, ok := u.at[id]; ok {
		return at.UTC()
	}
	if written == 0 {
		return time.Time{}
	}
	return time.Unix(0, written).UTC()
}

// flush writes down what was noted. Its failure loses a date, nothing else.
func (u *uses) flush() {
	u.writing.Lock()
	defer u.writing.Unlock()
	u.mu.Lock()
	at := u.at
	u.at = map[string]time.Time{}
	if u.pending != nil {
		u.pending.Stop()
		u.pending = nil
	}
	u.mu.Unlock()
	if len(at) == 0 || u.store.writer == nil {
		return
	}
	u.store.write(whole, func(t *tx) error { //nolint:errcheck // see above
		for id, when := range at {
			if err := t.run("UPDATE keys SET last_used = ? WHERE id = ?", when.UnixNano(), id); err != nil {
				return err
			}
		}
		return nil
	})
}
