package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"datahall/phrase"
)

// Every command's help, one after the other: the reference in both languages.
func TestHelp(t *testing.T) {
	for _, lang := range []phrase.Language{phrase.English, phrase.Chinese} {
		t.Run(string(lang), func(t *testing.T) {
			s, _ := speaking(lang)
			var b strings.Builder
			walk(s.root(), func(c *cobra.Command) {
				b.WriteString("$ " + c.CommandPath() + " --help\n")
				b.WriteString(s.helpText(c) + "\n")
			})
			golden(t, "help."+string(lang)+".txt", b.String())
		})
	}
}

// walk visits every command that a reader can find.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	if c.Hidden {
		return
	}
	c.InitDefaultHelpFlag()
	visit(c)
	for _, sub := range c.Commands() {
		walk(sub, visit)
	}
}

// A help that fits a terminal is read.
func TestHelpLinesAreShort(t *testing.T) {
	const most = 120
	for _, lang := range []phrase.Language{phrase.English, phrase.Chinese} {
		s, _ := speaking(lang)
		walk(s.root(), func(c *cobra.Command) {
			for line := range strings.Lines(s.helpText(c)) {
				if n := columns(strings.TrimRight(line, "\n")); n > most {
					t.Errorf("%s %s: %d columns: %s", lang, c.CommandPath(), n, line)
				}
			}
		})
	}
}

func TestHelpInEachLanguageIsInThatLanguage(t *testing.T) {
	_, en, _ := typed(t, "", "--help")
	_, zh, _ := typed(t, "", "--help", "--lang", "zh-CN")
	_, late, _ := typed(t, "", "train", "--lang=zh", "-h")
	if !strings.Contains(en, "Usage:") || strings.Contains(zh, "Usage:") || !strings.Contains(zh, "用法：") || !strings.Contains(late, "训练模型") {
		t.Errorf("en:\n%s\nzh:\n%s\ntrain:\n%s", en, zh, late)
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if status, out, err := typed(t, "", "completion", shell); status != 0 || !strings.Contains(out, "datahall") {
			t.Errorf("%s: status %d, %d bytes, %s", shell, status, len(out), err)
		}
	}
	_, out, _ := typed(t, "", "__complete", "dataset", "")
	for _, want := range []string{"import", "split", "export"} {
		if !strings.Contains(out, want+"\t") {
			t.Errorf("dataset completes no %q: %s", want, out)
		}
	}
}
