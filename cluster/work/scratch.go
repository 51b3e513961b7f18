package work

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"datahall/trust/seal"
)

// scratch is a job's own folder: in/ and out/ hold its files, checkpoint its
// last one, spool what the hall has not been told. All of it is sealed.
type scratch struct {
	dir string
	key seal.Key
}

func (s scratch) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// create makes a sealed file that is whole or absent: it gets its name when it
// is closed without error.
func (s scratch) create(path string) (*sealedWriter, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return nil, err
	}
	return &sealedWriter{w: seal.NewWriter(f, s.key), file: f, path: path}, nil
}

type sealedWriter struct {
	w    *seal.Writer
	file *os.File
	path string
	err  error
}

func (w *sealedWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// Close makes the file durable and gives it its name.
func (w *sealedWriter) Close() error {
	err := errors.Join(w.err, w.w.Close(), w.file.Sync(), w.file.Close())
	if err != nil {
		os.Remove(w.file.Name())
		return err
	}
	return os.Rename(w.file.Name(), w.path)
}

// abandon drops what was written.
func (w *sealedWriter) abandon() {
	w.file.Close()
	os.Remove(w.file.Name())
}

// open reads a sealed file at any place.
func (s scratch) open(path string) (*sealedFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	r, err := seal.OpenReaderAt(f, info.Size(), seal.Ring(s.key))
	if err != nil {
		f.Close()
		return nil, err
	}
	return &sealedFile{SectionReader: io.NewSectionReader(r, 0, r.Size()), file: f, name: filepath.Base(path)}, nil
}

// sealedFile is an fs.File that can also be read at any place (io.ReaderAt).
type sealedFile struct {
	*io.SectionReader
	file *os.File
	name string
}

func (f *sealedFile) Close() error               { return f.file.Close() }
func (f *sealedFile) Stat() (fs.FileInfo, error) { return fileInfo{f.name, f.Size()}, nil }

type fileInfo struct {
	name string
	size int64
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return 0o400 }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }

// sealedFS shows a folder of sealed files as plain ones.
type sealedFS struct {
	scratch scratch
	folder  string
}

func (s sealedFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	path := s.scratch.path(s.folder, filepath.FromSlash(name))
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.scratch.open(path)
}

// ReadDir lists a folder, so that a body can look for what it was given.
func (s sealedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	return os.ReadDir(s.scratch.path(s.folder, filepath.FromSlash(name)))
}
