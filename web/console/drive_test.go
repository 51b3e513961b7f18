package console_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"datahall"
	"datahall/web/door"
)

// Every page on a phone and on a wide screen: no error, no breach of the
// security policy, nothing from elsewhere, nothing wider than the screen, and
// no script of somebody's data.
func TestEveryPageInABrowser(t *testing.T) {
	h, empty := sharedHall(t), newHall(t)
	b := newBrowser(t, h)
	walk := func(pages map[string]string, lang string) {
		b.logIn(datahall.Admin)
		b.cookie(door.LanguageCookie, lang)
		for name, path := range pages {
			b.size(390, 844)
			b.open(path)
			for _, width := range []int64{390, 1280} {
				b.size(width, 844)
				if got := eval[int64](b, "document.documentElement.scrollWidth"); got > width {
					t.Errorf("%s in %s is %d wide on a screen of %d: %s", name, lang, got, width, eval[string](b, widest))
				}
			}
			if title := eval[string](b, "document.title"); !strings.HasSuffix(title, " · Datahall") {
				t.Errorf("%s in %s has the title %q", name, lang, title)
			}
			if said := b.said(); len(said) > 0 {
				t.Errorf("%s in %s: the console says %q", name, lang, said)
			}
		}
	}
	walk(h.pages(), "en")
	walk(map[string]string{"overview": "/", "model": "/models/shop@1", "job": "/jobs/" + h.running.ID}, "zh-CN")
	b.h = empty
	walk(map[string]string{"empty": "/", "empty data": "/datasets", "empty jobs": "/jobs", "empty runs": "/runs", "empty models": "/models", "empty endpoints": "/endpoints", "empty usage": "/usage"}, "en")
	for _, address := range b.requests {
		if !strings.HasPrefix(address, h.url+"/") && !strings.HasPrefix(address, empty.url+"/") && address != "about:blank" {
			t.Errorf("a page asks for %s", address)
		}
	}
}

// widest names what is wider than the screen.
const widest = `[...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest(".scroll, .command, svg")).map((e) => e.tagName + "." + e.className).slice(0, 4).join(" ")`

func TestALinkLogsABrowserIn(t *testing.T) {
	h := newHall(t)
	h.tokens["once"] = h.keys[datahall.Viewer]
	b := newBrowser(t, h)
	b.open("/models")
	if got := eval[string](b, "location.pathname"); got != "/login" {
		t.Fatalf("without a key it leads to %s", got)
	}
	b.open("/login?token=once")
	if got := eval[string](b, "location.pathname + document.cookie"); got != "/" {
		t.Errorf("the link leads to %s", got)
	}
	b.run(chromedp.Click(chromedp.CSS(`form[action="/login/end"] button`)))
	b.wait(`location.pathname === "/login" && document.readyState === "complete"`)
	b.open("/")
	if got := eval[string](b, "location.pathname"); got != "/login" {
		t.Errorf("after leaving, / leads to %s", got)
	}
}

func TestColoursAndLanguageAreChosen(t *testing.T) {
	h := sharedHall(t)
	b := newBrowser(t, h)
	b.logIn(datahall.Admin)
	b.open("/models/shop@1")
	ground := `getComputedStyle(document.documentElement).backgroundColor`
	grounds := map[string]string{}
	for _, theme := range []string{"dark", "light"} {
		b.run(chromedp.Click(chromedp.CSS(`button[value="` + theme + `"]`)))
		b.wait(`document.documentElement.dataset.theme === "` + theme + `" && document.readyState === "complete"`)
		grounds[theme] = eval[string](b, ground)
		if got := eval[string](b, "location.pathname"); got != "/models/shop@1" {
			t.Errorf("the choice leads to %s", got)
		}
	}
	if grounds["dark"] == grounds["light"] {
		t.Errorf("dark and light are both %s", grounds["dark"])
	}
	b.run(chromedp.Click(chromedp.CSS(`button[value="zh-CN"]`)))
	b.wait(`document.documentElement.lang === "zh-CN" && document.readyState === "complete"`)
	b.open("/usage")
	if got := eval[string](b, `document.querySelector("h1").textContent + document.documentElement.dataset.theme`); got != "用量light" {
		t.Errorf("the next page is %s", got)
	}
}

