//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock takes the lock of an open file without waiting; it is let go when
// the file is closed or its process ends.
func tryLock(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil }
