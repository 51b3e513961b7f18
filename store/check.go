package store

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"datahall"
)

// maxName is the longest name, in characters.
const maxName = 100

// checkName refuses what could not be typed, shown or put into an address.
func checkName(name string) error {
	bad := func(r rune) bool {
		return r == '@' || r == '/' || r == '\\' || unicode.IsControl(r) || r == utf8.RuneError
	}
	switch {
	case name == "":
		return datahall.Errorf(datahall.Invalid, "name: there is none; give one")
	case utf8.RuneCountInString(name) > maxName:
		return datahall.Errorf(datahall.Invalid, "name: longer than 100 characters; choose a shorter one")
	case strings.ContainsFunc(name, bad) || strings.TrimSpace(name) != name || name == "." || name == "..":
		return datahall.Errorf(datahall.Invalid, "name %q: this cannot be one; leave out @, slashes, control characters and space at the ends", name)
	}
	return nil
}

// created is when a record was made: what it says, else now.
func (s *Store) created(t time.Time) time.Time {
	if t.IsZero() {
		t = s.now()
	}
	return t.UTC()
}

// orDefault is the project of whoever names none.
func orDefault(project string) string {
	if project == "" {
		return datahall.DefaultProject
	}
	return project
}

// inProject adds the condition of a project to a query whose WHERE has begun.
func inProject(query, project string, args []any) (string, []any, error) {
	switch project {
	case "":
		return "", nil, datahall.Errorf(datahall.Invalid, "project: none was named; name one")
	case datahall.AnyProject:
		return query, args, nil
	}
	return query + " AND project = ?", append(args, project), nil
}

// limited adds a limit; 0 is none.
func limited(query string, limit int, args []any) (string, []any) {
	if limit <= 0 {
		return query, args
	}
	return query + " LIMIT ?", append(args, limit)
}

// in is " AND column IN (?, …)" for values; nothing where there are none.
func in[T ~string](query, column string, values []T, args []any) (string, []any) {
	if len(values) == 0 {
		return query, args
	}
	for _, v := range values {
		args = append(args, string(v))
	}
	return query + " AND " + column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
}
