package store

import (
	"context"
	"testing"
	"time"

	"datahall/store/storetest"
	"datahall/trust/seal"
)

var ctx = context.Background()

// testMaster is the master key of all tests here.
var testMaster = mustMaster("datahall-master-key-v1 " + masterLetters)

func open(t testing.TB, dir string, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(ctx, dir, testMaster, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func mustMaster(line string) seal.MasterKey {
	m, err := seal.ParseMasterKey([]byte(line))
	if err != nil {
		panic(err)
	}
	return m
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Stores {
		return open(t, t.TempDir(), now)
	})
}

const masterLetters = "m0rtz0t2dbc8htrkq0h0c25x1ts3mbaxv0q2hqg8h7wkvrvyv0g9njtjejbvk62d"
