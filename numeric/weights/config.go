package weights

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"datahall"
)

// maxConfig bounds config.json, in bytes: id2label of large models is its longest part.
const maxConfig = 16 << 20

// Config is Hugging Face's config.json of a BERT, with what
// sentence-transformers and we put beside it.
type Config struct {
	Architectures []string `json:"architectures,omitempty"`
	ModelType     string   `json:"model_type"`
	Vocabulary    int      `json:"vocab_size"`
	Hidden        int      `json:"hidden_size"`
	Layers        int      `json:"num_hidden_layers"`
	Heads         int      `json:"num_attention_heads"`
	Inner         int      `json:"intermediate_size"`
	Positions     int      `json:"max_position_embeddings"`
	Segments      int      `json:"type_vocab_size"`
	Activation    string   `json:"hidden_act"`
	Epsilon       float64  `json:"layer_norm_eps"`
	InitRange     float64  `json:"initializer_range"`

	Dropout           float64  `json:"hidden_dropout_prob"`
	AttentionDropout  float64  `json:"attention_probs_dropout_prob"`
	ClassifierDropout *float64 `json:"classifier_dropout"`

	PositionType string            `json:"position_embedding_type,omitempty"`
	ProblemType  string            `json:"problem_type,omitempty"` // single_label_classification multi_label_classification regression
	PadToken     int               `json:"pad_token_id"`
	Labels       map[string]string `json:"id2label,omitempty"`
	LabelIDs     map[string]int    `json:"label2id,omitempty"`

	// Datahall is how our own heads read the encoder, which transformers does
	// not know.
	Datahall *OwnHead `json:"datahall,omitempty"`

	Pooling   string `json:"-"` // of 1_Pooling/config.json: mean, cls or empty
	Normalize bool   `json:"-"` // modules.json has a Normalize step
	MaxLength int    `json:"-"` // of sentence_bert_config.json; 0: the positions
}

// OwnHead says how a classifier reads the encoder where that is not the way of
// BertForSequenceClassification.
type OwnHead struct {
	Version   int    `json:"version"` // 1
	Task      string `json:"task"`    // classify multilabel regress
	Pooling   string `json:"pooling"` // mean cls pooler
	Normalize bool   `json:"normalize"`
}

// ReadConfig reads config.json and its neighbours out of a model folder.
func ReadConfig(folder fs.FS) (Config, error) {
	c := Config{ModelType: "", Activation: "gelu", Epsilon: 1e-12, Segments: 2, Positions: 512, InitRange: 0.02, Dropout: 0.1, AttentionDropout: 0.1}
	if err := readJSON(folder, "config.json", &c); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return c, datahall.Errorf(datahall.Invalid, "model folder: has no config.json; give the folder that transformers or sentence-transformers saved")
		}
		return c, err
	}
	if err := c.check(); err != nil {
		return c, err
	}
	return c, c.readNeighbours(folder)
}

// check refuses what is no BERT, and shapes beyond what any weights have; the
// meaning of each value is numeric/transformer's to check.
func (c Config) check() error {
	if c.ModelType != "bert" {
		return datahall.Errorf(datahall.Invalid, "config.json: the model type is %q; only bert can be read", short(c.ModelType))
	}
	if c.PositionType != "" && c.PositionType != "absolute" {
		return datahall.Errorf(datahall.Invalid, "config.json: position_embedding_type is %q; only absolute can be read", short(c.PositionType))
	}
	if len(c.Labels) > maxTensors {
		return datahall.Errorf(datahall.Invalid, "config.json: names %s labels, at most %s are read; check the file", len(c.Labels), maxTensors)
	}
	return nil
}

// readNeighbours reads how sentence-transformers makes a vector of the tokens.
// What it does and we do not is an error: the vectors would be others.
func (c *Config) readNeighbours(folder fs.FS) error {
	if err := c.readPooling(folder); err != nil {
		return err
	}
	var modules []struct {
		Type string `json:"type"`
	}
	if err := readIfThere(folder, "modules.json", &modules); err != nil {
		return err
	}
	for _, m := range modules {
		switch m.Type[strings.LastIndexByte(m.Type, '.')+1:] {
		case "Transformer", "Pooling", "Dropout":
		case "Normalize":
			c.Normalize = true
		default:
			return datahall.Errorf(datahall.Invalid, "modules.json: has a step %q that is not known; Transformer, Pooling and Normalize are", short(m.Type))
		}
	}
	var sentence struct {
		MaxLength int `json:"max_seq_length"`
	}
	if err := readIfThere(folder, "sentence_bert_config.json", &sentence); err != nil {
		return err
	}
	c.MaxLength = max(0, sentence.MaxLength)
	return nil
}

