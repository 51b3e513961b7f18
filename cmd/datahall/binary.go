package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// keptBinaries is how many copies of older programs stay: jobs they started
// may still run.
const keptBinaries = 5

// settle copies this program into the home and gives the copy's path: what
// `go run` built is deleted when the terminal closes, and an upgrade must not
// pull the program from under running jobs.
func (h home) settle() (path string, already bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", false, err
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return "", false, err
	}
	bin, err := filepath.EvalSymlinks(h.path("bin"))
	if err != nil {
		return "", false, err
	}
	if filepath.Dir(self) == bin {
		return self, true, nil
	}
	path = filepath.Join(bin, "datahall-"+digestOf(self))
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path, false, nil
	}
	h.forgetOldBinaries(bin)
	return path, false, copyProgram(self, path)
}

func digestOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	hash := sha256.New()
	io.Copy(hash, f) //nolint:errcheck // a short read gives another name, no harm
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already where all went well
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	if err := out.Chmod(0o700); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}

func (h home) forgetOldBinaries(bin string) {
	entries, err := os.ReadDir(bin)
	if err != nil {
		return
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), "datahall-") })
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return age(b).Compare(age(a)) })
	for _, e := range entries[min(len(entries), keptBinaries):] {
		os.Remove(filepath.Join(bin, e.Name())) //nolint:errcheck // one too many does no harm
	}
}

func age(e os.DirEntry) time.Time {
	info, err := e.Info()
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
