package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Writer collects float32 tensors and writes them as one safetensors file. The
// same tensors give the same bytes: they are ordered by name.
type Writer struct {
	Metadata map[string]string
	tensors  []pending
}

type pending struct {
	name  string
	shape []int
	data  []float32
}

// Float32 adds a tensor; data is kept, not copied, until [Writer.WriteTo].
func (w *Writer) Float32(name string, shape []int, data []float32) error {
	n := 1
	for _, d := range shape {
		n *= d
	}
	if n != len(data) {
		return fmt.Errorf("tensor %s: shape %v has %d numbers, %d were given", name, shape, n, len(data))
	}
	if slices.ContainsFunc(w.tensors, func(p pending) bool { return p.name == name }) || name == "__metadata__" {
		return fmt.Errorf("tensor %s: added twice, or a name that is taken", name)
	}
	w.tensors = append(w.tensors, pending{name, slices.Clone(shape), data})
	return nil
}

// WriteTo writes the file.
func (w *Writer) WriteTo(out io.Writer) (int64, error) {
	slices.SortFunc(w.tensors, func(a, b pending) int { return cmp.Compare(a.name, b.name) })
	header := w.header()
	written := int64(0)
	write := func(b []byte) error {
		n, err := out.Write(b)
		written += int64(n)
		return err
	}
	if err := write(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))); err != nil {
		return written, err
	}
	if err := write(header); err != nil {
		return written, err
	}
	buf := make([]byte, 0, chunk)
	for _, t := range w.tensors {
		for part := range slices.Chunk(t.data, chunk/4) {
			buf = buf[:0]
			for _, v := range part {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			if err := write(buf); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// header is padded with spaces to a multiple of 8 bytes, so that tensors are aligned.
func (w *Writer) header() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	comma := ""
	if len(w.Metadata) > 0 {
		m, _ := json.Marshal(w.Metadata) // a map of strings is sorted and cannot fail
		fmt.Fprintf(&b, `"__metadata__":%s`, m)
		comma = ","
	}
	at := 0
	for _, t := range w.tensors {
		name, _ := json.Marshal(t.name)
		shape, _ := json.Marshal(append([]int{}, t.shape...))
		fmt.Fprintf(&b, `%s%s:{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}`, comma, name, shape, at, at+4*len(t.data))
		at += 4 * len(t.data)
		comma = ","
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	return b.Bytes()
}
