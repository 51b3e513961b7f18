package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

// asked is what predict is given.
type asked struct {
	model, endpoint, file string
	texts                 []string
	reading               reading
}

func (s *session) predictCommand() *cobra.Command {
	var a asked
	c := s.command("predict --model MODEL|--endpoint NAME [TEXT…|-|--file FILE]", datahall.Say("label texts: with a model, or by asking an endpoint"), s.args(0, -1), nil)
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case a.model == "" && a.endpoint == "":
			return datahall.Errorf(datahall.Invalid, "%s: neither --model nor --endpoint is given; it is used as %q", called(c), c.UseLine())
		case a.model != "" && a.endpoint != "":
			return datahall.Errorf(datahall.Invalid, "%s: both --model and --endpoint are given; give one of them", called(c))
		case len(args) == 0 && a.file == "":
			return datahall.Errorf(datahall.Invalid, "%s: there is no text; write it behind the flags, give - to read lines, or name a --file", called(c))
		case len(args) > 0 && a.file != "":
			return datahall.Errorf(datahall.Invalid, "%s: both texts and --file are given; give one of them", called(c))
		}
		a.texts = args
		return s.predict(c.Context(), a)
	}
	c.Long = s.t(datahall.Say("Labels texts: with a model, which is loaded for it, or by asking an endpoint, which\n" +
		"answers at once. - reads a text from each line of standard input; so does --file of\n" +
		"a .txt, and of other files the column of the text. With --json there is a line for\n" +
		"each text."))
	c.Example = "  datahall predict --endpoint shop \"where is my parcel\"\n  datahall predict --model tickets --file new.xlsx --json"
	f := c.Flags()
	f.StringVar(&a.model, "model", "", s.t(datahall.Say("`MODEL` to ask: NAME or NAME@VERSION")))
	f.StringVar(&a.endpoint, "endpoint", "", s.t(datahall.Say("`NAME` of the endpoint to ask")))
	f.StringVar(&a.file, "file", "", s.t(datahall.Say("`FILE` of texts: .txt, CSV, TSV, JSON Lines or XLSX")))
	s.completeFlag(c, "model", modelNames)
	s.completeFlag(c, "endpoint", endpointNames)
	s.readingFlags(c, &a.reading)
	return s.jobFlags(c)
}

func (s *session) predict(ctx context.Context, a asked) error {
	q, err := s.gather(ctx, a)
	if err != nil {
		return err
	}
	if q.temporary && !s.detach {
		defer s.hall.DeleteDataset(context.WithoutCancel(ctx), q.dataset) //nolint:errcheck // left over, it does no harm
	}
	if a.endpoint != "" {
		return s.askEndpoint(ctx, a.endpoint, q)
	}
	job, err := s.run(ctx, "predict", "", datahall.PredictSpec{Model: a.model, Dataset: q.dataset, Texts: q.texts}, nil)
	if err != nil {
		return err
	}
	return eachLine(ctx, s, job.ID, "predictions.jsonl", s.showPrediction)
}

// eachLine reads an output of a job that holds a JSON value in each line.
func eachLine[T any](ctx context.Context, s *session, job, name string, take func(T) error) error {
	r, err := s.hall.JobFile(ctx, job, name)
	if err != nil {
		return err
	}
	defer r.Close()
	for lines := json.NewDecoder(bufio.NewReader(r)); ; {
		var v T
		err := lines.Decode(&v)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = take(v)
		}
		if err != nil {
			return err
		}
	}
}

// askEndpoint asks in portions and shows answers as they come.
func (s *session) askEndpoint(ctx context.Context, name string, q query) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	if q.dataset != "" {
		if q.texts, err = s.textsOf(ctx, q.dataset); err != nil {
			return err
		}
	}
	for portion := range slices.Chunk(q.texts, 256) {
		answers, err := c.Ask(ctx, name, portion)
		if err != nil {
			return err
		}
		for _, p := range answers {
			if err := s.showPrediction(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// showPrediction prints a line: label, score, text.
func (s *session) showPrediction(p datahall.Prediction) error {
	return s.result(p, func() {
		label, score := p.Label, strconv.FormatFloat(p.Score, 'f', 3, 64)
		if p.Labels != nil {
			label = strings.Join(p.Labels, ", ")
		}
		s.line(oneLine(pad(label, 24, false) + "  " + pad(score, 6, true) + "  " + p.Text))
	})
}

// query is what is asked: texts, or the rows of a dataset.
type query struct {
	texts     []string
	dataset   string // its id
	temporary bool   // made for this only
}

// manyBytes is how much text goes along with a job; more is sent as a file.
const manyBytes = 4 << 20

// gather collects what is asked: arguments, lines, or the rows of a file.
func (s *session) gather(ctx context.Context, a asked) (query, error) {
	texts, err := a.texts, error(nil)
	switch {
	case a.file == "" && len(texts) == 1 && texts[0] == "-":
		texts, err = textLines("-", s.env.In)
	case strings.HasSuffix(strings.ToLower(a.file), ".txt"):
		texts, err = fileLines(a.file)
	case a.file != "":
		return s.fileRows(ctx, a)
	}
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	if err != nil || size < manyBytes || a.endpoint != "" {
		return query{texts: texts}, err
	}
	return s.sendTexts(ctx, texts)
}

func fileLines(path string) ([]string, error) {
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return textLines(path, f)
}

// maxLine is the longest text that is read from a line.
const maxLine = 1 << 20

// textLines reads a text from each line that is not empty.
func textLines(name string, r io.Reader) ([]string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var texts []string
	for lines.Scan() {
		if text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")); text != "" {
			texts = append(texts, text)
		}
	}
	switch {
	case lines.Err() == bufio.ErrTooLong: //nolint:errorlint // as the package documents it
		return nil, datahall.Errorf(datahall.Invalid, "%s: line %s is longer than %s bytes; break it", name, len(texts)+1, count(maxLine))
	case lines.Err() != nil:
		return nil, lines.Err()
	case len(texts) == 0:
		return nil, datahall.Errorf(datahall.Invalid, "%s: holds no text; write one on each line", name)
	}
	return texts, nil
}

// fileRows has the hall read a file.
func (s *session) fileRows(ctx context.Context, a asked) (query, error) {
	a.reading.task = "text"
	d, err := s.importFile(ctx, a.file, nameOf(a.file)+"-texts", a.reading)
	return query{dataset: d.ID, temporary: !d.Existed}, err
}

// sendTexts makes many texts a dataset.
func (s *session) sendTexts(ctx context.Context, texts []string) (query, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return query{}, err
	}
	var lines bytes.Buffer
	for _, text := range texts {
		lines.WriteString(`{"text":` + string(quoted(text)) + "}\n")
	}
	spec := datahall.ImportSpec{Name: "texts", Source: "texts.jsonl", Task: "text"}
	if spec.Blob, err = c.Upload(ctx, &lines); err != nil {
		return query{}, err
	}
	var d imported
	_, err = s.whole(ctx, "import", spec.Name, spec, &d)
	return query{dataset: d.ID, temporary: !d.Existed}, err
}

// textsOf takes the texts out of a dataset.
func (s *session) textsOf(ctx context.Context, dataset string) ([]string, error) {
	spec := datahall.ExportSpec{Dataset: dataset, Format: "jsonl", File: "texts.jsonl"}
	job, err := s.whole(ctx, "export", "", spec, nil)
	if err != nil {
		return nil, err
	}
	var texts []string
	err = eachLine(ctx, s, job.ID, spec.File, func(r datahall.Row) error {
		texts = append(texts, r.Text)
		return nil
	})
	return texts, err
}
