package store

import (
	"encoding/json"
	"sync"

	"datahall"
	"datahall/trust/seal"
)

// ring is what a project's keys are used for.
type ring struct {
	keys    []seal.Key // by generation, from 1
	columns seal.Box
	blobs   seal.Keyring
	blobKey seal.Key // of new blobs
	digest  seal.Key // addresses blobs; of the first generation, for good
}

func newRing(keys []seal.Key) *ring {
	r := &ring{keys: keys, digest: keys[0].Derive("digest")}
	var columns, blobs []seal.Key
	for i := len(keys) - 1; i >= 0; i-- {
		columns = append(columns, keys[i].Derive("columns"))
		blobs = append(blobs, keys[i].Derive("blobs"))
	}
	r.columns = seal.NewBox(columns[0], columns[1:]...)
	r.blobs, r.blobKey = seal.Ring(blobs...), blobs[0]
	return r
}

// rings are the projects' keys that were asked for so far.
type rings struct {
	mu   sync.RWMutex
	byID map[string]*ring
}

// ring finds a project's keys, or under AnyProject those of the hall's own
// records; NotFound where the project is none. It has a
// connection of its own, since it is asked for in the middle of other queries.
func (s *Store) ring(project string) (*ring, error) {
	s.rings.mu.RLock()
	r := s.rings.byID[project]
	s.rings.mu.RUnlock()
	if r != nil {
		return r, nil
	}
	if project == datahall.AnyProject {
		r = newRing([]seal.Key{s.master.Derive("records")})
	} else {
		keys, err := s.projectKeys(project)
		if err != nil {
			return nil, err
		}
		r = newRing(keys)
	}
	s.rings.mu.Lock()
	s.rings.byID[project] = r
	s.rings.mu.Unlock()
	return r, nil
}

// forget drops a project's keys from memory.
func (s *Store) forget(project string) {
	s.rings.mu.Lock()
	delete(s.rings.byID, project)
	s.rings.mu.Unlock()
}

// maxBody is the most bytes of JSON of one record.
const maxBody = 32 << 20

// seal turns a record into its sealed column.
func (r *ring) seal(v any, place ...string) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if len(b) > maxBody {
		return nil, datahall.Errorf(datahall.TooLarge, "record: longer than 32 MiB; keep its data in a file")
	}
	return r.columns.Seal(b, place...), nil
}

// open turns a sealed column into the record that into points to.
func (r *ring) open(sealed []byte, into any, place ...string) error {
	b, err := r.columns.Open(sealed, place...)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
