package eval

import (
	"context"
	"math"
	"time"

	"datahall"
	"datahall/numeric/kernel"
	"datahall/numeric/linear"
)

// The baselines, simplest first.
const (
	Majority     = "majority"     // the most frequent label, or the mean
	TFIDF        = "tfidf+svm"    // words and character n-grams, a linear SVM
	FrozenHead   = "frozen+head"  // vectors of a frozen encoder, logistic regression
	FrozenTFIDF  = "frozen+tfidf" // both of them together
	ModelItself  = "model"        // in Winner: what the baselines stand beside
	baselineUnit = "fits"
)

// Contest is what baselines are fitted to and measured on.
type Contest struct {
	Task       string
	Labels     []string
	Train      []datahall.Row
	Validation []datahall.Row // may be none: choices are then made by cross validation
	Test       []datahall.Row // may be none
	Vectors    *Vectors       // of a frozen encoder, or nil
	Balanced   bool           // every label counts the same in training
	Seed       uint64
	Pool       *kernel.Pool
	Now        func() time.Time
	Progress   func(datahall.Progress) // nil, or called by one goroutine at a time
}

// Vectors are the encoder's vectors of the rows, one after the other, Width
// numbers each. Those of rows that are not there are empty.
type Vectors struct {
	Width                   int
	Train, Validation, Test []float32
}

// Fitted are the baselines with their models.
type Fitted struct {
	Baselines []datahall.Baseline    // simplest first
	Scores    map[string][][]float64 // by name: probabilities for the test rows
	Linear    *linear.Model          // tfidf+svm
	Head      *linear.Head           // frozen+head; nil without vectors
	Stack     *linear.Stack          // frozen+tfidf: of Linear.Outputs and Head.Logits; nil without vectors
}

// Baselines fits and measures them all. The validation score of each is
// [linear.Score] on the validation rows, or where there are none on training
// rows held out.
func Baselines(ctx context.Context, c Contest) (*Fitted, error) {
	k, err := newCandidates(ctx, c)
	if err != nil {
		return nil, err
	}
	steps := []struct {
		name string
		fit  func() error
	}{{Majority, k.majority}, {TFIDF, k.tfidf}, {FrozenHead, k.head}, {FrozenTFIDF, k.stack}}
	if c.Vectors == nil {
		steps = steps[:2]
	}
	for _, s := range steps {
		start := c.Now()
		k.name = s.name
		k.progress(0, 0)
		if err := s.fit(); err != nil {
			return nil, err
		}
		took := c.Now().Sub(start).Seconds()
		if s.name == FrozenTFIDF { // it needs the two before it
			took += k.Baselines[1].Seconds + k.Baselines[2].Seconds
		}
		if err := k.measure(took); err != nil {
			return nil, err
		}
	}
	return k.Fitted, nil
}

// Best gives the baseline with the best validation score, the simplest of
// several; nil for none. names are those that may win, none meaning all.
func Best(list []datahall.Baseline, names ...string) *datahall.Baseline {
	var best *datahall.Baseline
	for i, b := range list {
		if allowed(b.Name, names) && (best == nil || b.Validation > best.Validation) {
			best = &list[i]
		}
	}
	return best
}

func allowed(name string, names []string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return len(names) == 0
}

// Winner names who is best on the validation rows: ModelItself, whose score
// there is validation, or one of the baselines that names allow. A baseline is
// simpler, so it wins unless the model is better by more than chance of so few
// rows would make it: by one standard error of the difference (the rule of
// Breiman et al. 1984, "Classification and Regression Trees", section 3.4.3).
func Winner(validation float64, rows int, list []datahall.Baseline, names ...string) string {
	b := Best(list, names...)
	if b != nil && b.Validation+margin(validation, b.Validation, rows) >= validation {
		return b.Name
	}
	return ModelItself
}

// margin is the standard error of the difference of two shares of as many rows.
func margin(p, q float64, rows int) float64 {
	variance := max(0, p*(1-p)) + max(0, q*(1-q))
	return math.Sqrt(variance / float64(max(rows, 1)))
}
