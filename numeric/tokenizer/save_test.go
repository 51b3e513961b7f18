package tokenizer

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// saved is the folder of what Files gives.
func saved(tok *Tokenizer) fstest.MapFS {
	folder := fstest.MapFS{}
	for name, b := range tok.Files() {
		folder[name] = &fstest.MapFile{Data: b}
	}
	return folder
}

func TestSavedTokenizersAreTheSame(t *testing.T) {
	g := readGolden(t)
	for _, v := range g.Variants {
		tok := v.load(t)
		again, err := Load(saved(tok))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		for _, text := range g.Texts {
			got, want := again.Encode(nil, string(text), 0), tok.Encode(nil, string(text), 0)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q\n got %v\nwant %v", v.Name, text, got, want)
				break
			}
		}
		if again.Special() != tok.Special() || !slices.Equal(again.Vocab(), tok.Vocab()) {
			t.Errorf("%s: special %v, want %v", v.Name, again.Special(), tok.Special())
		}
		for name, b := range again.Files() {
			if string(b) != string(tok.Files()[name]) {
				t.Errorf("%s: %s differs when saved again", v.Name, name)
			}
		}
	}
}

// vocab.txt alone says as much as all files together where the settings are BERT's.
func TestSavedVocabularyIsEnoughByItself(t *testing.T) {
	tok := trained(t, Options{Size: 300, Lowercase: true})
	folder := saved(tok)
	delete(folder, jsonName)
	delete(folder, configName)
	delete(folder, "special_tokens_map.json")
	again, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	text := "[CLS] Where is my parcel, 我的快递?"
	if got, want := again.Encode(nil, text, 0), tok.Encode(nil, text, 0); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// DATAHALL_PYTHON names a Python that has transformers.
func TestAutoTokenizerReadsWhatIsSaved(t *testing.T) {
	python := os.Getenv("DATAHALL_PYTHON")
	if python == "" {
		t.Skip("DATAHALL_PYTHON names no Python with transformers")
	}
	g := readGolden(t)
	toks := []*Tokenizer{trained(t, Options{Size: 500, Lowercase: true, MaxLength: 64}), trained(t, Options{Size: 500})}
	for _, v := range g.Variants {
		toks = append(toks, v.load(t))
	}
	args := []string{filepath.Join("testdata", "check_saved.py")}
	dir := t.TempDir()
	for i, tok := range toks {
		var check struct {
			Texts []string  `json:"texts"`
			IDs   [][]int32 `json:"ids"`
		}
		for _, text := range g.Texts {
			if utf8.ValidString(string(text)) {
				check.Texts = append(check.Texts, string(text))
				check.IDs = append(check.IDs, tok.Encode([]int32{}, string(text), 0))
			}
		}
		files := tok.Files()
		var err error
		if files["ids.json"], err = json.Marshal(check); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, b := range files {
			if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args = append(args, folder)
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