func TestAskingAnEndpoint(t *testing.T) {
	h := sharedHall(t)
	b := newBrowser(t, h)
	b.logIn(datahall.Developer)
	b.open("/endpoints/shop")
	text := chromedp.CSS("#text")
	b.run(chromedp.SendKeys(text, "where is my invoice"+kb.Enter), chromedp.WaitVisible(chromedp.CSS("[data-result]")))
	for what, want := range map[string]string{"label": "invoice", "score": "91.2 %", "joules": "0.0312 J", "cost": "0.0000072 CNY", "grams": "0.0000048 g"} {
		if got := eval[string](b, `document.querySelector("[data-`+what+`]").textContent`); got != want {
			t.Errorf("%s is %q, want %q", what, got, want)
		}
	}
	if got := eval[string](b, `[...document.querySelectorAll("[data-scores] th")].map((e) => e.textContent).join("|")`); got != "invoice|stock|"+script {
		t.Errorf("labels are %q", got)
	}
	b.run(chromedp.SetValue(text, "fail"), chromedp.Click(chromedp.CSS("form[data-ask] .primary")), chromedp.WaitVisible(chromedp.CSS("[data-problem]")))
	if got := eval[string](b, `document.querySelector("[data-problem]").textContent`); got != "endpoint shop: its replica is not ready" {
		t.Errorf("the problem is %q", got)
	}
	b.run(chromedp.Click(chromedp.CSS("#s-python-tab")), chromedp.WaitVisible(chromedp.CSS(`[aria-labelledby="s-python-tab"] pre`)))
	if !eval[bool](b, `document.querySelector('[aria-labelledby="s-curl-tab"]').hidden`) {
		t.Error("two tabs are open")
	}
}

// A page of a job moves with the job: log, curves, progress, and its end.
func TestAJobIsFollowed(t *testing.T) {
	h := furnished(t)
	b := newBrowser(t, h)
	b.logIn(datahall.Admin)
	b.open("/jobs/" + h.running.ID)
	b.wait(`document.querySelectorAll("canvas").length === 4`)
	_, err := h.AppendEvents(h.ctx, h.running.ID, 1, []datahall.Event{
		{Seq: 10, Kind: datahall.LogEvent, Log: "a new line " + script},
		{Seq: 11, Kind: datahall.ProgressEvent, Progress: &datahall.Progress{Stage: datahall.Say("sealing %s rows", 7), Done: 399, Total: 400, Unit: "steps"}},
		{Seq: 12, Kind: datahall.MetricEvent, Points: []datahall.Point{{Step: 401, Name: "train_loss", Value: 0.1}, {Step: 401, Name: "queue_length", Value: 3}}}})
	h.must(err)
	b.wait(`document.querySelector("[data-log]").lastElementChild.textContent === ` + "`a new line " + strings.ReplaceAll(script, "`", "") + "`")
	b.wait(`document.querySelector("progress").value === 399`)
	b.wait(`document.querySelectorAll("canvas").length === 5`) // what was not known has a chart of its own
	if got := eval[string](b, `document.title`); !strings.HasPrefix(got, "Job tickets") {
		t.Errorf("the title is %q", got)
	}
	_, err = h.Transition(h.ctx, h.running.ID, nil, func(j *datahall.Job) error { j.State, j.Ended = datahall.Done, time.Now(); return nil }, datahall.Event{})
	h.must(err)
	b.wait(`document.readyState === "complete" && !document.querySelector("[data-stream]")`)
	if said := b.said(); len(said) > 0 {
		t.Errorf("the console says %q", said)
	}
}

