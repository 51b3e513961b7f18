package console

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"datahall"
	"datahall/flow/data"
	"datahall/phrase"
)

func TestFigures(t *testing.T) {
	for got, want := range map[string]string{
		digits(0, 3): "0", digits(1234.5, 2): "1,234", digits(0.001234, 3): "0.00123", digits(9.99, 2): "10", digits(1e-9, 2): "1.0e-09", digits(-2345678, 1): "-2,345,678",
		count(0): "0", count(-1234567): "-1,234,567", percent(0.924): "92.4 %", points(-0.0412): "4.1", bytesOf(999): "999 B", bytesOf(5_930_624): "5.93 MB", bytesOf(3e12): "3.00 TB",
		joules(0): "0 J", joules(0.00001): "<0.0001 J", joules(37.4): "37.4 J", joules(12345): "12.3 kJ", joules(2.5e6): "2.50 MJ", parameters(1_482_656): "1.48 M", parameters(999): "999",
		money(datahall.Usage{Cost: 1e-9, Currency: "CNY"}): "<0.000001 CNY", money(datahall.Usage{}): "0",
		duration(phrase.English, 0.0123): "12 ms", duration(phrase.Chinese, 61): "61 秒", duration(phrase.Chinese, 150): "2 分 30 秒", duration(phrase.English, 7300): "2 h 2 min",
		lineNumbers([]int{1, 2}, 2): "1, 2", lineNumbers([]int{1, 2}, 9): "1, 2, …", lineNumbers(nil, 9): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := when(time.Time{}, "2006"); got != "" {
		t.Errorf("no time is %q", got)
	}
}

func TestProgressInWords(t *testing.T) {
	for want, p := range map[string]datahall.Progress{
		"":                            {},
		"1,234 行":                     {Done: 1234, Unit: "rows"},
		"186 / 400 步 · 每秒 8.3 步":      {Done: 186, Total: 400, Unit: "steps", Rate: 8.3},
		"1.00 MB / 2.00 MB":           {Done: 1e6, Total: 2e6, Unit: "bytes"},
		"5 / 9 bananas · 还需 1.0 秒":    {Done: 5, Total: 9, Unit: "bananas", Left: 1},
		"1.00 kB / 2.00 kB · 500 B/s": {Done: 1e3, Total: 2e3, Unit: "bytes", Rate: 500},
	} {
		if got := progress(phrase.Chinese, p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	base := &datahall.Baseline{Name: "tfidf+svm", Accuracy: 0.8}
	e := func(accuracy float64, winner string) datahall.Evaluation {
		return datahall.Evaluation{Accuracy: accuracy, AccuracyLow: accuracy - 0.03, AccuracyHigh: accuracy + 0.03, Baseline: base, Winner: winner}
	}
	for _, c := range []struct {
		name  string
		model datahall.Model
		e     datahall.Evaluation
		wants []string
	}{
		{"better", datahall.Model{Family: "bert"}, e(0.9, "model"), []string{"by 10.0 points, more than chance"}},
		{"level", datahall.Model{Family: "bert"}, e(0.81, "model"), []string{"1.0 points away", "cheaper"}},
		{"worse, and chosen against", datahall.Model{Family: "bert"}, e(0.7, "tfidf+svm"), []string{"more often by 10.0 points. Prefer it", "linear model on words (TF-IDF) came first"}},
		{"linear", datahall.Model{Family: "linear"}, e(0.8, "tfidf+svm"), []string{"A linear model came out best"}},
		{"alone", datahall.Model{}, datahall.Evaluation{Accuracy: 1}, nil},
	} {
		list := verdict(c.model, c.e)
		if len(list) != len(c.wants) && c.name != "level" {
			t.Errorf("%s: %d sentences", c.name, len(list))
		}
		for i, want := range c.wants {
			if text := list[min(i, len(list)-1)].String(); !strings.Contains(text, want) {
				t.Errorf("%s: %q does not say %q", c.name, text, want)
			}
		}
	}
}

func TestTicksAreRoundAndInside(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{{0, 10, []float64{0, 2.5, 5, 7.5, 10}}, {-1, 1, []float64{-1, -0.5, 0, 0.5, 1}}, {38000, 45000, []float64{38000, 40000, 42000, 44000}}} {
		if got := ticks(c.low, c.high, 4); !reflect.DeepEqual(got, c.want) {
			t.Errorf("between %g and %g: %v, want %v", c.low, c.high, got, c.want)
		}
	}
}

func TestChartsOfOddCurves(t *testing.T) {
	for name, ch := range map[string]chart{
		"none": {}, "one point": {Series: []series{{Steps: []int64{3}, Values: []float64{0}}}},
		"level":     {Series: []series{{Steps: []int64{1, 2}, Values: []float64{5, 5}}}},
		"huge":      {Series: []series{{Steps: []int64{1, math.MaxInt64}, Values: []float64{-1e300, 1e300}}}},
		"two steps": {Series: []series{{Steps: []int64{1, 2}, Values: []float64{1, 2}}, {Steps: []int64{2}, Values: []float64{9}}}},
	} {
		if svg := string(ch.SVG()); strings.Contains(svg, "NaN") || !strings.HasSuffix(svg, "</svg>") {
			t.Errorf("%s: %s", name, svg)
		}
		ch.Rows()
	}
	rows := chart{Series: []series{{Steps: []int64{1, 2}, Values: []float64{1, 2}}, {Steps: []int64{2}, Values: []float64{9}}}}.Rows()
	if want := []row{{1, []string{"1.000", ""}}, {2, []string{"2.000", "9.000"}}}; !reflect.DeepEqual(rows, want) {
		t.Errorf("rows %v, want %v", rows, want)
	}
}

func TestAMatrixThatDoesNotFitIsNotShown(t *testing.T) {
	labels := []string{"a", "b"}
	for _, confusion := range [][][]int{nil, {{1, 0}}, {{1, 0}, {1}}, {{1, 0}, {1, 0}, {0, 0}}} {
		if newMatrix(datahall.Evaluation{Labels: labels, Confusion: confusion}) != nil {
			t.Errorf("%v is shown", confusion)
		}
	}
	m := newMatrix(datahall.Evaluation{Labels: labels, Confusion: [][]int{{3, 1}, {0, 0}}})
	if c := m.Rows[0].Cells[1]; c.N != 1 || c.Share != 0.25 || c.Right || c.Level != 3 || m.Rows[1].Cells[1].Share != 0 {
		t.Errorf("cells %+v", m.Rows)
	}
}

// The saved report's script is several modules in one: names must differ.
func TestModulesThatAreBundledShareNoNames(t *testing.T) {
	if strings.Contains(savedScript, "</") {
		t.Error("the script ends itself")
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(?:const|let|class|function|async function) (\w+)`).FindAllStringSubmatch(savedScript, -1) {
		if seen[m[1]] {
			t.Errorf("%s stands twice at the top level", m[1])
		}
		seen[m[1]] = true
	}
	if !seen["Chart"] || !seen["sortTables"] {
		t.Errorf("only %v", seen)
	}
}

// FuzzRejectedRowsEnd reads any bytes as rejected rows, within bounds.
func FuzzRejectedRowsEnd(f *testing.F) {
	var b bytes.Buffer
	data.WriteRejected(&b, func(yield func(datahall.RejectedRow) bool) {
		yield(datahall.RejectedRow{Line: 3, Raw: "x", Reason: datahall.Say("no")})
	})
	f.Add(b.Bytes())
	f.Add([]byte("{}\n{\"line\":1}\n\n"))
	f.Add([]byte(strings.Repeat("x", rejectedLine+1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rows := readRejected(bytes.NewReader(b), 5); len(rows) > 5 {
			t.Errorf("%d rows", len(rows))
		}
	})
}

// FuzzReportsAreShownOrRefused renders whatever stands in a report.json, which
// may have come with a model from elsewhere.
func FuzzReportsAreShownOrRefused(f *testing.F) {
	seed, _ := json.Marshal(datahall.Evaluation{Labels: []string{"<script>"}, Confusion: [][]int{{-1}}, PerClass: []datahall.ClassScores{{Label: "</script>"}}, Baseline: &datahall.Baseline{},
		Reliability: []datahall.Bin{{From: 1, To: -1, N: 3}}, Mistakes: []datahall.Mistake{{Text: "<script>alert(1)"}}})
	f.Add(seed)
	f.Add([]byte(`{"labels":["a","b"],"confusion":[[9223372036854775807,9223372036854775807],[1,2]],"reliability":[{"n":1,"to":1e308}],"per_class":[{"label":"x"}]}`))
	f.Add([]byte(`{"mse":1,"pearson":-2}`))
	pages := parse(phrase.Chinese)
	f.Fuzz(func(t *testing.T, b []byte) {
		var e datahall.Evaluation
		if json.Unmarshal(b, &e) != nil {
			return
		}
		w := httptest.NewRecorder()
		p := modelPage{Model: datahall.Model{Name: "m", Version: 1}, Report: newReport(datahall.Model{}, e)}
		if err := pages.Lookup("report").Execute(w, p); err != nil {
			t.Fatal(err)
		}
		if text := w.Body.String(); strings.Contains(strings.ToLower(text), "<script") || strings.Contains(text, `"NaN`) || strings.Contains(text, ">NaN") {
			t.Errorf("%q is shown as %s", b, text)
		}
	})
}
