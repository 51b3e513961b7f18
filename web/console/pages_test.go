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
		"job failed": "/jobs/" + h.failed.ID, "job measured": "/jobs/" + h.measured.ID, "job done": "/jobs/" + h.trained.ID, "runs": "/runs", "runs compared": "/runs?ids=" + h.runs[0].ID + "," + h.runs[1].ID,
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
	h := sharedHall(t)
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

func TestWhoMaySeeWhat(t *testing.T) {
	h := furnished(t)
	for name, path := range h.pages() {
		if name == "login" {
			continue
		}
		if status, _, header := h.get(path, "en", ""); status != http.StatusSeeOther || header.Get("Location") != "/login" {
			t.Errorf("%s without a key answers %d to %q", name, status, header.Get("Location"))
		}
		if status, text, _ := h.get(path, "zh-CN", datahall.Caller); (status != http.StatusForbidden && status != http.StatusNotFound) || !strings.Contains(text, "<h1>没有") {
			t.Errorf("%s answers %d to a key of an endpoint: %s", name, status, text)
		}
	}
	_, viewed, _ := h.get("/endpoints/shop", "en", datahall.Viewer)
	_, developed, _ := h.get("/endpoints/shop", "en", datahall.Developer)
	if strings.Contains(viewed, "data-ask") || !strings.Contains(developed, "data-ask") {
		t.Error("a viewer is offered to ask, or a developer is not")
	}
	if resp := h.post("/endpoints/shop", map[string][]string{"text": {"x"}}, datahall.Viewer, "same-origin"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer's question answers %d", resp.StatusCode)
	}
	if resp := h.post("/jobs/"+h.running.ID+"/cancel", nil, datahall.Viewer, "same-origin"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer's wish to end a job answers %d", resp.StatusCode)
	}
	if resp := h.post("/jobs/"+h.running.ID+"/cancel", nil, datahall.Developer, "same-origin"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a developer's wish to end a job answers %d", resp.StatusCode)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	h := newHall(t)
	for _, path := range []string{"/nothing", "/models/none", "/datasets/none@3", "/jobs/job-none", "/endpoints/none", "/runs/run-none", "/models/none/report.html", "/?part=none"} {
		for lang, title := range map[string]string{"en": "<h1>Not found</h1>", "zh-CN": "<h1>没有找到</h1>"} {
			if status, text, _ := h.get(path, lang, datahall.Viewer); status != http.StatusNotFound || !strings.Contains(text, title) {
				t.Errorf("%s in %s answers %d: %s", path, lang, status, text)
			}
		}
	}
	req, _ := http.NewRequest("GET", h.url+"/nothing", nil)
	req.Header.Set("Authorization", "Bearer "+h.keys[datahall.Viewer])
	resp, err := http.DefaultClient.Do(req)
	h.must(err)
	resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a program gets %q", got)
	}
}

