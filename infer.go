package datahall

// Question is what a replica is asked: texts, and what to do with them.
type Question struct {
	Op        string      `json:"op"` // predict or embed
	Texts     []string    `json:"texts"`
	Pairs     [][2]string `json:"pairs,omitempty"`
	Truncate  bool        `json:"truncate"`             // cut what is too long instead of refusing it
	RawScores bool        `json:"raw_scores,omitempty"` // logits instead of probabilities
	Normalize *bool       `json:"normalize,omitempty"`  // embed: nil is the model's own way
}

// Answer is what a replica answers: one entry a text, in order.
type Answer struct {
	Scores     [][]float32 `json:"scores,omitempty"` // [text][label], in the order of the model's labels
	Embeddings [][]float32 `json:"embeddings,omitempty"`
	Tokens     int         `json:"tokens"`
	CPUSeconds float64     `json:"cpu_seconds"` // this question's share of the batches it was in
	Batch      int         `json:"batch"`       // texts in the largest of them
	Usage      Usage       `json:"usage"`
}

// ModelInfo is what a replica says about its model.
type ModelInfo struct {
	Task       string   `json:"task"`
	Family     string   `json:"family"`
	Labels     []string `json:"labels,omitempty"`
	MaxLength  int      `json:"max_length"` // tokens, special ones included
	Dimensions int      `json:"dimensions"` // of an embedding; 0 where the model has none
	Pooling    string   `json:"pooling,omitempty"`
	Parameters int64    `json:"parameters"`
	Precision  string   `json:"precision"`
	Kernel     string   `json:"kernel"`
}
