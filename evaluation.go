package datahall

// Evaluation is a model measured on rows it has not seen, beside its baselines.
type Evaluation struct {
	Model          string        `json:"model"`
	Dataset        string        `json:"dataset"`
	Split          string        `json:"split"`
	Task           string        `json:"task"`
	Rows           int           `json:"rows"`
	Accuracy       float64       `json:"accuracy"`
	AccuracyLow    float64       `json:"accuracy_low"` // bootstrap 95 % interval
	AccuracyHigh   float64       `json:"accuracy_high"`
	MacroF1        float64       `json:"macro_f1"`
	MacroF1Low     float64       `json:"macro_f1_low"`
	MacroF1High    float64       `json:"macro_f1_high"`
	WeightedF1     float64       `json:"weighted_f1"`
	MicroF1        *float64      `json:"micro_f1,omitempty"` // multi-label; else it is the accuracy
	MacroPrecision float64       `json:"macro_precision"`
	MacroRecall    float64       `json:"macro_recall"`
	ECE            float64       `json:"ece"`               // expected calibration error, 15 equal-width bins (Guo et al. 2017)
	MSE            *float64      `json:"mse,omitempty"`     // regression
	Pearson        *float64      `json:"pearson,omitempty"` // regression
	Baseline       *Baseline     `json:"baseline"`          // the best of Baselines
	Baselines      []Baseline    `json:"baselines"`
	Winner         string        `json:"winner"` // name of the row with the best validation score: "model" or a baseline's
	PerClass       []ClassScores `json:"per_class"`
	Labels         []string      `json:"labels"`
	Confusion      [][]int       `json:"confusion"` // [truth][predicted], in the order of Labels
	Pairs          []Confusion   `json:"pairs"`     // most confused first, at most 20
	Reliability    []Bin         `json:"reliability"`
	Mistakes       []Mistake     `json:"mistakes"`   // most confident first, at most 100
	Validation     float64       `json:"validation"` // accuracy (multi-label: micro F1, regression: R²) on the validation split, what choices were made by
}

// Baseline is a simpler way to do the same, measured on the same rows.
type Baseline struct {
	Name       string   `json:"name"` // majority, tfidf+svm, frozen+head, frozen+tfidf
	Accuracy   float64  `json:"accuracy"`
	MacroF1    float64  `json:"macro_f1"`
	Validation float64  `json:"validation"`
	Seconds    float64  `json:"seconds"`
	MSE        *float64 `json:"mse,omitempty"` // regression
}

// ClassScores are the usual four figures of one label.
type ClassScores struct {
	Label     string  `json:"label"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`
}

// Confusion is how often one label was taken for another.
type Confusion struct {
	Truth     string `json:"truth"`
	Predicted string `json:"predicted"`
	N         int    `json:"n"`
}

// Bin is one bar of a reliability diagram.
type Bin struct {
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	N          int     `json:"n"`
	Confidence float64 `json:"confidence"` // mean
	Accuracy   float64 `json:"accuracy"`
}

// Mistake is a row the model got wrong.
type Mistake struct {
	Text      string  `json:"text"`
	Truth     string  `json:"truth"`
	Predicted string  `json:"predicted"`
	Score     float64 `json:"score"`
	Line      int     `json:"line,omitempty"`
}

// Prediction is the answer for one text.
type Prediction struct {
	Text   string             `json:"text"`
	Label  string             `json:"label"`
	Labels []string           `json:"labels,omitempty"` // multi-label: all at or over 0.5
	Score  float64            `json:"score"`
	Scores map[string]float64 `json:"scores"`
}

// Predictions joins texts with the answer that a replica gave for them.
func Predictions(texts []string, info ModelInfo, a Answer) []Prediction {
	list := make([]Prediction, len(texts))
	for i, text := range texts {
		list[i] = NewPrediction(text, info.Task, info.Labels, a.Scores[i])
	}
	return list
}

// NewPrediction names the scores of one text. A regression has one score and
// no label.
func NewPrediction(text, task string, labels []string, scores []float32) Prediction {
	p := Prediction{Text: text, Scores: map[string]float64{}}
	best := 0
	for i, s := range scores {
		name := "value"
		if i < len(labels) {
			name = labels[i]
		}
		p.Scores[name] = float64(s)
		if task == "multilabel" && s >= 0.5 {
			p.Labels = append(p.Labels, name)
		}
		if s > scores[best] {
			best = i
		}
	}
	if len(scores) > 0 {
		p.Score = float64(scores[best])
	}
	if best < len(labels) && task != "regress" {
		p.Label = labels[best]
	}
	return p
}
