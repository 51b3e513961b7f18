package console

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"datahall"
	"datahall/phrase"
	"datahall/web/door"
)

// themeCookie holds the colours that a reader chose: light, dark or system.
const themeCookie = "datahall_theme"

// visit is one request for a page.
type visit struct {
	*http.Request
	w    http.ResponseWriter
	c    *Console
	lang phrase.Language
}

func newVisit(c *Console, w http.ResponseWriter, r *http.Request) *visit {
	return &visit{r, w, c, door.Language(r.Context())}
}

// project is whose things are shown.
func (v *visit) project() string { return door.Project(v.Context()) }

// t renders a sentence in the reader's language.
func (v *visit) t(m datahall.Message) string { return phrase.In(v.lang, m) }

// may says whether the reader may do an action.
func (v *visit) may(action, endpoint string) bool {
	return v.c.May(v.Context(), action, endpoint) == nil
}

func (v *visit) theme() string {
	if c, err := v.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return "system"
}

// frame is what every page is given, with the page's own data in it.
type frame struct {
	Section string // of the navigation
	Title   string
	Lang    phrase.Language
	Theme   string
	Static  string // folder of style sheet and scripts
	Back    string // where the reader is, for the way back after a choice
	Name    string // of the reader's key; empty: nobody yet
	Version string
	Status  int
	Data    any
}

// show renders a page. With ?part=NAME it is only that part of it, for the
// scripts that bring a page up to date.
func (v *visit) show(section, page, title string, data any) error {
	return v.render(http.StatusOK, section, page, title, data)
}

func (v *visit) render(status int, section, page, title string, data any) error {
	f := frame{Section: section, Title: title, Lang: v.lang, Theme: v.theme(), Static: staticRoot,
		Back: v.URL.RequestURI(), Name: door.Who(v.Context()).Name, Version: v.c.Hall().Version, Status: status, Data: data}
	if part := v.URL.Query().Get("part"); part != "" && status == http.StatusOK {
		page = page + "-" + part
	}
	t := v.c.pages[v.lang].Lookup(page)
	if t == nil {
		return datahall.Errorf(datahall.NotFound, "page %s: there is none; begin at /", v.URL.Path)
	}
	text, err := execute(t, f)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", string(v.lang))
	v.w.Header().Set("Vary", "Cookie, Accept-Language")
	v.w.WriteHeader(status)
	v.w.Write(text) //nolint:errcheck // the reader is gone
	return nil
}

// execute renders a template as a whole or not at all.
func execute(t *template.Template, data any) ([]byte, error) {
	var b bytes.Buffer
	err := t.Execute(&b, data)
	return b.Bytes(), err
}

// refusal is what the page of an error shows.
type refusal struct {
	Status  int
	Title   string
	Message string
	Denied  bool
}

// refuse shows an error as a page, or as data to those who read no pages.
func (v *visit) refuse(err error) {
	if !strings.Contains(v.Header.Get("Accept"), "text/html") {
		door.Refuse(v.w, v.Request, err)
		return
	}
	p := door.ProblemOf(v.lang, err)
	titles := map[datahall.Kind]datahall.Message{
		datahall.NotFound: datahall.Say("Not found"),
		datahall.Denied:   datahall.Say("Not allowed"),
		datahall.Invalid:  datahall.Say("This cannot be done"),
		datahall.Conflict: datahall.Say("This cannot be done now"),
	}
	title, ok := titles[p.Code]
	if !ok {
		title = datahall.Say("Something went wrong")
	}
	page := refusal{p.Status, v.t(title), p.Detail, p.Code == datahall.Denied}
	if v.render(p.Status, "", "refusal", page.Title, page) != nil {
		door.Refuse(v.w, v.Request, err)
	}
}
