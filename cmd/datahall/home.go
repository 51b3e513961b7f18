package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"datahall"
	"datahall/client"
	"datahall/trust/seal"
)

// home is the folder of one hall.
type home string

func (h home) path(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

// prepare makes the folder, closed to others.
func (h home) prepare() error {
	for _, dir := range []string{"", "bin", "logs", "scratch"} {
		if err := os.MkdirAll(h.path(dir), 0o700); err != nil {
			return client.NoHome(string(h), err)
		}
	}
	probe, err := os.CreateTemp(string(h), ".probe-*")
	if err != nil {
		return client.NoHome(string(h), err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// masterKey reads the key that seals everything, or makes it in an empty home.
func (h home) masterKey() (seal.MasterKey, error) {
	path := h.path("master.key")
	b, err := os.ReadFile(path)
	if err == nil {
		return seal.ParseMasterKey(b)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return seal.MasterKey{}, client.NoHome(string(h), err)
	}
	if _, err := os.Stat(h.path("hall.db")); err == nil {
		return seal.MasterKey{}, datahall.Errorf(datahall.Unavailable, "home %s: its master.key is missing, without which nothing in it can be read; put it back from your backup", string(h))
	}
	key := seal.NewMasterKey()
	return key, writeFile(path, key.Encode())
}

// writeFile writes a file that only its owner reads, whole or not at all.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already where all went well
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
