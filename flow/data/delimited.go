package data

import (
	"bytes"
	"io"

	"datahall"
)

// dialect is how a delimited file is written.
type dialect struct {
	comma  byte // 0: one column, the line
	eol    byte
	sparse bool // quoting is rare: quotes around a field must be needed to count
}

// delimited reads CSV and TSV as people have them. Quotes follow RFC 4180: a
// field that begins with one ends with one, may hold delimiters and line ends,
// and doubles the quotes inside. Beyond the RFC:
//
//   - a quote that does not close before a delimiter or line end is text;
//   - between tabs, and in a file of one column that is not called CSV, a field
//     in quotes is only unquoted if it holds a tab, a line end or a doubled
//     quote: others are what somebody said;
//   - elsewhere spaces around the quotes of a field are skipped.
type delimited struct {
	w *window
	dialect
	cells []cell
	stray bool
	rec   record
}

func (d *delimited) next() (*record, error) {
	for {
		b := d.w.bytes()
		final := d.w.end || d.w.err != nil || d.w.full()
		n := d.parse(b, final)
		if n < 0 {
			d.w.fill(max(2*len(b), 4096)) // twice as much: parsed again from the start, that stays linear
			if d.w.err != nil {
				return nil, d.w.err
			}
			continue
		}
		if n == 0 {
			if d.w.more() {
				continue
			}
			if d.w.err != nil {
				return nil, d.w.err
			}
			return nil, io.EOF
		}
		d.rec = record{line: d.w.line, cells: d.cells, stray: d.stray}
		if n > len(b) {
			return d.overlong(b)
		}
		d.rec.raw = b[:n]
		d.w.skip(n)
		if len(bytes.TrimSpace(d.rec.raw)) > 0 {
			return &d.rec, nil
		}
	}
}

func (d *delimited) overlong(b []byte) (*record, error) {
	d.rec.cells, d.rec.raw = nil, bytes.Clone(b[:min(len(b), rawBytes)])
	d.rec.bad = datahall.Say("the line is longer than %s bytes", d.w.limit)
	d.w.discardLine()
	return &d.rec, d.w.err
}

// parse cuts the first record of b into d.cells and gives its length with its
// line end; -1 where more must be read first; 0 where b is empty; more than
// len(b) where its first line does not fit into a full window.
func (d *delimited) parse(b []byte, final bool) int {
	d.cells, d.stray = d.cells[:0], false
	if len(b) == 0 {
		return 0
	}
	end := bytes.IndexByte(b, d.eol)
	if end < 0 {
		switch {
		case !final:
			return -1
		case !d.w.end && d.w.err == nil:
			return len(b) + 1
		}
		end = len(b)
	}
	if d.comma == 0 && !bytes.HasPrefix(bytes.TrimLeft(b[:end], " "), []byte{'"'}) {
		d.add(bytes.TrimSuffix(b[:end], []byte{'\r'}))
		return min(end+1, len(b))
	}
	if bytes.IndexByte(b[:end], '"') < 0 {
		d.split(bytes.TrimSuffix(b[:end], []byte{'\r'}))
		return min(end+1, len(b))
	}
	return d.parseQuoted(b, final)
}

// add keeps one field more than is allowed, so that the record is refused.
func (d *delimited) add(b []byte) {
	if len(d.cells) <= maxColumns {
		d.cells = append(d.cells, cell{b: b})
	}
}

func (d *delimited) split(line []byte) {
	for {
		i := bytes.IndexByte(line, d.comma)
		if i < 0 {
			d.add(line)
			return
		}
		d.add(line[:i])
		line = line[i+1:]
	}
}

// parseQuoted is parse for a record whose first line holds a quote.
func (d *delimited) parseQuoted(b []byte, final bool) int {
	at := 0
	for {
		field, next := d.quoted(b, at, final)
		if next < 0 {
			return -1
		}
		if next == 0 { // not a quoted field
			end := at
			for end < len(b) && b[end] != d.comma && b[end] != d.eol {
				end++
			}
			if end == len(b) && !final {
				return -1
			}
			field, next = b[at:end], end
			if next == len(b) || b[next] == d.eol {
				field = bytes.TrimSuffix(field, []byte{'\r'})
			}
		}
		d.add(field)
		if next == len(b) {
			return next
		}
		at = next + 1
		if b[next] == d.eol {
			return at
		}
	}
}

