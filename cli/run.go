package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"datahall"
	"datahall/phrase"
)

// Env is what a command line finds around it.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Terminal bool                 // Err, where progress goes, is a terminal
	Getenv   func(string) string  // of the process
	Home     string               // the hall's folder where neither --home nor DATAHALL_HOME names one
	Binary   string               // this program, to start a hall in the background
	About    func() datahall.Hall // version, CPU, cores and kernel of this program, without a hall

	// Up runs a hall in this process until it ends.
	Up func(ctx context.Context, o UpOptions) error
	// Work is the parent of a job, or with body the process that does its work;
	// it gives the exit status.
	Work func(ctx context.Context, body bool) int
}

// UpOptions is how a hall is started.
type UpOptions struct {
	Home       string
	Address    string // empty: the last one, the default one, or any that is free
	Background bool
	Language   phrase.Language
}

// Run carries out one command line and gives its exit status: 0 done, 1 the
// work failed, 2 wrong use.
func Run(ctx context.Context, args []string, env Env) int {
	s := &session{env: env, lang: language(args, env.Getenv), outer: ctx}
	if env.Getenv("TERM") == "dumb" { // it moves no cursor
		s.env.Terminal = false
	}
	inner, stop := s.interruptible(ctx)
	defer stop()
	root := s.root()
	root.SetArgs(args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	return s.status(root.ExecuteContext(inner))
}

// errDetached ends a command whose job goes on without it, as it was asked to.
var errDetached = errors.New("detached")

// failure is work that did not succeed although the command was right.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// status says what went wrong in one line, and gives the exit status.
func (s *session) status(err error) int {
	if err == nil || errors.Is(err, errDetached) {
		return s.code
	}
	text := phrase.Error(s.lang, err)
	if errors.Is(err, context.Canceled) {
		text = s.t(datahall.Say("interrupted"))
	}
	fmt.Fprintf(s.env.Err, "datahall: %s\n", oneLine(text))
	if _, work := errors.AsType[failure](err); !work && datahall.KindOf(err) == datahall.Invalid {
		return 2
	}
	return 1
}

// oneLine keeps an error in one line, whatever its values hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.TrimSpace(s))
}
