package train

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// A checkpoint, version 1, all numbers little-endian:
//
//	8 bytes    "DHCKPT\r\n"
//	4          version, 1
//	4          length of the header
//	header     JSON: a state, and the tensors that follow by name and length
//	tensors    float32, one behind the other: weights, moments, best weights
//	4          CRC-32C of everything before
//
// Chance needs no place in it: the order of an epoch comes from seed and epoch,
// the masks of dropout from seed and number of the batch.
const (
	checkpointMagic   = "DHCKPT\r\n"
	checkpointVersion = 1
	maxHeader         = 4 << 20 // bytes
)

// state is where a training stands.
type state struct {
	Task      string `json:"task"` // digest of what was asked for, and of where it began
	Seed      uint64 `json:"seed"`
	Precision string `json:"precision"`
	Kernel    string `json:"kernel"` // level

	Step    int     `json:"step"`    // optimiser steps made
	Batches uint64  `json:"batches"` // micro-batches made
	Epoch   int     `json:"epoch"`   // the one that is being made, from 0
	At      int     `json:"at"`      // rows of it that are done
	Loss    float64 `json:"loss"`    // over those rows, sum
	Tokens  int64   `json:"tokens"`
	Seconds float64 `json:"seconds"`

	BestEpoch int       `json:"best_epoch"` // -1: none yet; 0: the start
	BestScore float64   `json:"best_score"`
	BestLoss  float64   `json:"best_loss"`
	History   []figures `json:"history,omitempty"`
}

// part is a tensor of a checkpoint. Its data is where it comes from or goes to.
type part struct {
	Name string    `json:"name"`
	N    int       `json:"n"`
	data []float32 // nil: read over
}

type header struct {
	State   state  `json:"state"`
	Tensors []part `json:"tensors"`
}

// writeCheckpoint writes a whole checkpoint.
func writeCheckpoint(out io.Writer, s state, parts []part) error {
	h, err := json.Marshal(header{s, parts})
	if err != nil {
		return err
	}
	if len(h) > maxHeader {
		return fmt.Errorf("a header of %d bytes is longer than can be read", len(h))
	}
	b := bufio.NewWriterSize(out, 1<<16)
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	w := io.MultiWriter(b, sum)
	head := append([]byte(checkpointMagic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(head[8:], checkpointVersion)
	binary.LittleEndian.PutUint32(head[12:], uint32(len(h)))
	if _, err := w.Write(append(head, h...)); err != nil {
		return err
	}
	for _, p := range parts {
		if err := writeFloats(w, p.data); err != nil {
			return err
		}
	}
	if _, err := b.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32())); err != nil {
		return err
	}
	return b.Flush()
}

// piece is how many numbers are converted at a time.
const piece = 1 << 14

func writeFloats(w io.Writer, data []float32) error {
	buf := make([]byte, 0, 4*min(piece, len(data)))
	for len(data) > 0 {
		n := min(piece, len(data))
		buf = buf[:0]
		for _, v := range data[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// checkpointReader reads a checkpoint once from its beginning to its end. What
// it allocates is bounded by maxHeader, whatever the bytes say.
type checkpointReader struct {
	in  io.Reader
	sum hash.Hash32
}

var errNotWhole = errors.New("it is damaged or cut off")

// openCheckpoint reads the header.
func openCheckpoint(in io.Reader) (*checkpointReader, header, error) {
	r := &checkpointReader{in: bufio.NewReaderSize(in, 1<<16), sum: crc32.New(crc32.MakeTable(crc32.Castagnoli))}
	var h header
	fixed := make([]byte, 16)
	if err := r.read(fixed); err != nil {
		return nil, h, err
	}
	if string(fixed[:8]) != checkpointMagic {
		return nil, h, errors.New("it is no checkpoint")
	}
	if v := binary.LittleEndian.Uint32(fixed[8:]); v != checkpointVersion {
		return nil, h, fmt.Errorf("it is of version %d, this program knows %d", v, checkpointVersion)
	}
	n := binary.LittleEndian.Uint32(fixed[12:])
	if n > maxHeader {
		return nil, h, errNotWhole
	}
	b, err := io.ReadAll(io.LimitReader(r.in, int64(n))) // grows with what is there, not with what is promised
	if err != nil {
		return nil, h, err
	}
	r.sum.Write(b) //nolint:errcheck // a hash
	if len(b) < int(n) || json.Unmarshal(b, &h) != nil {
		return nil, h, errNotWhole
	}
	for _, t := range h.Tensors {
		if t.N < 0 {
			return nil, h, errNotWhole
		}
	}
	return r, h, nil
}

func (r *checkpointReader) read(b []byte) error {
	_, err := io.ReadFull(r.in, b)
	r.sum.Write(b) //nolint:errcheck // a hash
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errNotWhole
	}
	return err
}

// tensors reads what follows the header into the data of parts, or over it
// where that is nil, and checks the sum.
func (r *checkpointReader) tensors(parts []part) error {
	buf := make([]byte, 4*piece)
	for _, p := range parts {
		for at := 0; at < p.N; at += piece {
			b := buf[:4*min(piece, p.N-at)]
			if err := r.read(b); err != nil {
				return err
			}
			if p.data == nil {
				continue
			}
			for i := range len(b) / 4 {
				p.data[at+i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
			}
		}
	}
	want := r.sum.Sum32()
	if err := r.read(buf[:4]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(buf) != want {
		return errNotWhole
	}
	if n, _ := r.in.Read(buf[:1]); n != 0 {
		return errNotWhole
	}
	return nil
}
