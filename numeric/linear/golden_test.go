package linear

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"datahall"
)

// golden is what testdata/golden.py wrote.
type golden struct {
	Texts struct {
		Texts, Labels, Asked []string
		Stars                []float64
		Features             [][2]string
		IDF                  []float64
		Picked               []int
		Rows                 []map[string]float64
		AskedRows            []map[string]float64 `json:"asked_rows"`
		SVM                  []struct {
			C         float64
			Classes   []string
			Decisions [][]float64
			Refund    []float64
		}
		Ridge []struct {
			C       float64
			Numbers []float64
		}
	}
	Vectors struct {
		X        [][]float32
		Class    []int
		Sets     [][]int
		Value    []float64
		Heads    []goldenHead
		Weighted goldenHead
	}
}

type goldenHead struct {
	C           float64
	RowWeight   []float64 `json:"row_weight"`
	Weight      [][]float64
	Bias        []float64
	SetsWeight  [][]float64 `json:"sets_weight"`
	SetsBias    []float64   `json:"sets_bias"`
	ValueWeight []float64   `json:"value_weight"`
	ValueBias   float64     `json:"value_bias"`
}

func readGolden(t *testing.T) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g golden) rows() (rows []datahall.Row) {
	for i, text := range g.Texts.Texts {
		rows = append(rows, datahall.Row{Text: text, Label: g.Texts.Labels[i], Value: &g.Texts.Stars[i]})
	}
	return rows
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.6f, want %.6f ± %g", what, got, want, tolerance)
	}
}

func TestFeaturesAreThoseOfScikitLearn(t *testing.T) {
	g := readGolden(t).Texts
	v, x := Fit(nil, g.Texts, VectorizerOptions{})
	if len(v.features) != len(g.Features) {
		t.Errorf("got %d features, want %d", len(v.features), len(g.Features))
	}
	for i, f := range g.Features {
		if i < len(v.features) && (string(v.features[i].space) != f[0] || v.features[i].term != f[1]) {
			t.Fatalf("feature %d: got %c %q, want %s %q", i, v.features[i].space, v.features[i].term, f[0], f[1])
		}
		near(t, "idf of "+f[1], float64(v.idf[i]), g.IDF[i], 1e-6)
	}
	for k, i := range g.Picked {
		sameRow(t, fmt.Sprintf("row %d", i), x, i, g.Rows[k])
	}
	asked := v.Transform(nil, g.Asked)
	for i := range g.Asked {
		sameRow(t, g.Asked[i], asked, i, g.AskedRows[i])
	}
}

func sameRow(t *testing.T, what string, x *Sparse, i int, want map[string]float64) {
	t.Helper()
	index, value := x.Row(i)
	if len(index) != len(want) {
		t.Errorf("%s: got %d features, want %d", what, len(index), len(want))
	}
	for k, j := range index {
		near(t, fmt.Sprintf("%s, feature %d", what, j), float64(value[k]), want[strconv.Itoa(int(j))], 1e-6)
	}
}

// exact trains at one strength, to the last digits.
func exact(t *testing.T, e Examples, c float64) *Model {
	t.Helper()
	tr := &trainer{ctx: t.Context(), train: e}
	p := tr.part(e, nil, nil, 0)
	tr.descend([]*part{p}, c, 1e-5)
	return p.assemble()
}

func TestMachinesAreThoseOfScikitLearn(t *testing.T) {
	g := readGolden(t)
	rows := g.rows()
	two := make([]datahall.Row, len(rows))
	for i, r := range rows {
		two[i] = datahall.Row{Text: r.Text, Label: strconv.FormatBool(r.Label == "refund")}
	}
	for k, want := range g.Texts.SVM {
		got := exact(t, examples(t, Classify, want.Classes, rows), want.C).Outputs(nil, g.Texts.Asked)
		binary := exact(t, examples(t, Classify, []string{"false", "true"}, two), want.C).Outputs(nil, g.Texts.Asked)
		numbers := exact(t, examples(t, Regress, nil, rows), want.C).Outputs(nil, g.Texts.Asked)
		for i, text := range g.Texts.Asked {
			for j, label := range want.Classes {
				near(t, fmt.Sprintf("C %g, %q, %s", want.C, text, label), got[i][j], want.Decisions[i][j], 1e-4)
			}
			near(t, fmt.Sprintf("C %g, %q, refund or not", want.C, text), binary[i][1], want.Refund[i], 1e-4)
			near(t, fmt.Sprintf("C %g, %q, opposite", want.C, text), binary[i][0], -want.Refund[i], 1e-4)
			near(t, fmt.Sprintf("C %g, %q, stars", want.C, text), numbers[i][0], g.Texts.Ridge[k].Numbers[i], 1e-4)
		}
	}
}

func TestHeadsAreThoseOfScikitLearn(t *testing.T) {
	g := readGolden(t).Vectors
	x := Vectors{Width: len(g.X[0])}
	for _, row := range g.X {
		x.Data = append(x.Data, row...)
	}
	sets := make([][]int, len(g.Sets))
	for i, row := range g.Sets {
		for k, yes := range row {
			if yes == 1 {
				sets[i] = append(sets[i], k)
			}
		}
	}
	class := Target{Task: Classify, Labels: []string{"a", "b", "c", "d"}, Class: g.Class}
	fit := func(y Target, c float64) *Head {
		return newHeadPart(HeadOptions{}, x, y, nil).fit(t.Context(), c, 1e-7)
	}
	for _, want := range g.Heads {
		sameHead(t, fmt.Sprintf("classify, C %g", want.C), fit(class, want.C), want.Weight, want.Bias)
		sameHead(t, fmt.Sprintf("multilabel, C %g", want.C),
			fit(Target{Task: Multilabel, Labels: class.Labels[:3], Sets: sets}, want.C), want.SetsWeight, want.SetsBias)
		sameHead(t, fmt.Sprintf("regress, C %g", want.C),
			fit(Target{Task: Regress, Value: g.Value}, want.C), [][]float64{want.ValueWeight}, []float64{want.ValueBias})
	}
	class.Weight = g.Weighted.RowWeight
	sameHead(t, "weighted", fit(class, g.Weighted.C), g.Weighted.Weight, g.Weighted.Bias)
}

// sameHead compares within 2e-3 of the largest weight: the sums over rows are in float32.
func sameHead(t *testing.T, what string, h *Head, weight [][]float64, bias []float64) {
	t.Helper()
	most := 1.0
	for _, row := range weight {
		for _, w := range row {
			most = max(most, math.Abs(w))
		}
	}
	for k, row := range weight {
		near(t, fmt.Sprintf("%s, bias %d", what, k), float64(h.Bias[k]), bias[k], 1e-2*most)
		for j, w := range row {
			near(t, fmt.Sprintf("%s, weight %d %d", what, k, j), float64(h.Weight[k*h.Width+j]), w, 2e-3*most)
		}
	}
}
