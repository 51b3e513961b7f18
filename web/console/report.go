package console

import (
	"cmp"
	"encoding/json"
	"slices"

	"datahall"
)

// report is a model's evaluation, arranged for reading.
type report struct {
	datahall.Evaluation
	Verdict    []datahall.Message
	Contenders []contender
	Charts     []chart
	Lost       bool // the curves are those of a network that lost to a simple way
	Matrix     *matrix
	Reliable   reliability
}

// contender is one way to do the work, measured on the same rows.
type contender struct {
	datahall.Baseline
	Ours bool
	Best bool // by the validation rows, what choices are made by
}

func newReport(m datahall.Model, e datahall.Evaluation) *report {
	r := &report{Evaluation: e, Verdict: verdict(m, e), Lost: m.Family == "linear", Matrix: newMatrix(e), Reliable: reliability(e.Reliability)}
	r.Contenders = append(r.Contenders, contender{datahall.Baseline{Name: "model", Accuracy: e.Accuracy, MacroF1: e.MacroF1,
		Validation: e.Validation, Seconds: m.Usage.WallSeconds}, true, e.Winner == "model"})
	for _, b := range e.Baselines {
		r.Contenders = append(r.Contenders, contender{b, false, e.Winner == b.Name})
	}
	slices.SortStableFunc(r.Contenders, func(a, b contender) int { return cmp.Compare(b.Accuracy, a.Accuracy) })
	return r
}

// reportOf reads the result of an evaluation's job; nil where it has none.
func reportOf(result json.RawMessage) *report {
	var e datahall.Evaluation
	if json.Unmarshal(result, &e) != nil || e.Rows == 0 {
		return nil
	}
	return newReport(datahall.Model{}, e)
}

// Classes says whether the report is about labels.
func (r *report) Classes() bool { return r.MSE == nil && len(r.PerClass) > 0 }

// verdict says in sentences which way is the best, and why that matters.
func verdict(m datahall.Model, e datahall.Evaluation) []datahall.Message {
	if e.Baseline == nil || e.MSE != nil {
		return nil
	}
	simple, ahead := contenderNamed(e.Baseline.Name), e.Accuracy-e.Baseline.Accuracy
	within := e.Baseline.Accuracy >= e.AccuracyLow && e.Baseline.Accuracy <= e.AccuracyHigh
	var list []datahall.Message
	switch {
	case m.Family == "linear":
		list = append(list, datahall.Say("A linear model came out best on the validation rows, so it is the one that was registered: it answers in less time and for less energy than a network."))
	case within:
		list = append(list, datahall.Say("The best simple way, %s, is %s points away, inside the 95-percent interval: on this many test rows the two cannot be told apart, and the simple one is cheaper to run.", simple, points(ahead)))
	case ahead > 0:
		list = append(list, datahall.Say("This model is right more often than the best simple way, %s, by %s points, more than chance explains: the training was worth it.", simple, points(ahead)))
	default:
		list = append(list, datahall.Say("The best simple way, %s, is right more often by %s points. Prefer it, or give this model more rows or more epochs.", simple, points(ahead)))
	}
	if e.Winner != "" && e.Winner != "model" && m.Family != "linear" {
		list = append(list, datahall.Say("On the validation rows, by which choices are made, %s came first.", contenderNamed(e.Winner)))
	}
	return list
}
