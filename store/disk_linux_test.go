package store

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"datahall"
)

// On a disk of 3 MiB that fills up, everything is refused with the same words,
// nothing is lost, and all goes on once there is room.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skip("a small disk needs the right to mount one: ", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH) //nolint:errcheck // it goes with the test
	s := open(t, dir, time.Now)
	ballast, err := s.Blobs().Put(ctx, "default", bytes.NewReader(make([]byte, 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.CreateJob(ctx, datahall.Job{Kind: "train", Name: "kept"})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(err error) {
		t.Helper()
		if datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "disk is full") {
			t.Fatalf("got %v", err)
		}
	}
	_, err = s.Blobs().Put(ctx, "default", bytes.NewReader(make([]byte, 4<<20)))
	refused(err)
	for err = nil; err == nil; {
		_, err = s.CreateJob(ctx, datahall.Job{Kind: "train", Spec: []byte(`{"x":"` + string(exes(100000)) + `"}`)})
	}
	refused(err)
	if _, err := s.Job(ctx, "default", kept.ID); err != nil {
		t.Errorf("a full disk cannot be read: %v", err)
	}
	if err := s.Blobs().Delete(ctx, "default", ballast.Digest); err != nil {
		t.Fatal(err)
	}
	after, err := s.CreateJob(ctx, datahall.Job{Kind: "train"})
	if err != nil {
		t.Fatalf("there is room again: %v", err)
	}
	if _, err := s.Blobs().Put(ctx, "default", bytes.NewReader(make([]byte, 1<<18))); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	check(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, time.Now)
	for _, id := range []string{kept.ID, after.ID} {
		if _, err := s.Job(ctx, "default", id); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
