package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"datahall"
	"datahall/cli"
	"datahall/client"
	"datahall/cluster/engine/local"
	"datahall/cluster/work"
	"datahall/numeric/kernel"
	"datahall/phrase"
)

func main() {
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Run(ctx, os.Args[1:], cli.Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Terminal: term.IsTerminal(int(os.Stderr.Fd())),
		Getenv: os.Getenv, Home: defaultHome(), Binary: executable(), About: about, Work: runWork,
		Up: func(ctx context.Context, o cli.UpOptions) error { return up(ctx, o, started) },
	}))
}

func defaultHome() string {
	dir, err := os.UserHomeDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, ".datahall")
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// up runs a hall from a copy of this program in its home.
func up(ctx context.Context, o cli.UpOptions, started time.Time) error {
	closeToOthers()
	h := &hall{home: home(o.Home), background: o.Background, out: os.Stdout, lang: o.Language, logins: map[string]login{}}
	if err := h.home.prepare(); err != nil {
		return err
	}
	copied, already, err := h.home.settle()
	if err != nil {
		return client.NoHome(o.Home, err)
	}
	if !already {
		return become(copied, os.Args[1:])
	}
	if err := h.takeLock(ctx); err != nil {
		return err
	}
	defer h.lock.Close()
	return h.run(ctx, o.Address, started)
}

// runWork is the parent of a job, or its body, by what the engine started.
func runWork(ctx context.Context, body bool) int {
	if body {
		return work.RunBody(ctx, os.Stdin, os.Stdout, bodies)
	}
	boot, _ := local.StartTime(os.Getpid())
	parent := work.Parent{Binary: executable(), Args: []string{"work", "--body"}, Boot: boot, Power: power(runtime.NumCPU())}
	err := parent.Run(ctx, os.Stdin)
	if err != nil && !errors.Is(err, context.Canceled) {
		io.WriteString(os.Stderr, time.Now().UTC().Format(time.RFC3339)+" "+phrase.Error(phrase.English, err)+"\n") //nolint:errcheck // there is nobody else to tell
		return 1
	}
	return 0
}

// about is what this program says about itself and its machine.
func about() datahall.Hall {
	return datahall.Hall{Version: version(), CPU: kernel.Machine().Name, Cores: runtime.NumCPU(), Kernel: string(kernel.Current())}
}

// release is the version of this source.
const release = "0.1.0"

// version adds the revision that the program was built from, where it is known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return release + "+" + s.Value[:12]
		}
	}
	return release
}
