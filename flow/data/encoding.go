package data

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings that are recognised.
const (
	utf8Plain = "utf-8"
	utf8BOM   = "utf-8-bom"
	gb18030   = "gb18030"
	utf16LE   = "utf-16le"
	utf16BE   = "utf-16be"
)

// evidence is how far an encoding is judged by: from the first byte that is
// not ASCII.
const evidence = 256 << 10

// decoder gives UTF-8. It passes ASCII through until something else comes,
// and decides there: a file may open with a thousand English rows.
type decoder struct {
	w    *window
	name string
	bom  bool
	out  io.Reader // once decided
}

func newDecoder(r io.Reader) *decoder {
	d := &decoder{w: newWindow(r, evidence), name: utf8Plain}
	d.w.fill(evidence)
	head := d.w.bytes()
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		d.w.skip(3)
		d.decide(utf8BOM, nil)
		d.bom = true
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		d.w.skip(2)
		d.decide(utf16LE, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM))
		d.bom = true
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		d.w.skip(2)
		d.decide(utf16BE, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
		d.bom = true
	default:
		if name := bareUTF16(head); name == utf16LE {
			d.decide(name, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM))
		} else if name == utf16BE {
			d.decide(name, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
		}
	}
	return d
}

func (d *decoder) decide(name string, e encoding.Encoding) {
	d.name = name
	d.out = windowReader{d.w}
	if e != nil {
		d.out = transform.NewReader(d.out, e.NewDecoder())
	}
}

// transcoded reports whether broken bytes show as U+FFFD in what comes out.
func (d *decoder) transcoded() bool { return d.name != utf8Plain && d.name != utf8BOM }

func (d *decoder) Read(p []byte) (int, error) {
	if d.out != nil {
		return d.out.Read(p)
	}
	if d.w.to == d.w.from && !d.w.more() {
		if d.w.err != nil {
			return 0, d.w.err
		}
		return 0, io.EOF
	}
	b := d.w.bytes()
	n := asciiPrefix(b)
	if n == 0 {
		d.w.fill(evidence)
		if judge(d.w.bytes(), d.w.end) == gb18030 {
			d.decide(gb18030, simplifiedchinese.GB18030)
		} else {
			d.decide(utf8Plain, nil)
		}
		return d.out.Read(p)
	}
	n = copy(p, b[:n])
	d.w.skip(n)
	return n, nil
}

// windowReader reads what a window holds, and on.
type windowReader struct{ w *window }

func (r windowReader) Read(p []byte) (int, error) {
	if r.w.to == r.w.from && !r.w.more() {
		if r.w.err != nil {
			return 0, r.w.err
		}
		return 0, io.EOF
	}
	n := copy(p, r.w.bytes())
	r.w.skip(n)
	return n, nil
}

func asciiPrefix(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// bareUTF16 recognises UTF-16 without a mark: line ends, commas, quotes and
// the like must nearly all have a zero byte on the same side, on even places.
func bareUTF16(b []byte) string {
	b = b[:len(b)&^1]
	if bytes.IndexByte(b, 0) < 0 {
		return ""
	}
	var le, be, alone int
	for i := 0; i+1 < len(b); i += 2 {
		switch {
		case b[i+1] == 0 && structural(b[i]):
			le++
		case b[i] == 0 && structural(b[i+1]):
			be++
		case b[i] == '\n' && b[i+1] < utf8.RuneSelf && b[i+1] >= ' ', b[i+1] == '\n' && b[i] < utf8.RuneSelf && b[i] >= ' ':
			alone++
		}
	}
	switch {
	case le > 4*be && le > 4*alone:
		return utf16LE
	case be > 4*le && be > 4*alone:
		return utf16BE
	}
	return ""
}

func structural(c byte) bool {
	switch c {
	case '\n', '\r', '\t', ',', '"', '{', '}', ':':
		return true
	}
	return false
}

// judge weighs the lines with bytes beyond ASCII: UTF-8 where at least half of
// them are; GB18030 where most of the others decode as it. What is neither is
// read as UTF-8, and its lines are rejected one by one.
func judge(b []byte, whole bool) string {
	if !whole {
		if i := bytes.LastIndexByte(b, '\n'); i > 0 {
			b = b[:i]
		} else {
			b = b[:len(b)-trailing(b)]
		}
	}
	var good, bad, chinese int
	var pairs pairing
	for line := range bytes.SplitSeq(b, []byte{'\n'}) {
		switch {
		case asciiPrefix(line) == len(line):
		case utf8.Valid(line):
			good++
		default:
			bad++
			if readsAsGB18030(line) {
				chinese++
				pairs.add(line)
			}
		}
	}
	if bad > good && chinese*2 > bad && !pairs.big5() {
		return gb18030
	}
	return utf8Plain
}

// trailing counts the bytes of a last rune that is cut.
func trailing(b []byte) int {
	for n := 1; n <= min(3, len(b)); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// readsAsGB18030 is true where a line decodes without fault and its high
// bytes stand together as they do in Chinese. In the old Western code pages
// they stand alone between ASCII letters, and would decode to nonsense.
func readsAsGB18030(line []byte) bool {
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(line)
	if err != nil || bytes.Contains(out, []byte("\ufffd")) {
		return false
	}
	var high, alone int
	for i, c := range line {
		if c < utf8.RuneSelf {
			continue
		}
		high++
		if (i == 0 || line[i-1] < utf8.RuneSelf) && (i+1 == len(line) || line[i+1] < utf8.RuneSelf) {
			alone++
		}
	}
	return alone*2 < high
}

// pairing counts the two-byte characters of GB18030 by their second byte, to
// tell Big5 from it, which decodes without fault as rare characters.
type pairing struct {
	all, low int // low: second byte from 40 to 7E
	apart    int // with a byte from 80 to A0, where Big5 has none
}

func (p *pairing) add(line []byte) {
	for i := 0; i+1 < len(line); i++ {
		lead, trail := line[i], line[i+1]
		switch {
		case lead < utf8.RuneSelf:
			continue
		case trail >= '0' && trail <= '9':
			i += 3 // a character of four bytes
			continue
		case trail < utf8.RuneSelf:
			p.low++
		}
		if lead <= 0xa0 || trail >= utf8.RuneSelf && trail <= 0xa0 {
			p.apart++
		}
		p.all++
		i++
	}
}

// big5 holds where a fifth or more of the second bytes are low, as in Big5
// and in traditional characters under GBK, of which the latter also has many
// characters that Big5 has no place for.
func (p *pairing) big5() bool { return p.low*5 > p.all && p.apart*20 < p.all }
