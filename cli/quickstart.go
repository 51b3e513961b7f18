package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"datahall"
)

// quick is what quickstart is asked, and what it has made so far.
type quick struct {
	s        *session
	file     string
	name     string
	base     string
	exit     bool
	reading  reading
	began    time.Time
	data     imported
	trained  datahall.TrainResult
	measured datahall.Evaluation
	served   served
	answers  []answered
	usage    datahall.Usage
	page     string
}

// answered is a question and what the endpoint made of it.
type answered struct {
	datahall.Prediction
	Expected string  `json:"expected,omitempty"`
	Millis   float64 `json:"ms"`
}

func (s *session) quickstartCommand() *cobra.Command {
	q := &quick{s: s}
	c := s.command("quickstart [--data FILE] [--exit]", datahall.Say("the main job, end to end: from a labelled file to a served model"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		return q.run(ctx)
	})
	c.Long = s.t(datahall.Say("Does the main job, end to end: starts a hall, reads the data, splits it, trains a\n" +
		"model, measures it beside simple ones, serves the best, asks it a few questions,\n" +
		"and says what all of it took. Without --data it takes the built-in sample: what\n" +
		"customers of an online shop ask, in Chinese and English."))
	c.Example = "  datahall quickstart\n  datahall quickstart --data tickets.xlsx\n  datahall quickstart --data 工单.csv --text-column 内容 --label-column 分类"
	f := c.Flags()
	f.StringVar(&q.file, "data", "", s.t(datahall.Say("your own `FILE` of texts with labels: CSV, TSV, JSON Lines or XLSX")))
	f.StringVar(&q.name, "name", "", s.t(datahall.Say("`NAME` of dataset, model and endpoint (otherwise that of the file)")))
	f.StringVar(&q.base, "base", "", s.t(datahall.Say("`MODEL` to begin from (otherwise the hall's default)")))
	f.BoolVar(&q.exit, "exit", false, s.t(datahall.Say("end the hall afterwards, where this command started it")))
	s.readingFlags(c, &q.reading)
	return c
}

// run tells the story step by step. Each step leaves what the next one needs.
func (q *quick) run(ctx context.Context) error {
	if q.file != "" {
		f, _, err := openFile(q.file) // before anything is started for it
		if err != nil {
			return err
		}
		f.Close()
	}
	q.began = time.Now()
	q.tell(datahall.Message{}, datahall.Say("From data to a served model, on this machine alone: nothing is downloaded, and nothing leaves it."))
	for _, step := range []func(context.Context) error{q.hall, q.bring, q.split, q.train, q.measure, q.serve, q.ask, q.pay, q.show} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	ended, err := q.end(ctx)
	if err != nil {
		return err
	}
	q.goOn(ended)
	return q.s.result(q.summary(), func() {})
}

func (q *quick) hall(ctx context.Context) error {
	q.s.telling = true
	c, err := q.s.connect(ctx)
	if err != nil {
		return err
	}
	hall, err := c.Hall(ctx)
	if err != nil {
		return err
	}
	about := q.s.t(datahall.Say("%s, %s cores, %s kernels", hall.CPU, hall.Cores, hall.Kernel))
	if q.s.started {
		q.tell(datahall.Say("hall"), datahall.Say("%s, started for this in the background (%s); its home is %s.", hall.URL, about, hall.Home))
	} else {
		q.tell(datahall.Say("hall"), datahall.Say("%s, which runs already (%s); its home is %s.", hall.URL, about, hall.Home))
	}
	return nil
}

func (q *quick) bring(ctx context.Context) error {
	data, job, err := q.s.importing(ctx, cmp.Or(q.file, "builtin:shop"), q.name, q.reading)
	if err != nil {
		return err
	}
	q.data, q.usage = data, q.usage.Plus(job.Usage)
	r := data.Report
	what := q.s.t(datahall.Say("%s rows with %s labels (%s)", count(r.Rows), count(len(r.Labels)), q.s.counts(r.Languages)))
	if q.file == "" {
		q.tell(datahall.Say("data"), datahall.Say("%s, the built-in sample: what customers ask an online shop that does not exist; %s.", data.ref(), what))
		return nil
	}
	q.tell(datahall.Say("data"), datahall.Say("%s is now %s: %s. The text is %s; the label is %s.",
		data.Source, data.ref(), what, q.s.column(r.TextColumn), q.s.column(r.LabelColumn)))
	q.problems()
	return nil
}

