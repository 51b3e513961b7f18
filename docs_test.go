package datahall_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestDependenciesAreTheOnesWeSay(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var used, listed []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		used = append(used, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+/\S+) \|`).FindAllStringSubmatch(string(doc), -1) {
		listed = append(listed, m[1])
	}
	for _, m := range used {
		if !slices.Contains(listed, m) {
			t.Errorf("docs/dependencies.md does not list %s", m)
		}
	}
	for _, m := range listed {
		if !slices.Contains(used, m) {
			t.Errorf("docs/dependencies.md lists %s, which go.mod does not require directly", m)
		}
	}
}

// The two READMEs show the same commands in the same order.
func TestBothReadmesShowTheSameCommands(t *testing.T) {
	var commands [2][]string
	for i, name := range []string{"README.md", "README.zh-CN.md"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				commands[i] = append(commands[i], strings.TrimSpace(command))
			}
		}
	}
	if !slices.Equal(commands[0], commands[1]) {
		t.Errorf("README.md shows\n%s\nREADME.zh-CN.md shows\n%s", strings.Join(commands[0], "\n"), strings.Join(commands[1], "\n"))
	}
}
