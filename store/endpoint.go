package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"datahall"
)

// counters are what an endpoint counts, kept apart since they change all the time.
type counters struct {
	Requests int64          `json:"requests"`
	Texts    int64          `json:"texts"`
	Tokens   int64          `json:"tokens"`
	Usage    datahall.Usage `json:"usage"`
}

const endpointColumns = "SELECT id, project, counters, body FROM endpoints WHERE 1"

func noEndpoint(ref string) error {
	return datahall.Errorf(datahall.NotFound, "endpoint %s: there is none; see datahall endpoint ls", ref)
}

// CreateEndpoint stores an endpoint under a name that no other of its project has.
func (s *Store) CreateEndpoint(ctx context.Context, e datahall.Endpoint) (datahall.Endpoint, error) {
	if err := checkName(e.Name); err != nil {
		return e, err
	}
	if e.ID == "" {
		e.ID = newID("endpoint")
	}
	e.Project, e.Created = orDefault(e.Project), s.created(e.Created)
	e.Requests, e.Texts, e.Tokens, e.Usage = 0, 0, 0, datahall.Usage{}
	r, err := s.ring(e.Project)
	if err != nil {
		return e, s.fail(err)
	}
	body, err := r.seal(e, "endpoints", e.ID)
	if err != nil {
		return e, err
	}
	err = s.write(ctx, func(t *tx) error {
		err := t.run("INSERT INTO endpoints (id, project, name, counters, body) VALUES (?, ?, ?, '{}', ?)", e.ID, e.Project, e.Name, body)
		if isDuplicate(err) {
			return datahall.Errorf(datahall.Conflict, "endpoint %s: it exists already; choose another name, or remove that one first", e.Name).Because(err)
		}
		return err
	})
	return e, err
}

func (s *Store) scanEndpoint(rows *sql.Rows) (datahall.Endpoint, error) {
	var e datahall.Endpoint
	var c counters
	var id, project, counted string
	var body []byte
	if err := rows.Scan(&id, &project, &counted, &body); err != nil {
		return e, err
	}
	r, err := s.ring(project)
	if err != nil {
		return e, err
	}
	if err := firstError(r.open(body, &e, "endpoints", id), json.Unmarshal([]byte(counted), &c)); err != nil {
		return e, err
	}
	e.Requests, e.Texts, e.Tokens, e.Usage = c.Requests, c.Texts, c.Tokens, c.Usage
	return e, nil
}

func (s *Store) endpoint(q querier, project, ref string) (datahall.Endpoint, error) {
	query, args, err := inProject(endpointColumns+" AND (id = ? OR name = ?)", project, []any{ref, ref})
	if err != nil {
		return datahall.Endpoint{}, err
	}
	list, err := all(q, query+" ORDER BY id != ?", append(args, ref), s.scanEndpoint)
	if err == nil && len(list) == 0 {
		err = noEndpoint(ref)
	}
	if err != nil {
		return datahall.Endpoint{}, err
	}
	return list[0], nil
}

// Endpoint finds an endpoint by id or name.
func (s *Store) Endpoint(_ context.Context, project, ref string) (datahall.Endpoint, error) {
	e, err := s.endpoint(&s.read, project, ref)
	return e, s.fail(err)
}

// Endpoints lists the newest first.
func (s *Store) Endpoints(_ context.Context, project string) ([]datahall.Endpoint, error) {
	query, args, err := inProject(endpointColumns, project, nil)
	if err != nil {
		return nil, err
	}
	list, err := all(&s.read, query+" ORDER BY n DESC", args, s.scanEndpoint)
	return list, s.fail(err)
}

// UpdateEndpoint changes an endpoint.
func (s *Store) UpdateEndpoint(ctx context.Context, id string, change func(*datahall.Endpoint) error) (datahall.Endpoint, error) {
	var e datahall.Endpoint
	err := s.write(ctx, func(t *tx) (err error) {
		if e, err = s.endpoint(t, datahall.AnyProject, id); err != nil {
			return err
		}
		old := e
		if err := change(&e); err != nil {
			return err
		}
		e.ID, e.Project, e.Created = old.ID, old.Project, old.Created
		e.Requests, e.Texts, e.Tokens, e.Usage = old.Requests, old.Texts, old.Tokens, old.Usage
		if err := checkName(e.Name); err != nil {
			return err
		}
		r, err := s.ring(e.Project)
		if err != nil {
			return err
		}
		body, err := r.seal(e, "endpoints", e.ID)
		if err != nil {
			return err
		}
		err = t.run("UPDATE endpoints SET name = ?, body = ? WHERE id = ?", e.Name, body, e.ID)
		if isDuplicate(err) {
			return datahall.Errorf(datahall.Conflict, "endpoint %s: it exists already; choose another name, or remove that one first", e.Name).Because(err)
		}
		return err
	})
	return e, err
}

// CountEndpoint adds to an endpoint's counters.
func (s *Store) CountEndpoint(ctx context.Context, add datahall.Endpoint) error {
	return s.write(ctx, func(t *tx) error {
		var c counters
		var counted string
		found, err := one(t, "SELECT counters FROM endpoints WHERE id = ?", []any{add.ID}, []any{&counted})
		if err != nil {
			return err
		}
		if !found {
			return noEndpoint(add.ID)
		}
		if err := json.Unmarshal([]byte(counted), &c); err != nil {
			return err
		}
		c = counters{c.Requests + add.Requests, c.Texts + add.Texts, c.Tokens + add.Tokens, c.Usage.Plus(add.Usage)}
		b, err := json.Marshal(c)
		if err != nil {
			return err
		}
		return t.run("UPDATE endpoints SET counters = ? WHERE id = ?", string(b), add.ID)
	})
}

// DeleteEndpoint deletes an endpoint and the keys that are good for it only.
func (s *Store) DeleteEndpoint(ctx context.Context, project, ref string) error {
	return s.write(ctx, func(t *tx) error {
		e, err := s.endpoint(t, project, ref)
		if err != nil {
			return err
		}
		return firstError(t.run("DELETE FROM keys WHERE project = ? AND endpoint = ?", e.Project, e.Name),
			t.run("DELETE FROM endpoints WHERE id = ?", e.ID))
	})
}
