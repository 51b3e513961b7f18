package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"datahall"
	"datahall/cluster/work"
	"datahall/flow/registry"
	"datahall/web/protocol/hub"
)

// modelImportBody turns an uploaded folder into the files of a model version.
func modelImportBody(_ context.Context, b *work.Bench) error {
	var spec datahall.ModelImportSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(spec.Files))
	if err := registry.Complete(names); err != nil {
		return err
	}
	folder, err := fs.Sub(b.Inputs, "model")
	if err != nil {
		return err
	}
	return keepModel(b, folder, names, spec.Source)
}

// modelPullBody fetches a model of a hub. What an attempt has fetched, the next
// one goes on with.
func modelPullBody(ctx context.Context, b *work.Bench) error {
	var spec datahall.ModelPullSpec
	if err := b.Decode(&spec); err != nil {
		return err
	}
	o := hub.Options{Base: spec.Hub, Repo: spec.Repo, Revision: spec.Revision, Want: registry.Wanted}
	b.Stage(datahall.Say("looking at %s", spec.Repo), 0, "")
	s, err := hub.Look(ctx, o)
	if err != nil {
		return err
	}
	if err := registry.Complete(s.Names); err != nil {
		return err
	}
	var folder string
	sink := func(revision, name string) (hub.Partial, error) {
		f, err := b.Partial(revision + "/" + name)
		if err == nil && name == "config.json" {
			folder = filepath.Dir(f.Name())
		}
		return f, err
	}
	b.Stage(datahall.Say("fetching %s", spec.Repo), float64(s.Bytes()), "bytes")
	if err := hub.Fetch(ctx, o, s, sink, func(done, _ int64) { b.Advance(float64(done)) }); err != nil {
		return err
	}
	var names []string
	for _, f := range s.Files {
		names = append(names, f.Name)
	}
	return keepModel(b, os.DirFS(folder), names, s.Source)
}

// keepModel looks into a folder, and copies what is wanted of it to the outputs.
func keepModel(b *work.Bench, folder fs.FS, names []string, source string) error {
	names = slices.DeleteFunc(names, func(name string) bool { return !registry.Wanted(name) })
	total := int64(0)
	for _, name := range names {
		size, err := sizeOf(folder, name)
		if err != nil {
			return err
		}
		total += size
	}
	b.Stage(datahall.Say("checking the model's files"), 0, "")
	m, err := registry.Inspect(folder)
	if err != nil {
		return err
	}
	m.Card["source"] = source
	b.Stage(datahall.Say("sealing %s files", len(names)), float64(total), "bytes")
	done := &progressWriter{bench: b}
	for _, name := range names {
		if err := copyOut(b, folder, name, done); err != nil {
			return err
		}
	}
	return b.Result(m)
}

func sizeOf(folder fs.FS, name string) (int64, error) {
	f, err := folder.Open(name)
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, errors.Join(err, f.Close())
	}
	return info.Size(), f.Close()
}

// copyOut makes an output of a file of a folder.
func copyOut(b *work.Bench, folder fs.FS, name string, done io.Writer) error {
	f, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.WriteFile("model/"+name, func(w io.Writer) error {
		_, err := io.Copy(io.MultiWriter(w, done), f)
		return err
	})
}

// progressWriter counts what passes by.
type progressWriter struct {
	bench *work.Bench
	n     int64
}

func (p *progressWriter) Write(b []byte) (int, error) {
	p.n += int64(len(b))
	p.bench.Advance(float64(p.n))
	return len(b), nil
}
