package cli

import (
	"strings"

	"datahall/phrase"
)

// language chooses the reader's language: --lang, else the locale. It is
// needed before the commands exist, since their help is made of it.
func language(args []string, getenv func(string) string) phrase.Language {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return phrase.Parse(v)
		}
		if a == "--lang" && i+1 < len(args) {
			return phrase.Parse(args[i+1])
		}
	}
	return phrase.Parse(locale(getenv))
}

// locale is what POSIX says messages are written in: the first that is set.
func locale(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return systemLocale()
}
