package shop

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"slices"
	"strings"

	"datahall"
)

// OutOfScope is the label of what no intent covers.
const OutOfScope = "out_of_scope"

const header = "text\tlabel\tsplit\n"

var (
	//go:embed en.tsv
	english string
	//go:embed zh.tsv
	chinese string
)

// TSV gives the sample as a file: UTF-8, tabs between text, label and split,
// a header, no quotes. The order is that of [Rows].
func TSV() []byte {
	var b strings.Builder
	b.WriteString(header)
	for _, row := range Rows() {
		b.WriteString(row.Text + "\t" + row.Label + "\t" + row.Split + "\n")
	}
	return []byte(b.String())
}

// Rows gives the sample in a fixed order in which languages and labels are
// mixed, so that any beginning of it is a fair picture of the whole. Line is
// the row's line in [TSV].
func Rows() []datahall.Row {
	en, zh := mixed(english), mixed(chinese)
	rows := make([]datahall.Row, 0, len(en)+len(zh))
	for i, j := 0, 0; i+j < len(en)+len(zh); {
		// Next comes the half that has given the smaller share of its rows.
		if j == len(zh) || i < len(en) && i*len(zh) <= j*len(en) {
			rows, i = append(rows, en[i]), i+1
		} else {
			rows, j = append(rows, zh[j]), j+1
		}
		rows[len(rows)-1].Line = len(rows) + 1
	}
	return rows
}

// mixed parses one half and orders it by a hash of the texts: the same order
// everywhere, which a new row does not disturb.
func mixed(half string) []datahall.Row {
	rows := parse(half)
	slices.SortFunc(rows, func(a, b datahall.Row) int {
		return cmp.Or(cmp.Compare(hash("order", a.Text), hash("order", b.Text)), cmp.Compare(a.Text, b.Text))
	})
	return rows
}

// parse reads one of the embedded halves, in its own order. These bytes are
// ours, and the tests look at every line of them.
func parse(half string) []datahall.Row {
	var rows []datahall.Row
	for line := range strings.Lines(strings.TrimPrefix(half, header)) {
		text, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		label, split, _ := strings.Cut(rest, "\t")
		rows = append(rows, datahall.Row{Text: text, Label: label, Split: split})
	}
	return rows
}

// hash gives independent numbers for one text under different purposes.
func hash(purpose, text string) uint64 {
	sum := sha256.Sum256([]byte(purpose + "\x00" + text))
	return binary.BigEndian.Uint64(sum[:8])
}
