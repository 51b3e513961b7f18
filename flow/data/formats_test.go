package data

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"datahall"
)

const table = "问题,意图,split\n我的快递到哪里了，请帮我查一下。,物流,train\n\"怎么退款？\n急\",退款,test\nwhere is my order,物流,train\n发票开错了,\"退款\",dev\n"

func gzipped(b []byte) []byte {
	var w bytes.Buffer
	z := gzip.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func zstded(b []byte) []byte {
	z, _ := zstd.NewWriter(nil)
	return z.EncodeAll(b, nil)
}

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOneTableHasOneDigestInEveryDress(t *testing.T) {
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	plain := []byte(table)
	want, err := Read(strings.NewReader(table), Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Rows) != 4 || want.Rows[1].Text != "怎么退款？\n急" || want.Rows[3].Split != Validation {
		t.Fatalf("got %+v", want.Rows)
	}
	export := func(format string) []byte {
		var w bytes.Buffer
		if err := Export(&w, want.Rows, format); err != nil {
			t.Fatal(err)
		}
		return w.Bytes()
	}
	for _, c := range []struct {
		name             string
		file             []byte
		format, encoding string
	}{
		{"utf-8", plain, "csv", "utf-8"},
		{"utf-8 with a mark", append([]byte("\ufeff"), plain...), "csv", "utf-8-bom"},
		{"crlf", []byte(strings.ReplaceAll(table, "\n", "\r\n")), "csv", "utf-8"},
		{"gb18030", encoded(t, simplifiedchinese.GB18030, table), "csv", "gb18030"},
		{"utf-16le with a mark", append([]byte{0xff, 0xfe}, encoded(t, le, table)...), "csv", "utf-16le"},
		{"utf-16be with a mark", append([]byte{0xfe, 0xff}, encoded(t, be, table)...), "csv", "utf-16be"},
		{"utf-16le", encoded(t, le, table), "csv", "utf-16le"},
		{"utf-16be", encoded(t, be, table), "csv", "utf-16be"},
		{"gzip", gzipped(plain), "csv+gz", "utf-8"},
		{"zstd", zstded(plain), "csv+zst", "utf-8"},
		{"gzip of gb18030", gzipped(encoded(t, simplifiedchinese.GB18030, table)), "csv+gz", "gb18030"},
		{"csv again", export("csv"), "csv", "utf-8"},
		{"tsv", export("tsv"), "tsv", "utf-8"},
		{"jsonl", export("jsonl"), "jsonl", "utf-8"},
		{"jsonl in utf-16", encoded(t, le, string(export("jsonl"))), "jsonl", "utf-16le"},
		{"xlsx", export("xlsx"), "xlsx", "utf-8"},
		{"xlsx in zstd", zstded(export("xlsx")), "xlsx+zst", "utf-8"},
	} {
		for how, r := range map[string]io.Reader{"whole": bytes.NewReader(c.file), "byte by byte": iotest.OneByteReader(bytes.NewReader(c.file))} {
			got, err := Read(r, Options{Name: "no-ending"}, nil)
			if err != nil {
				t.Errorf("%s, %s: %v", c.name, how, err)
				continue
			}
			if got.Digest != want.Digest {
				t.Errorf("%s, %s: other rows: %+v", c.name, how, got.Rows)
			}
			if got.Report.Format != c.format || got.Report.Encoding != c.encoding {
				t.Errorf("%s, %s: got %s %s, want %s %s", c.name, how, got.Report.Format, got.Report.Encoding, c.format, c.encoding)
			}
		}
	}
}

func TestAFileMayOpenWithManyEnglishRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("text,label\n")
	for range 30_000 {
		b.WriteString("where is my order,en\n")
	}
	for range 10 {
		b.WriteString("我的快递到哪里了,zh\n")
	}
	got, err := Read(bytes.NewReader(encoded(t, simplifiedchinese.GB18030, b.String())), Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Report.Encoding != "gb18030" || got.Rows[30_000].Text != "我的快递到哪里了" || got.Report.Rejected != 0 {
		t.Errorf("got %s, %q, %d rejected", got.Report.Encoding, got.Rows[30_000].Text, got.Report.Rejected)
	}
}

func TestTheDigestIsOfTheRows(t *testing.T) {
	half := 0.5
	base := datahall.Row{Text: "a", Label: "b", Line: 1}
	rows := []datahall.Row{
		base, {Text: "ab"}, {Text: "a", Label: "b", Split: "train"}, {Text: "a", Labels: []string{}},
		{Text: "a", Labels: []string{"b"}}, {Text: "a", Labels: []string{"", "b"}}, {Text: "a", Value: &half},
	}
	seen := map[string]int{}
	for i, row := range rows {
		d := Digest([]datahall.Row{row})
		if j, ok := seen[d]; ok {
			t.Errorf("rows %d and %d have one digest", j, i)
		}
		seen[d] = i
	}
	moved := base
	moved.Line = 99
	if Digest([]datahall.Row{base}) != Digest([]datahall.Row{moved}) {
		t.Error("the line counts")
	}
	const want = "c39a36c49cb27b78aab592a67d8fa86dcaae29fa13b20deda2e55b01f4134a2c"
	if got := Digest([]datahall.Row{base}); got != want {
		t.Errorf("the digest of a known row changed: versions that exist would get new ones: %s", got)
	}
}

func TestProgressIsTold(t *testing.T) {
	file := sampleCSV(5000)
	var calls int
	var last [2]int64
	_, err := Read(bytes.NewReader(file), Options{}, func(bytes, rows int64) {
		if calls++; bytes < last[0] || rows < last[1] {
			t.Errorf("went back from %v to %d bytes, %d rows", last, bytes, rows)
		}
		last = [2]int64{bytes, rows}
	})
	if err != nil || calls < 5 || last != [2]int64{int64(len(file)), 5000} {
		t.Errorf("%d calls, last %v, %v", calls, last, err)
	}
}

func TestTraditionalCharacters(t *testing.T) {
	const text = "問題,意圖\n我的訂單還沒有到,物流\n怎麼辦理退貨與退款,退貨\n發票開錯了請幫我查詢,發票\n請問幾時會發貨,物流\n"
	got, err := Read(bytes.NewReader(encoded(t, simplifiedchinese.GBK, text)), Options{}, nil)
	if err != nil || got.Rows[0].Text != "我的訂單還沒有到" || got.Report.Encoding != "gb18030" {
		t.Errorf("in GBK: %+v, %v", got, err)
	}
	_, err = Read(bytes.NewReader(encoded(t, traditionalchinese.Big5, text)), Options{Name: "f"}, nil)
	if err == nil || err.Error() != "f: is neither UTF-8 nor GB18030 nor UTF-16; save it as UTF-8" {
		t.Errorf("in Big5: %v", err)
	}
}
