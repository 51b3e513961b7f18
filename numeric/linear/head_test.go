package linear

import (
	"math"
	"math/rand/v2"
	"testing"

	"datahall"
)

func TestHeadsOfEveryTaskAreLearned(t *testing.T) {
	for task, floor := range map[string]float64{Classify: 0.75, Multilabel: 0.65, Regress: 0.999} {
		for _, standardize := range []bool{false, true} {
			x, y := cloud(task, 400, 6, 1)
			fresh, truth := cloud(task, 400, 6, 2)
			h, search, err := FitHead(t.Context(), x, y, Vectors{}, Target{}, HeadOptions{Seed: 1, Standardize: standardize})
			if err != nil {
				t.Fatal(err)
			}
			got := Score(truth, h.Predict(nil, fresh), 0.5)
			t.Logf("%s, standardize %v: %.3f on new vectors, %.3f held out, C %g", task, standardize, got, search.Score, search.C)
			if got < floor || math.Abs(got-search.Score) > 0.06 {
				t.Errorf("%s: scores %.3f, held out %.3f, want %.2f", task, got, search.Score, floor)
			}
		}
	}
}

// The unit of the vectors must not matter: C counts for rows of mean square 1.
func TestTheScaleOfVectorsDoesNotMatter(t *testing.T) {
	x, y := cloud(Classify, 200, 5, 3)
	large := Vectors{Width: x.Width}
	for _, v := range x.Data {
		large.Data = append(large.Data, 1024*v)
	}
	a, s, err := FitHead(t.Context(), x, y, Vectors{}, Target{}, HeadOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, r, err := FitHead(t.Context(), large, y, Vectors{}, Target{}, HeadOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.C != r.C {
		t.Errorf("C %g and %g", s.C, r.C)
	}
	for i, row := range a.Predict(nil, x) {
		for k, p := range row {
			near(t, "probability", b.Predict(nil, Vectors{x.Width, large.Row(i)})[0][k], p, 1e-3)
		}
	}
}

func TestAVectorThatIsNoNumberIsSaid(t *testing.T) {
	x, y := cloud(Classify, 20, 4, 1)
	x.Data[4*7+1] = float32(math.NaN())
	_, _, err := FitHead(t.Context(), x, y, Vectors{}, Target{}, HeadOptions{})
	want := "training vectors: that of row 8 is not finite; the encoder is broken, use another base"
	if err == nil || err.Error() != want || datahall.KindOf(err) != datahall.Invalid {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestGradientsAreThoseOfTheValue(t *testing.T) {
	for _, task := range []string{Classify, Multilabel, Regress} {
		x, y := cloud(task, 30, 4, 5)
		if task == Regress {
			y.Value = standard(y.Value)
		}
		y = Target{Task: y.Task, Labels: y.Labels, Class: y.Class, Sets: y.Sets, Value: y.Value, Weight: y.weights()}
		y.Weight[3], y.Weight[9] = 2.5, 0.5
		o := newObjective(nil, x, y)
		random := rand.New(rand.NewPCG(1, 4))
		theta := make([]float64, o.outputs*5)
		for i := range theta {
			theta[i] = random.NormFloat64()
		}
		gradient, scratch := make([]float64, len(theta)), make([]float64, len(theta))
		o.value(theta, gradient, 2)
		for i := range theta {
			const step = 1.0 / 64 // the value is read in float32: no smaller
			was := theta[i]
			theta[i] = was + step
			up := o.value(theta, scratch, 2)
			theta[i] = was - step
			down := o.value(theta, scratch, 2)
			theta[i] = was
			near(t, task+" gradient", gradient[i], (up-down)/(2*step), 2e-3)
		}
	}
}

func TestCalibrationFindsTheTemperature(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 6))
	y := Target{Task: Classify, Labels: []string{"a", "b", "c", "d"}}
	var outputs [][]float64
	for range 4000 {
		row, p := make([]float64, 4), make([]float64, 4)
		for k := range row {
			row[k] = random.NormFloat64()
			p[k] = 2.5 * row[k]
		}
		softmax(p)
		at, k := random.Float64(), 0
		for ; k < 3 && at > p[k]; k++ {
			at -= p[k]
		}
		outputs, y.Class = append(outputs, row), append(y.Class, k)
	}
	near(t, "slope", calibrate(y, outputs).Slope[0], 2.5, 0.15)
	weights := mixture(y, [][][]float64{noisy(outputs, 0.3, 1), noisy(outputs, 0.6, 2)})
	if ratio := weights[0] / weights[1]; ratio < 3 || ratio > 5.5 { // the variances are as 1 to 4
		t.Errorf("weights %v", weights)
	}
}

func noisy(outputs [][]float64, deviation float64, seed uint64) (list [][]float64) {
	random := rand.New(rand.NewPCG(seed, 7))
	for _, row := range outputs {
		var other []float64
		for _, v := range row {
			other = append(other, v+deviation*random.NormFloat64())
		}
		list = append(list, other)
	}
	return list
}

func TestCalibrationOfLabelsIsPlatts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 8))
	y := Target{Task: Multilabel, Labels: []string{"steep", "shifted", "never"}}
	var outputs [][]float64
	for range 3000 {
		row := []float64{random.NormFloat64(), random.NormFloat64(), -3 + random.NormFloat64()}
		set := []int{}
		if random.Float64() < sigmoid(4*row[0]) {
			set = append(set, 0)
		}
		if random.Float64() < sigmoid(2*row[1]-1.5) {
			set = append(set, 1)
		}
		outputs, y.Sets = append(outputs, row), append(y.Sets, set)
	}
	c := calibrate(y, outputs)
	near(t, "steep slope", c.Slope[0], 4, 0.4)
	near(t, "steep intercept", c.Intercept[0], 0, 0.15)
	near(t, "shifted slope", c.Slope[1], 2, 0.2)
	near(t, "shifted intercept", c.Intercept[1], -1.5, 0.15)
	if p := sigmoid(c.Slope[2]*-3 + c.Intercept[2]); !(p > 0 && p < 0.01) {
		t.Errorf("a label that never occurs has the probability %g", p)
	}
}

