package console

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"datahall"
	"datahall/phrase"
)

// functions are what templates may call, in one language.
func functions(lang phrase.Language) template.FuncMap {
	in := func(m datahall.Message) string { return phrase.In(lang, m) }
	word := func(table map[string]datahall.Message) func(any) string {
		return func(name any) string { return in(named(table, fmt.Sprint(name))) }
	}
	return template.FuncMap{
		"t": func(pattern string, args ...any) string {
			return phrase.In(lang, datahall.Say(pattern, args...))
		},
		"msg":       in,
		"word":      word(words),
		"kind":      word(kindWords),
		"task":      word(taskWords),
		"contender": func(name string) string { return in(contenderNamed(name)) },
		"tone":      func(state any) string { return tones[fmt.Sprint(state)] },
		"count":     func(n any) string { return count(whole(n)) },
		"digits":    func(n int, x float64) string { return digits(x, n) },
		"percent":   percent,
		"score":     func(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) },
		"bytes":     func(n any) string { return bytesOf(float64(whole(n))) },
		"joules":    joules,
		"money":     money,
		"grams":     func(x float64) string { return little(x, 0.000001) },
		"size":      parameters,
		"seconds":   func(x float64) string { return duration(lang, x) },
		"energy":    func(u datahall.Usage) string { return energySource(lang, u) },
		"when":      func(t time.Time) template.HTML { return when(t, "2006-01-02 15:04") },
		"exactly":   func(t time.Time) template.HTML { return when(t, "2006-01-02 15:04:05") },
		"sumOf":     func(u datahall.Usage) string { return little(u.Cost, 0.000001) },
		"path":      pathOf,
		"ref":       refOf,
		"short":     func(s string) string { return s[:min(12, len(s))] },
		"bar":       bar,
		"share":     share,
		"progress":  func(p datahall.Progress) string { return progress(lang, p) },
		"han":       han,
		"sum":       func(a, b int) int { return a + b },
		"lines":     lineNumbers,
		"pair":      func(a, b any) [2]any { return [2]any{a, b} },
		"chinese":   func() bool { return lang == phrase.Chinese },
	}
}

// han says whether a label has Chinese characters: those stand upright where
// others are turned.
func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// whole reads any of our whole numbers.
func whole(n any) int64 {
	switch v := n.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}

// pathOf joins the parts of an address, each made safe.
func pathOf(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// share is a part of a whole, 0 of nothing.
func share(part, all any) float64 {
	if n := whole(all); n != 0 {
		return float64(whole(part)) / float64(n)
	}
	return 0
}

// bar draws a share of one; the number itself stands beside it.
func bar(x float64) template.HTML {
	x = min(max(x, 0), 1)
	return template.HTML(fmt.Sprintf(`<svg class="bar" aria-hidden="true" focusable="false"><rect class="rail" width="100%%" height="100%%" rx="2"/><rect width="%.1f%%" height="100%%" rx="2"/></svg>`, 100*x)) //nolint:gosec // a number only
}

// progress writes how far a stage is, how fast it goes, and how long it still
// takes: 186 / 400 steps · 8.3 steps/s · 26 s left.
func progress(lang phrase.Language, p datahall.Progress) string {
	unit, far := phrase.In(lang, named(words, p.Unit)), func(n float64) string { return count(int64(n)) }
	if p.Unit == "bytes" {
		unit, far = "", bytesOf
	}
	var parts []string
	switch {
	case p.Total > 0:
		parts = append(parts, strings.TrimSpace(far(p.Done)+" / "+far(p.Total)+" "+unit))
	case p.Done > 0:
		parts = append(parts, strings.TrimSpace(far(p.Done)+" "+unit))
	}
	switch {
	case p.Rate > 0 && p.Unit == "bytes":
		parts = append(parts, bytesOf(p.Rate)+"/s")
	case p.Rate > 0:
		parts = append(parts, phrase.Text(lang, "%s %s/s", digits(p.Rate, 2), named(words, p.Unit)))
	}
	if p.Left > 0 {
		parts = append(parts, phrase.Text(lang, "%s left", duration(lang, p.Left)))
	}
	return strings.Join(parts, " · ")
}

// lineNumbers lists some lines of a file, and says that there are more.
func lineNumbers(lines []int, all int) string {
	const shown = 5
	var parts []string
	for _, l := range lines[:min(shown, len(lines))] {
		parts = append(parts, strconv.Itoa(l))
	}
	if len(lines) > shown || all > len(lines) && len(lines) > 0 {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// plainJSON writes JSON without escaping what only HTML would mind: templates
// escape again.
func plainJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(v) //nolint:errcheck // text can be encoded
	return strings.TrimRight(b.String(), "\n")
}
