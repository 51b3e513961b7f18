package client

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"datahall"
)

// The files of a home folder that its commands read.
const (
	AddressFile  = "hall.json" // where the hall is, while one runs
	AdminKeyFile = "admin.key"
)

// Address is where a hall on this machine is to be found.
type Address struct {
	URL        string `json:"url"`
	PID        int    `json:"pid"`
	Version    string `json:"version"`
	Background bool   `json:"background"`
}

// ReadAddress reads an address file.
func ReadAddress(path string) (Address, error) {
	var a Address
	b, err := os.ReadFile(path)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(b, &a)
}

// Local is the client of the hall whose home is on this machine; it does not
// say whether that hall runs.
func Local(home string) (*Client, error) {
	find := filepath.Join(home, AddressFile)
	address, err := ReadAddress(find)
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(filepath.Join(home, AdminKeyFile))
	if errors.Is(err, fs.ErrPermission) {
		return nil, datahall.Errorf(datahall.Denied, "home %s: its key is not readable by you; set DATAHALL_API_KEY, or run as its owner", home).Because(err)
	}
	return &Client{URL: address.URL, Find: find, Key: strings.TrimSpace(string(key))}, err
}

// Start starts a hall in the background and waits until it answers. Whoever
// else starts one for the same home at the same time may win; then that one is
// the hall.
func Start(ctx context.Context, binary, home string, wait time.Duration) (*Client, error) {
	if err := os.MkdirAll(filepath.Join(home, "logs"), 0o700); err != nil {
		return nil, NoHome(home, err)
	}
	log, err := os.OpenFile(filepath.Join(home, "logs", "start.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, NoHome(home, err)
	}
	defer log.Close()
	cmd := exec.Command(binary, "up", "--background", "--home", home)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = log, log, detached()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	deadline := time.After(wait)
	for {
		if c, err := Local(home); err == nil && c.Alive(ctx) == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-deadline:
			return nil, notStarted(home, log.Name())
		case err := <-ended:
			if err != nil {
				return nil, notStarted(home, log.Name())
			}
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// NoHome says that a home folder cannot be written.
func NoHome(home string, err error) error {
	return datahall.Errorf(datahall.Unavailable, "home %s: cannot be written (%s); give another with --home or DATAHALL_HOME", home, reason(err)).Because(err)
}

// reason gives the bare fact of a file error: its path is named already.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// notStarted shows the last thing the hall said.
func notStarted(home, log string) error {
	b, _ := os.ReadFile(log)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	last := strings.TrimPrefix(lines[len(lines)-1], "datahall: ")
	if last == "" {
		return datahall.Errorf(datahall.Unavailable, "hall of %s: did not start; %s says more", home, log)
	}
	return datahall.Errorf(datahall.Unavailable, "hall of %s: did not start (%s); %s says more", home, last, log)
}
