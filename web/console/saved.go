package console

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"

	"datahall"
	"datahall/phrase"
)

// savedFrame is a report with all that it needs: one file that opens from a
// disk, without a hall and without a network.
type savedFrame struct {
	Title  string
	Lang   phrase.Language
	Theme  string
	Policy string // content security policy: this style, this script, nothing else
	Style  template.CSS
	Script template.JS
	Data   modelPage
}

var (
	savedStyle  = static("style.css")
	savedScript = bundle("chart.js", "table.js", "saved.js")
)

// savedReport sends a model's report as one file.
func (c *Console) savedReport(v *visit) error {
	m, err := c.Models.Model(v.Context(), v.project(), v.PathValue("ref"))
	if err != nil {
		return err
	}
	p, err := c.modelPage(v.Context(), v.lang, m)
	if err != nil {
		return err
	}
	if p.Report == nil {
		return datahall.Errorf(datahall.NotFound, "model %s: has no report; measure it with datahall eval --model %s --data DATASET", m.Ref(), m.Ref())
	}
	p.Saved, p.HallURL, p.SavedOn = true, c.Hall().URL, c.Now().Local().Format("2006-01-02")
	text, err := execute(c.pages[v.lang].Lookup("saved"), savedFrame{Title: m.Ref(), Lang: v.lang, Theme: "system",
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", sourceHash(savedStyle), sourceHash(savedScript)),
		Style:  template.CSS(savedStyle), Script: template.JS(savedScript), Data: p}) //nolint:gosec // files of our own
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Disposition", attachment(fmt.Sprintf("%s-v%d-report.html", m.Name, m.Version)))
	v.w.Write(text) //nolint:errcheck // the reader is gone
	return nil
}

// sourceHash names an inline source in a content security policy.
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