// problems lists the first findings about the data.
func (q *quick) problems() {
	const shown = 6
	for i, p := range q.data.Report.Problems {
		if i == shown {
			q.tell(datahall.Message{}, datahall.Say("- and %s more: datahall dataset show %s lists all", len(q.data.Report.Problems)-shown, q.data.ref()))
			return
		}
		q.tell(datahall.Message{}, datahall.Say("- %s", q.s.t(p.Message)))
	}
}

func (q *quick) split(ctx context.Context) error {
	if hasSplit(q.data.Dataset, "test") {
		q.tell(datahall.Say("split"), datahall.Say("%s, as the data says.", q.s.counts(q.data.Report.Splits)))
	} else {
		parted, job, err := q.s.splitForTraining(ctx, q.data)
		if err != nil {
			return err
		}
		q.data, q.usage = parted, q.usage.Plus(job.Usage)
		q.tell(datahall.Say("split"), datahall.Say("%s, drawn by label so that no text stands on two sides (%s).", q.s.counts(parted.Report.Splits), parted.ref()))
	}
	if l := q.data.Report.Leaks; l != nil && l.Exact > 0 {
		q.tell(datahall.Message{}, datahall.Say("- %s", q.s.t(leaking(l))))
	}
	return nil
}

func (q *quick) train(ctx context.Context) error {
	q.tell(datahall.Say("train"), datahall.Say("a model learns the labels from the training rows, with simple baselines beside it to beat."))
	spec := datahall.TrainSpec{Dataset: q.data.ID, Name: q.data.Name, Base: q.base, AllowSimple: true}
	job, err := q.s.whole(ctx, "train", spec.Name, spec, &q.trained)
	if err != nil {
		return err
	}
	q.usage = q.usage.Plus(job.Usage)
	return nil
}

// model is NAME@VERSION of what was trained.
func (q *quick) model() string { return refOf(q.trained.Model, q.trained.Version) }

func (q *quick) measure(ctx context.Context) error {
	var err error
	if q.measured, err = q.s.hall.Evaluation(ctx, q.model()); err != nil {
		return err
	}
	q.tell(datahall.Say("result"), q.verdict())
	if !q.s.json {
		q.indented(q.s.scores(q.measured))
	}
	return nil
}

// verdict says plainly which model is the one to use.
func (q *quick) verdict() datahall.Message {
	e, kind := q.measured, q.s.kind(q.trained.Family, q.trained.Tuning)
	rival, beaten := trainedRival(e)
	switch {
	case q.base == "linear":
		return datahall.Say("the linear model on words, as you asked, is registered as %s: right on %s of %s test rows it has not seen.", q.model(), percent(e.Accuracy), count(e.Rows))
	case q.trained.Family == "linear" && beaten:
		return datahall.Say("the linear model on words wins over the one %s (%s), so it is what is registered (as %s) and served: right on %s of %s test rows it has not seen.",
			q.s.baseline(rival.Name), percent(rival.Accuracy), q.model(), percent(e.Accuracy), count(e.Rows))
	case q.trained.Family == "linear":
		return datahall.Say("the linear model on words wins, so it is what is registered (as %s) and served: right on %s of %s test rows it has not seen.",
			q.model(), percent(e.Accuracy), count(e.Rows))
	case e.Baseline == nil:
		return datahall.Say("the trained model (%s) is registered as %s: right on %s of %s test rows it has not seen.",
			kind, q.model(), percent(e.Accuracy), count(e.Rows))
	case e.Accuracy >= e.Baseline.Accuracy:
		return datahall.Say("the trained model (%s) is right on %s of %s test rows it has not seen, the best simple one on %s; it is registered as %s.",
			kind, percent(e.Accuracy), count(e.Rows), percent(e.Baseline.Accuracy), q.model())
	case e.Winner == "model":
		return datahall.Say("the trained model (%s) is registered as %s: right on %s of %s test rows it has not seen. The best simple one gets %s there, but less on the validation rows, by which the choice was made.",
			kind, q.model(), percent(e.Accuracy), count(e.Rows), percent(e.Baseline.Accuracy))
	default:
		return datahall.Say("the trained model (%s) is registered as %s, but does not win: right on %s of %s test rows it has not seen, the best simple one on %s.",
			kind, q.model(), percent(e.Accuracy), count(e.Rows), percent(e.Baseline.Accuracy))
	}
}

