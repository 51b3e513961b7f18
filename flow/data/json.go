package data

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"datahall"
)

// shape is how JSON values lie in a file.
type shape int

const (
	jsonLines  shape = iota // a value a line
	jsonStream              // values one after the other, over several lines
	jsonArray               // [value, …]
	jsonGroups              // {"train": [value, …], "test": […]}
)

// jsonSource gives a record for each value: an object has its keys as columns,
// an array its places, anything else is one column. NaN and Infinity, which
// Python writes, count as null.
type jsonSource struct {
	w      *window
	shape  shape
	index  map[string]int
	names  []string
	keyed  bool // objects were seen: names are keys, not numbers
	cells  []cell
	rec    record
	opened bool
	group  string // jsonGroups: the key that we are under
}

// splitKey names the column that jsonGroups adds.
const splitKey = "split"

func newJSON(w *window, s shape) *jsonSource {
	return &jsonSource{w: w, shape: s, index: map[string]int{}}
}

// sniffJSON tells the shape of JSON, or false where head is something else.
func sniffJSON(head []byte) (shape, bool) {
	head = bytes.TrimSpace(head)
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return 0, false
	}
	inner := bytes.TrimSpace(head[1:])
	switch {
	case len(inner) == 0:
		return 0, false
	case line[0] == '[' && (inner[0] == '{' || inner[0] == '[' || inner[0] == '"'):
		if json.Valid(line) && len(rest) > 0 {
			return jsonLines, true
		}
		return jsonArray, true
	case line[0] != '{' || inner[0] != '"' && inner[0] != '}':
		return 0, false
	case groupsOpen(head):
		return jsonGroups, true
	case bytes.IndexByte([]byte("{[,:"), line[len(line)-1]) >= 0 && len(rest) > 0:
		return jsonStream, true
	}
	return jsonLines, true
}

