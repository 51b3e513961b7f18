package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"

	"datahall"
)

// Digest is the SHA-256 of rows in order, hex. Text, label or labels or value,
// and split count; the line does not, for it belongs to the file. Each string
// is preceded by its length, so that no two different rows look alike.
func Digest(rows []datahall.Row) string {
	d := digester{h: sha256.New()}
	d.text("datahall.rows/1")
	for _, row := range rows {
		d.row(row)
	}
	return hex.EncodeToString(d.h.Sum(nil))
}

type digester struct {
	h   hash.Hash
	buf []byte
}

func (d *digester) row(row datahall.Row) {
	d.text(row.Text)
	d.text(row.Label)
	switch {
	case row.Labels == nil:
		d.number(0)
	default:
		d.number(uint64(len(row.Labels)) + 1)
		for _, l := range row.Labels {
			d.text(l)
		}
	}
	if row.Value == nil {
		d.number(0)
	} else {
		d.number(1)
		d.number(math.Float64bits(*row.Value))
	}
	d.text(row.Split)
}

func (d *digester) text(s string) {
	d.number(uint64(len(s)))
	d.buf = append(d.buf[:0], s...)
	d.h.Write(d.buf)
}

func (d *digester) number(n uint64) {
	d.buf = binary.AppendUvarint(d.buf[:0], n)
	d.h.Write(d.buf)
}
