package store

import (
	"context"

	"datahall"
)

func (s *Store) models() versions[datahall.Model] {
	return versions[datahall.Model]{s, "model", modelFacts, func(ref string) error {
		return datahall.Errorf(datahall.NotFound, "model %s: there is none; see datahall model ls", ref)
	}}
}

// modelFacts: a job that registers the same model again gets the version it
// made before; two trainings make two versions, even of the same bits.
func modelFacts(m *datahall.Model) facts {
	f := facts{id: &m.ID, name: &m.Name, project: &m.Project, version: &m.Version, files: m.Files}
	if m.Job != "" {
		f.same = []string{m.Job, m.Digest}
	}
	return f
}

// AddModel stores a version, or gives the one that the same job has stored.
func (s *Store) AddModel(ctx context.Context, m datahall.Model) (datahall.Model, bool, error) {
	m.State, m.Created = "ready", s.created(m.Created)
	existed, err := s.models().add(ctx, &m)
	return m, existed, err
}

// Model finds a version by id, NAME@VERSION, or NAME for the latest.
func (s *Store) Model(_ context.Context, project, ref string) (datahall.Model, error) {
	return s.models().find(&s.read, project, ref)
}

// Models lists the newest first.
func (s *Store) Models(_ context.Context, f datahall.VersionFilter) ([]datahall.Model, error) {
	return s.models().list(f)
}

// DeleteModel deletes one version, or by NAME all of them.
func (s *Store) DeleteModel(ctx context.Context, project, ref string) error {
	return s.models().remove(ctx, project, ref)
}
