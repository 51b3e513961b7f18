package phrase

import (
	"maps"
	"strings"

	"datahall"
)

// Language is one of the two that we speak.
type Language string

// The languages.
const (
	English Language = "en"
	Chinese Language = "zh-CN"
)

// chinese joins the rooms' catalogues.
var chinese = join(
	zhAccess, zhApi, zhCli, zhClient, zhConsole, zhControl,
	zhData, zhEnergy, zhEngine, zhEval, zhHub, zhInfer,
	zhKernel, zhLinear, zhMain, zhNouns, zhPrep, zhRegistry,
	zhSeal, zhServe, zhStore, zhTei, zhTokenizer, zhTrain,
	zhWeights, zhWork,
)

func join(rooms ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, room := range rooms {
		maps.Copy(all, room)
	}
	return all
}

// In renders a message in a language; what has no translation stays English.
func In(lang Language, m datahall.Message) string {
	if lang == Chinese {
		if zh, ok := chinese[m.Pattern]; ok {
			return m.Render(zh, func(part datahall.Message) string { return In(lang, part) })
		}
	}
	return m.String()
}

// Text renders a constant pattern with its values.
func Text(lang Language, pattern string, args ...any) string {
	return In(lang, datahall.Say(pattern, args...))
}

// Error renders what a user is shown for err.
func Error(lang Language, err error) string { return In(lang, datahall.MessageOf(err)) }

// Parse reads a language tag of a flag, a locale or an Accept-Language header:
// zh, zh_CN.UTF-8, "zh-CN,zh;q=0.9,en;q=0.8". The first of ours wins; none is English.
func Parse(tag string) Language {
	for part := range strings.SplitSeq(strings.ToLower(tag), ",") {
		part = strings.TrimSpace(part)
		switch {
		case strings.HasPrefix(part, "zh"):
			return Chinese
		case strings.HasPrefix(part, "en"):
			return English
		}
	}
	return English
}
