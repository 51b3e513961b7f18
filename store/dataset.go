package store

import (
	"context"
	"encoding/json"

	"datahall"
)

func (s *Store) datasets() versions[datahall.Dataset] {
	return versions[datahall.Dataset]{s, "dataset", datasetFacts, func(ref string) error {
		return datahall.Errorf(datahall.NotFound, "dataset %s: there is none; see datahall dataset ls", ref)
	}}
}

// datasetFacts: two versions are one where task and rows are the same, and the
// rows are split the same way. The digest is that of the rows; how they are
// split is told by their file too.
func datasetFacts(d *datahall.Dataset) facts {
	same := []string{d.Task, d.Digest}
	if len(d.Report.Splits) > 0 {
		splits, _ := json.Marshal(d.Report.Splits) // plain strings and numbers
		same = append(same, string(splits), d.Files["rows.jsonl"].Digest)
	}
	return facts{id: &d.ID, name: &d.Name, project: &d.Project, version: &d.Version, files: d.Files, same: same}
}

// AddDataset stores a version, or gives the one that is the same.
func (s *Store) AddDataset(ctx context.Context, d datahall.Dataset) (datahall.Dataset, bool, error) {
	d.State, d.Created = "ready", s.created(d.Created)
	existed, err := s.datasets().add(ctx, &d)
	return d, existed, err
}

// Dataset finds a version by id, NAME@VERSION, or NAME for the latest.
func (s *Store) Dataset(_ context.Context, project, ref string) (datahall.Dataset, error) {
	return s.datasets().find(&s.read, project, ref)
}

// Datasets lists the newest first.
func (s *Store) Datasets(_ context.Context, f datahall.VersionFilter) ([]datahall.Dataset, error) {
	return s.datasets().list(f)
}

// DeleteDataset deletes one version, or by NAME all of them.
func (s *Store) DeleteDataset(ctx context.Context, project, ref string) error {
	return s.datasets().remove(ctx, project, ref)
}
