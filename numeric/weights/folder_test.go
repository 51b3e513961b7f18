package weights

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"datahall"
)

// small is a config.json with what transformers always writes.
const small = `{"model_type": "bert", "vocab_size": 30, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}`

func folder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

func tensors(t *testing.T, names ...string) string {
	t.Helper()
	var w Writer
	for _, name := range names {
		if err := w.Float32(name, []int{1}, []float32{1}); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFolderThatIsNoneSaysSo(t *testing.T) {
	one := tensors(t, "a")
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"empty":        {nil, "no model.safetensors"},
		"pickle":       {map[string]string{"pytorch_model.bin": "\x80"}, "safe_serialization=True"},
		"cut":          {map[string]string{"model.safetensors": one[:len(one)-1]}, "cut off"},
		"git LFS":      {map[string]string{"model.safetensors": "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"}, "git lfs pull"},
		"no JSON":      {map[string]string{"model.safetensors.index.json": "{"}, "cannot be read as JSON"},
		"no shard":     {map[string]string{"model.safetensors.index.json": `{"weight_map": {}}`}, "names no file"},
		"outside":      {map[string]string{"model.safetensors.index.json": `{"weight_map": {"a": "../x.safetensors"}}`}, "../x.safetensors"},
		"other format": {map[string]string{"model.safetensors.index.json": `{"weight_map": {"a": "x.bin"}}`}, "x.bin"},
		"lost shard":   {map[string]string{"model.safetensors.index.json": `{"weight_map": {"a": "x.safetensors"}}`}, "x.safetensors is missing"},
		"twice": {map[string]string{"model.safetensors.index.json": `{"weight_map": {"a": "x.safetensors", "b": "y.safetensors"}}`,
			"x.safetensors": one, "y.safetensors": tensors(t, "a", "b")}, "in another file too"},
	} {
		set, err := OpenFolder(folder(c.files))
		if err == nil {
			set.Close()
		}
		if datahall.KindOf(err) != datahall.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestShardsAreOneSet(t *testing.T) {
	set, err := OpenFolder(folder(map[string]string{
		"model.safetensors.index.json": `{"weight_map": {"a": "x.safetensors", "b": "y.safetensors", "gone": "y.safetensors"}}`,
		"x.safetensors":                tensors(t, "a"), "y.safetensors": tensors(t, "b")}))
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	if !slices.Equal(set.Names(), []string{"a", "b"}) {
		t.Errorf("tensors %q", set.Names())
	}
	if _, ok := set.Shape("gone"); ok {
		t.Error("a tensor that no file has has a shape")
	}
	if err := set.Float32("gone", make([]float32, 1)); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a tensor that no file has: %v", err)
	}
	if err := set.Float32("a", make([]float32, 2)); err == nil {
		t.Error("a wrong number of numbers is read")
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	with := func(name, content string) map[string]string {
		return map[string]string{"config.json": small, name: content}
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"none":          {nil, "no config.json"},
		"no JSON":       {with("config.json", "<html>"), "cannot be read as JSON"},
		"not bert":      {with("config.json", `{"model_type": "roberta"}`), `"roberta"`},
		"no type":       {with("config.json", `{}`), "only bert"},
		"relative":      {with("config.json", `{"model_type": "bert", "position_embedding_type": "relative_key"}`), "relative_key"},
		"wrong type":    {with("config.json", `{"model_type": "bert", "vocab_size": "many"}`), "vocab_size"},
		"large":         {with("config.json", strings.Repeat(" ", maxConfig)+small), "longer than"},
		"pooling":       {with("1_Pooling/config.json", `{"pooling_mode_max_tokens": true}`), "pooling"},
		"two poolings":  {with("1_Pooling/config.json", `{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}`), "pooling"},
		"module":        {with("modules.json", `[{"type": "sentence_transformers.models.Dense"}]`), "Dense"},
		"modules":       {with("modules.json", `{}`), "modules.json"},
		"pooling JSON":  {with("1_Pooling/config.json", `[`), "1_Pooling/config.json"},
		"sentence JSON": {with("sentence_bert_config.json", `[`), "sentence_bert_config.json"},
	} {
		_, err := ReadConfig(folder(c.files))
		if kind := datahall.KindOf(err); kind != datahall.Invalid && kind != datahall.TooLarge || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWhatConfigJSONLeavesOutIsWhatTransformersTakes(t *testing.T) {
	c, err := ReadConfig(folder(map[string]string{"config.json": small}))
	if err != nil {
		t.Fatal(err)
	}
	if c.Activation != "gelu" || c.Epsilon != 1e-12 || c.Segments != 2 || c.Positions != 512 || c.Dropout != 0.1 || c.AttentionDropout != 0.1 || c.InitRange != 0.02 {
		t.Errorf("got %+v", c)
	}
	if c.HasHead() || c.LabelList() == nil || len(c.LabelList()) != 0 || c.Pooling != "" || c.Normalize || c.MaxLength != 0 {
		t.Errorf("got %+v", c)
	}
}

func TestAFolderOfVectorsComesBackAsItWasWritten(t *testing.T) {
	for _, want := range []Config{
		{ModelType: "bert", Hidden: 8, Positions: 64, Pooling: "mean", Normalize: true, MaxLength: 32},
		{ModelType: "bert", Hidden: 8, Positions: 64, Pooling: "cls", MaxLength: 64},
	} {
		b, err := want.JSON()
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{"config.json": {Data: b}}
		for name, content := range want.PoolingFiles() {
			files[name] = &fstest.MapFile{Data: content}
		}
		got, err := ReadConfig(files)
		if err != nil {
			t.Fatal(err)
		}
		if got.Pooling != want.Pooling || got.Normalize != want.Normalize || got.MaxLength != want.MaxLength || got.Hidden != want.Hidden {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if (Config{}).PoolingFiles() != nil {
		t.Error("a folder without pooling has files for it")
	}
	got, err := ReadConfig(folder(map[string]string{"config.json": small, "1_Pooling/config.json": `{"pooling_mode": "cls"}`}))
	if err != nil || got.Pooling != "cls" {
		t.Errorf("the short form of later versions: %q %v", got.Pooling, err)
	}
}

func TestLabelsStandInTheOrderOfTheirNumbers(t *testing.T) {
	var c Config
	var names []string
	for i := range 12 {
		names = append(names, strings.Repeat("x", i+1))
	}
	c.SetLabels(names)
	if !slices.Equal(c.LabelList(), names) || c.LabelIDs["xxx"] != 2 {
		t.Errorf("got %q", c.LabelList())
	}
	for _, gap := range []map[string]string{{"0": "a", "2": "b"}, {"0": "a", "00": "b"}, {"-1": "a"}, {"x": "a"}} {
		if c.Labels = gap; c.LabelList() != nil {
			t.Errorf("labels %v are %q", gap, c.LabelList())
		}
	}
}

// Whatever config.json and its neighbours hold, reading ends in an error that a
// user can read, or in a configuration that is read again the same.
func FuzzConfigIsBounded(f *testing.F) {
	f.Add(small, `{"pooling_mode_mean_tokens": true}`, `[{"type": "sentence_transformers.models.Normalize"}]`, `{"max_seq_length": 5}`)
	f.Add(`{"model_type": "bert", "id2label": {"0": "a", "00": "b"}, "layer_norm_eps": 1e999}`, `null`, `null`, `null`)
	f.Add(strings.Repeat(`{"a":`, 20000), `[]`, `[[[[`, `{"max_seq_length": -1}`)
	f.Fuzz(func(t *testing.T, config, pooling, modules, sentence string) {
		c, err := ReadConfig(folder(map[string]string{"config.json": config, "1_Pooling/config.json": pooling,
			"modules.json": modules, "sentence_bert_config.json": sentence}))
		if err != nil {
			if known, ok := errors.AsType[*datahall.Error](err); !ok || len(known.Error()) > 2000 {
				t.Fatalf("no error for users: %v", err)
			}
			return
		}
		if list := c.LabelList(); list != nil && len(list) != len(c.Labels) {
			t.Fatalf("%d labels of %d", len(list), len(c.Labels))
		}
		b, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadConfig(fstest.MapFS{"config.json": {Data: b}})
		if err != nil || again.Vocabulary != c.Vocabulary || !maps.Equal(again.Labels, c.Labels) {
			t.Fatalf("read again: %+v %v, was %+v", again, err, c)
		}
	})
}
