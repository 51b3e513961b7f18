package transformer

import "fmt"

// Config is the shape of a BERT, by the meaning of Hugging Face's config.json.
type Config struct {
	Vocabulary int // vocab_size
	Hidden     int // hidden_size
	Layers     int // num_hidden_layers
	Heads      int // num_attention_heads
	Inner      int // intermediate_size
	Positions  int // max_position_embeddings
	Segments   int // type_vocab_size

	Activation string  // hidden_act: gelu (exact) or relu
	Epsilon    float64 // layer_norm_eps

	Dropout          float64 // hidden_dropout_prob
	AttentionDropout float64 // attention_probs_dropout_prob
	InitRange        float64 // initializer_range: standard deviation of new weights
}

// Sizes are the names that [Sized] knows, smallest first.
var Sizes = []string{"tiny", "small", "base"}

// Sized is a BERT to train from scratch: tiny (2 layers, 128 wide), small
// (4, 256) or base (12, 768).
func Sized(size string, vocabulary int) (Config, error) {
	c := Config{Vocabulary: vocabulary, Positions: 512, Segments: 2, Activation: "gelu", Epsilon: 1e-12,
		Dropout: 0.1, AttentionDropout: 0.1, InitRange: 0.02}
	switch size {
	case "tiny":
		c.Layers, c.Hidden, c.Heads, c.Inner = 2, 128, 2, 512
	case "small":
		c.Layers, c.Hidden, c.Heads, c.Inner = 4, 256, 4, 1024
	case "base":
		c.Layers, c.Hidden, c.Heads, c.Inner = 12, 768, 12, 3072
	default:
		return Config{}, fmt.Errorf("size %q is unknown; tiny, small and base are known", size)
	}
	return c, nil
}

// Check says what is wrong with a shape. The bounds keep a hostile config.json
// from asking for memory that its weights do not have.
func (c Config) Check() error {
	for _, n := range []struct {
		name      string
		value, to int
	}{
		{"vocab_size", c.Vocabulary, 1 << 24}, {"hidden_size", c.Hidden, 1 << 16}, {"num_hidden_layers", c.Layers, 1 << 10},
		{"num_attention_heads", c.Heads, 1 << 12}, {"intermediate_size", c.Inner, 1 << 18},
		{"max_position_embeddings", c.Positions, 1 << 20}, {"type_vocab_size", c.Segments, 1 << 10},
	} {
		if n.value < 1 || n.value > n.to {
			return fmt.Errorf("%s is %d, not in 1…%d", n.name, n.value, n.to)
		}
	}
	switch {
	case c.Hidden%c.Heads != 0:
		return fmt.Errorf("hidden_size %d is no multiple of num_attention_heads %d", c.Hidden, c.Heads)
	case c.Activation != "gelu" && c.Activation != "relu":
		return fmt.Errorf("hidden_act is %q; gelu and relu are known", c.Activation)
	case !(c.Epsilon > 0 && c.Epsilon < 1):
		return fmt.Errorf("layer_norm_eps is %v, not between 0 and 1", c.Epsilon)
	case !(c.Dropout >= 0 && c.Dropout < 1):
		return fmt.Errorf("hidden_dropout_prob is %v, not in [0, 1)", c.Dropout)
	case !(c.AttentionDropout >= 0 && c.AttentionDropout < 1):
		return fmt.Errorf("attention_probs_dropout_prob is %v, not in [0, 1)", c.AttentionDropout)
	case !(c.InitRange >= 0):
		return fmt.Errorf("initializer_range is %v", c.InitRange)
	}
	return nil
}

// Task is what a head is for; it chooses the loss.
type Task int

// The tasks.
const (
	Classify   Task = iota // one of Outputs classes: cross-entropy
	MultiLabel             // any of Outputs labels: binary cross-entropy
	Regress                // Outputs numbers: mean squared error
	Embed                  // the pooled vector itself: cosine similarity of pairs
)

// Pooling is how a row's tokens become one vector.
type Pooling int

// The poolings.
const (
	Pooler    Pooling = iota // first token through BERT's dense layer and tanh
	MeanToken                // mean of the tokens, as sentence-transformers' bases want
	FirstToken
)

// Head is what stands on the encoder.
type Head struct {
	Task      Task
	Pooling   Pooling
	Normalize bool    // the pooled vector gets length 1
	Outputs   int     // labels or numbers; 0 for Embed
	Dropout   float64 // before the classifier; classifier_dropout, else hidden_dropout_prob
}

// Check says what is wrong with a head.
func (h Head) Check() error {
	switch {
	case h.Task == Embed && h.Outputs != 0:
		return fmt.Errorf("a head that embeds has no outputs of its own, not %d", h.Outputs)
	case h.Task != Embed && (h.Outputs < 1 || h.Outputs > 1<<20):
		return fmt.Errorf("a head needs 1 to %d outputs, not %d", 1<<20, h.Outputs)
	case h.Task == Classify && h.Outputs < 2:
		return fmt.Errorf("a classifier needs 2 or more classes, not %d", h.Outputs)
	case !(h.Dropout >= 0 && h.Dropout < 1):
		return fmt.Errorf("classifier_dropout is %v, not in [0, 1)", h.Dropout)
	}
	return nil
}
