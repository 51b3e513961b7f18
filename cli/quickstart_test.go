package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What differs from run to run.
var varying = regexp.MustCompile(`http://127\.0\.0\.1:\d+|\d+(\.\d+)?( ms\b| s\b| 毫秒| 秒)`)

// Times of answers stand behind their scores; spaces depend on their width.
var times, spaces = regexp.MustCompile(`( 0\.97) +[0-9.]+`), regexp.MustCompile(`  +`)

// The story, as somebody reads it who types one line. It is told twice: the
// second time there is an endpoint already.
func TestQuickstartTellsItsStory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "工单.csv")
	if err := os.WriteFile(file, []byte("text,label\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newStandIn(t)
	for _, lang := range []string{"en", "zh-CN"} {
		for _, own := range []string{"", file} {
			args := []string{"quickstart", "--lang", lang}
			name := "quickstart." + lang + ".txt"
			if own != "" {
				args = append(args, "--data", own)
				name = "quickstart.file." + lang + ".txt"
			}
			status, out, errs := h.asks("", args...)
			if status != 0 {
				t.Fatalf("%v: %d %s", args, status, errs)
			}
			var lines []string
			for line := range strings.Lines(out) {
				line = varying.ReplaceAllString(strings.TrimRight(line, "\n"), "…")
				lines = append(lines, spaces.ReplaceAllString(times.ReplaceAllString(line, "$1 …"), "  "))
			}
			golden(t, name, strings.Join(lines, "\n")+"\n")
		}
	}
	if h.endpoint == nil || h.endpoint.Model != "shop@3" {
		t.Errorf("the endpoint is %+v", h.endpoint)
	}
}

func TestQuickstartStartsNothingForAFileThatIsNotThere(t *testing.T) {
	status, out, errs := typed(t, "", "quickstart", "--data", "/nowhere/a.csv")
	if status != 1 || out != "" || !strings.HasPrefix(errs, "datahall: /nowhere/a.csv: there is no such file") {
		t.Errorf("%d %q %q", status, out, errs)
	}
}