// trainedRival is the trained model that a simple one has beaten.
func trainedRival(e datahall.Evaluation) (datahall.Baseline, bool) {
	for _, b := range e.Baselines {
		if strings.HasPrefix(b.Name, "scratch:") {
			return b, true
		}
	}
	return datahall.Baseline{}, false
}

// serve puts the model behind the dataset's name, in the place of what an
// earlier quickstart put there.
func (q *quick) serve(ctx context.Context) error {
	name := q.data.Name
	if err := q.s.hall.RemoveEndpoint(ctx, name); err != nil && datahall.KindOf(err) != datahall.NotFound {
		return err
	}
	var err error
	if q.served, err = q.s.serve(ctx, datahall.NewEndpoint{Name: name, Model: q.model()}); err != nil {
		return err
	}
	q.tell(datahall.Say("serve"), datahall.Say("the endpoint %s answers at %s", name, q.served.URL))
	return nil
}

// questions to the built-in sample's model; none of them stands in the sample.
var questions = []string{
	"courier app says handed over at 3pm, i was home all day and nobody rang",
	"these boots pinch, could i get them half a size bigger instead",
	"付钱那一步一直转圈圈，换了两张卡都不行",
	"公司名少打了一个字，发票能不能重开一张",
}

func (q *quick) ask(ctx context.Context) error {
	rows, err := q.rows(ctx)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	// The first question of a replica pays for its warming up.
	if _, err := q.s.hall.Ask(ctx, q.served.Endpoint, []string{rows[0].Text}); err != nil {
		return err
	}
	for _, row := range rows {
		asked := time.Now()
		answers, err := q.s.hall.Ask(ctx, q.served.Endpoint, []string{row.Text})
		if err != nil {
			return err
		}
		q.answers = append(q.answers, answered{answers[0], row.Label, float64(time.Since(asked).Microseconds()) / 1000})
	}
	q.tell(datahall.Say("ask"), datahall.Say("%s questions, one by one:", len(rows)))
	if !q.s.json {
		q.indented(q.asked().String())
	}
	return nil
}

// asked is the table of questions and answers.
func (q *quick) asked() *table {
	own := q.file != ""
	heads := []datahall.Message{datahall.Say("question"), datahall.Say("answer"), datahall.Say("score"), datahall.Say("ms")}
	if own {
		heads = append(heads, datahall.Say("label in the data"))
	}
	t := q.s.table(heads...).numbers(2, 3)
	for _, a := range q.answers {
		cells := []string{cut(a.Text, 56), a.Label, strconv.FormatFloat(a.Score, 'f', 2, 64), strconv.FormatFloat(a.Millis, 'f', 1, 64)}
		if own {
			cells = append(cells, a.Expected)
		}
		t.row(cells...)
	}
	return t
}

// rows are what is asked: questions of our own, or test rows of the user's data.
func (q *quick) rows(ctx context.Context) ([]datahall.Row, error) {
	if q.file == "" {
		var rows []datahall.Row
		for _, text := range questions {
			rows = append(rows, datahall.Row{Text: text})
		}
		return rows, nil
	}
	r, err := q.s.hall.DatasetFile(ctx, q.data.ID, "samples.json")
	if datahall.KindOf(err) == datahall.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var all []datahall.Row
	if err := json.NewDecoder(r).Decode(&all); err != nil {
		return nil, err
	}
	return choose(all, 4), nil
}

