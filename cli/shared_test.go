package cli

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datahall"
	"datahall/phrase"
)

var update = flag.Bool("update", false, "write what is printed into testdata")

// typed runs a command line in a home of its own, where no hall can be started.
func typed(t *testing.T, input string, args ...string) (status int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Run(t.Context(), args, Env{
		In: strings.NewReader(input), Out: &o, Err: &e,
		Getenv: func(string) string { return "" },
		Home:   filepath.Join(t.TempDir(), "home"), Binary: filepath.Join(t.TempDir(), "no-such-program"),
		About: func() datahall.Hall {
			return datahall.Hall{Version: "1.2.3", CPU: "Test CPU", Cores: 4, Kernel: "avx2"}
		},
		Up:   func(context.Context, UpOptions) error { return nil },
		Work: func(context.Context, bool) int { return 7 },
	})
	return status, o.String(), e.String()
}

// speaking is a session that prints into a buffer.
func speaking(lang phrase.Language) (*session, *bytes.Buffer) {
	var b bytes.Buffer
	return &session{lang: lang, env: Env{Out: &b, Err: &b, Getenv: func(string) string { return "" }}}, &b
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./cli -update writes it", err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s differs; got:\n%s", file, got)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