// quoted reads the field at b[at:] if it stands in quotes, and gives where its
// delimiter or line end is; 0 where it does not, -1 where more must be read.
func (d *delimited) quoted(b []byte, at int, final bool) (field []byte, next int) {
	open := at
	for !d.sparse && open < len(b) && b[open] == ' ' {
		open++
	}
	if open >= len(b) || b[open] != '"' {
		return nil, 0
	}
	end, doubled := closing(b, open+1)
	if end < 0 || !final && end+2 >= len(b) {
		if !final {
			return nil, -1
		}
		if end < 0 {
			d.stray = !d.sparse
			return nil, 0
		}
	}
	field = b[open+1 : end]
	next = end + 1
	for !d.sparse && next < len(b) && b[next] == ' ' {
		next++
	}
	if next+1 < len(b) && b[next] == '\r' && b[next+1] == d.eol || next+1 == len(b) && b[next] == '\r' && final {
		next++
	}
	if next == len(b) && !final {
		return nil, -1
	}
	if next < len(b) && b[next] != d.comma && b[next] != d.eol {
		d.stray = d.stray || !d.sparse
		return nil, 0
	}
	if d.sparse && doubled == 0 && bytes.IndexByte(field, '\t') < 0 && bytes.IndexByte(field, d.eol) < 0 && bytes.IndexByte(field, '\r') < 0 {
		return nil, 0
	}
	if doubled > 0 {
		field = bytes.ReplaceAll(field, []byte(`""`), []byte(`"`))
	}
	return field, next
}

// closing finds the quote that closes a field beginning at b[from:], and how
// many doubled ones stand before it.
func closing(b []byte, from int) (end, doubled int) {
	for {
		i := bytes.IndexByte(b[from:], '"')
		if i < 0 {
			return -1, doubled
		}
		if from += i; from+1 < len(b) && b[from+1] == '"' {
			from += 2
			doubled++
			continue
		}
		return from, doubled
	}
}

// delimiters in the order of preference where nothing else decides.
var delimiters = []byte{',', '\t', ';', '|'}

// sniffDialect chooses the delimiter under which most records of the sample
// have the same number of fields, at least two. A first line whose fields are
// known headers outweighs the count.
func sniffDialect(sample []byte, whole bool, name string) dialect {
	best := dialect{eol: '\n', sparse: !hasSuffix(name, ".csv")}
	if oldMac(sample) {
		best.eol = '\r'
	}
	if first, _, ok := bytes.Cut(sample, []byte{best.eol}); ok && knownHeaders([]cell{{b: first}}) {
		return best
	}
	bestScore := 0.5
	for _, comma := range delimiters {
		score, known := regularity(sample, whole, dialect{comma, best.eol, comma == '\t'})
		if known {
			score += 1
		}
		if score > 0.5 && (comma == '\t' && hasSuffix(name, ".tsv", ".tab") || comma == ',' && hasSuffix(name, ".csv")) {
			score += 0.05
		}
		if score > bestScore {
			best.comma, best.sparse, bestScore = comma, comma == '\t', score
		}
	}
	return best
}

// oldMac reports whether lines end with a carriage return alone. What stands
// between quotes is text.
func oldMac(sample []byte) bool {
	quoted, alone, lines := false, 0, 0
	for i, c := range sample {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			lines++
		case c == '\r' && (i+1 == len(sample) || sample[i+1] != '\n'):
			alone++
		}
	}
	return alone > lines
}

// regularity is the share of the sample's records that have as many fields as
// most of them have, 0 where that is one field; and whether the first holds
// headers that are known.
func regularity(sample []byte, whole bool, as dialect) (share float64, known bool) {
	d := &delimited{w: &window{end: whole}, dialect: as}
	widths := map[int]int{}
	total := 0
	for total < 500 && len(sample) > 0 {
		n := d.parse(sample, whole)
		if n <= 0 || n > len(sample) {
			break
		}
		if len(bytes.TrimSpace(sample[:n])) > 0 {
			if total == 0 {
				known = len(d.cells) > 1 && knownHeaders(d.cells)
			}
			widths[len(d.cells)]++
			total++
		}
		sample = sample[n:]
	}
	width, most := 0, 0
	for w, n := range widths {
		if n > most || n == most && w > width {
			width, most = w, n
		}
	}
	if width < 2 {
		return 0, known
	}
	return float64(most) / float64(total), known
}
