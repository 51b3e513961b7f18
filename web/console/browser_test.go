package console_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"datahall"
	"datahall/web/door"
)

// browser is a real one, that looks at the pages of a hall.
type browser struct {
	context.Context
	t        testing.TB
	h        *hall
	look     look
	mu       sync.Mutex
	problems []string // what its console said
	requests []string
}

// chromium finds the browser; a test without one is skipped.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium on this machine; install it (apt install chromium) to run what drives the pages")
	return ""
}

// newBrowser opens a tab without cookies.
func newBrowser(t testing.TB, h *hall) *browser {
	t.Helper()
	path := chromium(t)
	shared.browser.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
		alloc, end := chromedp.NewExecAllocator(context.Background(), options...)
		shared.ends = append(shared.ends, end)
		shared.ctx, end = chromedp.NewContext(alloc)
		shared.ends = append(shared.ends, end)
		if err := chromedp.Do(shared.ctx); err != nil {
			t.Fatal(err)
		}
	})
	ctx, end := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	b := &browser{Context: ctx, t: t, h: h}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.size(1280, 900)
	return b
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.problems = append(b.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, "console: "+string(e.Type))
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

// said takes what the console said since the last time.
func (b *browser) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.problems
	b.problems = nil
	return said
}

// run runs actions, within a time that only what hangs needs.
func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.Context, time.Minute)
	defer end()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// log in shows a key's cookie, as a login leaves it.
func (b *browser) logIn(role datahall.Role) {
	b.t.Helper()
	b.cookie(door.Cookie, b.h.keys[role])
}

func (b *browser) cookie(name, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.Context, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.h.url, SameSite: network.CookieSameSiteStrict})
	b.h.must(err)
}

// size is that of a screen; narrow ones are phones.
func (b *browser) size(width, height int64) {
	b.t.Helper()
	if width < 500 {
		b.run(chromedp.EmulateViewport(width, height, chromedp.EmulateMobile))
		return
	}
	b.run(chromedp.EmulateViewport(width, height))
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.h.url+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// eval asks the page a question.
func eval[T any](b *browser, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.Context, chromedp.Evaluate[T](script))
	b.h.must(err)
	return v
}

// wait runs until a condition of the page holds.
func (b *browser) wait(condition string) {
	b.t.Helper()
	for range 300 {
		// While another page is on its way, there is nobody to ask.
		if holds, err := chromedp.Run(b.Context, chromedp.Evaluate[bool](condition)); err == nil && holds {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatalf("never: %s", condition)
}

// TestScreenshots writes pictures of all pages to the folder that
// DATAHALL_SCREENSHOTS names, for people to look at and for the documents.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("DATAHALL_SCREENSHOTS")
	if folder == "" {
		t.Skip("DATAHALL_SCREENSHOTS names no folder for pictures")
	}
	only := os.Getenv("DATAHALL_SCREENSHOTS_ONLY") // part of a name
	full, empty := sharedHall(t), newHall(t)
	b := newBrowser(t, full)
	pages := full.pages()
	pages["not found"] = "/nothing/here"
	for _, l := range []look{{"en", "light", 1280, 900}, {"zh-CN", "dark", 1280, 900}, {"zh-CN", "light", 390, 844}, {"en", "dark", 390, 844}} {
		for name, path := range pages {
			b.photograph(full, l, folder, only, name, path)
		}
		for name, path := range map[string]string{"empty": "/", "empty models": "/models", "empty jobs": "/jobs"} {
			b.photograph(empty, l, folder, only, name, path)
		}
	}
}

// look is a reader's choice of language and colours, and the screen.
type look struct {
	lang, theme   string
	width, height int64
}

func (b *browser) photograph(h *hall, l look, folder, only, name, path string) {
	b.t.Helper()
	file := strings.ReplaceAll(name, " ", "-") + "-" + l.lang + "-" + l.theme
	if l.width < 500 {
		file += "-phone"
	}
	if !strings.Contains(file, only) {
		return
	}
	if b.h != h || b.look != l {
		b.h, b.look = h, l
		b.logIn(datahall.Admin)
		b.cookie(door.LanguageCookie, l.lang)
		b.cookie("datahall_theme", l.theme)
		b.size(l.width, l.height)
	}
	b.open(path)
	if name == "endpoint" {
		b.run(chromedp.Click(chromedp.CSS("[data-fill]")), chromedp.WaitVisible(chromedp.CSS("[data-result]")))
	}
	time.Sleep(50 * time.Millisecond)
	b.picture(filepath.Join(folder, file+".png"))
}

func (b *browser) picture(file string) {
	b.t.Helper()
	beyond := true
	shot, err := chromedp.Call(b.Context, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
	b.h.must(err)
	b.h.must(os.WriteFile(file, shot.Data, 0o644))
}
