package infer

import (
	"io/fs"

	"datahall"
	"datahall/numeric/kernel"
	"datahall/numeric/linear"
)

// Open opens a model folder of any family for answering with a number of threads.
func Open(folder fs.FS, threads int) (Model, error) {
	if _, err := fs.Stat(folder, "linear.json"); err == nil {
		return OpenLinear(folder, threads)
	}
	return OpenBert(folder, threads)
}

// Linear is a linear model that answers.
type Linear struct {
	model *linear.Model
	pool  *kernel.Pool
}

// OpenLinear opens the folder of a linear model.
func OpenLinear(folder fs.FS, threads int) (*Linear, error) {
	m, err := linear.Load(folder)
	if err != nil {
		return nil, err
	}
	return &Linear{m, kernel.NewPool(threads)}, nil
}

// Info tells about the model.
func (l *Linear) Info() datahall.ModelInfo {
	return datahall.ModelInfo{Task: string(l.model.Task()), Family: "linear", Labels: l.model.Labels(), MaxLength: 1 << 20,
		Parameters: l.model.Parameters(), Precision: "fp32", Kernel: string(kernel.Current())}
}

// Read counts a text's characters in place of tokens.
func (l *Linear) Read(text, pair string) (Text, bool) {
	if pair != "" {
		text += "\n" + pair
	}
	return Text{Raw: text, Tokens: max(1, len([]rune(text)))}, true
}

// Scores gives calibrated probabilities, or with raw the margins.
func (l *Linear) Scores(texts []Text, raw bool) ([][]float32, error) {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = t.Raw
	}
	scores := l.model.Predict
	if raw {
		scores = l.model.Outputs
	}
	rows := make([][]float32, len(texts))
	for i, row := range scores(l.pool, all) {
		rows[i] = make([]float32, len(row))
		for k, v := range row {
			rows[i][k] = float32(v)
		}
	}
	return rows, nil
}

// Vectors is refused: a linear model has none.
func (l *Linear) Vectors([]Text, *bool) ([][]float32, error) {
	return nil, datahall.Errorf(datahall.Invalid, "model: a %s model has no vectors; ask it to predict, or serve a BERT model", "linear")
}