// groupsOpen recognises {"train": [ with a further [ or { behind it.
func groupsOpen(head []byte) bool {
	rest := bytes.TrimLeft(head[1:], " \t\r\n")
	if len(rest) < 2 || rest[0] != '"' {
		return false
	}
	key, rest, ok := bytes.Cut(rest[1:], []byte{'"'})
	if !ok || len(key) > 64 || splitOf(string(key)) == "" && !slices.Contains(wrappers, strings.ToLower(string(key))) {
		return false
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) == 0 || rest[0] != ':' {
		return false
	}
	if rest = bytes.TrimLeft(rest[1:], " \t\r\n"); len(rest) == 0 || rest[0] != '[' {
		return false
	}
	rest = bytes.TrimLeft(rest[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '[' || rest[0] == '{')
}

// wrappers are keys that hold all rows and say nothing else.
var wrappers = []string{"data", "rows", "examples", "items", "records"}

func (j *jsonSource) next() (*record, error) {
	for {
		raw, overlong, err := j.value()
		if err != nil {
			return nil, err
		}
		if !overlong && len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		j.rec.raw, j.rec.cells, j.rec.bad = raw, nil, datahall.Message{}
		if overlong {
			j.rec.bad = datahall.Say("the record is longer than %s bytes", j.w.limit)
		} else {
			j.parse(bytes.TrimSpace(raw))
		}
		return &j.rec, nil
	}
}

// value takes the text of the next value off.
func (j *jsonSource) value() (raw []byte, overlong bool, err error) {
	j.rec.line = j.w.line
	if j.shape == jsonLines {
		return j.w.nextLine()
	}
	for {
		c, err := j.peek()
		if err != nil {
			return nil, false, err
		}
		switch {
		case c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ':':
			j.w.skip(1)
		case !j.opened && (c == '[' && j.shape == jsonArray || c == '{' && j.shape == jsonGroups):
			j.opened = true
			j.w.skip(1)
		case j.shape == jsonGroups && j.group == "" && c == '[':
			j.group = splitKey // an array without a key: no split to tell
			j.w.skip(1)
		case c == ']' || c == '}':
			j.group = ""
			j.w.skip(1)
		case j.shape == jsonGroups && j.group == "" && c == '"':
			if err := j.readKey(); err != nil {
				return nil, false, err
			}
		default:
			j.rec.line = j.w.line
			return j.element()
		}
	}
}

// peek gives the next byte.
func (j *jsonSource) peek() (byte, error) {
	if len(j.w.bytes()) == 0 && !j.w.more() {
		if j.w.err != nil {
			return 0, j.w.err
		}
		return 0, io.EOF
	}
	return j.w.bytes()[0], nil
}

// readKey takes a group's key and its opening bracket.
func (j *jsonSource) readKey() error {
	key, _, err := j.element()
	if err != nil {
		return err
	}
	name, _ := stringOf(bytes.TrimSpace(key))
	for {
		c, err := j.peek()
		if err != nil {
			return err
		}
		switch c {
		case ' ', '\t', '\r', '\n', ':':
			j.w.skip(1)
			continue
		case '[':
			j.w.skip(1)
			j.group = string(name)
			if j.group == "" {
				j.group = splitKey
			}
		}
		return nil // anything else is read as a value, and rejected
	}
}

// element takes one value off by its brackets and strings alone.
func (j *jsonSource) element() (raw []byte, overlong bool, err error) {
	var s jsonScanner
	var head []byte
	at := 0
	for {
		b := j.w.bytes()
		for ; at < len(b); at++ {
			if s.ends(b[at]) {
				j.w.skip(at)
				if head != nil {
					return head, true, nil
				}
				return b[:at], false, nil
			}
		}
		if j.w.full() {
			if head == nil {
				head = bytes.Clone(b[:min(len(b), rawBytes)])
			}
			j.w.skip(len(b))
			at = 0
		}
		if !j.w.more() && !j.w.full() {
			if j.w.err != nil {
				return nil, false, j.w.err
			}
			b = j.w.bytes()
			j.w.skip(len(b))
			if head != nil {
				return head, true, nil
			}
			return b, false, nil
		}
	}
}

// jsonScanner finds where a value ends.
type jsonScanner struct {
	depth   int
	started bool
	quoted  bool
	escaped bool
	closed  bool
}

// ends takes the next byte and reports whether it lies behind the value.
func (s *jsonScanner) ends(c byte) bool {
	if s.closed {
		return true
	}
	switch {
	case s.escaped:
		s.escaped = false
	case s.quoted:
		s.escaped = c == '\\'
		if c == '"' {
			s.quoted = false
			s.closed = s.depth == 0
		}
	case c == '"':
		s.quoted = true
	case c == '{' || c == '[':
		s.depth++
	case (c == '}' || c == ']') && s.depth == 0 && s.started:
		return true
	case c == '}' || c == ']':
		s.depth--
		s.closed = s.depth <= 0
	case s.depth == 0 && s.started && (c == ',' || c == ' ' || c == '\n' || c == '\t' || c == '\r'):
		return true
	}
	s.started = true
	return false
}

// parse fills the record's cells.
func (j *jsonSource) parse(raw []byte) {
	j.cells = j.cells[:0]
	for range j.names {
		j.cells = append(j.cells, cell{kind: missing})
	}
	err := j.parseInto(raw)
	if err != nil {
		if fixed := withoutNaN(raw); !bytes.Equal(fixed, raw) {
			err = j.parseInto(fixed)
		}
	}
	if err != nil {
		j.rec.bad = datahall.Say("is not valid JSON (at byte %s of it)", offset(err))
		return
	}
	if j.shape == jsonGroups && splitOf(j.group) != "" {
		j.set(splitKey, cell{b: []byte(splitOf(j.group))})
	}
	j.rec.cells = j.cells
}

func (j *jsonSource) parseInto(raw []byte) error {
	switch raw[0] {
	case '{':
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil {
			return err
		}
		j.keyed = true
		for key, value := range fields {
			if i, ok := j.index[key]; ok {
				j.cells[i] = cellOf(value)
				delete(fields, key)
			}
		}
		for _, key := range inOrder(raw, fields) {
			j.set(key, cellOf(fields[key]))
		}
	case '[':
		var places []json.RawMessage
		if err := json.Unmarshal(raw, &places); err != nil {
			return err
		}
		for i, value := range places[:min(len(places), maxColumns)] {
			j.set(strconv.Itoa(i+1), cellOf(value))
		}
	default:
		if !json.Valid(raw) {
			var any json.RawMessage
			return json.Unmarshal(raw, &any)
		}
		j.set("1", cellOf(raw))
	}
	return nil
}

func (j *jsonSource) set(name string, c cell) {
	i, ok := j.index[name]
	if !ok {
		if len(j.names) >= maxColumns {
			return
		}
		i = len(j.names)
		j.index[name] = i
		j.names = append(j.names, name)
	}
	for len(j.cells) <= i {
		j.cells = append(j.cells, cell{kind: missing})
	}
	j.cells[i] = c
}

// inOrder lists keys as they stand in raw.
func inOrder(raw []byte, fields map[string]json.RawMessage) []string {
	type place struct {
		key string
		at  int
	}
	var list []place
	for key := range fields {
		list = append(list, place{key, bytes.Index(raw, []byte(strconv.Quote(key)))})
	}
	slices.SortFunc(list, func(a, b place) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return strings.Compare(a.key, b.key)
	})
	keys := make([]string, len(list))
	for i, p := range list {
		keys[i] = p.key
	}
	return keys
}

func cellOf(value []byte) cell {
	switch value[0] {
	case 'n':
		return cell{kind: missing}
	case '"':
		s, _ := stringOf(value)
		return cell{b: s}
	case '[':
		return cell{value, list}
	case '{':
		return cell{value, object}
	}
	return cell{b: value}
}

// stringOf reads a JSON string.
func stringOf(value []byte) ([]byte, bool) {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	var s string
	err := json.Unmarshal(value, &s)
	return []byte(s), err == nil
}

func offset(err error) int64 {
	switch e := err.(type) {
	case *json.SyntaxError:
		return e.Offset
	case *json.UnmarshalTypeError:
		return e.Offset
	}
	return 0
}

// withoutNaN writes null for the bare NaN and Infinity.
func withoutNaN(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("NaN")) && !bytes.Contains(raw, []byte("Infinity")) {
		return raw
	}
	var out []byte
	quoted := false
	for i := 0; i < len(raw); i++ {
		rest := raw[i:]
		switch {
		case raw[i] == '\\' && quoted && len(rest) > 1:
			out = append(out, raw[i])
			i++
		case raw[i] == '"':
			quoted = !quoted
		case quoted:
		case bytes.HasPrefix(rest, []byte("NaN")):
			out = append(out, "null"...)
			i += len("NaN") - 1
			continue
		case bytes.HasPrefix(rest, []byte("-Infinity")):
			out = append(out, "null"...)
			i += len("-Infinity") - 1
			continue
		case bytes.HasPrefix(rest, []byte("Infinity")):
			out = append(out, "null"...)
			i += len("Infinity") - 1
			continue
		}
		out = append(out, raw[i])
	}
	return out
}