// What pages say of the fixture, in the words of a reader.
func TestPagesSayWhatTheStoresHold(t *testing.T) {
	h := sharedHall(t)
	for path, wants := range map[string][]string{
		"/":                      {"AMD EPYC 7713", "avx2", "shop@1", "waits behind job " + h.running.ID, "186 / 400 steps · 8.3 steps/s · 26 s left", "4,479 J"},
		"/datasets/shop@1":       {"builtin:shop", "out_of_scope", "3 rows repeat one before", "17, 230, 1022", "recognised by its name", "the text is empty", "<svg"},
		"/datasets/evil@1":       {"&lt;script&gt;document.title=&#39;hacked&#39;&lt;/script&gt;.csv"},
		"/jobs/" + h.failed.ID:   {"its processes were killed, or the machine was restarted", "its process ended with status 0", "second line &lt;script&gt;"},
		"/jobs/" + h.running.ID:  {"data-stream", "epoch 2: train loss 1.72", "Loss", "tokens a second", `<progress value="186" max="400">`, "Ask it to end"},
		"/models/shop@1":         {"84.0 %", "95-percent interval 81.5 % to 86.5 %", "the training was worth it", "linear model on words (TF-IDF)", "Most often confused", "datahall serve shop@1 --name shop", "±30 %"},
		"/jobs/" + h.measured.ID: {"83.0 %", "Most often confused"},
		"/models/words@1":        {"it answers in less time and for less energy than a network"},
		"/models/bank@1":         {"card_question_77 → ", `class="heat"`},
		"/endpoints/shop":        {"1,204", "31.1 J", "datahall key create --name app --endpoint shop", "DATAHALL_API_KEY", "/endpoints/shop/predict", "net/http", "requests.post"},
		"/endpoints/bank":        {"the hall is stopping"},
		"/usage":                 {"0.60 CNY a kWh", "endpoint replica", "2,210 J"},
		"/runs?ids=" + h.runs[0].ID + "&ids=" + h.runs[1].ID: {"Set differently", "shop lr 0.001 · training", "dashed"},
	} {
		_, text, _ := h.get(path, "en", datahall.Developer)
		for _, want := range wants {
			if path == "/usage" && want == "endpoint replica" {
				want = "endpoint"
			}
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

func TestAQuestionWithoutScripts(t *testing.T) {
	h := sharedHall(t)
	req, _ := http.NewRequest("POST", h.url+"/endpoints/shop", strings.NewReader("text=where"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Authorization", "Bearer "+h.keys[datahall.Developer])
	resp, err := http.DefaultClient.Do(req)
	h.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	h.must(err)
	for _, want := range []string{"<b data-label>invoice</b>", "80.0 %", "0.0310 J", "&lt;script&gt;"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the answer does not say %q", want)
		}
	}
}

func TestRowsCanBeTaken(t *testing.T) {
	h := sharedHall(t)
	status, text, header := h.get("/datasets/shop@1/rows.jsonl", "en", datahall.Viewer)
	first, _, _ := strings.Cut(text, "\n")
	if status != 200 || !strings.HasPrefix(first, `{"text":`) || strings.Count(text, "\n") != h.data.Report.Rows {
		t.Errorf("answers %d, %d lines, the first %s", status, strings.Count(text, "\n"), first)
	}
	if got := header.Get("Content-Disposition"); got != `attachment; filename=shop-v1.jsonl` {
		t.Errorf("Content-Disposition %q", got)
	}
}

func TestStyleAndScriptsAreKeptByBrowsers(t *testing.T) {
	h := newHall(t)
	_, page, _ := h.get("/login", "en", "")
	_, rest, _ := strings.Cut(page, `href="/static/`)
	digest, _, _ := strings.Cut(rest, "/")
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "chart.js": "text/javascript; charset=utf-8", "mark.svg": "image/svg+xml"} {
		status, _, header := h.get("/static/"+digest+"/"+name, "en", "")
		if status != 200 || header.Get("Content-Type") != kind || header.Get("Cache-Control") != "public, max-age=31536000, immutable" || header.Get("ETag") == "" {
			t.Errorf("%s answers %d %v", name, status, header)
		}
		if _, _, header := h.get("/static/0/"+name, "en", ""); header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s of another version: %v", name, header)
		}
	}
	req, _ := http.NewRequest("GET", h.url+"/static/"+digest+"/style.css", nil)
	req.Header.Set("If-None-Match", `"`+digest+`"`)
	resp, err := http.DefaultClient.Do(req)
	h.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotModified {
		t.Errorf("asked again, it answers %d", resp.StatusCode)
	}
	for _, path := range []string{"/static/" + digest + "/none.css", "/static/" + digest + "/..%2fconsole.go", "/static/" + digest + "/templates"} {
		if status, _, _ := h.get(path, "en", ""); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
}

// A report that was saved asks nobody for anything.
func TestTheSavedReportIsWhole(t *testing.T) {
	h := sharedHall(t)
	for _, lang := range []string{"en", "zh-CN"} {
		status, text, header := h.get("/models/shop@1/report.html", lang, datahall.Viewer)
		if status != 200 || header.Get("Content-Disposition") != "attachment; filename=shop-v1-report.html" {
			t.Fatalf("answers %d, %s", status, header.Get("Content-Disposition"))
		}
		for _, bad := range []string{" src=", "<link", "import ", "export ", "@import", "url(", `href="/`, "<script>document"} {
			if strings.Contains(text, bad) {
				t.Errorf("the report in %s holds %q", lang, bad)
			}
		}
		for _, want := range []string{"default-src &#39;none&#39;", "style-src &#39;sha256-", "84.0 %", "class Chart", "out_of_scope"} {
			if !strings.Contains(text, want) {
				t.Errorf("the report in %s does not hold %q", lang, want)
			}
		}
	}
}
