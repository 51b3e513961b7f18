package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTheGeneratorGivesTheSameBytes keeps the committed assembly and _asm together.
func TestTheGeneratorGivesTheSameBytes(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("not checked: no go command here")
	}
	sources, err := filepath.Glob("_asm/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no generator in _asm (%v)", err)
	}
	for _, s := range sources { // read, so that a cached result is not used after a change
		if _, err := os.ReadFile(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if out, err := exec.Command(tool, "run", "./_asm", "-out", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"avx2_amd64.s", "avx512_amd64.s", "stubs_amd64.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator gives: go generate ./numeric/kernel", name)
		}
	}
}