// choose takes rows for testing of different labels, then others for testing,
// then any.
func choose(all []datahall.Row, n int) []datahall.Row {
	var rows []datahall.Row
	labels, texts := map[string]bool{}, map[string]bool{"": true}
	for _, fits := range []func(datahall.Row) bool{
		func(r datahall.Row) bool { return r.Split == "test" && !labels[r.Label] },
		func(r datahall.Row) bool { return r.Split == "test" },
		func(datahall.Row) bool { return true },
	} {
		for _, r := range all {
			if len(rows) < n && !texts[r.Text] && fits(r) {
				labels[r.Label], texts[r.Text] = true, true
				rows = append(rows, r)
			}
		}
	}
	return rows
}

func (q *quick) pay(ctx context.Context) error {
	e, err := q.s.hall.Endpoint(ctx, q.served.Endpoint)
	if err != nil {
		return err
	}
	q.usage = q.usage.Plus(e.Usage)
	q.tell(datahall.Say("cost"), datahall.Say("%s; %s from beginning to end.", q.s.receipt(q.usage), q.s.duration(time.Since(q.began).Seconds())))
	return nil
}

func (q *quick) show(ctx context.Context) error {
	var err error
	if q.page, err = q.s.hall.Login(ctx); err != nil {
		return err
	}
	q.tell(datahall.Say("pages"), datahall.Say("%s", q.page))
	q.tell(datahall.Message{}, datahall.Say("(the link opens them once, within ten minutes; datahall login makes another)"))
	if !q.s.json {
		q.s.line(pad(q.s.t(datahall.Say("try it")), q.margin(), false) + curl(q.served, q.example()))
	}
	return nil
}

func (q *quick) example() string {
	if len(q.answers) > 0 {
		return q.answers[0].Text
	}
	return "…"
}

// end ends the hall where that was asked for and this command started it.
func (q *quick) end(ctx context.Context) (bool, error) {
	if !q.exit || !q.s.started {
		return false, nil
	}
	return true, q.s.stop(ctx, q.s.hall)
}

// goOn says what to do next.
func (q *quick) goOn(ended bool) {
	me := program(q.s.env.Binary)
	if q.file == "" {
		q.tell(datahall.Say("next"), datahall.Say("your own file: %s quickstart --data FILE", me))
	}
	switch {
	case ended:
		q.tell(datahall.Say("hall"), datahall.Say("it has ended; %s up starts it again, with all that is in it.", me))
	case q.exit:
		q.tell(datahall.Say("hall"), datahall.Say("it ran before this command and goes on; %s stop ends it.", me))
	case q.s.started:
		q.tell(datahall.Say("hall"), datahall.Say("it goes on in the background, and ends after ten minutes in which nothing is asked; %s stop ends it now, %s up keeps one open.", me, me))
	}
}

// quickResult is all of it for a script.
type quickResult struct {
	Dataset  string             `json:"dataset"`
	Model    string             `json:"model"`
	Family   string             `json:"family"`
	Accuracy float64            `json:"accuracy"`
	MacroF1  float64            `json:"macro_f1"`
	Baseline *datahall.Baseline `json:"baseline"`
	Winner   string             `json:"winner"`
	Endpoint string             `json:"endpoint"`
	URL      string             `json:"url"`
	Key      string             `json:"key"`
	Page     string             `json:"page"`
	Answers  []answered         `json:"answers"`
	Seconds  float64            `json:"seconds"`
	Usage    datahall.Usage     `json:"usage"`
}

func (q *quick) summary() quickResult {
	e := q.measured
	return quickResult{q.data.ref(), q.model(), q.trained.Family, e.Accuracy, e.MacroF1, e.Baseline, e.Winner,
		q.served.Endpoint, q.served.URL, q.served.Key, q.page, q.answers, time.Since(q.began).Seconds(), q.usage}
}