// readPooling reads the one pooling that a folder asks for. Several at once,
// which sentence-transformers writes one behind the other, are not known.
func (c *Config) readPooling(folder fs.FS) error {
	var fields map[string]any
	if err := readIfThere(folder, "1_Pooling/config.json", &fields); err != nil || fields == nil {
		return err
	}
	var modes []string
	for name, v := range fields {
		if mode, ok := strings.CutPrefix(name, "pooling_mode_"); ok && v == true {
			modes = append(modes, mode)
		}
	}
	if mode, ok := fields["pooling_mode"].(string); ok { // the short form of later versions
		modes = append(modes, mode)
	}
	known := map[string]string{"mean_tokens": "mean", "cls_token": "cls", "mean": "mean", "cls": "cls"}
	if len(modes) == 1 {
		c.Pooling = known[modes[0]]
	}
	if c.Pooling == "" {
		return datahall.Errorf(datahall.Invalid, "1_Pooling/config.json: asks for a pooling that is not known; mean and cls are")
	}
	return nil
}

// readIfThere reads a small JSON file of a folder; none leaves into as it is.
func readIfThere(folder fs.FS, name string, into any) error {
	if err := readJSON(folder, name, into); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// readJSON reads a small JSON file of a folder.
func readJSON(folder fs.FS, name string, into any) error {
	f, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return err
	}
	if len(b) > maxConfig {
		return datahall.Errorf(datahall.TooLarge, "%s: longer than %s bytes; check the file", name, maxConfig)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return datahall.Errorf(datahall.Invalid, "%s: cannot be read as JSON (%s); download or export it again", name, err)
	}
	return nil
}

// LabelList gives the labels in the order of their ids, or none where the ids
// are not 0, 1, 2, ….
func (c Config) LabelList() []string {
	list := make([]string, len(c.Labels))
	for id, name := range c.Labels {
		i, err := strconv.Atoi(id)
		if err != nil || i < 0 || i >= len(list) || strconv.Itoa(i) != id {
			return nil
		}
		list[i] = name
	}
	return list
}

// SetLabels names the outputs.
func (c *Config) SetLabels(labels []string) {
	c.Labels, c.LabelIDs = map[string]string{}, map[string]int{}
	for i, name := range labels {
		c.Labels[strconv.Itoa(i)], c.LabelIDs[name] = name, i
	}
}

// HasHead reports whether the folder's classifier is one that we can read.
func (c Config) HasHead() bool {
	return c.Datahall != nil || slices.Contains(c.Architectures, "BertForSequenceClassification")
}

// JSON gives config.json.
func (c Config) JSON() ([]byte, error) {
	c.ModelType = "bert"
	b, err := json.MarshalIndent(c, "", "  ")
	return append(b, '\n'), err
}

// PoolingFiles gives the files beside config.json by which
// sentence-transformers reads the folder; none where Pooling is empty.
func (c Config) PoolingFiles() map[string][]byte {
	if c.Pooling == "" {
		return nil
	}
	type module struct {
		Index int    `json:"idx"`
		Name  string `json:"name"`
		Path  string `json:"path"`
		Type  string `json:"type"`
	}
	modules := []module{{0, "0", "", "sentence_transformers.models.Transformer"}, {1, "1", "1_Pooling", "sentence_transformers.models.Pooling"}}
	if c.Normalize {
		modules = append(modules, module{2, "2", "2_Normalize", "sentence_transformers.models.Normalize"})
	}
	pooling := map[string]any{"word_embedding_dimension": c.Hidden,
		"pooling_mode_mean_tokens": c.Pooling == "mean", "pooling_mode_cls_token": c.Pooling == "cls",
		"pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false}
	length := c.MaxLength
	if length == 0 {
		length = c.Positions
	}
	files := map[string][]byte{}
	for name, v := range map[string]any{"modules.json": modules, "1_Pooling/config.json": pooling,
		"sentence_bert_config.json": map[string]any{"max_seq_length": length, "do_lower_case": false}} {
		b, _ := json.MarshalIndent(v, "", "  ") // plain values: cannot fail
		files[name] = append(b, '\n')
	}
	return files
}
