package store

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"syscall"

	"datahall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// fail turns what the disk and the database say into what a person can mend.
func (s *Store) fail(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*datahall.Error](err); ok {
		return err
	}
	switch trouble(err) {
	case orphan:
		return datahall.Errorf(datahall.NotFound, "project: it was deleted; choose another").Because(err)
	case diskFull:
		return datahall.Errorf(datahall.Unavailable, "home %s: its disk is full; make room and try again, what was stored is safe", s.dir).Because(err)
	case readOnly:
		return datahall.Errorf(datahall.Unavailable, "home %s: it cannot be written; give this user the right to, or choose another with DATAHALL_HOME", s.dir).Because(err)
	case busy:
		return datahall.Errorf(datahall.Busy, "home %s: another program holds its database; end that one or try again", s.dir).Because(err)
	case damaged:
		return errDamaged(s.dir).Because(err)
	case diskFails:
		return datahall.Errorf(datahall.Unavailable, "home %s: its disk does not read or write (%s); look at the system's log", s.dir, err).Because(err)
	}
	return err
}

func errDamaged(dir string) *datahall.Error {
	return datahall.Errorf(datahall.Internal, "home %s: its database is damaged; restore it from a backup", dir)
}

// troubleKind is what is wrong.
type troubleKind int

const (
	unknown troubleKind = iota
	orphan
	diskFull
	readOnly
	busy
	damaged
	diskFails
)

// trouble sorts errors of the operating system and of SQLite.
func trouble(err error) troubleKind {
	switch {
	case isAny(err, syscall.ENOSPC, syscall.EDQUOT) || windowsDiskFull(err):
		return diskFull
	case isAny(err, syscall.EROFS, fs.ErrPermission, syscall.ENOTDIR):
		return readOnly
	case isAny(err, syscall.EIO):
		return diskFails
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return unknown
	}
	if e.Code() == lib.SQLITE_CONSTRAINT_FOREIGNKEY {
		return orphan
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return diskFull
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM, lib.SQLITE_AUTH:
		return readOnly
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return busy
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return damaged
	case lib.SQLITE_IOERR:
		return diskFails
	}
	return unknown
}

func isAny(err error, targets ...error) bool {
	for _, t := range targets {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}

// windowsDiskFull knows ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
func windowsDiskFull(err error) bool {
	return runtime.GOOS == "windows" && isAny(err, syscall.Errno(39), syscall.Errno(112))
}

// isDuplicate reports whether a row with the same unique columns exists.
func isDuplicate(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || e.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY)
}
