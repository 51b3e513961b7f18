package cli

import (
	"bufio"
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
	texts, err := s.texts(ctx, a)
	if err != nil {
		return err
	}
	if a.endpoint != "" {
		return s.askEndpoint(ctx, a.endpoint, texts)
	}
	job, err := s.run(ctx, "predict", "", datahall.PredictSpec{Model: a.model, Texts: texts}, nil)
	if err != nil {
		return err
	}
	r, err := s.hall.JobFile(ctx, job.ID, "predictions.jsonl")
	if err != nil {
		return err
	}
	defer r.Close()
	lines := json.NewDecoder(bufio.NewReader(r))
	for {
		var p datahall.Prediction
		if err := lines.Decode(&p); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := s.showPrediction(p); err != nil {
			return err
		}
	}
}

// askEndpoint asks in portions and shows answers as they come.
func (s *session) askEndpoint(ctx context.Context, name string, texts []string) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	for portion := range slices.Chunk(texts, 256) {
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

// texts are what is asked: arguments, lines, or the rows of a file.
func (s *session) texts(ctx context.Context, a asked) ([]string, error) {
	switch {
	case a.file == "" && len(a.texts) == 1 && a.texts[0] == "-":
		return textLines("-", s.env.In)
	case a.file == "":
		return a.texts, nil
	case strings.HasSuffix(strings.ToLower(a.file), ".txt"):
		f, _, err := openFile(a.file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return textLines(a.file, f)
	}
	return s.rowsOf(ctx, a)
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

// rowsOf has the hall read a file, takes its texts, and leaves no dataset behind.
func (s *session) rowsOf(ctx context.Context, a asked) ([]string, error) {
	a.reading.task = "text"
	d, err := s.importFile(ctx, a.file, nameOf(a.file)+"-texts", a.reading)
	if err != nil {
		return nil, err
	}
	if !d.Existed {
		defer s.hall.DeleteDataset(context.WithoutCancel(ctx), d.ID) //nolint:errcheck // left over, it does no harm
	}
	r, err := s.hall.DatasetFile(ctx, d.ID, "rows.jsonl")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var texts []string
	for rows := json.NewDecoder(bufio.NewReader(r)); ; {
		var row datahall.Row
		if err := rows.Decode(&row); err == io.EOF {
			return texts, nil
		} else if err != nil {
			return nil, err
		}
		texts = append(texts, row.Text)
	}
}
