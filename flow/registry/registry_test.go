package registry

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"datahall"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// made is the folder of a new model, as we write it.
func made(t *testing.T, h transformer.Head, labels []string, change func(*transformer.Bert)) fstest.MapFS {
	t.Helper()
	words, err := tokenizer.Train(slices.Values([]string{"where is my parcel", "我的 包裹 在 哪里", "refund my money"}), tokenizer.Options{Size: 60})
	if err != nil {
		t.Fatal(err)
	}
	c := transformer.Config{Vocabulary: words.Size() + 4, Hidden: 16, Layers: 2, Heads: 2, Inner: 32, Positions: 24, Segments: 2,
		Activation: "gelu", Epsilon: 1e-12, InitRange: 0.02}
	bert, err := transformer.New(c, h, nil, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(bert)
	}
	var w weights.Writer
	if err := bert.Save(&w); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	file := c.File(h, labels)
	config, err := file.JSON()
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{"model.safetensors": {Data: b.Bytes()}, "config.json": {Data: config}}
	for _, files := range []map[string][]byte{words.Files(), file.PoolingFiles()} {
		for name, content := range files {
			folder[name] = &fstest.MapFile{Data: content}
		}
	}
	return folder
}

var classifier = transformer.Head{Task: transformer.Classify, Pooling: transformer.Pooler, Outputs: 3}

func TestAFolderSaysWhatItIs(t *testing.T) {
	abc := []string{"a", "退款", "c"}
	for _, c := range []struct {
		head          transformer.Head
		labels        []string
		task, pooling string
		architecture  string
	}{
		{classifier, abc, "classify", "pooler", "BertForSequenceClassification"},
		{transformer.Head{Task: transformer.MultiLabel, Pooling: transformer.Pooler, Outputs: 3}, abc, "multilabel", "pooler", "BertForSequenceClassification"},
		{transformer.Head{Task: transformer.Classify, Pooling: transformer.MeanToken, Normalize: true, Outputs: 3}, abc, "classify", "mean", "BertModel"},
		{transformer.Head{Task: transformer.Regress, Pooling: transformer.Pooler, Outputs: 1}, []string{"value"}, "regress", "pooler", "BertForSequenceClassification"},
		{transformer.Head{Task: transformer.Embed, Pooling: transformer.FirstToken}, nil, "embed", "cls", "BertModel"},
	} {
		folder := made(t, c.head, c.labels, nil)
		m, err := Inspect(folder)
		if err != nil {
			t.Fatal(c.task, err)
		}
		want := c.labels
		if c.task == "regress" {
			want = nil
		}
		if m.Family != "bert" || m.Task != c.task || !slices.Equal(m.Labels, want) || m.Card["pooling"] != c.pooling || m.Card["architecture"] != c.architecture {
			t.Errorf("%s: got %+v", c.task, m)
		}
		set, err := weights.OpenFolder(folder)
		if err != nil {
			t.Fatal(err)
		}
		numbers := int64(0)
		for _, name := range set.Names() {
			n := int64(1)
			shape, _ := set.Shape(name)
			for _, d := range shape {
				n *= int64(d)
			}
			numbers += n
		}
		if m.Parameters != numbers {
			t.Errorf("%s: %d parameters, the file has %d numbers", c.task, m.Parameters, numbers)
		}
	}
}

func TestTheDigestIsThatOfWhatIsKept(t *testing.T) {
	digest := func(folder fstest.MapFS) string {
		m, err := Inspect(folder)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Digest) != 64 {
			t.Fatalf("digest %q", m.Digest)
		}
		return m.Digest
	}
	folder := made(t, classifier, []string{"a", "b", "c"}, nil)
	first := digest(folder)
	folder["pytorch_model.bin"] = &fstest.MapFile{Data: []byte("\x80pickle")}
	folder["onnx/model.onnx"] = &fstest.MapFile{Data: []byte("x")}
	if digest(folder) != first {
		t.Error("a file that is not kept changes the digest")
	}
	folder["README.md"] = &fstest.MapFile{Data: []byte("# a model")}
	if digest(folder) == first {
		t.Error("a file that is kept does not change the digest")
	}
	a := map[string]datahall.Blob{"a": {Digest: "1"}, "b": {Digest: "2"}}
	if Digest(a) == Digest(map[string]datahall.Blob{"a": {Digest: "2"}, "b": {Digest: "1"}}) || Digest(a) == Digest(map[string]datahall.Blob{"a": {Digest: "1"}}) {
		t.Error("other files have the same digest")
	}
}

