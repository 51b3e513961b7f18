package linear

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"datahall"
	"datahall/numeric/weights"
)

// Bounds of what is read.
const (
	maxJSON = 64 << 20
	maxLine = 1 << 20 // of features.txt; the longest feature is two words of maxRunes
	maxPart = 31      // of the lengths of n-grams
)

// broken says what is wrong with a saved model.
func broken(pattern datahall.Message) *datahall.Error {
	return datahall.Errorf(datahall.Invalid, "linear model: %s; take the whole folder as datahall wrote it", pattern)
}

// Load reads a model from its folder. Nothing is allocated for what the files
// promise before it is known to be there, and what does not fit together is an
// Invalid error.
func Load(folder fs.FS) (*Model, error) {
	d, err := readDescription(folder)
	if err != nil {
		return nil, err
	}
	m := &Model{task: d.Task, labels: d.Labels, calibration: d.Calibration, c: d.C,
		vectorizer: &Vectorizer{options: d.Vectorizer}}
	if err := m.readWeights(folder); err != nil {
		return nil, err
	}
	if err := m.vectorizer.readFeatures(folder); err != nil {
		return nil, err
	}
	m.vectorizer.index()
	return m, nil
}

func openFile(folder fs.FS, name string) (fs.File, error) {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, broken(datahall.Say("the file %s is missing", name)).Because(err)
	}
	return f, err
}

func readDescription(folder fs.FS) (d description, err error) {
	f, err := openFile(folder, jsonFile)
	if err != nil {
		return d, err
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxJSON)).Decode(&d); err != nil {
		return d, broken(datahall.Say("%s cannot be read as JSON (%s)", jsonFile, err)).Because(err)
	}
	switch {
	case d.Format != format:
		return d, broken(datahall.Say("%s is not that of a linear model", jsonFile))
	case d.Version != version:
		return d, datahall.Errorf(datahall.Invalid, "linear model: written in version %s of the format, this datahall reads version %s; update datahall", d.Version, version)
	}
	if field := d.wrong(); field != "" {
		return d, broken(datahall.Say("what %s says of %q cannot be", jsonFile, field))
	}
	return d, nil
}

// wrong names the first field with an impossible value.
func (d *description) wrong() string {
	sorted := slices.Clone(d.Labels)
	slices.Sort(sorted)
	o := d.Vectorizer
	within := func(v, low, high int) bool { return low <= v && v <= high }
	switch {
	case d.Task != Classify && d.Task != Multilabel && d.Task != Regress:
		return "task"
	case d.Task == Classify && len(d.Labels) < 2, d.Task == Multilabel && len(d.Labels) < 1,
		d.Task == Regress && len(d.Labels) > 0, len(slices.Compact(sorted)) < len(d.Labels):
		return "labels"
	case !within(o.WordMax, 1, maxPart), !within(o.GramMin, 1, maxPart), !within(o.GramMax, 1, maxPart), !within(o.CharacterMax, 1, maxPart):
		return "vectorizer"
	case !d.Calibration.fits(d.Task, len(d.Labels)):
		return "calibration"
	}
	return ""
}

// fits reports whether there are as many finite numbers as the task needs, and
// whether the order of the labels is kept.
func (c calibration) fits(task string, labels int) bool {
	want := plain(task, labels)
	if len(c.Slope) != len(want.Slope) || len(c.Intercept) != len(want.Intercept) {
		return false
	}
	for _, v := range slices.Concat(c.Slope, c.Intercept) {
		if math.Abs(v) > 1e9 {
			return false
		}
	}
	return task != Classify || c.Slope[0] > 0
}

func (m *Model) readWeights(folder fs.FS) error {
	f, err := openFile(folder, weightsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return errors.New("linear: a folder whose files cannot be read at an offset")
	}
	file, err := weights.Open(at, info.Size())
	if err != nil {
		return err
	}
	shape, _ := file.Shape("idf")
	if len(shape) != 1 {
		return broken(datahall.Say("%s has no usable tensor %q", weightsFile, "idf"))
	}
	features, n := shape[0], columns(m.task, len(m.labels))
	for _, t := range []struct {
		name  string
		shape []int
		into  *[]float32
	}{{"idf", []int{features}, &m.vectorizer.idf}, {"weight", []int{features, n}, &m.weight}, {"bias", []int{n}, &m.bias}} {
		if *t.into, err = readTensor(file, t.name, t.shape); err != nil {
			return err
		}
	}
	return nil
}

// readTensor reads finite numbers of a shape.
func readTensor(file *weights.File, name string, want []int) ([]float32, error) {
	got, ok := file.Shape(name)
	if !ok || !slices.Equal(got, want) {
		return nil, broken(datahall.Say("%s has no usable tensor %q", weightsFile, name))
	}
	info, _ := file.Info(name)
	data := make([]float32, info.Elements())
	if err := file.Float32(name, data); err != nil {
		return nil, err
	}
	for _, v := range data {
		if v != v || math.IsInf(float64(v), 0) {
			return nil, broken(datahall.Say("%s has no usable tensor %q", weightsFile, name))
		}
	}
	return data, nil
}

// readFeatures reads as many features as there are weights, in their order.
func (v *Vectorizer) readFeatures(folder fs.FS) error {
	f, err := openFile(folder, featuresFile)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	lines.Split(line)
	for lines.Scan() {
		space, term, ok := strings.Cut(lines.Text(), "\t")
		next := feature{term: term}
		if ok = ok && (space == "w" || space == "c") && utf8.ValidString(term) && term != ""; ok {
			next.space = space[0]
		}
		if n := len(v.features); n == len(v.idf) || !ok || n > 0 && order(v.features[n-1], next) >= 0 {
			return broken(datahall.Say("line %s of %s is none that fits", n+1, featuresFile))
		}
		v.features = append(v.features, next)
	}
	if err := lines.Err(); err != nil {
		return broken(datahall.Say("line %s of %s is none that fits", len(v.features)+1, featuresFile)).Because(err)
	}
	if len(v.features) != len(v.idf) {
		return broken(datahall.Say("%s has %s lines, %s are wanted", featuresFile, len(v.features), len(v.idf)))
	}
	return nil
}

// line ends at a line feed and nothing else: a carriage return is part of no
// feature, and white space is part of many.
func line(data []byte, end bool) (advance int, token []byte, err error) {
	for i, b := range data {
		if b == '\n' {
			return i + 1, data[:i], nil
		}
	}
	if end && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// order is that of the columns: words, then n-grams, each by their bytes.
func order(a, b feature) int {
	return cmp.Or(cmp.Compare(spaceIndex(a.space), spaceIndex(b.space)), cmp.Compare(a.term, b.term))
}
