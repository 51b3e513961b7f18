// Command _asm writes the assembly of package kernel: one file for each level
// and the Go declarations of what is in them.
//
// A kernel is a Go function on [fn] that emits instructions; it is run once
// with 8 lanes (AVX2) and once with 16 (AVX-512). Only what [fn] wraps is ever
// emitted, so that the interpreter in the package's tests can know it all.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("out", ".", "folder to write to")
	flag.Parse()
	for name, text := range files() {
		if err := os.WriteFile(filepath.Join(*dir, name), []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// files is what this command writes, by name.
func files() map[string]string {
	small, large := newUnit(avx2), newUnit(avx512)
	for _, u := range []*unit{small, large} {
		u.gemm()
		u.packs()
		u.vectors()
		u.reductions()
		u.activations()
		u.rows()
		u.norms()
		u.optimizers()
		u.dropout()
		u.peak()
	}
	return map[string]string{
		"avx2_amd64.s":   small.assembly(),
		"avx512_amd64.s": large.assembly(),
		"stubs_amd64.go": stubs(small, large),
	}
}
