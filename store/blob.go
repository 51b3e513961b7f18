package store

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"datahall"
	"datahall/trust/seal"
)

// blobs keeps sealed files, by project and keyed digest.
type blobs struct {
	store *Store
	dir   string

	// mu is held for reading while a record that needs a blob is written, and
	// for writing while a blob that no record needs goes.
	mu      sync.RWMutex
	freshMu sync.Mutex
	fresh   map[string]fresh // by project/digest: stored, and not yet in a record
}

// fresh counts who stored a blob and has not yet said what for.
type fresh struct {
	n    int
	last time.Time
}

// patience is how long a blob may wait for the record that needs it.
const patience = time.Hour

// folder is a project's.
func (b *blobs) folder(project string) string { return filepath.Join(b.dir, project) }

func (b *blobs) path(project, digest string) string {
	return filepath.Join(b.folder(project), digest[:2], digest)
}

// isDigest reports whether s can be the address of a blob.
func isDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func noBlob(digest string) error {
	return datahall.Errorf(datahall.NotFound, "blob %s: it is not here; store it again", digest)
}

// Put seals what r gives into a file that is whole or absent.
func (b *blobs) Put(ctx context.Context, project string, r io.Reader) (datahall.Blob, error) {
	ring, err := b.store.ring(project)
	if err != nil {
		return datahall.Blob{}, b.store.fail(err)
	}
	blob, err := b.put(ring, project, contextReader{ctx, r})
	return blob, b.store.fail(err)
}

func (b *blobs) put(ring *ring, project string, r io.Reader) (datahall.Blob, error) {
	if err := makeFolder(b.folder(project)); err != nil {
		return datahall.Blob{}, err
	}
	f, err := os.CreateTemp(b.folder(project), newBlob+"*")
	if err != nil {
		return datahall.Blob{}, err
	}
	defer os.Remove(f.Name())
	digest, w := ring.digest.NewDigest(), seal.NewWriter(f, ring.blobKey)
	_, err = io.Copy(io.MultiWriter(digest, w), r)
	if err := errors.Join(err, w.Close(), f.Sync(), f.Close()); err != nil {
		return datahall.Blob{}, err
	}
	blob := datahall.Blob{Digest: hex.EncodeToString(digest.Sum(nil)), Bytes: w.Bytes()}
	return blob, b.name(f.Name(), project, blob.Digest)
}

// newBlob begins the names of files that are being written.
const newBlob = ".new-"

// name gives a whole file its address, unless one is there already.
func (b *blobs) name(file, project, digest string) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	b.freshMu.Lock()
	f := b.fresh[project+"/"+digest]
	b.fresh[project+"/"+digest] = fresh{f.n + 1, time.Now()}
	b.freshMu.Unlock()
	path := b.path(project, digest)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Rename(file, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Open gives the plain bytes. What it returns can also be read at any place
// (io.ReaderAt, io.Seeker); read from beginning to end, a file that stands at
// another's address is an error too.
func (b *blobs) Open(_ context.Context, project, digest string) (io.ReadCloser, error) {
	ring, err := b.store.ring(project)
	if err != nil {
		return nil, b.store.fail(err)
	}
	if !isDigest(digest) {
		return nil, noBlob(digest)
	}
	f, err := os.Open(b.path(project, digest))
	if errors.Is(err, os.ErrNotExist) {
		return nil, noBlob(digest)
	}
	if err != nil {
		return nil, b.store.fail(err)
	}
	r, err := openBlob(f, ring, digest)
	if err != nil {
		return nil, b.store.fail(errors.Join(err, f.Close()))
	}
	return r, nil
}

func openBlob(f *os.File, ring *ring, digest string) (*BlobReader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r, err := seal.OpenReaderAt(f, info.Size(), ring.blobs)
	if err != nil {
		return nil, err
	}
	return &BlobReader{SectionReader: io.NewSectionReader(r, 0, r.Size()), file: f, hash: ring.digest.NewDigest(), digest: digest}, nil
}

// BlobReader reads a blob.
type BlobReader struct {
	*io.SectionReader
	file   *os.File
	hash   hash.Hash // nil once the reader has jumped
	digest string
}

// Read reads on, and at the end compares the digest of what was read.
func (r *BlobReader) Read(p []byte) (int, error) {
	n, err := r.SectionReader.Read(p)
	if r.hash == nil {
		return n, err
	}
	r.hash.Write(p[:n])
	if err == io.EOF {
		got := hex.EncodeToString(r.hash.Sum(nil))
		r.hash = nil
		if subtle.ConstantTimeCompare([]byte(got), []byte(r.digest)) != 1 {
			return n, datahall.Errorf(datahall.Internal, "blob %s: another file stands in its place; restore it from a backup", r.digest)
		}
	}
	return n, err
}

// Seek jumps; from then on the whole is not compared.
func (r *BlobReader) Seek(offset int64, whence int) (int64, error) {
	r.hash = nil
	return r.SectionReader.Seek(offset, whence)
}

// Close closes the file.
func (r *BlobReader) Close() error { return r.file.Close() }

// Delete removes a blob that no record needs, even if it was just stored.
func (b *blobs) Delete(_ context.Context, project, digest string) error {
	if _, err := b.store.ring(project); err != nil {
		return b.store.fail(err)
	}
	if !isDigest(digest) {
		return noBlob(digest)
	}
	b.freshMu.Lock()
	delete(b.fresh, project+"/"+digest)
	b.freshMu.Unlock()
	removed, err := b.remove(project, digest)
	if err == nil && !removed {
		err = datahall.Errorf(datahall.Conflict, "blob %s: a record still needs it; delete that first", digest)
	}
	return b.store.fail(err)
}

// contextReader stops reading once nobody waits for the result.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
