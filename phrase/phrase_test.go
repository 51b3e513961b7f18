package phrase

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// used finds every pattern in the sources and pages, and where it stands.
func used(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			return nil
		case strings.HasSuffix(path, ".go"):
			return usedInGo(path, found)
		case strings.HasSuffix(path, ".html"):
			return usedInPage(path, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// speakers are the functions whose pattern is read, and the index of that argument.
var speakers = map[string]int{"Say": 0, "Errorf": 1, "Text": 1, "bad": 0}

func usedInGo(path string, found map[string]string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name, qualifier := calleeName(call.Fun)
		index, ok := speakers[name]
		if !ok || len(call.Args) <= index || (qualifier != "" && qualifier != "datahall" && qualifier != "phrase") {
			return true
		}
		if text, ok := constant(call.Args[index]); ok {
			found[text] = files.Position(call.Pos()).String()
		}
		return true
	})
	return nil
}

func calleeName(fun ast.Expr) (name, qualifier string) {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return f.Sel.Name, x.Name
		}
	}
	return "", ""
}

// constant reads a string literal, or several joined by +.
func constant(e ast.Expr) (string, bool) {
	switch v := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(v.Value)
		return s, err == nil && v.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok1 := constant(v.X)
		right, ok2 := constant(v.Y)
		return left + right, ok1 && ok2
	}
	return "", false
}

// pagePattern finds {{t "…"}} and (t "…") in templates.
var pagePattern = regexp.MustCompile(`[({]\s*t ("(?:[^"\\]|\\.)*")`)

func usedInPage(path string, found map[string]string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, m := range pagePattern.FindAllStringSubmatch(string(b), -1) {
		text, err := strconv.Unquote(m[1])
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, m[1], err)
		}
		found[text] = path
	}
	return nil
}

func TestEverySentenceHasItsChinese(t *testing.T) {
	var missing []string
	for pattern, where := range used(t) {
		if _, ok := chinese[pattern]; !ok && hasWords(pattern) {
			missing = append(missing, fmt.Sprintf("%s\n\t%q: \"\",", where, pattern))
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("%d without Chinese:\n%s", len(missing), strings.Join(missing, "\n"))
	}
}

// hasWords is false for patterns that are values alone ("%s: %s").
func hasWords(pattern string) bool {
	return regexp.MustCompile(`[A-Za-z]`).MatchString(verbs.ReplaceAllString(pattern, ""))
}

func TestNoChineseWithoutItsSentence(t *testing.T) {
	all := used(t)
	for pattern := range chinese {
		if _, ok := all[pattern]; !ok {
			t.Errorf("nobody says %q", pattern)
		}
	}
}

var verbs = regexp.MustCompile(`%(\[\d+\])?[sq]`)

func TestTranslationsUseTheSameValues(t *testing.T) {
	for en, zh := range chinese {
		if got, want := numbered(zh), numbered(en); !slices.Equal(got, want) {
			t.Errorf("%q has %v, its Chinese %q has %v", en, want, zh, got)
		}
	}
}

// numbered lists the verbs with the values they take, in order of the values.
func numbered(pattern string) []string {
	var list []string
	next := 1
	for _, m := range verbs.FindAllString(pattern, -1) {
		n := next
		if i := strings.IndexByte(m, '['); i > 0 {
			n, _ = strconv.Atoi(m[i+1 : strings.IndexByte(m, ']')])
		}
		next = n + 1
		list = append(list, fmt.Sprint(n))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestPatternsUseOnlyTextVerbs(t *testing.T) {
	bad := regexp.MustCompile(`%(\[\d+\])?[^sq%\[]`)
	for pattern, where := range used(t) {
		if bad.MatchString(pattern) {
			t.Errorf("%s: %q may use only %%s and %%q", where, pattern)
		}
	}
}

func TestParse(t *testing.T) {
	for tag, want := range map[string]Language{
		"": English, "C": English, "zh_CN.UTF-8": Chinese, "zh": Chinese, "fr-FR,zh;q=0.8": Chinese,
		"en-US,en;q=0.9,zh;q=0.8": English, "ZH-tw": Chinese,
	} {
		if got := Parse(tag); got != want {
			t.Errorf("Parse(%q) = %s, want %s", tag, got, want)
		}
	}
}
