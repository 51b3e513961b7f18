package datahall

import (
	"fmt"
	"strings"
)

// Message is a sentence kept as data: its English pattern and the values that
// go into it. The package phrase renders it in the reader's language, so what
// is stored today can be read in either language tomorrow.
//
// Patterns use only %s, %q and their indexed forms (%[2]s); values are turned
// into text when the message is made.
type Message struct {
	Pattern string   `json:"pattern"`
	Args    []string `json:"args,omitempty"`
}

// Say makes a message. The pattern must be a constant: a test reads it from
// the source and looks for its translation.
func Say(pattern string, args ...any) Message {
	m := Message{Pattern: pattern}
	for _, a := range args {
		m.Args = append(m.Args, argText(a))
	}
	return m
}

// String renders the message in English.
func (m Message) String() string { return m.Render(m.Pattern) }

// Render fills another pattern, a translation of the message's own, with its values.
func (m Message) Render(pattern string) string {
	if len(m.Args) == 0 {
		return strings.ReplaceAll(pattern, "%%", "%")
	}
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		args[i] = a
	}
	return fmt.Sprintf(pattern, args...)
}

// IsZero reports whether the message says nothing.
func (m Message) IsZero() bool { return m.Pattern == "" }

func argText(a any) string {
	switch v := a.(type) {
	case string:
		return v
	case Message:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}
