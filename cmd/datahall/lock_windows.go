package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes the lock of an open file without waiting; it is let go when
// the file is closed or its process ends.
func tryLock(f *os.File) bool {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped)) == nil
}
