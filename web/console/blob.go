package console

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"datahall"
)

const (
	reportBytes  = 32 << 20 // of a report that a page shows
	samplesBytes = 8 << 20
	rejectedLine = 64 << 10 // bytes of a line about a rejected row
)

// readJSON reads one of a thing's files; false where it has none of that name.
func (c *Console) readJSON(ctx context.Context, project string, files map[string]datahall.Blob, name string, most int64, into any) (bool, error) {
	blob, ok := files[name]
	if !ok {
		return false, nil
	}
	if blob.Bytes > most {
		return false, datahall.Errorf(datahall.TooLarge, "file %s: %s bytes are more than a page shows; download it", name, blob.Bytes)
	}
	f, err := c.Blobs.Open(ctx, project, blob.Digest)
	if err != nil {
		return false, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return false, datahall.Errorf(datahall.Invalid, "file %s: is not what it should be (%s); make the model or dataset anew", name, err)
	}
	return true, nil
}

// readRejected reads at most n rejected rows: a header, then one a line. A
// line that is none of ours ends the list.
func readRejected(r io.Reader, n int) []datahall.RejectedRow {
	b := bufio.NewReaderSize(r, rejectedLine)
	if _, err := b.ReadSlice('\n'); err != nil {
		return nil
	}
	var rows []datahall.RejectedRow
	for len(rows) < n {
		line, err := b.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			break
		}
		var row datahall.RejectedRow
		if json.Unmarshal(line, &row) != nil {
			break
		}
		rows = append(rows, row)
		if err != nil {
			break
		}
	}
	return rows
}
