package linear

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"datahall"
)

var update = flag.Bool("update", false, "write the fixture of the current version again")

// memory is a folder that Save writes to.
type memory fstest.MapFS

type memoryFile struct {
	bytes.Buffer
	folder memory
	name   string
}

func (m memory) create(name string) (io.WriteCloser, error) {
	return &memoryFile{folder: m, name: name}, nil
}

func (f *memoryFile) Close() error {
	f.folder[f.name] = &fstest.MapFile{Data: bytes.Clone(f.Bytes())}
	return nil
}

func saved(t testing.TB, m *Model) fstest.MapFS {
	t.Helper()
	folder := memory{}
	if err := m.Save(folder.create); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS(folder)
}

// small trains a small model of a task.
func small(t testing.TB, task string) *Model {
	t.Helper()
	e := shop(task)
	m, _, err := Train(t.Context(), e, Examples{}, Options{Seed: 1, Vectorizer: VectorizerOptions{MinDocuments: 2}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var questions = []string{"where is my parcel", "退款到账了吗", "a refund and the tracking number!", ""}

func TestASavedModelAnswersAsBefore(t *testing.T) {
	for _, task := range []string{Classify, Multilabel, Regress} {
		m := small(t, task)
		folder := saved(t, m)
		again, err := Load(folder)
		if err != nil {
			t.Fatalf("%s: %v", task, err)
		}
		if got, want := again.Predict(nil, questions), m.Predict(nil, questions); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", task, got, want)
		}
		if again.Task() != task || !reflect.DeepEqual(again.Labels(), m.Labels()) || again.C() != m.C() || again.Parameters() != m.Parameters() {
			t.Errorf("%s: the model was described otherwise", task)
		}
		if !reflect.DeepEqual(saved(t, again), folder) {
			t.Errorf("%s: saved again, the files differ", task)
		}
	}
}

// Version 1 as it was first written must be read for ever.
func TestVersion1IsRead(t *testing.T) {
	folder := filepath.Join("testdata", "v1")
	if *update {
		writeFixture(t, folder)
	}
	m, err := Load(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	var want [][]float64
	b, err := os.ReadFile(filepath.Join(folder, "answers.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for i, row := range m.Predict(nil, questions) {
		for k, p := range row {
			near(t, questions[i]+" "+m.Labels()[k], p, want[i][k], 1e-5)
		}
	}
}

func writeFixture(t *testing.T, folder string) {
	t.Helper()
	m := small(t, Classify)
	files := saved(t, m)
	answers, err := json.Marshal(m.Predict(nil, questions))
	if err != nil {
		t.Fatal(err)
	}
	files["answers.json"] = &fstest.MapFile{Data: append(answers, '\n')}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, f := range files {
		if err := os.WriteFile(filepath.Join(folder, name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADamagedFolderIsRefused(t *testing.T) {
	whole := saved(t, small(t, Classify))
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			data := strings.Replace(string(f[name].Data), old, new, 1)
			if data == string(f[name].Data) {
				t.Fatalf("%s: no %q to replace", name, old)
			}
			f[name] = &fstest.MapFile{Data: []byte(data)}
		}
	}
	for _, c := range []struct {
		name   string
		damage func(fstest.MapFS)
		want   string
	}{
		{"no description", func(f fstest.MapFS) { delete(f, jsonFile) }, "the file linear.json is missing"},
		{"no features", func(f fstest.MapFS) { delete(f, featuresFile) }, "the file features.txt is missing"},
		{"no weights", func(f fstest.MapFS) { delete(f, weightsFile) }, "the file linear.safetensors is missing"},
		{"half a description", func(f fstest.MapFS) { f[jsonFile].Data = f[jsonFile].Data[:40] }, "cannot be read as JSON"},
		{"another format", replace(jsonFile, format, "other"), "is not that of a linear model"},
		{"a later version", replace(jsonFile, `"version": 1`, `"version": 2`), "written in version 2 of the format, this datahall reads version 1; update datahall"},
		{"another task", replace(jsonFile, `"classify"`, `"cook"`), `of "task" cannot be`},
		{"one label twice", replace(jsonFile, `"refund"`, `"track"`), `of "labels" cannot be`},
		{"a label more", replace(jsonFile, `"refund"`, `"refund", "more"`), `no usable tensor "weight"`},
		{"an n-gram of a million", replace(jsonFile, `"gram_max": 5`, `"gram_max": 1000000`), `of "vectorizer" cannot be`},
		{"a negative slope", replace(jsonFile, `"slope": [`+"\n      ", `"slope": [`+"\n      -"), `of "calibration" cannot be`},
		{"a feature less", replace(featuresFile, "w\ta\n", ""), "lines, "},
		{"a feature more", func(f fstest.MapFS) { f[featuresFile].Data = append(f[featuresFile].Data, "c\t\U0010ffff\n"...) }, "is none that fits"},
		{"features out of order", replace(featuresFile, "w\ta\n", "w\tzzzz\n"), "line 2 of features.txt is none that fits"},
		{"a feature of no kind", replace(featuresFile, "w\ta\n", "x\ta\n"), "line 1 of features.txt is none that fits"},
		{"broken text", replace(featuresFile, "w\ta\n", "w\t\xff\n"), "line 1 of features.txt is none that fits"},
		{"half the weights", func(f fstest.MapFS) { f[weightsFile].Data = f[weightsFile].Data[:len(f[weightsFile].Data)/2] }, "not a sound safetensors file"},
		{"weights that are no numbers", func(f fstest.MapFS) {
			copy(f[weightsFile].Data[len(f[weightsFile].Data)-4:], "\x00\x00\xc0\x7f")
		}, "no usable tensor"},
	} {
		folder := fstest.MapFS{}
		for name, f := range whole {
			folder[name] = &fstest.MapFile{Data: bytes.Clone(f.Data)}
		}
		c.damage(folder)
		_, err := Load(folder)
		if err == nil || !strings.Contains(err.Error(), c.want) || datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%s: got %v, want an invalid one with %q", c.name, err, c.want)
		}
	}
}

func TestSaveTellsOfAFullDisk(t *testing.T) {
	m := small(t, Classify)
	for _, full := range []string{jsonFile, featuresFile, weightsFile} {
		err := m.Save(func(name string) (io.WriteCloser, error) {
			if name == full {
				return nil, fs.ErrPermission
			}
			return memory{}.create(name)
		})
		if err == nil {
			t.Errorf("%s: no error", full)
		}
	}
}

func FuzzLoadGivesAnErrorOrAModelThatAnswers(f *testing.F) {
	for _, task := range []string{Classify, Regress} {
		folder := saved(f, small(f, task))
		f.Add(folder[jsonFile].Data, folder[featuresFile].Data, folder[weightsFile].Data)
	}
	f.Add([]byte(`{"format":"datahall-linear","version":1,"task":"multilabel","labels":["a"]}`), []byte("w\ta\n"), []byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, description, features, numbers []byte) {
		m, err := Load(fstest.MapFS{jsonFile: {Data: description}, featuresFile: {Data: features}, weightsFile: {Data: numbers}})
		if err != nil {
			return
		}
		for _, row := range m.Predict(nil, questions) {
			if len(row) != max(1, len(m.Labels())) {
				t.Fatalf("%d scores for %d labels", len(row), len(m.Labels()))
			}
			for _, p := range row {
				if m.Task() != Regress && !(0 <= p && p <= 1) {
					t.Fatalf("probability %g", p)
				}
				if math.IsNaN(p) {
					t.Fatal("a score that is no number")
				}
			}
		}
	})
}
