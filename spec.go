package datahall

// The specifications of our own kinds of jobs: what a client asks for. A job's
// body finds the blobs it names as files, by the names in its comments.

// ImportSpec asks for a file to become a dataset version. Input: source.
type ImportSpec struct {
	Name        string `json:"name"`
	Source      string `json:"source"`                // file name, or builtin:shop
	Blob        Blob   `json:"blob,omitzero"`         // the uploaded bytes; none for a built-in
	TextColumn  string `json:"text_column,omitempty"` // header or number from 1
	LabelColumn string `json:"label_column,omitempty"`
	SplitColumn string `json:"split_column,omitempty"`
	Sheet       string `json:"sheet,omitempty"`
	Header      *bool  `json:"header,omitempty"` // nil: recognised
	Task        string `json:"task,omitempty"`   // classify (default), multilabel, regress, text
}

// SplitSpec asks for a new version with rows assigned to splits. Input: rows.jsonl.
type SplitSpec struct {
	Dataset    string  `json:"dataset"`    // id
	Test       float64 `json:"test"`       // fraction
	Validation float64 `json:"validation"` // fraction
	Seed       uint64  `json:"seed"`
}

// TrainSpec asks for a model. Inputs: rows.jsonl, and the base's files under base/.
type TrainSpec struct {
	Dataset   string `json:"dataset"`             // id
	Name      string `json:"name"`                // of the model
	Base      string `json:"base"`                // scratch:tiny|small|base, NAME[@VERSION], or linear
	Task      string `json:"task"`                // classify multilabel regress embed
	Tune      string `json:"tune,omitempty"`      // full head auto
	Optimizer string `json:"optimizer,omitempty"` // adamw adam sgd adagrad
	Schedule  string `json:"schedule,omitempty"`  // linear cosine constant
	Precision string `json:"precision,omitempty"` // fp32

	Epochs          int     `json:"epochs,omitempty"`
	BatchSize       int     `json:"batch_size,omitempty"` // rows an optimiser step
	Accumulate      int     `json:"accumulate,omitempty"`
	LearningRate    float64 `json:"lr,omitempty"`
	WeightDecay     float64 `json:"weight_decay,omitempty"`
	Warmup          float64 `json:"warmup,omitempty"` // fraction of the steps
	Momentum        float64 `json:"momentum,omitempty"`
	Epsilon         float64 `json:"epsilon,omitempty"`
	ClipNorm        float64 `json:"clip_norm,omitempty"`
	Dropout         float64 `json:"dropout,omitempty"`
	LabelSmoothing  float64 `json:"label_smoothing,omitempty"`
	ClassWeights    string  `json:"class_weights,omitempty"` // none balanced
	MaxLength       int     `json:"max_length,omitempty"`    // tokens
	Patience        int     `json:"patience,omitempty"`      // epochs without a better validation score
	VocabSize       int     `json:"vocab_size,omitempty"`    // scratch only
	Seed            uint64  `json:"seed"`
	Threads         int     `json:"threads,omitempty"`
	CheckpointEvery int     `json:"checkpoint_every,omitempty"` // steps; 0: by time
	AllowSimple     bool    `json:"allow_simple,omitempty"`     // register the baseline where it wins
}

// EvaluateSpec asks for a model's figures. Inputs: rows.jsonl, model/.
type EvaluateSpec struct {
	Model   string `json:"model"`           // id
	Dataset string `json:"dataset"`         // id
	Split   string `json:"split,omitempty"` // test where the dataset has one, else all
	Seed    uint64 `json:"seed"`
}

// PredictSpec asks for predictions on rows or texts. Inputs: model/, and rows.jsonl where Dataset is set.
type PredictSpec struct {
	Model   string   `json:"model"`
	Dataset string   `json:"dataset,omitempty"`
	Texts   []string `json:"texts,omitempty"`
}

// ReplicaSpec asks for a process that answers for an endpoint. Input: model/.
type ReplicaSpec struct {
	Endpoint string `json:"endpoint"` // id
	Model    string `json:"model"`    // id
	Threads  int    `json:"threads,omitempty"`
}

// ModelImportSpec asks for uploaded files to become a model. Inputs: model/.
type ModelImportSpec struct {
	Name   string          `json:"name"`
	Source string          `json:"source"` // folder name as given
	Files  map[string]Blob `json:"files"`
}

// ModelPullSpec asks for a model of a hub.
type ModelPullSpec struct {
	Repo     string `json:"repo"` // ORG/NAME
	Revision string `json:"revision,omitempty"`
	Name     string `json:"name"`
	Hub      string `json:"hub,omitempty"` // base URL; else HF_ENDPOINT of the submitter, else the hub itself
}

// ExportSpec asks for a dataset version as a file. Input: rows.jsonl; output: the file.
type ExportSpec struct {
	Dataset string `json:"dataset"`
	Format  string `json:"format"` // csv tsv jsonl xlsx
	File    string `json:"file"`   // name of the output
}

// Trained is what the body of a training says: the model without its place in
// the registry, and the work of its optimiser.
type Trained struct {
	Model           Model   `json:"model"`
	Steps           int64   `json:"steps"`
	Seconds         float64 `json:"seconds"` // over the optimiser steps alone
	Tokens          int64   `json:"tokens"`  // real ones, never padding
	TokensPerSecond float64 `json:"tokens_per_second"`
}

// TrainResult is the result of a training job.
type TrainResult struct {
	Job             string  `json:"job"`
	Run             string  `json:"run"`
	Model           string  `json:"model"`
	Version         int     `json:"version"`
	Steps           int64   `json:"steps"`
	Seconds         float64 `json:"seconds"`
	TokensPerSecond float64 `json:"tokens_per_second"`
	Joules          float64 `json:"joules"`
	EnergySource    string  `json:"energy_source"`
	Cost            float64 `json:"cost"`
	Currency        string  `json:"currency"`
	Accuracy        float64 `json:"accuracy"`
	Family          string  `json:"family"`
	Tuning          string  `json:"tuning"`
}
