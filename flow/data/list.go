package data

import (
	"bytes"
	"encoding/json"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// listOf reads ["a", "b"], also as Python prints it (['a', 'b']). Numbers and
// truth values are taken as they are written; what else is inside is left out.
func listOf(raw []byte) []string {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return pythonList(string(raw))
	}
	names := make([]string, 0, len(items))
	for _, item := range items {
		if c := cellOf(item); c.kind == words {
			names = append(names, string(c.b))
		}
	}
	return names
}

func pythonList(s string) []string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	var names []string
	for part := range strings.SplitSeq(s, ",") {
		names = append(names, strings.Trim(strings.TrimSpace(part), `'"`))
	}
	return names
}

// sheetError reports whether a spreadsheet's cell holds an error value.
func sheetError(b []byte) bool {
	if len(b) < 4 || b[0] != '#' {
		return false
	}
	switch string(bytes.TrimSpace(b)) {
	case "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}

func gbText(b []byte) ([]byte, error) { return simplifiedchinese.GB18030.NewDecoder().Bytes(b) }
