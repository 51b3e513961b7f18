package data

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"

	"datahall"
)

// The kept format: JSON lines, the first of which names format and version.
// A later version reads all earlier ones; testdata holds one file of each.
const (
	rowsFormat     = "datahall.rows"
	rejectedFormat = "datahall.rejected"
	keptVersion    = 1
	keptLine       = 64 << 20 // bytes of a line at most
)

type keptHeader struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

// WriteRows writes rows in the kept format.
func WriteRows(w io.Writer, rows iter.Seq[datahall.Row]) error { return writeKept(w, rowsFormat, rows) }

// WriteRejected writes rejected rows in the kept format.
func WriteRejected(w io.Writer, rows iter.Seq[datahall.RejectedRow]) error {
	return writeKept(w, rejectedFormat, rows)
}

func writeKept[T any](w io.Writer, format string, rows iter.Seq[T]) error {
	b := bufio.NewWriterSize(w, 1<<16)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(keptHeader{format, keptVersion}); err != nil {
		return err
	}
	for row := range rows {
		if err := e.Encode(row); err != nil {
			return err
		}
	}
	return b.Flush()
}

// ReadRows reads rows in the kept format. The first error ends the sequence.
func ReadRows(r io.Reader) iter.Seq2[datahall.Row, error] {
	return readKept[datahall.Row](r, rowsFormat)
}

// ReadRejected reads rejected rows in the kept format.
func ReadRejected(r io.Reader) iter.Seq2[datahall.RejectedRow, error] {
	return readKept[datahall.RejectedRow](r, rejectedFormat)
}

// LoadRows reads all rows in the kept format.
func LoadRows(r io.Reader) ([]datahall.Row, error) {
	var rows []datahall.Row
	for row, err := range ReadRows(r) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func readKept[T any](r io.Reader, format string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		w := newWindow(r, keptLine)
		line, _, err := w.nextLine()
		if err == nil || err == io.EOF {
			err = checkHeader(line, format)
		}
		for number := 2; err == nil; number++ {
			var row T
			row, err = keptRow[T](w, format, number)
			if err == nil && !yield(row, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(none, err)
		}
	}
}

func keptRow[T any](w *window, format string, number int) (row T, err error) {
	line, overlong, err := w.nextLine()
	switch {
	case err != nil:
		return row, err
	case overlong:
		err = errors.New("line too long")
	default:
		err = json.Unmarshal(line, &row)
	}
	if err != nil {
		return row, datahall.Errorf(datahall.Invalid, "%s: line %s is damaged; import the data again", format, number).Because(err)
	}
	return row, nil
}

func checkHeader(line []byte, format string) error {
	var h keptHeader
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&h); err != nil || h.Format != format || h.Version < 1 {
		return datahall.Errorf(datahall.Invalid, "%s: the first line does not name this format; import the data again", format).Because(err)
	}
	if h.Version > keptVersion {
		return datahall.Errorf(datahall.Invalid, "%s: was written by a newer datahall (version %s of the format); upgrade this one", format, h.Version)
	}
	return nil
}
