package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"datahall/phrase"
)

// The reference of docs/ is the help of every command, as the program prints
// it; go test ./cli -run Reference -update writes it.
func TestReference(t *testing.T) {
	for _, page := range []struct {
		lang        phrase.Language
		name, title string
	}{
		{phrase.English, "cli.md", "# The command line\n\nWritten by `make docs` from the program's own help. [中文](cli.zh-CN.md)\n"},
		{phrase.Chinese, "cli.zh-CN.md", "# 命令行\n\n由 `make docs` 从程序自己的帮助生成。[English](cli.md)\n"},
	} {
		help, err := os.ReadFile(filepath.Join("testdata", "help."+string(page.lang)+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		path, want := filepath.Join("..", "docs", "reference", page.name), page.title+reference(string(help))
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is not the program's help (%v); run make docs", path, err)
		}
	}
}

// reference makes a section of each command. The flags that every command
// takes stand once, in the first.
func reference(help string) string {
	var b strings.Builder
	commands := regexp.MustCompile(`(?m)^\$ (.*) --help\n`).FindAllStringSubmatchIndex(help, -1)
	for i, at := range commands {
		end := len(help)
		if i+1 < len(commands) {
			end = commands[i+1][0]
		}
		text := help[at[1]:end]
		if i > 0 {
			text = strings.Replace(text, "\n"+lastSection(text), "", 1)
		}
		b.WriteString("\n## " + help[at[2]:at[3]] + "\n\n```\n" + strings.TrimSpace(text) + "\n```\n")
	}
	return b.String()
}

// lastSection gives a help's last heading with its indented lines.
func lastSection(text string) string {
	all := regexp.MustCompile(`(?m)^\S.*[:：]\n(?:  +\S.*\n)+`).FindAllString(text, -1)
	return all[len(all)-1]
}
