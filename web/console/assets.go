package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"datahall/phrase"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// staticDigest names the style sheet and scripts by what is in them, so that a
// browser keeps them for ever and never mixes two versions.
var staticDigest = digestOf(staticFiles)

// staticRoot is the folder that pages name.
var staticRoot = "/static/" + staticDigest

func digestOf(files fs.FS) string {
	h := sha256.New()
	fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error { //nolint:errcheck // embedded files are there
		if err == nil && !d.IsDir() {
			b, _ := fs.ReadFile(files, name)
			h.Write([]byte(name))
			h.Write(b)
		}
		return err
	})
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// staticTypes are the files that are served, by ending.
var staticTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// serveStatic serves a file of static/. Under an older digest it is still the
// newest one, but not to be kept.
func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind, known := staticTypes[path.Ext(name)]
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil || !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", strconv.Quote(staticDigest))
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("digest") == staticDigest {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(b))
}

// parse reads all templates with the functions of one language.
func parse(lang phrase.Language) *template.Template {
	return template.Must(template.New("").Funcs(functions(lang)).ParseFS(templateFiles, "templates/*.html"))
}

// static reads one of our own files.
func static(name string) string {
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		panic(err) // the name is ours
	}
	return string(b)
}

// bundle joins modules into one script: without a hall there is nowhere to
// import from. Their top-level names differ, which a test checks.
func bundle(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		for line := range strings.Lines(static(name)) {
			if !strings.HasPrefix(line, "import ") {
				b.WriteString(strings.TrimPrefix(line, "export "))
			}
		}
	}
	return b.String()
}
