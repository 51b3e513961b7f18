package cli

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"datahall"
)

// reading is how a FILE is to be read; every command that takes one has its flags.
type reading struct {
	text, label, split, sheet, header, task string
}

func (s *session) readingFlags(c *cobra.Command, r *reading) {
	f := c.Flags()
	f.StringVar(&r.text, "text-column", "", s.t(datahall.Say("`COLUMN` of the text: its header, or its number from 1 (otherwise recognised)")))
	f.StringVar(&r.label, "label-column", "", s.t(datahall.Say("`COLUMN` of the label (otherwise recognised)")))
	f.StringVar(&r.split, "split-column", "", s.t(datahall.Say("`COLUMN` that says train, validation or test (otherwise recognised)")))
	f.StringVar(&r.sheet, "sheet", "", s.t(datahall.Say("`SHEET` of a workbook: its name, or its number from 1 (otherwise the first)")))
	f.StringVar(&r.header, "header", "", s.t(datahall.Say("`yes` or no: whether the first line names the columns (otherwise recognised)")))
}

// spec asks for the file to be read.
func (r reading) spec(name, source string) (datahall.ImportSpec, error) {
	spec := datahall.ImportSpec{Name: name, Source: source, TextColumn: r.text, LabelColumn: r.label, SplitColumn: r.split, Sheet: r.sheet, Task: r.task}
	switch strings.ToLower(r.header) {
	case "":
	case "yes", "true":
		spec.Header = new(bool)
		*spec.Header = true
	case "no", "false":
		spec.Header = new(bool)
	default:
		return spec, datahall.Errorf(datahall.Invalid, "--header %s: is neither yes nor no; leave it out to have it recognised", r.header)
	}
	return spec, nil
}

// imported is the result of an import or a split.
type imported struct {
	datahall.Dataset
	Existed bool `json:"existed"`
}

func (d imported) ref() string { return refOf(d.Name, d.Version) }

// bring makes a file, or a built-in sample, a dataset version.
func (s *session) bring(ctx context.Context, source, name string, r reading) (datahall.ImportSpec, error) {
	name = cmp.Or(name, nameOf(source))
	spec, err := r.spec(name, filepath.Base(source))
	if err != nil {
		return spec, err
	}
	if strings.HasPrefix(source, "builtin:") {
		spec.Source = source
		return spec, nil
	}
	if spec.Blob, err = s.upload(ctx, source); err != nil {
		return spec, err
	}
	return spec, nil
}

// upload sends a file of this machine to the hall.
func (s *session) upload(ctx context.Context, path string) (datahall.Blob, error) {
	if strings.Contains(path, "://") {
		return datahall.Blob{}, datahall.Errorf(datahall.Invalid, "%s: addresses are not fetched; download the file and give its name", path)
	}
	f, size, err := openFile(path)
	if err != nil {
		return datahall.Blob{}, err
	}
	defer f.Close()
	c, err := s.connect(ctx)
	if err != nil {
		return datahall.Blob{}, err
	}
	if size < slowUpload {
		return c.Upload(ctx, f)
	}
	show := s.display()
	defer show.Close()
	return c.Upload(ctx, &metered{r: f, show: show, st: stage{name: s.t(datahall.Say("sending %s", filepath.Base(path))), began: time.Now(),
		progress: datahall.Progress{Total: float64(size), Unit: "bytes"}}})
}

// slowUpload is the size from which sending is shown.
const slowUpload = 16 << 20

// openFile opens a file to be read as data; what cannot be one is told plainly.
func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	switch {
	case os.IsNotExist(err):
		return nil, 0, datahall.Errorf(datahall.NotFound, "%s: there is no such file; check its name and folder", path)
	case err != nil:
		return nil, 0, datahall.Errorf(datahall.Denied, "%s: cannot be read (%s); change its permissions, or copy it", path, fact(err)).Because(err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		f.Close()
		return nil, 0, datahall.Errorf(datahall.Invalid, "%s: is a folder; give one file", path)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// fact gives the bare fact of a file error: its path is named already.
func fact(err error) string {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // the outermost one
		return e.Err.Error()
	}
	return err.Error()
}

// metered shows how much of a file was read.
type metered struct {
	r    io.Reader
	show display
	st   stage
}

func (m *metered) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	now := time.Now()
	p := &m.st.progress
	p.Done += float64(n)
	if took := now.Sub(m.st.began).Seconds(); took > 0 {
		p.Rate = p.Done / took
		p.Left = (p.Total - p.Done) / p.Rate
	}
	m.st.last = now
	m.show.Stage(m.st)
	m.show.Tick(now)
	if err == io.EOF {
		m.show.Over(m.st)
	}
	return n, err
}

// endings are those of files that an import reads.
var endings = []string{".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".xlsx", ".xlsm", ".txt"}

// isFile reports whether what was given for a dataset is a file to be read.
func isFile(ref string) bool {
	if strings.HasPrefix(ref, "builtin:") || strings.ContainsAny(ref, `/\`) {
		return true
	}
	base := strings.ToLower(ref)
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".zst")
	return slices.Contains(endings, filepath.Ext(base))
}

// nameOf makes a name out of that of a file: tickets.csv.gz is tickets.
func nameOf(source string) string {
	if name, ok := strings.CutPrefix(source, "builtin:"); ok {
		return name
	}
	name := filepath.Base(source)
	for _, ending := range append([]string{".gz", ".zst"}, endings...) {
		if len(name) > len(ending) && strings.EqualFold(name[len(name)-len(ending):], ending) {
			name = name[:len(name)-len(ending)]
		}
	}
	name = strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '-'
	}, name), "-._")
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return cmp.Or(name, "data")
}

// writeTo writes a file whole or not at all.
func writeTo(path string, r io.Reader) (int64, error) {
	dir, base := filepath.Split(path)
	f, err := os.CreateTemp(cmp.Or(dir, "."), ".new-*")
	if err != nil {
		return 0, cannotWrite(path, err)
	}
	defer os.Remove(f.Name()) // gone already where all went well
	n, err := io.Copy(f, r)
	for _, next := range []func() error{func() error { return f.Chmod(fs.FileMode(0o644)) }, f.Close} {
		if e := next(); err == nil {
			err = e
		}
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, base))
	}
	if err != nil {
		return 0, cannotWrite(path, err)
	}
	return n, nil
}

func cannotWrite(path string, err error) error {
	if datahall.KindOf(err) != datahall.Internal {
		return err // it came from the hall
	}
	return failure{datahall.Errorf(datahall.Unavailable, "%s: cannot be written (%s); give another place", path, fact(err)).Because(err)}
}
