package datahall_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors lists every package and the packages below it that it may import
// ("." is the nouns). To add an edge, add it here in the same commit and say
// why in the message.
var floors = map[string]string{
	// ground: computes, or names
	".":                   "",
	"phrase":              ".",
	"numeric/kernel":      "",
	"numeric/tensor":      "numeric/kernel",
	"numeric/nn":          "numeric/kernel numeric/tensor",
	"numeric/transformer": "numeric/kernel numeric/tensor numeric/nn numeric/weights",
	"numeric/tokenizer":   ".",
	"numeric/weights":     ".",
	"numeric/linear":      ". numeric/kernel numeric/weights",
	"trust/seal":          ".",
	"models/shop":         ".",

	// study: decides
	"cluster/sched": ".",
	"site/energy":   ".",
	"trust/access":  ".",
	"flow/batch":    "",

	// workshop: readers and writers handed in
	"flow/data":     ".",
	"flow/prep":     ". flow/data",
	"flow/eval":     ". numeric/kernel numeric/linear",
	"flow/train":    ". numeric/kernel numeric/tensor numeric/nn numeric/transformer numeric/tokenizer numeric/weights numeric/linear flow/batch flow/data flow/eval flow/prep flow/infer",
	"flow/registry": ". numeric/weights numeric/tokenizer numeric/transformer",
	"flow/infer":    ". flow/batch numeric/kernel numeric/tensor numeric/nn numeric/transformer numeric/tokenizer numeric/weights numeric/linear",
	"flow/serve":    ".",

	// hall: clocks, disks, processes, the network
	"store":                ". trust/seal",
	"store/storetest":      ".",
	"client":               ".",
	"cluster/engine":       ".",
	"cluster/engine/local": ". cluster/engine",
	"cluster/work":         ". client site/energy trust/seal",
	"cluster/control":      ". cluster/engine cluster/sched",

	// doors: HTTP and the terminal
	"web/door":         ". phrase",
	"web/api":          ". phrase web/door trust/access cluster/control flow/serve",
	"web/console":      ". phrase web/door",
	"web/protocol/tei": ". phrase web/door trust/access flow/serve",
	"web/protocol/hub": ".",
	"cli":              ". phrase client",

	// roof: joins everything, decides nothing
	"cmd/datahall": "*",
}

// pure packages never touch the outside world, the clock or global randomness.
var pure = strings.Fields(`. phrase numeric/kernel numeric/tensor numeric/nn numeric/transformer numeric/tokenizer
	numeric/weights numeric/linear trust/seal models/shop cluster/sched site/energy trust/access flow/batch`)

// outside is what the pure may not import, with the two exceptions of the design.
var outside = map[string][]string{
	"net": nil, "net/http": nil, "os": nil, "os/exec": nil, "database/sql": nil, "syscall": nil,
	"math/rand": nil, "golang.org/x/sys/cpu": {"numeric/kernel"}, "crypto/rand": {"trust/seal"},
}

// clocks are the calls that the pure may not make.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "NewTimer", "NewTicker", "Tick"}

type source struct {
	path, pkg string
	file      *ast.File
	set       *token.FileSet
	test      bool
	generated bool
}

// sources parses every Go file of the tree, except what _ and . folders hold.
func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata" || d.Name() == "dist" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		list = append(list, source{path, filepath.ToSlash(filepath.Dir(path)), file, set,
			strings.HasSuffix(path, "_test.go"), ast.IsGenerated(file)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestImportsGoDown(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := floors[s.pkg]
		if !known {
			t.Errorf("%s: package %s has no floor", s.path, s.pkg)
			continue
		}
		if s.test || allowed == "*" {
			continue
		}
		for _, name := range imports(s.file) {
			below, ours := ourPackage(name)
			if ours && !slices.Contains(strings.Fields(allowed), below) {
				t.Errorf("%s: %s may not import %s", s.path, s.pkg, below)
			}
			excepted, foreign := outside[name]
			if foreign && slices.Contains(pure, s.pkg) && !slices.Contains(excepted, s.pkg) {
				t.Errorf("%s: pure package imports %s", s.path, name)
			}
		}
	}
}

func TestThePureReadNoClock(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !slices.Contains(pure, s.pkg) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, sel.Sel.Name) {
				t.Errorf("%s: time.%s in a pure package: take the time as an argument", s.set.Position(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		if n := s.set.Position(s.file.End()).Line; n > 700 {
			t.Errorf("%s: %d lines, stop at 700", s.path, n)
		}
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || strings.Contains(f.Doc.Text(), "long because") {
				continue
			}
			if n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1; n > 60 {
				t.Errorf("%s: %s has %d lines, stop at 60", s.path, f.Name.Name, n)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for pkg := range floors {
		if _, err := os.Stat(pkg); err != nil {
			t.Errorf("%s: listed in floors, but there is no such folder", pkg)
			continue
		}
		doc := filepath.Join(pkg, "doc.go")
		file, err := parser.ParseFile(token.NewFileSet(), doc, nil, parser.ParseComments)
		if err != nil || file.Doc.Text() == "" {
			t.Errorf("%s: no doc.go with a package comment", pkg)
		}
	}
}

func imports(file *ast.File) []string {
	var list []string
	for _, i := range file.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		list = append(list, name)
	}
	return list
}

func ourPackage(name string) (string, bool) {
	if name == "datahall" {
		return ".", true
	}
	return strings.CutPrefix(name, "datahall/")
}
