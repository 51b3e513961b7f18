package linear

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"datahall/numeric/weights"
)

// The files of a saved model.
const (
	jsonFile     = "linear.json"        // what the model is
	featuresFile = "features.txt"       // one feature a line: w or c, a tab, the word or n-gram as it is, spaces included
	weightsFile  = "linear.safetensors" // idf (features), weight (features, columns), bias (columns)
)

// The mark of linear.json, and the version that is written.
const (
	format  = "datahall-linear"
	version = 1
)

// description is linear.json, version 1.
type description struct {
	Format      string            `json:"format"`
	Version     int               `json:"version"`
	Task        string            `json:"task"`
	Labels      []string          `json:"labels"`
	Vectorizer  VectorizerOptions `json:"vectorizer"`
	Calibration calibration       `json:"calibration"`
	C           float64           `json:"c"`
}

// Save writes the model's files; create opens each for writing. The same
// model gives the same bytes.
func (m *Model) Save(create func(name string) (io.WriteCloser, error)) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{featuresFile, m.writeFeatures}, {weightsFile, m.writeWeights}, {jsonFile, m.writeJSON}} {
		w, err := create(file.name)
		if err != nil {
			return err
		}
		if err := errors.Join(file.write(w), w.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(description{format, version, m.task, m.labels, m.vectorizer.options, m.calibration, m.c})
}

func (m *Model) writeFeatures(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, f := range m.vectorizer.features {
		fmt.Fprintf(b, "%c\t%s\n", f.space, f.term)
	}
	return b.Flush()
}

func (m *Model) writeWeights(w io.Writer) error {
	file := weights.Writer{Metadata: map[string]string{"format": format}}
	for name, t := range m.tensors() {
		if err := file.Float32(name, t.shape, t.data); err != nil {
			return err
		}
	}
	_, err := file.WriteTo(w)
	return err
}

type tensor struct {
	shape []int
	data  []float32
}

func (m *Model) tensors() map[string]tensor {
	features, columns := len(m.vectorizer.idf), len(m.bias)
	return map[string]tensor{
		"idf":    {[]int{features}, m.vectorizer.idf},
		"weight": {[]int{features, columns}, m.weight},
		"bias":   {[]int{columns}, m.bias},
	}
}
