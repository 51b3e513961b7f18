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

	// Parts are the values that are messages themselves, by their index in
	// Args, so that they too are read in the reader's language.
	Parts map[int]Message `json:"parts,omitempty"`
}

// Say makes a message. The pattern must be a constant: a test reads it from
// the source and looks for its translation.
func Say(pattern string, args ...any) Message {
	m := Message{Pattern: pattern}
	for i, a := range args {
		if part, ok := a.(Message); ok {
			if m.Parts == nil {
				m.Parts = map[int]Message{}
			}
			m.Parts[i] = part
		}
		m.Args = append(m.Args, fmt.Sprint(a))
	}
	return m
}

// String renders the message in English.
func (m Message) String() string { return m.Render(m.Pattern, Message.String) }

// Render fills another pattern, a translation of the message's own, with its
// values; part renders those that are messages.
func (m Message) Render(pattern string, part func(Message) string) string {
	if len(m.Args) == 0 {
		return strings.ReplaceAll(pattern, "%%", "%")
	}
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		args[i] = a
		if p, ok := m.Parts[i]; ok {
			args[i] = part(p)
		}
	}
	return fmt.Sprintf(pattern, args...)
}

// IsZero reports whether the message says nothing.
func (m Message) IsZero() bool { return m.Pattern == "" }
