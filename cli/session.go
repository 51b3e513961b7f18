package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"datahall"
	"datahall/client"
	"datahall/phrase"
)

// session is one command line while it is carried out.
type session struct {
	env  Env
	lang phrase.Language
	code int // exit status of a command that ended without an error

	// What the global flags say.
	json    bool
	detach  bool
	verbose bool
	url     string
	home    string
	limit   int
	tongue  string

	hall    *client.Client // once connected
	started bool           // by this command
	telling bool           // the command tells itself that it started one

	outer context.Context // of who called Run: for what is no client

	mu            sync.Mutex
	listener      chan<- struct{} // hears of Ctrl-C; nil: the command ends
	interruptions int
}

// t renders a message in the reader's language.
func (s *session) t(m datahall.Message) string { return phrase.In(s.lang, m) }

// say prints a line for the reader of the result; with --json there is none.
func (s *session) say(m datahall.Message) { s.line(s.t(m)) }

func (s *session) line(text string) {
	if !s.json {
		fmt.Fprintln(s.env.Out, text)
	}
}

// note prints a line beside the result: what was done on the way.
func (s *session) note(m datahall.Message) { fmt.Fprintln(s.aside(), s.t(m)) }

// aside is where progress and notes go. A script that asks for JSON may read
// both streams as one: it is told nothing.
func (s *session) aside() io.Writer {
	if s.json && !s.env.Terminal {
		return io.Discard
	}
	return s.env.Err
}

// result prints v as one line of JSON, or lets show print it for a person.
func (s *session) result(v any, show func()) error {
	if !s.json {
		show()
		return nil
	}
	b, err := s.encode(v)
	if err == nil {
		_, err = s.env.Out.Write(b)
	}
	return err
}

// encode writes v as one line in which messages are sentences.
func (s *session) encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	var line bytes.Buffer
	if err := s.sentences(&line, b.Bytes()); err != nil {
		return nil, err
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}