func TestPerfectSeparationGivesAFiniteSlope(t *testing.T) {
	y := Target{Task: Classify, Labels: []string{"a", "b"}, Class: []int{0, 1, 0, 1}}
	c := calibrate(y, [][]float64{{1, -1}, {-1, 1}, {1, -1}, {-1, 1}})
	if s := c.Slope[0]; !(s > 0.5 && s < 5) {
		t.Errorf("slope %g", s)
	}
}

func TestAStackIsBetterThanItsSources(t *testing.T) {
	for _, task := range []string{Classify, Multilabel, Regress} {
		x, y := cloud(task, 600, 6, 11)
		fresh, truth := cloud(task, 600, 6, 12)
		h, search, err := FitHead(t.Context(), x, y, Vectors{}, Target{}, HeadOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		held := y.Pick(search.Rows)
		deviation := 0.8
		s := FitStack(held, noisy(search.Outputs, deviation, 1), noisy(search.Outputs, deviation, 2))
		a, b := noisy(h.Logits(nil, fresh), deviation, 3), noisy(h.Logits(nil, fresh), deviation, 4)
		both := Score(truth, s.Predict(a, b), 0.5)
		one := FitStack(held, noisy(search.Outputs, deviation, 1))
		alone := max(Score(truth, one.Predict(a), 0.5), Score(truth, one.Predict(b), 0.5))
		t.Logf("%s: %.3f together, %.3f alone, weights %.2f", task, both, alone, s.Weight)
		if both <= alone {
			t.Errorf("%s: %.3f together, %.3f alone", task, both, alone)
		}
	}
}

func TestNewtonSolvesASquare(t *testing.T) {
	w := []float64{5, -7, 1}
	newton(w, func(w, gradient, hessian []float64) (value float64) {
		for i, a := range []float64{1, 10, 100} {
			d := w[i] - float64(i)
			value += a / 2 * d * d
			gradient[i] = a * d
			hessian[i*3+i] = a
		}
		return value
	})
	for i, v := range w {
		near(t, "minimum", v, float64(i), 1e-9)
	}
	x := solve([]float64{4, 2, 2, 3}, []float64{8, 7})
	near(t, "solution", x[0], 1.25, 1e-9)
	near(t, "solution", x[1], 1.5, 1e-9)
}
