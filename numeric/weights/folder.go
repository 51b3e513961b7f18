package weights

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"datahall"
)

// Set is the tensors of a folder: of model.safetensors, or of the shards that
// model.safetensors.index.json lists.
type Set struct {
	files  []*File
	where  map[string]*File
	closes []io.Closer
}

// OpenFolder opens the weights of a model folder. Files must be io.ReaderAt.
func OpenFolder(folder fs.FS) (*Set, error) {
	names, err := shards(folder)
	if err != nil {
		return nil, err
	}
	s := &Set{where: map[string]*File{}}
	for _, name := range names {
		if err := s.add(folder, name); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// shards lists the weight files of a folder.
func shards(folder fs.FS) ([]string, error) {
	if _, err := fs.Stat(folder, "model.safetensors"); err == nil {
		return []string{"model.safetensors"}, nil
	}
	var index struct {
		Map map[string]string `json:"weight_map"`
	}
	err := readJSON(folder, "model.safetensors.index.json", &index)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noWeights(folder)
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range index.Map {
		if !fs.ValidPath(name) || !strings.HasSuffix(name, ".safetensors") {
			return nil, datahall.Errorf(datahall.Invalid, "model.safetensors.index.json: names %q as a file of weights; check the file", short(name))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if len(names) > 1000 {
			return nil, datahall.Errorf(datahall.Invalid, "model.safetensors.index.json: lists more than 1000 files; check the file")
		}
	}
	if len(names) == 0 {
		return nil, datahall.Errorf(datahall.Invalid, "model.safetensors.index.json: names no file of weights; copy the whole folder")
	}
	slices.Sort(names)
	return names, nil
}

// noWeights says what is there instead.
func noWeights(folder fs.FS) error {
	for _, name := range []string{"pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt", "pytorch_model.pt"} {
		if _, err := fs.Stat(folder, name); err == nil {
			return datahall.Errorf(datahall.Invalid, "model folder: its weights are pickled (%s), which could run code when read; save them in Python with model.save_pretrained(DIR, safe_serialization=True)", name)
		}
	}
	return datahall.Errorf(datahall.Invalid, "model folder: has no model.safetensors; give the folder that transformers or sentence-transformers saved")
}

func (s *Set) add(folder fs.FS, name string) error {
	f, err := folder.Open(name)
	if err != nil {
		return datahall.Errorf(datahall.Invalid, "model folder: the file %s is missing; copy the whole folder", name).Because(err)
	}
	s.closes = append(s.closes, f)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, ok := f.(io.ReaderAt)
	if !ok {
		return errors.New(name + ": cannot be read at any place")
	}
	file, err := Open(r, info.Size())
	if err != nil {
		return err
	}
	s.files = append(s.files, file)
	for _, t := range file.names {
		if s.where[t] != nil {
			return bad("tensor %q stands in %s and in another file too", short(t), name)
		}
		s.where[t] = file
	}
	return nil
}

// Shape gives the shape of a tensor, and whether there is one of that name.
func (s *Set) Shape(name string) ([]int, bool) {
	if f, ok := s.where[name]; ok {
		return f.Shape(name)
	}
	return nil, false
}

// Float32 reads a tensor, see [File.Float32].
func (s *Set) Float32(name string, dst []float32) error {
	if f, ok := s.where[name]; ok {
		return f.Float32(name, dst)
	}
	return s.files[0].Float32(name, dst) // which says that it is missing
}

// Names lists all tensors, sorted.
func (s *Set) Names() []string {
	var names []string
	for name := range s.where {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Close lets go of the files.
func (s *Set) Close() error {
	var err error
	for _, c := range s.closes {
		err = errors.Join(err, c.Close())
	}
	return err
}
