package cli

import (
	"bytes"
	"encoding/json"

	"datahall"
)

// sentences copies JSON, compact and in its order, and puts the sentence in the
// place of each message: scripts and people read the same.
func (s *session) sentences(w *bytes.Buffer, raw json.RawMessage) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '{' || len(raw) > 0 && raw[0] == '[' {
		return s.copyAll(w, raw)
	}
	return json.Compact(w, raw)
}

// copyAll copies an object or an array.
func (s *session) copyAll(w *bytes.Buffer, raw json.RawMessage) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	open, err := d.Token()
	if err != nil {
		return err
	}
	object := open == json.Delim('{')
	w.WriteByte(raw[0])
	for first := true; d.More(); first = false {
		if !first {
			w.WriteByte(',')
		}
		name := ""
		if object {
			t, err := d.Token()
			if err != nil {
				return err
			}
			name = t.(string)
			w.Write(quoted(name))
			w.WriteByte(':')
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := s.member(w, name, value); err != nil {
			return err
		}
	}
	w.WriteByte(raw[0] + 2) // } and ] stand two after { and [
	return nil
}

// member copies one value; what bears the name of a message and looks like one
// becomes its sentence.
func (s *session) member(w *bytes.Buffer, name string, value json.RawMessage) error {
	if name == "reason" || name == "message" || name == "stage" {
		var m datahall.Message
		d := json.NewDecoder(bytes.NewReader(value))
		d.DisallowUnknownFields()
		if len(value) > 0 && value[0] == '{' && d.Decode(&m) == nil {
			w.Write(quoted(s.t(m)))
			return nil
		}
	}
	return s.sentences(w, value)
}

// quoted writes a JSON string without escaping what only HTML would mind.
func quoted(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(text) //nolint:errcheck // a string can be encoded
	return bytes.TrimRight(b.Bytes(), "\n")
}
