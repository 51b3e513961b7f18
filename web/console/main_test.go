package console_test

import (
	"context"
	"os"
	"sync"
	"testing"
)

// What all tests share, since it takes long to make: a furnished hall that
// nobody changes, and a browser.
var shared struct {
	hall    sync.Once
	full    *hall
	browser sync.Once
	ctx     context.Context // of the browser
	ends    []func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(shared.ends) - 1; i >= 0; i-- {
		shared.ends[i]()
	}
	os.Exit(code)
}

// lasting is a test that ends with all of them.
type lasting struct{ testing.TB }

func (lasting) Context() context.Context { return context.Background() }
func (lasting) Cleanup(end func())       { shared.ends = append(shared.ends, end) }
func (l lasting) TempDir() string {
	dir, err := os.MkdirTemp("", "datahall-console-")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// sharedHall is a furnished hall to look at.
func sharedHall(t testing.TB) *hall {
	t.Helper()
	shared.hall.Do(func() { shared.full = furnished(lasting{t}) })
	if shared.full == nil {
		t.Fatal("the hall could not be furnished; see the first test that failed")
	}
	view := *shared.full
	view.t, view.ctx = t, t.Context()
	return &view
}
