package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"datahall"
	"datahall/phrase"
)

func (c *Console) endpoints(v *visit) error {
	all, err := c.Endpoints.Endpoints(v.Context(), v.project())
	if err != nil {
		return err
	}
	return v.show("endpoints", "endpoints", phrase.Text(v.lang, "Endpoints"), all)
}

// endpointPage is an endpoint, and a place to ask it.
type endpointPage struct {
	datahall.Endpoint
	URL      string
	Model    *datahall.Model
	CanAsk   bool
	Example  string // a text of the data that the model was trained on
	Snippets []snippet
	Question string
	Asked    *asked
	Problem  string
}

// asked is an answer and what it took.
type asked struct {
	Scores []scored
	Number bool // a regression: one score, which is the answer
	Millis float64
	Usage  datahall.Usage
}

// Label is the answer: the label with the highest score, or a number.
func (a *asked) Label() string {
	switch {
	case len(a.Scores) == 0:
		return ""
	case a.Number:
		return digits(a.Scores[0].Score, 4)
	}
	return a.Scores[0].Label
}

// Score says how sure the answer is; a number says nothing of that.
func (a *asked) Score() string {
	if len(a.Scores) == 0 || a.Number {
		return ""
	}
	return percent(a.Scores[0].Score)
}

// scored is a label and its score, the highest first.
type scored struct {
	Label string
	Score float64
}

// Thousand is what a thousand texts took so far.
func (p endpointPage) Thousand() datahall.Usage {
	if p.Texts == 0 {
		return datahall.Usage{}
	}
	u := p.Usage.Times(1000 / float64(p.Texts))
	return u
}

func (c *Console) endpoint(v *visit) error {
	p, err := c.endpointPage(v)
	if err != nil {
		return err
	}
	return v.show("endpoints", "endpoint", p.Name, p)
}

func (c *Console) endpointPage(v *visit) (endpointPage, error) {
	ctx := v.Context()
	e, err := c.Endpoints.Endpoint(ctx, v.project(), v.PathValue("name"))
	if err != nil {
		return endpointPage{}, err
	}
	p := endpointPage{Endpoint: e, URL: c.Hall().URL + pathOf("endpoints", e.Name), CanAsk: v.may("endpoint:call", e.Name)}
	if m, err := c.Models.Model(ctx, e.Project, e.ModelID); err == nil {
		p.Model = &m
		p.Example = c.example(v, m)
	}
	if p.Example == "" {
		p.Example = phrase.Text(v.lang, "Where is my parcel?")
	}
	p.Snippets = snippets(e, p.URL, p.Example)
	return p, nil
}

// example is a short text of the data that a model was made from.
func (c *Console) example(v *visit, m datahall.Model) string {
	d, err := c.Datasets.Dataset(v.Context(), m.Project, m.Dataset)
	if m.Dataset == "" || err != nil {
		return ""
	}
	var rows []datahall.Row
	c.readJSON(v.Context(), m.Project, d.Files, "samples.json", samplesBytes, &rows) //nolint:errcheck // an example only
	for _, r := range rows {
		if n := len([]rune(r.Text)); n > 3 && n < 80 && !strings.Contains(r.Text, "\n") {
			return r.Text
		}
	}
	return ""
}

// askEndpoint asks for a reader without scripts, and shows the answer on the
// same page.
func (c *Console) askEndpoint(v *visit) error {
	v.Body = http.MaxBytesReader(v.w, v.Body, 1<<20)
	p, err := c.endpointPage(v)
	if err != nil {
		return err
	}
	if err := c.May(v.Context(), "endpoint:call", p.Name); err != nil {
		return err
	}
	p.Question = strings.TrimSpace(v.PostFormValue("text"))
	began := c.Now()
	answers, answer, err := c.Ask(v.Context(), p.Endpoint, []string{p.Question})
	switch {
	case err != nil:
		p.Problem = phrase.Error(v.lang, err)
	case len(answers) > 0:
		p.Asked = &asked{ranked(answers[0].Scores), p.Task == "regress", float64(c.Now().Sub(began)) / float64(time.Millisecond), answer.Usage}
	}
	return v.show("endpoints", "endpoint", p.Name, p)
}

func ranked(scores map[string]float64) []scored {
	var list []scored
	for label, s := range scores {
		list = append(list, scored{label, s})
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Label, b.Label))
	})
	return list
}

// snippet is how to ask from elsewhere.
type snippet struct{ ID, Name, Text string }

// snippets ask an endpoint in three ways, with a place for the key.
func snippets(e datahall.Endpoint, url, text string) []snippet {
	op := "predict"
	if e.Task == "embed" {
		op = "embed"
	}
	plain := plainJSON(map[string]string{"inputs": text})
	python := "import os, requests\n\nanswer = requests.post(\n    " + quoted(url+"/"+op) + ",\n    headers={\"Authorization\": \"Bearer \" + os.environ[\"DATAHALL_API_KEY\"]},\n    json={\"inputs\": " + quoted(text) + "},\n    timeout=30,\n)\nanswer.raise_for_status()\nprint(answer.json())\n"
	curl := "curl -s " + shell(url+"/"+op) + " \\\n  -H \"Authorization: Bearer $DATAHALL_API_KEY\" \\\n  -H 'Content-Type: application/json' \\\n  -d " + shell(plain) + "\n"
	program := strings.NewReplacer("URL", quoted(url+"/"+op), "BODY", quoted(plain)).Replace(goProgram)
	return []snippet{{"curl", "curl", curl}, {"python", "Python", python}, {"go", "Go", program}}
}

const goProgram = `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	req, err := http.NewRequest("POST", URL, strings.NewReader(BODY))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+os.Getenv("DATAHALL_API_KEY"))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, string(answer))
}
`

// quoted writes a string as JSON does, which Go and Python read alike.
func quoted(s string) string { return plainJSON(s) }

// shell writes a string as one word of a shell.
func shell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