func TestCurvesAreReadZoomedAndHidden(t *testing.T) {
	h := sharedHall(t)
	b := newBrowser(t, h)
	b.logIn(datahall.Admin)
	b.open("/models/shop@1")
	b.wait(`document.querySelectorAll("canvas").length === 4`)
	reading := `document.querySelector(".reading").hidden ? "" : document.querySelector(".reading").innerText`
	b.run(chromedp.Focus(chromedp.CSS("canvas")), chromedp.KeyEvent(kb.ArrowRight))
	if got := eval[string](b, reading); !strings.HasPrefix(got, "step 1\n") || !strings.Contains(got, "training 3.") {
		t.Errorf("the first step reads %q", got)
	}
	b.run(chromedp.KeyEvent("+"))
	if eval[bool](b, `document.querySelector(".controls button").hidden`) {
		t.Error("zoomed, there is no way back")
	}
	b.run(chromedp.KeyEvent("0"))
	if !eval[bool](b, `document.querySelector(".controls button").hidden`) {
		t.Error("all is shown, and there is still a way back")
	}
	drawn := `document.querySelector("canvas").toDataURL()`
	b.run(chromedp.KeyEvent(kb.Escape))
	before := eval[string](b, drawn)
	b.run(chromedp.Click(chromedp.CSS(".legend button")))
	if eval[string](b, drawn) == before || eval[string](b, `document.querySelector(".legend button").getAttribute("aria-pressed")`) != "false" {
		t.Error("a curve that was hidden is still drawn")
	}
	b.run(chromedp.Click(chromedp.CSS(".legend button")))
	eval[bool](b, `const s = document.querySelector(".controls input"); s.value = 0.9; s.dispatchEvent(new Event("input")); true`)
	if eval[string](b, drawn) == before {
		t.Error("smoothing changes nothing")
	}
	if got := eval[string](b, `document.querySelector("[data-sortable] th:nth-child(4) button").click(); const f = [...document.querySelectorAll("[data-sortable] tbody tr")].map((r) => +r.cells[3].textContent); f.every((v, i) => !i || f[i - 1] >= v) ? "sorted" : f.join(" ")`); got != "sorted" {
		t.Errorf("sorted by F1: %s", got)
	}
}

func TestTheSavedReportOpensFromADisk(t *testing.T) {
	h := sharedHall(t)
	for _, name := range []string{"shop@1", "evil@1", "bank@1"} {
		_, text, _ := h.get("/models/"+name+"/report.html", "zh-CN", datahall.Viewer)
		file := filepath.Join(t.TempDir(), "report.html")
		h.must(os.WriteFile(file, []byte(text), 0o600))
		b := newBrowser(t, h)
		address := (&url.URL{Scheme: "file", Path: file}).String()
		b.run(chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("main")))
		if name == "shop@1" {
			b.wait(`document.querySelectorAll("canvas").length === 4`)
		}
		if got := eval[int](b, `document.querySelectorAll("button.sort").length`); got != 5 {
			t.Errorf("%s: %d columns can be sorted", name, got)
		}
		if got := eval[string](b, `getComputedStyle(document.querySelector(".card")).borderRadius`); got != "8px" {
			t.Errorf("%s: its style is missing: %q", name, got)
		}
		if got := eval[string](b, `document.title`); got != name+" · Datahall" {
			t.Errorf("%s: the title is %q", name, got)
		}
		if said := b.said(); len(said) > 0 {
			t.Errorf("%s: the console says %q", name, said)
		}
		for _, request := range b.requests {
			if request != address && request != "about:blank" {
				t.Errorf("%s asks for %s", name, request)
			}
		}
	}
}

func TestPagesWorkWithoutScripts(t *testing.T) {
	h := sharedHall(t)
	b := newBrowser(t, h)
	b.logIn(datahall.Developer)
	_, err := chromedp.Call(b.Context, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: h.url + "/static/*.js", Block: true}}})
	h.must(err)
	b.open("/endpoints/shop")
	b.run(chromedp.SetValue(chromedp.CSS("#text"), "where"), chromedp.Click(chromedp.CSS("form[data-ask] .primary")), chromedp.WaitVisible(chromedp.CSS("[data-label]")))
	label, err := chromedp.Run(b.Context, chromedp.Text(chromedp.CSS("[data-label]")))
	h.must(err)
	if label != "invoice" {
		t.Errorf("the answer is %q", label)
	}
	b.open("/models/shop@1")
	b.run(chromedp.WaitVisible(chromedp.CSS(".chart svg.still")))
}

// TestFirstPaint prints how long pages take; it holds nobody to it, since
// machines differ.
func TestFirstPaint(t *testing.T) {
	h := sharedHall(t)
	b := newBrowser(t, h)
	b.logIn(datahall.Admin)
	for _, path := range []string{"/", "/", "/datasets/shop@1", "/jobs/" + h.trained.ID, "/models/shop@1", "/models/bank@1", "/endpoints/shop"} {
		b.open(path)
		b.wait(`performance.getEntriesByName("first-contentful-paint").length > 0`)
		timing := eval[[]float64](b, `[performance.getEntriesByType("navigation")[0].responseEnd, performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.getEntriesByType("navigation")[0].transferSize]`)
		t.Logf("%-28s answered after %.0f ms, first paint after %.0f ms, %.0f kB", path, timing[0], timing[1], timing[2]/1000)
	}
}
