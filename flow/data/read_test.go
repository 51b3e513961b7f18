package data

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datahall"
)

var update = flag.Bool("update", false, "rewrite what stands below the marker of each story")

// TestStories plays testdata/read: options as key=value on the first line, a
// file, and what reading it gives. \N in a file stands for NUL, \x.. for a byte.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/read/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no stories", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			head, rest, ok1 := strings.Cut(string(b), "-- file --\n")
			file, want, ok2 := strings.Cut(rest, "-- result --\n")
			if !ok1 || !ok2 {
				t.Fatal("a story has the parts -- file -- and -- result --")
			}
			got := told(Read(strings.NewReader(unescape(file)), optionsOf(t, head), nil))
			if got == want {
				return
			}
			if *update {
				if err := os.WriteFile(path, []byte(head+"-- file --\n"+file+"-- result --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("got\n%s\nwant\n%s", got, want)
		})
	}
}

func unescape(s string) string {
	s = strings.ReplaceAll(s, `\N`, "\x00")
	for b := range 256 {
		s = strings.ReplaceAll(s, fmt.Sprintf(`\x%02x`, b), string([]byte{byte(b)}))
	}
	return s
}

func optionsOf(t *testing.T, head string) Options {
	var o Options
	for line := range strings.Lines(head) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for pair := range strings.FieldsSeq(line) {
			key, value, _ := strings.Cut(pair, "=")
			switch key {
			case "name":
				o.Name = value
			case "text":
				o.TextColumn = value
			case "label":
				o.LabelColumn = value
			case "split":
				o.SplitColumn = value
			case "task":
				o.Task = value
			case "header":
				yes := value == "yes"
				o.Header = &yes
			default:
				t.Fatalf("unknown option %q", key)
			}
		}
	}
	return o
}

// told renders what Read gave, one fact a line.
func told(table *Table, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "error %s: %s\n", datahall.KindOf(err), err)
		return b.String()
	}
	r := table.Report
	fmt.Fprintf(&b, "%s %s\n", r.Format, r.Encoding)
	for _, c := range []struct {
		name string
		use  datahall.ColumnUse
	}{{"text", r.TextColumn}, {"label", r.LabelColumn}} {
		if c.use.Index >= 0 {
			fmt.Fprintf(&b, "%s column %s: %s\n", c.name, c.use.Name, c.use.Reason)
		}
	}
	for _, row := range table.Rows {
		target := row.Label
		if row.Labels != nil {
			target = fmt.Sprintf("%q", row.Labels)
		} else if row.Value != nil {
			target = fmt.Sprint(*row.Value)
		}
		fmt.Fprintf(&b, "%d %q %s %s\n", row.Line, row.Text, target, row.Split)
	}
	for _, row := range table.Rejected {
		fmt.Fprintf(&b, "rejected %d %q: %s\n", row.Line, row.Raw, row.Reason)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "problem %s %d %v: %s\n", p.Code, p.N, p.Lines, p.Message)
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}
