package datahall

import "errors"

// Kind says what the caller can do about an error.
type Kind string

// The kinds, and the HTTP status that the doors answer with.
const (
	Invalid      Kind = "invalid"      // mend the input; 400
	Unauthorized Kind = "unauthorized" // show a key; 401
	Denied       Kind = "denied"       // ask for the right; 403
	NotFound     Kind = "not_found"    // name something that exists; 404
	Conflict     Kind = "conflict"     // somebody was first, or the state forbids it; 409
	TooLarge     Kind = "too_large"    // send less; 413
	Busy         Kind = "busy"         // later; 429
	Internal     Kind = "internal"     // our fault; 500
	Unavailable  Kind = "unavailable"  // not now; 503
)

// statuses are the HTTP statuses of the kinds (RFC 9110).
var statuses = map[Kind]int{Invalid: 400, Unauthorized: 401, Denied: 403, NotFound: 404, Conflict: 409, TooLarge: 413,
	Busy: 429, Internal: 500, Unavailable: 503}

// Status gives the HTTP status that the doors answer with.
func (k Kind) Status() int {
	if s, ok := statuses[k]; ok {
		return s
	}
	return 500
}

// KindOfStatus gives the kind that an HTTP status of 400 or more tells.
func KindOfStatus(status int) Kind {
	for k, s := range statuses {
		if s == status {
			return k
		}
	}
	switch {
	case status == 502 || status == 504: // a proxy in between
		return Unavailable
	case status < 500:
		return Invalid
	}
	return Internal
}

// Error is a failure that a user is told about. Its message reads
// "THING: FACT; REMEDY", in lower case and in one line.
type Error struct {
	Kind    Kind
	Message Message
	Cause   error
}

// Errorf makes an error from a constant pattern (see [Say]).
func Errorf(kind Kind, pattern string, args ...any) *Error {
	return &Error{Kind: kind, Message: Say(pattern, args...)}
}

// Because records the underlying error, for logs and errors.Is; the user is
// shown the message alone.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Error renders the message in English.
func (e *Error) Error() string { return e.Message.String() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf gives the kind of the first [Error] in err's chain, and Internal
// where there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// MessageOf gives the message that a user is shown for err. What was not
// written for users is shown as it is.
func MessageOf(err error) Message {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return Message{Pattern: "%s", Args: []string{err.Error()}}
}

// Refusal is an error on a wire.
type Refusal struct {
	Kind    Kind    `json:"kind"`
	Message Message `json:"message"`
}

// Err turns a refusal back into the error it was.
func (r Refusal) Err() error { return &Error{Kind: r.Kind, Message: r.Message} }
