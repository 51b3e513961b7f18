package data

import (
	"io"
	"os"
	"testing"
)

// watched fails the test if something lies in a folder while it is read.
type watched struct {
	r   io.Reader
	t   *testing.T
	dir string
}

func (w *watched) Read(p []byte) (int, error) {
	if made := entries(w.t, w.dir); len(made) > 0 {
		w.t.Errorf("files in the temporary folder: %v", made)
	}
	return w.r.Read(p)
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
