package train

import (
	"fmt"
	"math"

	"datahall"
	"datahall/numeric/linear"
)

// figures are what is measured at the end of an epoch.
type figures struct {
	Epoch    int     `json:"epoch"`      // from 1; 0 is the start
	Train    float64 `json:"train_loss"` // mean over the epoch, dropout on
	Loss     float64 `json:"validation_loss"`
	Score    float64 `json:"score"` // see [linear.Score]
	MacroF1  float64 `json:"macro_f1"`
	Rate     float64 `json:"learning_rate"`
	PerToken float64 `json:"tokens_per_second"` // so far, over the optimiser's steps
}

// validate measures the model as it is on the validation rows.
func (l *loop) validate() (figures, error) {
	scores, err := l.scores(l.e, l.e.validation, nil)
	if err != nil {
		return figures{}, err
	}
	return figures{Loss: lossOf(l.truth, scores), Score: linear.Score(l.truth, scores, 0.5), MacroF1: macroF1(l.truth, scores)}, nil
}

// measureStart measures a model that is one already: what is no better than it
// is not kept.
func (l *loop) measureStart() error {
	f, err := l.validate()
	if err != nil {
		return err
	}
	l.state.BestEpoch, l.state.BestScore, l.state.BestLoss = 0, f.Score, f.Loss
	l.keepBest()
	l.Log(l.line(f, false))
	l.Measure(l.points(f)...)
	return nil
}

// endOfEpoch measures, keeps the weights where they are the best so far, and
// goes on to the next epoch.
func (l *loop) endOfEpoch() error {
	f, err := l.validate()
	if err != nil {
		return err
	}
	s := &l.state
	f.Epoch, f.Train = s.Epoch+1, s.Loss/float64(max(s.At, 1))
	f.Rate, f.PerToken = l.schedule.Rate(s.Step-1), float64(s.Tokens)/max(s.Seconds, 1e-9)
	better := s.BestEpoch < 0 || f.Score > s.BestScore || f.Score == s.BestScore && f.Loss <= s.BestLoss
	if better {
		s.BestEpoch, s.BestScore, s.BestLoss = f.Epoch, f.Score, f.Loss
		l.keepBest()
	}
	s.Epoch, s.At, s.Loss = s.Epoch+1, 0, 0
	s.History = append(s.History, f)
	l.Log(l.line(f, better))
	l.Measure(l.points(f)...)
	return l.checkpoint()
}

// patienceIsOver says whether too many epochs have gone by without a better one.
func (l *loop) patienceIsOver() bool {
	return l.truth.Rows() > 0 && l.state.BestEpoch >= 0 && l.state.Epoch-l.state.BestEpoch >= l.plan.patience
}

// scoreNames are what choices are made by, of each task.
var scoreNames = map[string]string{linear.Classify: "accuracy", linear.Multilabel: "micro F1", linear.Regress: "R²"}

func (l *loop) line(f figures, better bool) string {
	if f.Epoch == 0 {
		return fmt.Sprintf("epoch  0     validation loss %.4f  %s %.4f%s  (the head on the frozen encoder)", f.Loss, scoreNames[l.Spec.Task], f.Score, l.macro(f))
	}
	note := ""
	if better {
		note = "  best so far"
	}
	return fmt.Sprintf("epoch %2d/%d  train loss %.4f  validation loss %.4f  %s %.4f%s  lr %s  %.0f tokens/s%s",
		f.Epoch, l.plan.epochs, f.Train, f.Loss, scoreNames[l.Spec.Task], f.Score, l.macro(f), short(f.Rate), f.PerToken, note)
}

func (l *loop) macro(f figures) string {
	if l.Spec.Task == linear.Regress {
		return ""
	}
	return fmt.Sprintf("  macro F1 %.4f", f.MacroF1)
}

func (l *loop) points(f figures) []datahall.Point {
	step := int64(l.state.Step)
	names := map[string]string{linear.Classify: "validation_accuracy", linear.Multilabel: "validation_micro_f1", linear.Regress: "validation_r2"}
	points := []datahall.Point{{Step: step, Name: "validation_loss", Value: f.Loss}, {Step: step, Name: names[l.Spec.Task], Value: f.Score}}
	if l.Spec.Task != linear.Regress {
		points = append(points, datahall.Point{Step: step, Name: "validation_macro_f1", Value: f.MacroF1})
	}
	return points
}

// keepBest remembers the weights as they are.
func (l *loop) keepBest() {
	l.e.bert.Settle()
	list := l.e.bert.Params.List
	if l.best == nil {
		l.best = make([][]float32, len(list))
	}
	for i, p := range list {
		l.best[i] = append(l.best[i][:0], p.W...)
	}
}

// restoreBest leaves the remembered weights in the model, and lets go of the rest.
func (l *loop) restoreBest() {
	l.e.bert.Settle()
	for i, p := range l.e.bert.Params.List {
		if l.state.BestEpoch >= 0 {
			copy(p.W, l.best[i])
		}
	}
	l.best = nil
	l.e.bert.Changed()
	l.e.bert.Release()
}

// lossOf is the mean cross-entropy of probabilities, or the mean squared error.
func lossOf(truth linear.Target, scores [][]float64) float64 {
	sum := 0.0
	for i, row := range scores {
		switch truth.Task {
		case linear.Regress:
			sum += (row[0] - truth.Value[i]) * (row[0] - truth.Value[i])
		case linear.Multilabel:
			sum += crossEntropy(row, truth.Sets[i])
		default:
			sum -= math.Log(max(row[truth.Class[i]], 1e-12))
		}
	}
	return sum / float64(max(len(scores), 1))
}

// crossEntropy is the mean over the labels; set holds those that apply, ascending.
func crossEntropy(row []float64, set []int) float64 {
	sum := 0.0
	for k, p := range row {
		if len(set) > 0 && set[0] == k {
			set = set[1:]
		} else {
			p = 1 - p
		}
		sum -= math.Log(max(p, 1e-12))
	}
	return sum / float64(len(row))
}

// macroF1 is the mean F1 of the labels that occur in truth or answer; of
// several labels a row, of all labels.
func macroF1(truth linear.Target, scores [][]float64) float64 {
	if truth.Task == linear.Regress {
		return 0
	}
	n := len(truth.Labels)
	hit, said, is := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, row := range scores {
		best := linear.Argmax(row)
		for k := range n {
			yes := k == best
			if truth.Task == linear.Multilabel {
				yes = row[k] >= 0.5
			}
			right := applies(truth, i, k)
			said[k], is[k], hit[k] = said[k]+one(yes), is[k]+one(right), hit[k]+one(yes && right)
		}
	}
	sum, labels := 0.0, 0.0
	for k := range n {
		if said[k]+is[k] > 0 {
			sum, labels = sum+2*hit[k]/(said[k]+is[k]), labels+1
		}
	}
	if truth.Task == linear.Multilabel {
		labels = float64(n)
	}
	return sum / max(labels, 1)
}

func applies(truth linear.Target, row, label int) bool {
	if truth.Task == linear.Classify {
		return truth.Class[row] == label
	}
	for _, k := range truth.Sets[row] {
		if k == label {
			return true
		}
	}
	return false
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func baselineLine(b datahall.Baseline) string {
	if b.MSE != nil {
		return fmt.Sprintf("baseline %-13s validation %.4f  test mse %.4f  %.1f s", b.Name, b.Validation, *b.MSE, b.Seconds)
	}
	return fmt.Sprintf("baseline %-13s validation %.4f  test accuracy %.4f  macro F1 %.4f  %.1f s", b.Name, b.Validation, b.Accuracy, b.MacroF1, b.Seconds)
}
