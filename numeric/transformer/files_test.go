package transformer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datahall/numeric/weights"
)

// A model that transformers saved is read, written and read again without a
// changed bit or a lost tensor.
func TestAFileOfTransformersComesBackAsItWas(t *testing.T) {
	path := filepath.Join("testdata", "tiny", "model.safetensors")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := weights.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load(tinyConfig, Head{Classify, Pooler, false, labels, 0}, file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var w weights.Writer
	if err := b.Save(&w); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := w.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	again, err := weights.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(slices.Values(again.Names()))
	if want := slices.Sorted(slices.Values(file.Names())); !slices.Equal(names, want) {
		t.Fatalf("tensors %v, want %v", names, want)
	}
	for _, name := range names {
		info, _ := file.Info(name)
		got, want := make([]float32, info.Elements()), make([]float32, info.Elements())
		if err := again.Float32(name, got); err != nil {
			t.Fatal(err)
		}
		if err := file.Float32(name, want); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s changed", name)
		}
	}
}

func TestAHeadIsReadAsItWasWritten(t *testing.T) {
	names := []string{"a", "b", "c"}
	for _, h := range []Head{
		{Classify, Pooler, false, 3, 0.2}, {MultiLabel, Pooler, false, 3, 0}, {Regress, Pooler, false, 3, 0.1},
		{Classify, MeanToken, true, 3, 0.1}, {Regress, FirstToken, false, 3, 0.1}, {MultiLabel, Pooler, true, 3, 0},
		{Task: Embed, Pooling: MeanToken, Normalize: true}, {Task: Embed, Pooling: FirstToken},
	} {
		labels := names
		if h.Task == Embed {
			labels = nil
		}
		f := small.File(h, labels)
		got, err := HeadOf(f)
		if err != nil || got != h {
			t.Errorf("%+v is read as %+v, %v", h, got, err)
		}
		if c, err := ConfigOf(f); err != nil || c != small {
			t.Errorf("%+v is read as %+v, %v", small, c, err)
		}
	}
}

func TestHeadsOfOthers(t *testing.T) {
	sequence := weights.Config{Architectures: []string{"BertForSequenceClassification"}, Dropout: 0.1}
	one := sequence
	one.SetLabels([]string{"LABEL_0"})
	gap := sequence
	gap.Labels = map[string]string{"0": "a", "2": "b"}
	for _, c := range []struct {
		name   string
		config weights.Config
		want   Head
		bad    bool
	}{
		{"two labels without names", sequence, Head{Classify, Pooler, false, 2, 0.1}, false},
		{"one output", one, Head{Regress, Pooler, false, 1, 0.1}, false},
		{"a gap", gap, Head{}, true},
		{"an encoder", weights.Config{Architectures: []string{"BertModel"}}, Head{Task: Embed, Pooling: MeanToken, Normalize: true}, false},
		{"masked", weights.Config{Architectures: []string{"BertForMaskedLM"}}, Head{Task: Embed, Pooling: MeanToken, Normalize: true}, false},
		{"unknown task", weights.Config{Datahall: &weights.OwnHead{Version: 1, Task: "paint", Pooling: "mean"}}, Head{}, true},
		{"later version", weights.Config{Datahall: &weights.OwnHead{Version: 2, Task: "classify", Pooling: "mean"}}, Head{}, true},
	} {
		got, err := HeadOf(c.config)
		if (err != nil) != c.bad || err == nil && got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestTheFolderOfTransformersIsRead(t *testing.T) {
	folder := os.DirFS(filepath.Join("testdata", "tiny"))
	file, err := weights.ReadConfig(folder)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ConfigOf(file)
	want := tinyConfig
	want.Dropout, want.AttentionDropout = 0.1, 0.1
	if err != nil || got != want {
		t.Errorf("config %+v, %v", got, err)
	}
	if h, err := HeadOf(file); err != nil || h != (Head{Classify, Pooler, false, labels, 0.1}) {
		t.Errorf("head %+v, %v", h, err)
	}
}