// edit changes values of config.json.
func edit(t *testing.T, folder fstest.MapFS, values map[string]any) {
	t.Helper()
	var c map[string]any
	if err := json.Unmarshal(folder["config.json"].Data, &c); err != nil {
		t.Fatal(err)
	}
	for name, v := range values {
		c[name] = v
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	folder["config.json"] = &fstest.MapFile{Data: b}
}

func TestAFolderThatDoesNotFitTogetherIsRefused(t *testing.T) {
	all := []string{"a", "b", "c"}
	set := func(values map[string]any) func(*testing.T, fstest.MapFS) {
		return func(t *testing.T, f fstest.MapFS) { edit(t, f, values) }
	}
	for name, c := range map[string]struct {
		change func(*testing.T, fstest.MapFS)
		want   string
	}{
		"no config":  {func(_ *testing.T, f fstest.MapFS) { delete(f, "config.json") }, "no config.json"},
		"other type": {set(map[string]any{"model_type": "gpt2"}), "gpt2"},
		"no weights": {func(_ *testing.T, f fstest.MapFS) { delete(f, "model.safetensors") }, "no model.safetensors"},
		"pickle": {func(_ *testing.T, f fstest.MapFS) {
			delete(f, "model.safetensors")
			f["pytorch_model.bin"] = &fstest.MapFile{}
		}, "safe_serialization"},
		"cut":               {func(_ *testing.T, f fstest.MapFS) { f["model.safetensors"].Data = f["model.safetensors"].Data[:3000] }, "cut off"},
		"hostile header":    {func(_ *testing.T, f fstest.MapFS) { f["model.safetensors"].Data[7] = 0x7f }, "header claims"},
		"vocabulary":        {set(map[string]any{"vocab_size": 500}), "word_embeddings"},
		"large vocabulary":  {set(map[string]any{"vocab_size": 1 << 24}), "word_embeddings"},
		"other width":       {set(map[string]any{"hidden_size": 18}), "shape"},
		"a layer more":      {set(map[string]any{"num_hidden_layers": 3}), "encoder.layer.2"},
		"memory":            {set(map[string]any{"num_hidden_layers": 1000, "intermediate_size": 1 << 18}), "the weights have"},
		"no width":          {set(map[string]any{"hidden_size": 0}), "hidden_size"},
		"heads":             {set(map[string]any{"num_attention_heads": 3}), "num_attention_heads"},
		"activation":        {set(map[string]any{"hidden_act": "swiglu"}), "swiglu"},
		"another label":     {set(map[string]any{"id2label": map[string]string{"0": "a", "1": "b", "2": "c", "3": "d"}}), "classifier"},
		"the same label":    {set(map[string]any{"id2label": map[string]string{"0": "a", "1": "b", "2": "a "}}), `"a"`},
		"labels with a gap": {set(map[string]any{"id2label": map[string]string{"0": "a", "1": "b", "3": "c"}}), "id2label"},
		"no tokenizer":      {func(_ *testing.T, f fstest.MapFS) { delete(f, "tokenizer.json"); delete(f, "vocab.txt") }, "neither tokenizer.json nor vocab.txt"},
		"long vocabulary": {func(_ *testing.T, f fstest.MapFS) {
			delete(f, "tokenizer.json")
			f["vocab.txt"].Data = append(f["vocab.txt"].Data, "one\ntwo\nthree\nfour\nfive\nsix\n"...)
		}, "the vocabulary has"},
	} {
		folder := made(t, classifier, all, nil)
		c.change(t, folder)
		_, err := Inspect(folder)
		if datahall.KindOf(err) != datahall.Invalid || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestNumbersThatAreNoneAreRefused(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(-1)} {
		folder := made(t, classifier, []string{"a", "b", "c"}, func(b *transformer.Bert) { b.Params.List[5].W[3] = float32(v); b.Changed() })
		if _, err := Inspect(folder); datahall.KindOf(err) != datahall.Invalid || !strings.Contains(err.Error(), "nothing can be computed") {
			t.Errorf("%v: %v", v, err)
		}
	}
}

func TestWhatIsKept(t *testing.T) {
	for name, want := range map[string]bool{
		"config.json": true, "vocab.txt": true, "tokenizer.json": true, "tokenizer_config.json": true, "special_tokens_map.json": true,
		"model.safetensors": true, "model-00001-of-00002.safetensors": true, "model.safetensors.index.json": true, "modules.json": true,
		"sentence_bert_config.json": true, "1_Pooling/config.json": true, "README.md": true, "LICENSE": true, "LICENSE.txt": true, "NOTICE": true,
		"pytorch_model.bin": false, "model.pt": false, "x.pkl": false, "tf_model.h5": false, "modeling_bert.py": false, "LICENSE.py": false,
		"onnx/config.json": false, "onnx/model.safetensors": false, "../config.json": false, ".gitattributes": false, "training_args.bin": false,
		"report.json": false, "": false,
	} {
		if Wanted(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
	for want, names := range map[string][]string{
		"":                     {"config.json", "model.safetensors"},
		"no config.json":       {"model.safetensors"},
		"no model.safetensors": {"config.json", "tf_model.h5"},
		"pytorch_model.bin":    {"config.json", "pytorch_model.bin"},
	} {
		if err := Complete(names); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", names, err)
		}
	}
}
