package hub

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's own digest of a blob
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"

	"datahall"
)

// Partial is a file that is being fetched; what it holds already is gone on
// with. *os.File is one.
type Partial interface {
	io.ReadWriteSeeker
	io.Closer
	Truncate(size int64) error
}

// Sink opens the partial file of a file of a commit. The same names give the
// same file, with what an earlier pull left in it.
type Sink func(revision, name string) (Partial, error)

// Pull looks and fetches.
func Pull(ctx context.Context, o Options, sink Sink, progress func(done, total int64)) (Snapshot, error) {
	s, err := Look(ctx, o)
	if err != nil {
		return s, err
	}
	return s, Fetch(ctx, o, s, sink, progress)
}

// Fetch fetches the files of a snapshot. When it gives no error, each partial
// file is whole and has the digest that the listing says. progress, which may
// be nil, counts bytes of all files, those of earlier pulls among them.
func Fetch(ctx context.Context, o Options, s Snapshot, sink Sink, progress func(done, total int64)) error {
	c, err := newCaller(o)
	if err != nil {
		return err
	}
	if progress == nil {
		progress = func(_, _ int64) {}
	}
	before, total := int64(0), s.Bytes()
	for _, f := range s.Files {
		d := &download{caller: c, file: f, revision: s.Revision, see: func(n int64) { progress(before+n, total) }}
		if err := d.run(ctx, sink); err != nil {
			return err
		}
		before += f.Bytes
		progress(before, total)
	}
	return nil
}

// download is one file on its way.
type download struct {
	*caller
	file     File
	revision string
	see      func(int64)
	partial  Partial
	have     int64  // bytes in partial
	tag      string // strong ETag of what they are a part of; "" where an earlier pull left them
	pieced   bool   // they came in more than one piece
	again    bool   // this is the second try from the start
}

// run fetches and checks. Pieces may be of different things, since the file
// changed or a mirror mixes them up: a wrong digest of those is one more try,
// from the start.
func (d *download) run(ctx context.Context, sink Sink) error {
	partial, err := sink(d.revision, d.file.Name)
	if err != nil {
		return d.unwritten(err)
	}
	defer partial.Close()
	d.partial = partial
	if d.have, err = partial.Seek(0, io.SeekEnd); err != nil {
		return d.unwritten(err)
	}
	if d.have > d.file.Bytes {
		if err := d.restart(); err != nil {
			return err
		}
	}
	for d.pieced = d.have > 0; ; {
		if err := d.fill(ctx); err != nil {
			return err
		}
		if same, err := d.sound(); err != nil || same {
			return err
		}
		again := d.pieced && !d.again
		if err := d.restart(); err != nil {
			return err
		}
		if !again {
			return d.other()
		}
		d.again = true
	}
}

// fill fetches what is not there yet.
func (d *download) fill(ctx context.Context) error {
	return d.persist(ctx, func(ctx context.Context) (bool, error) {
		before := d.have
		err := d.connect(ctx)
		return d.have > before, err
	})
}

// connect fetches as much as one connection brings.
func (d *download) connect(ctx context.Context) error {
	if d.have == d.file.Bytes {
		return nil
	}
	resp, err := d.get(ctx, d.route(), d.rest())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusPartialContent && d.continues(resp):
		d.pieced = true
	case resp.StatusCode == http.StatusOK: // the server knows no ranges, or the file changed
		if err := d.restart(); err != nil {
			return err
		}
	case resp.StatusCode == http.StatusPartialContent, resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		if err := d.restart(); err != nil {
			return err
		}
		return errors.New("it answers with another part than it was asked for")
	default:
		return d.refused(resp, d.file.Name)
	}
	if resp.ContentLength >= 0 && d.have+resp.ContentLength != d.file.Bytes {
		return d.other()
	}
	if d.tag = resp.Header.Get("ETag"); !strings.HasPrefix(d.tag, `"`) {
		d.tag = ""
	}
	return d.take(resp.Body)
}

func (d *download) route() string {
	parts := strings.Split(d.file.Name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return "/" + d.Repo + "/resolve/" + d.revision + "/" + strings.Join(parts, "/")
}

// rest asks for what is not there yet, if it is still a part of the same.
func (d *download) rest() http.Header {
	header := http.Header{}
	if d.have > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
		if d.tag != "" {
			header.Set("If-Range", d.tag)
		}
	}
	return header
}

// continues says whether an answer goes on exactly where the partial file ends.
func (d *download) continues(resp *http.Response) bool {
	want := fmt.Sprintf("bytes %d-%d/%d", d.have, d.file.Bytes-1, d.file.Bytes)
	return d.have > 0 && resp.Header.Get("Content-Range") == want
}

// take writes what a connection brings behind what is there.
func (d *download) take(body io.Reader) error {
	if _, err := d.partial.Seek(d.have, io.SeekStart); err != nil {
		return d.unwritten(err)
	}
	buf := make([]byte, 256<<10)
	for {
		n, err := body.Read(buf)
		if d.have+int64(n) > d.file.Bytes {
			return d.other()
		}
		if _, err := d.partial.Write(buf[:n]); err != nil {
			return d.unwritten(err)
		}
		d.have += int64(n)
		d.see(d.have)
		switch {
		case d.have == d.file.Bytes && (err == nil || err == io.EOF):
			return nil
		case err == io.EOF:
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
	}
}

// restart forgets what is there.
func (d *download) restart() error {
	d.have, d.tag, d.pieced = 0, "", false
	if err := d.partial.Truncate(0); err != nil {
		return d.unwritten(err)
	}
	return nil
}

// sound compares the file with its digest.
func (d *download) sound() (bool, error) {
	var h hash.Hash
	want := d.file.SHA256
	if want != "" {
		h = sha256.New()
	} else {
		h, want = sha1.New(), d.file.Git //nolint:gosec // git's own digest
		fmt.Fprintf(h, "blob %d\x00", d.file.Bytes)
	}
	if _, err := d.partial.Seek(0, io.SeekStart); err != nil {
		return false, d.unwritten(err)
	}
	if _, err := io.Copy(h, d.partial); err != nil {
		return false, d.unwritten(err)
	}
	return hex.EncodeToString(h.Sum(nil)) == want, nil
}

func (d *download) other() error {
	return datahall.Errorf(datahall.Invalid, "repository %s: %s comes with another digest or length than the hub tells; try again later, or use another mirror", d.Repo, d.file.Name)
}

func (d *download) unwritten(err error) error {
	return datahall.Errorf(datahall.Unavailable, "disk: %s cannot be written (%s); make room and run it again", d.file.Name, err).Because(err)
}
