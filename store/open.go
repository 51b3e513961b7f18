package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"datahall"
	"datahall/trust/seal"

	_ "modernc.org/sqlite" // the driver
)

// Store keeps a hall in a folder. It is safe for concurrent use; one process
// at a time may have the folder.
type Store struct {
	dir    string
	master seal.MasterKey
	now    func() time.Time

	read   reads
	keys   reads // of project_keys alone
	writer *writer
	blobs  *blobs
	rings  rings
	uses   uses
	closed sync.Once
}

// Every interface of the nouns is satisfied.
var (
	_ datahall.ProjectStore  = (*Store)(nil)
	_ datahall.KeyStore      = (*Store)(nil)
	_ datahall.JobStore      = (*Store)(nil)
	_ datahall.AttemptStore  = (*Store)(nil)
	_ datahall.EventStore    = (*Store)(nil)
	_ datahall.FileStore     = (*Store)(nil)
	_ datahall.DatasetStore  = (*Store)(nil)
	_ datahall.ModelStore    = (*Store)(nil)
	_ datahall.EndpointStore = (*Store)(nil)
	_ datahall.RunStore      = (*Store)(nil)
	_ datahall.PointStore    = (*Store)(nil)
	_ datahall.LedgerStore   = (*Store)(nil)
	_ datahall.SettingStore  = (*Store)(nil)
	_ datahall.BlobStore     = (*blobs)(nil)
)

// readers is how many may read at once.
const readers = 8

// Open opens the store in dir, or makes it there. now is the clock of what the
// store dates itself.
func Open(ctx context.Context, dir string, master seal.MasterKey, now func() time.Time) (*Store, error) {
	if master.IsZero() {
		return nil, datahall.Errorf(datahall.Internal, "master key: none was given; make one or bring back the one of this home")
	}
	s := &Store{dir: dir, master: master, now: now, rings: rings{byID: map[string]*ring{}}}
	s.blobs = &blobs{store: s, dir: filepath.Join(dir, "blobs"), fresh: map[string]fresh{}}
	s.uses = uses{store: s, at: map[string]time.Time{}}
	path := filepath.Join(dir, "hall.db")
	if err := makeFolder(s.blobs.dir); err != nil {
		return nil, s.fail(err)
	}
	if err := s.refuse(path); err != nil {
		return nil, s.fail(err)
	}
	if err := s.connect(ctx, path); err != nil {
		return nil, errors.Join(s.fail(err), s.Close())
	}
	return s, nil
}

// connect opens the database, and brings it to the newest schema once the
// master key is known to be its own.
func (s *Store) connect(ctx context.Context, path string) error {
	write, err := sql.Open("sqlite", dsn(path, ""))
	if err != nil {
		return err
	}
	if s.writer, err = newWriter(ctx, write, s.fail); err != nil {
		return errors.Join(err, write.Close())
	}
	if err := s.checkMaster(ctx); err != nil {
		return err
	}
	if err := s.write(ctx, s.migrate); err != nil {
		return err
	}
	if err := s.read.open(path, readers); err != nil {
		return err
	}
	s.blobs.clean()
	return s.keys.open(path, 1)
}

// dsn names the database file with what every connection sets.
func dsn(path, more string) string {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" && filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: path}
	return name.String() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=fullfsync(1)&_pragma=checkpoint_fullfsync(1)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)" +
		"&_pragma=journal_size_limit(67108864)" + more
}

// Close ends the store; what was acknowledged is on disk already.
func (s *Store) Close() error {
	var err error
	s.closed.Do(func() {
		s.uses.flush()
		err = errors.Join(s.read.close(), s.keys.close())
		if s.writer != nil {
			err = errors.Join(err, s.writer.close())
		}
	})
	return err
}

// Blobs gives the store of long bytes.
func (s *Store) Blobs() datahall.BlobStore { return s.blobs }

// newID makes an identifier.
func newID(prefix string) string {
	var b [10]byte
	rand.Read(b[:])
	return datahall.NewID(prefix, b)
}

// refuse looks at the schema's number in the file's own head (SQLite file
// format, section 1.3), so that a newer database, or what is none, is
// not even opened.
func (s *Store) refuse(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 100)
	n, err := io.ReadFull(f, head)
	if n == 0 {
		return nil // made, and the hall was killed before it was filled
	}
	if err != nil || string(head[:16]) != "SQLite format 3\x00" {
		return errDamaged(s.dir)
	}
	return newer(int(binary.BigEndian.Uint32(head[60:])))
}

// reads is a pool of reading connections.
type reads struct {
	db       *sql.DB
	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

func (r *reads) open(path string, connections int) error {
	db, err := sql.Open("sqlite", dsn(path, "&_pragma=query_only(1)"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	r.db, r.prepared = db, map[string]*sql.Stmt{}
	return nil
}

func (r *reads) statement(query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.prepared[query]; s != nil {
		return s, nil
	}
	s, err := r.db.Prepare(query)
	if err == nil {
		r.prepared[query] = s
	}
	return s, err
}

func (r *reads) query(query string, args ...any) (*sql.Rows, error) {
	s, err := r.statement(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

func (r *reads) close() error {
	if r.db == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(closeAll(r.prepared), r.db.Close())
}
