package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"datahall"
)

// repeated gives a piece n times without holding it.
type repeated struct {
	piece string
	n     int
	rest  string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.rest = r.piece
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func long(head string, n int, tail string) io.Reader {
	return io.MultiReader(strings.NewReader(head), &repeated{piece: strings.Repeat("x", 1000), n: n / 1000}, strings.NewReader(tail))
}

func TestALineOfTenMegabytesIsOneRejectedRow(t *testing.T) {
	const size = 10_000_000
	for name, c := range map[string]struct {
		src   io.Reader
		lines []int
	}{
		"csv":         {long("text,label\none,a\n", size, ",b\ntwo,b\n"), []int{2, 4}},
		"csv, quoted": {long("text,label\none,a\n\"", size, "\",b\ntwo,b\n"), []int{2, 4}},
		"tsv":         {long("text\tlabel\none\ta\n", size, "\tb\ntwo\tb\n"), []int{2, 4}},
		"jsonl":       {long("{\"text\":\"one\",\"label\":\"a\"}\n{\"text\":\"", size, "\",\"label\":\"b\"}\n{\"text\":\"two\",\"label\":\"b\"}\n"), []int{1, 3}},
		"json array":  {long("[{\"text\":\"one\",\"label\":\"a\"},\n{\"text\":\"", size, "\",\"label\":\"b\"},\n{\"text\":\"two\",\"label\":\"b\"}]"), []int{1, 3}},
		"at the end":  {long("text,label\none,a\ntwo,b\n", size, ",b"), []int{2, 3}},
	} {
		got, err := Read(c.src, Options{}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got.Rows) != 2 || got.Rows[0].Line != c.lines[0] || got.Rows[1].Line != c.lines[1] || len(got.Rejected) != 1 {
			t.Errorf("%s: got %d rows, %d rejected: %+v", name, len(got.Rows), len(got.Rejected), got.Rows)
			continue
		}
		r := got.Rejected[0]
		if len(r.Raw) > rawBytes || !strings.Contains(r.Reason.String(), "longer than 4194304 bytes") {
			t.Errorf("%s: raw of %d bytes, %s", name, len(r.Raw), r.Reason)
		}
	}
}

func TestATextOfTwoMegabytesIsRejected(t *testing.T) {
	got, err := Read(long("text,label\none,a\n", 2_000_000, ",b\ntwo,b\n"), Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rejected) != 1 || got.Rejected[0].Reason.String() != "the text has 2000000 bytes, 1048576 are allowed" {
		t.Errorf("got %+v", got.Rejected)
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	bomb := func(n int) []byte {
		row := strings.Repeat("two words ", 1000) + ",b\n"
		return append([]byte("text,label\none,a\n"), bytes.Repeat([]byte(row), n/len(row))...)
	}
	small := Limits{Bytes: 1 << 20, Rows: 50, Workbook: 100_000, Unzipped: 200_000}
	sheet := func(n int) []byte {
		rows := []datahall.Row{{Text: strings.Repeat("1 different text ", n), Label: "a"}, {Text: "two", Label: "b"}}
		var w bytes.Buffer
		if err := Export(&w, rows, "xlsx"); err != nil {
			t.Fatal(err)
		}
		return w.Bytes()
	}
	for name, c := range map[string]struct {
		file   []byte
		limits Limits
		want   string
	}{
		"a file of many bytes":    {bomb(2 << 20), Limits{Bytes: 1 << 20}, "f: has more than 1048576 bytes; split it, or bring a part of it"},
		"gzip to many bytes":      {gzipped(bomb(2 << 20)), Limits{Bytes: 1 << 20}, "f: has more than 1048576 bytes; split it, or bring a part of it"},
		"gzip to many times":      {gzipped(bomb(20 << 20)), Limits{}, "f: unpacks to more than 200 times its size; unpack it first if you trust it"},
		"zstd to many times":      {zstded(bomb(20 << 20)), Limits{}, "f: unpacks to more than 200 times its size; unpack it first if you trust it"},
		"many rows":               {bomb(1 << 20), small, "f: has more than 50 rows; bring a part of it"},
		"many columns":            {[]byte(strings.Repeat("text,label,", 10_000) + "\n" + strings.Repeat("one,a,", 10_000) + "\n"), Limits{}, "f: has more than 1000 columns; keep those of text and label"},
		"a large workbook":        {append([]byte("PK\x03\x04"), make([]byte, 200_000)...), small, "f: a workbook may have 100000 bytes at most; save the sheet as CSV"},
		"a workbook that unpacks": {sheet(1800), Limits{Unzipped: 20_000}, "f: the workbook unpacks to more than 20000 bytes; save the sheet as CSV"},
	} {
		_, err := Read(bytes.NewReader(c.file), Options{Name: "f", Limits: c.limits}, nil)
		if err == nil || err.Error() != c.want || datahall.KindOf(err) != datahall.TooLarge {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestDamageIsOneLine(t *testing.T) {
	gz, zst := gzipped(sampleCSV(1000)), zstded(sampleCSV(1000))
	var xlsx bytes.Buffer
	if err := Export(&xlsx, []datahall.Row{{Text: "one", Label: "a"}, {Text: "two", Label: "b"}}, "xlsx"); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(gz)
	flipped[len(flipped)/2] ^= 0x55
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"gzip cut off":      {gz[:len(gz)/2], "f: its gzip data is damaged or cut off; bring the whole file"},
		"gzip, a head only": {gz[:5], "f: its gzip data is damaged or cut off; bring the whole file"},
		"gzip changed":      {flipped, "f: its gzip data is damaged or cut off; bring the whole file"},
		"zstd cut off":      {zst[:len(zst)/2], "f: its zstd data is damaged or cut off; bring the whole file"},
		"workbook cut off":  {xlsx.Bytes()[:xlsx.Len()/2], "f: the workbook is damaged; open it in a spreadsheet program and save it again"},
		"other zip":         {zipOf(t, map[string]string{"a.csv": "text,label\n"}), "f: is a zip archive and no XLSX workbook; unpack it and bring the table inside"},
		"opendocument":      {zipOf(t, map[string]string{"content.xml": "<a/>"}), "f: is an OpenDocument file; save it as .xlsx or CSV"},
		"old workbook":      {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest"), "f: is an old .xls workbook or has a password; save it as .xlsx without one"},
		"parquet":           {[]byte("PAR1 and more"), "f: is a Parquet file; save the table as CSV, JSONL or XLSX"},
		"nothing":           {nil, "f: is empty; bring a file with a row for each example"},
		"white space":       {[]byte(" \n\r\n\t"), "f: is empty; bring a file with a row for each example"},
		"gzip of nothing":   {gzipped(nil), "f: is empty; bring a file with a row for each example"},
		"a mark alone":      {[]byte("\ufeff"), "f: is empty; bring a file with a row for each example"},
		"one endless line":  {bytes.Repeat([]byte("x"), 5<<20), "f: its lines are longer than 4194304 bytes; bring a row for each example"},
		"json that is none": {[]byte("[{nothing here}, {nor here}]"), "f: none of its 2 records is valid JSON; bring JSON lines, a JSON array, CSV or XLSX"},
	} {
		_, err := Read(bytes.NewReader(c.file), Options{Name: "f"}, nil)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func zipOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var w bytes.Buffer
	z := zip.NewWriter(&w)
	for name, content := range parts {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestErrorsOfTheSourceAreTheCallers(t *testing.T) {
	broken := errors.New("the blob was changed")
	for name, head := range map[string][]byte{
		"at once": nil, "later": sampleCSV(20_000), "in gzip": gzipped(sampleCSV(1000))[:200], "in zstd": zstded(sampleCSV(1000))[:200],
		"in xlsx": []byte("PK\x03\x04 and so on"), "in json": []byte("[{\"text\": \"one\", \"label\": \"a\"},"),
	} {
		_, err := Read(io.MultiReader(bytes.NewReader(head), iotest.ErrReader(broken)), Options{}, nil)
		if !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRejectedRowsAreCountedBeyondThoseKept(t *testing.T) {
	var b strings.Builder
	b.WriteString("text,label\none,a\ntwo,b\n")
	for i := range 50 {
		fmt.Fprintf(&b, "text %d,\n", i)
	}
	got, err := Read(strings.NewReader(b.String()), Options{Limits: Limits{Rejected: 7}}, nil)
	if err != nil || len(got.Rejected) != 7 || got.Report.Rejected != 50 {
		t.Errorf("got %d kept of %d, %v", len(got.Rejected), got.Report.Rejected, err)
	}
}
