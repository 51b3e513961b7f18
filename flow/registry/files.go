package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"datahall"
)

// kept are the files of a folder that make or describe a model. Pickles and
// programs are not among them, whatever their folder says.
var kept = []string{
	"config.json", "*.safetensors", "model.safetensors.index.json",
	"vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
	"modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling/config.json",
	"README.md", "LICENSE", "LICENSE.*", "LICENCE", "LICENCE.*", "NOTICE", "NOTICE.*",
}

// Wanted says whether a file of a model folder is kept; name is slash-separated
// below the folder.
func Wanted(name string) bool {
	switch path.Ext(name) {
	case ".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".py":
		return false
	}
	return slices.ContainsFunc(kept, func(pattern string) bool {
		ok, _ := path.Match(pattern, name) // the patterns are sound
		return ok
	})
}

// pickles are the names under which weights that can run code are kept.
var pickles = []string{"pytorch_model.bin", "pytorch_model.bin.index.json", "pytorch_model.pt", "model.pt"}

// Complete says what a folder of these names lacks to be a model.
func Complete(names []string) error {
	if !slices.Contains(names, "config.json") {
		return datahall.Errorf(datahall.Invalid, "model folder: has no config.json; give the folder that transformers or sentence-transformers saved")
	}
	if slices.Contains(names, "model.safetensors") || slices.Contains(names, "model.safetensors.index.json") {
		return nil
	}
	for _, name := range pickles {
		if slices.Contains(names, name) {
			return datahall.Errorf(datahall.Invalid, "model folder: its weights are pickled (%s), which could run code when read; save them in Python with model.save_pretrained(DIR, safe_serialization=True)", name)
		}
	}
	return datahall.Errorf(datahall.Invalid, "model folder: has no model.safetensors; give the folder that transformers or sentence-transformers saved")
}

// Digest is SHA-256 over the names and digests of files, in the order of their
// names, each name with its length before it.
func Digest(files map[string]datahall.Blob) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%d %s %s\n", len(name), name, files[name].Digest)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// contents lists the wanted files of a folder with the SHA-256 of each.
func contents(folder fs.FS) (map[string]datahall.Blob, error) {
	files := map[string]datahall.Blob{}
	for _, dir := range []string{".", "1_Pooling"} {
		entries, err := fs.ReadDir(folder, dir)
		if err != nil && dir == "." {
			return nil, err
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if e.IsDir() || !Wanted(name) {
				continue
			}
			if files[name], err = content(folder, name); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func content(folder fs.FS, name string) (datahall.Blob, error) {
	f, err := folder.Open(name)
	if err != nil {
		return datahall.Blob{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return datahall.Blob{Digest: hex.EncodeToString(h.Sum(nil)), Bytes: n}, err
}

// short keeps a hostile name from filling a screen.
func short(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
