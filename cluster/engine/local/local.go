package local

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"

	"datahall"
	"datahall/cluster/engine"
)

// Engine starts processes of one binary.
type Engine struct {
	Binary string   // path of the program
	Args   []string // what makes it the parent of a job: work
	Log    string   // file for what a parent prints outside its reports; empty: nowhere
}

// inherited are the variables that a job may see: none carries a secret.
var inherited = []string{"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG"}

// Start starts a parent and hands it its ticket.
func (e Engine) Start(_ context.Context, ticket datahall.Ticket) (engine.Handle, error) {
	b, err := json.Marshal(ticket)
	if err != nil {
		return engine.Handle{}, err
	}
	cmd := exec.Command(e.Binary, e.Args...) // not of ctx: the process outlives its hall
	cmd.Env = environment()
	cmd.Stdin = strings.NewReader(string(b) + "\n")
	cmd.SysProcAttr = ownSession()
	if e.Log != "" {
		log, err := os.OpenFile(e.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return engine.Handle{}, err
		}
		defer log.Close()
		cmd.Stdout, cmd.Stderr = log, log
	}
	if err := cmd.Start(); err != nil {
		return engine.Handle{}, err
	}
	boot, _ := startTime(cmd.Process.Pid)
	go cmd.Wait() //nolint:errcheck // reaped here; how it ended is told by its reports
	return engine.Handle{PID: cmd.Process.Pid, Boot: boot}, nil
}

// StartTime gives the start time of a process as its system tells it.
func StartTime(pid int) (string, error) { return startTime(pid) }

// Alive reports whether the very process of the handle lives.
func (e Engine) Alive(h engine.Handle) bool {
	boot, err := startTime(h.PID)
	return err == nil && boot == h.Boot
}

// Kill ends the process group of the handle; a dead one is no error.
func (e Engine) Kill(h engine.Handle) error {
	if !e.Alive(h) {
		return nil
	}
	return killGroup(h.PID)
}

func environment() []string {
	var env []string
	for _, name := range inherited {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
