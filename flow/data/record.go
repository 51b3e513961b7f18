package data

import (
	"bytes"

	"datahall"
)

// kind says what a cell holds.
type kind uint8

const (
	words   kind = iota // text, or a number or truth value as it was written
	missing             // JSON null, or no such key
	list                // a JSON array, as it was written
	object              // a JSON object, as it was written
)

type cell struct {
	b    []byte
	kind kind
}

// record is one row of a source before it is judged. It is valid until the
// next one is asked for.
type record struct {
	line  int
	cells []cell
	raw   []byte // what stands in the file; nil: join the cells
	bad   datahall.Message
	stray bool // a quote that closes nowhere was taken as it stands
}

// source gives the records of a file, and io.EOF after the last.
type source interface {
	next() (*record, error)
}

// maxColumns bounds what a record of very many fields, or a file with ever new
// keys, can make us hold.
const maxColumns = 1000

// rawBytes is what a rejected row keeps of itself.
const rawBytes = 1000

func (r *record) text(i int) []byte {
	if i < 0 || i >= len(r.cells) {
		return nil
	}
	return r.cells[i].b
}

func (r *record) kind(i int) kind {
	if i < 0 || i >= len(r.cells) {
		return missing
	}
	return r.cells[i].kind
}

// blank reports whether no cell says anything.
func (r *record) blank() bool {
	for _, c := range r.cells {
		if c.kind != missing && len(bytes.TrimSpace(c.b)) > 0 {
			return false
		}
	}
	return true
}

func (r *record) source() []byte {
	if r.raw != nil {
		return r.raw
	}
	var b []byte
	for i, c := range r.cells {
		if i > 0 {
			b = append(b, '\t')
		}
		if b = append(b, c.b...); len(b) > rawBytes {
			break
		}
	}
	return b
}

// clone copies a record out of its source's buffers.
func (r *record) clone() *record {
	n := 0
	for _, c := range r.cells {
		n += len(c.b)
	}
	c := *r
	c.raw = bytes.Clone(r.raw)
	c.cells = make([]cell, len(r.cells))
	block := make([]byte, 0, n)
	for i, old := range r.cells {
		at := len(block)
		block = append(block, old.b...)
		c.cells[i] = cell{block[at:len(block):len(block)], old.kind}
	}
	return &c
}

// size is what a cloned record holds on to.
func (r *record) size() int {
	n := 200 + len(r.raw) + 32*len(r.cells)
	for _, c := range r.cells {
		n += len(c.b)
	}
	return n
}
