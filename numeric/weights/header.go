package weights

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
)

// parseHeader reads {"name": {"dtype", "shape", "data_offsets"}, …} by tokens:
// depth and keys are bounded before anything is built, duplicates refused.
func parseHeader(header []byte, metadata *map[string]string) ([]Tensor, error) {
	d := json.NewDecoder(bytes.NewReader(header))
	d.UseNumber()
	if err := opening(d, '{'); err != nil {
		return nil, err
	}
	var list []Tensor
	seen := map[string]bool{}
	for d.More() {
		name, err := key(d)
		if err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, bad("it names %q twice", short(name))
		}
		seen[name] = true
		if name == "__metadata__" {
			if *metadata, err = texts(d); err != nil {
				return nil, err
			}
			continue
		}
		if len(list) == maxTensors {
			return nil, bad("it has more than %s tensors", maxTensors)
		}
		t, err := tensor(d, name)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	if _, err := d.Token(); err != nil {
		return nil, bad("its header is no JSON: %s", err)
	}
	for _, c := range header[d.InputOffset():] {
		if c != ' ' {
			return nil, bad("something stands behind its header's JSON")
		}
	}
	return list, nil
}

func opening(d *json.Decoder, want json.Delim) error {
	t, err := d.Token()
	if err != nil {
		return bad("its header is no JSON: %s", err)
	}
	if t != want {
		return bad("its header has %q where %q is due", text(t), want.String())
	}
	return nil
}

func text(t json.Token) string {
	b, _ := json.Marshal(t)
	if d, ok := t.(json.Delim); ok {
		return d.String()
	}
	return short(string(b))
}

func key(d *json.Decoder) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", bad("its header is no JSON: %s", err)
	}
	s, ok := t.(string)
	if !ok {
		return "", bad("its header has %q where %q is due", text(t), "a name")
	}
	return s, nil
}

// texts reads an object of strings.
func texts(d *json.Decoder) (map[string]string, error) {
	if err := opening(d, '{'); err != nil {
		return nil, err
	}
	m := map[string]string{}
	for d.More() {
		name, err := key(d)
		if err != nil {
			return nil, err
		}
		if _, twice := m[name]; twice {
			return nil, bad("it names %q twice", short(name))
		}
		if m[name], err = key(d); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return m, err
}

// tensor reads one entry and checks it by itself.
func tensor(d *json.Decoder, name string) (Tensor, error) {
	t := Tensor{Name: name, begin: -1, Shape: nil}
	if err := opening(d, '{'); err != nil {
		return t, err
	}
	var shape, place []int64
	seen := map[string]bool{}
	for d.More() {
		field, err := key(d)
		if err != nil {
			return t, err
		}
		if seen[field] {
			return t, bad("it names %q twice", short(field))
		}
		seen[field] = true
		switch field {
		case "dtype":
			var s string
			s, err = key(d)
			t.DType = DType(s)
		case "shape":
			shape, err = numbers(d, maxDims)
		case "data_offsets":
			place, err = numbers(d, 2)
		default:
			return t, bad("tensor %q has a field %q that the format does not know", short(name), short(field))
		}
		if err != nil {
			return t, err
		}
	}
	if _, err := d.Token(); err != nil {
		return t, bad("its header is no JSON: %s", err)
	}
	return t, t.check(shape, place)
}

// check compares dtype, shape and place.
func (t *Tensor) check(shape, place []int64) error {
	size, known := sizes[t.DType]
	switch {
	case !known:
		return bad("tensor %q has the type %q, which is not read", short(t.Name), short(string(t.DType)))
	case shape == nil || len(place) != 2:
		return bad("tensor %q lacks its shape or its place", short(t.Name))
	}
	t.Shape = make([]int, len(shape))
	bytes := size
	for i, n := range shape {
		if n != 0 && bytes > math.MaxInt64/2/n {
			return bad("tensor %q has a shape beyond every memory", short(t.Name))
		}
		bytes *= n
		t.Shape[i] = int(n)
	}
	t.begin, t.end = place[0], place[1]
	if t.end-t.begin != bytes || t.end < t.begin {
		return bad("tensor %q has %s bytes, its shape asks for %s", short(t.Name), t.end-t.begin, bytes)
	}
	return nil
}

// numbers reads at most limit whole numbers, none below zero.
func numbers(d *json.Decoder, limit int) ([]int64, error) {
	if err := opening(d, '['); err != nil {
		return nil, err
	}
	list := []int64{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, bad("its header is no JSON: %s", err)
		}
		n, ok := t.(json.Number)
		if !ok || len(list) == limit {
			return nil, bad("its header has %q where %q is due", text(t), "a short list of numbers")
		}
		v, err := n.Int64()
		if err != nil || v < 0 {
			return nil, bad("its header has %q where %q is due", short(n.String()), "a whole number")
		}
		list = append(list, v)
	}
	if _, err := d.Token(); err != nil && err != io.EOF {
		return nil, bad("its header is no JSON: %s", err)
	}
	return list, nil
}
