package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"datahall"
)

// need refuses a record whose blobs are not here. b.mu must be held.
func (b *blobs) need(project string, files map[string]datahall.Blob) error {
	for name, blob := range files {
		if !isDigest(blob.Digest) {
			return noFile(name)
		}
		if _, err := os.Stat(b.path(project, blob.Digest)); err != nil {
			return noFile(name)
		}
	}
	return nil
}

func noFile(name string) error {
	return datahall.Errorf(datahall.Invalid, "file %s: its bytes were not stored; store them first", name)
}

// used says that one who stored the blob has said what for.
func (b *blobs) used(project, digest string) {
	b.freshMu.Lock()
	defer b.freshMu.Unlock()
	key := project + "/" + digest
	f := b.fresh[key]
	if f.n--; f.n <= 0 {
		delete(b.fresh, key)
		return
	}
	b.fresh[key] = f
}

// drop removes blobs that no record needs any more. What it cannot remove
// waits for the next sweep.
func (b *blobs) drop(project string, digests []string) {
	for _, d := range digests {
		b.remove(project, d) //nolint:errcheck // see above
	}
}

// remove removes a blob unless a record needs it or may be about to.
func (b *blobs) remove(project, digest string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.freshMu.Lock()
	f, waits := b.fresh[project+"/"+digest]
	b.freshMu.Unlock()
	if waits && time.Since(f.last) < patience {
		return false, nil
	}
	needed, err := one(&b.store.read, "SELECT 1 FROM blob_refs WHERE project = ? AND digest = ?", []any{project, digest}, []any{new(int)})
	if needed || err != nil {
		return false, err
	}
	b.freshMu.Lock()
	delete(b.fresh, project+"/"+digest)
	b.freshMu.Unlock()
	err = os.Remove(b.path(project, digest))
	if errors.Is(err, os.ErrNotExist) {
		return false, noBlob(digest)
	}
	return err == nil, err
}

// Sweep removes blobs that were stored over an hour ago and that no record
// needs, and gives their number. It is for an hourly call.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	n := 0
	files, err := filepath.Glob(filepath.Join(globEscape(s.blobs.dir), "*", "??", "*"))
	if err != nil {
		return 0, err
	}
	for _, path := range files {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		info, err := os.Stat(path)
		digest := filepath.Base(path)
		if err != nil || !isDigest(digest) || time.Since(info.ModTime()) < patience {
			continue
		}
		if gone, err := s.blobs.remove(filepath.Base(filepath.Dir(filepath.Dir(path))), digest); err == nil && gone {
			n++
		}
	}
	return n, nil
}

// globEscape keeps letters of a folder's name from being read as a pattern.
func globEscape(dir string) string {
	if runtime.GOOS == "windows" {
		return dir // there is no escape there, and no such letters but [
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// clean removes what a hall that was killed left half-written.
func (b *blobs) clean() {
	files, _ := filepath.Glob(filepath.Join(globEscape(b.dir), "*", newBlob+"*"))
	for _, f := range files {
		os.Remove(f)
	}
}

// makeFolder makes a folder for the owner only, and makes it durable.
func makeFolder(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

// syncFolder makes the names in a folder durable; Windows does so by itself.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
