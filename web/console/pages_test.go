package console_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"datahall"
	"datahall/web/door"
)

// pages are all pages of a furnished hall.
func (h *hall) pages() map[string]string {
	return map[string]string{
		"login": "/login", "overview": "/", "datasets": "/datasets", "dataset": "/datasets/shop@1", "dataset hostile": "/datasets/evil@1",
		"jobs": "/jobs", "jobs of a kind": "/jobs?kind=train&state=running", "job running": "/jobs/" + h.running.ID, "job waiting": "/jobs/" + h.waiting.ID,
		"job failed": "/jobs/" + h.failed.ID, "job done": "/jobs/" + h.trained.ID, "runs": "/runs", "runs compared": "/runs?ids=" + h.runs[0].ID + "," + h.runs[1].ID,
		"models": "/models", "model": "/models/shop@1", "model large": "/models/bank@1", "model linear": "/models/words@1", "model hostile": "/models/evil@1",
		"endpoints": "/endpoints", "endpoint": "/endpoints/shop", "endpoint failed": "/endpoints/bank", "usage": "/usage",
	}
}

// get asks for a page as a browser does.
func (h *hall) get(path, lang string, role datahall.Role) (int, string, http.Header) {
	h.t.Helper()
	req, err := http.NewRequest("GET", h.url+path, nil)
	h.must(err)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", lang)
	if role != "" {
		req.AddCookie(&http.Cookie{Name: door.Cookie, Value: h.keys[role]})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	h.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	h.must(err)
	return resp.StatusCode, string(b), resp.Header
}

func TestEveryPageInBothLanguages(t *testing.T) {
	h := furnished(t)
	for name, path := range h.pages() {
		for lang, word := range map[string]string{"en": "Colours", "zh-CN": "配色"} {
			status, text, header := h.get(path, lang, datahall.Viewer)
			if status != http.StatusOK {
				t.Errorf("%s in %s answers %d: %s", name, lang, status, text)
				continue
			}
			if !strings.Contains(text, `<html lang="`+lang+`"`) || !strings.Contains(text, word) {
				t.Errorf("%s is not in %s", name, lang)
			}
			if got := header.Get("Content-Type"); got != "text/html; charset=utf-8" {
				t.Errorf("%s: Content-Type %q", name, got)
			}
			for _, bad := range []string{"<script>document", "<img src=x", " style=", "<style", " onclick=", "ZgotmplZ", "%!", "<no value>"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s in %s holds %q", name, lang, bad)
				}
			}
		}
	}
}
