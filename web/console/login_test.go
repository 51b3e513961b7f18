package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"datahall"
	"datahall/web/door"
)

// post sends a form as a page does; site is what the browser says of its origin.
func (h *hall) post(path string, form url.Values, role datahall.Role, site string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequest("POST", h.url+path, strings.NewReader(form.Encode()))
	h.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Sec-Fetch-Site", site)
	if role != "" {
		req.AddCookie(&http.Cookie{Name: door.Cookie, Value: h.keys[role]})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	h.must(err)
	resp.Body.Close()
	return resp
}

// cookie finds one that an answer sets.
func cookie(header http.Header, name string) *http.Cookie {
	for _, c := range (&http.Response{Header: header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestALinkOpensThePagesOnce(t *testing.T) {
	h := newHall(t)
	h.tokens["once"] = h.keys[datahall.Viewer]
	status, _, header := h.get("/login?token=once", "en", "")
	c := cookie(header, door.Cookie)
	if status != http.StatusSeeOther || header.Get("Location") != "/" || c == nil {
		t.Fatalf("answers %d to %q with %v", status, header.Get("Location"), c)
	}
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Value != h.keys[datahall.Viewer] {
		t.Errorf("the session's cookie is %+v", c)
	}
	status, text, header := h.get("/login?token=once", "zh-CN", "")
	if status != http.StatusUnauthorized || cookie(header, door.Cookie) != nil || !strings.Contains(text, "登录") || !strings.Contains(text, `role="alert"`) {
		t.Errorf("a second time it answers %d: %s", status, text)
	}
}

func TestAKeyIsExchangedForASession(t *testing.T) {
	h := newHall(t)
	good := h.post("/login", url.Values{"key": {" " + h.keys[datahall.Developer] + "\n"}}, "", "same-origin")
	if c := cookie(good.Header, door.Cookie); good.StatusCode != http.StatusSeeOther || c == nil || !c.HttpOnly {
		t.Errorf("a key answers %d with %v", good.StatusCode, c)
	}
	bad := h.post("/login", url.Values{"key": {"dh_none"}}, "", "same-origin")
	if c := cookie(bad.Header, door.Cookie); bad.StatusCode != http.StatusUnauthorized || c != nil {
		t.Errorf("no key answers %d with %v", bad.StatusCode, c)
	}
}

func TestLeavingEndsTheSession(t *testing.T) {
	h := newHall(t)
	if status, _, _ := h.get("/", "en", datahall.Developer); status != http.StatusOK {
		t.Fatalf("before: %d", status)
	}
	resp := h.post("/login/end", nil, datahall.Developer, "same-origin")
	if c := cookie(resp.Header, door.Cookie); resp.Header.Get("Location") != "/login" || c == nil || c.MaxAge >= 0 {
		t.Errorf("leads to %q with %v", resp.Header.Get("Location"), c)
	}
	if status, _, header := h.get("/", "en", datahall.Developer); status != http.StatusSeeOther || header.Get("Location") != "/login" {
		t.Errorf("after: %d", status)
	}
	if again := h.post("/login/end", nil, datahall.Developer, "same-origin"); again.StatusCode != http.StatusSeeOther {
		t.Errorf("leaving twice answers %d", again.StatusCode)
	}
}

func TestChoicesAreRememberedAndLeadBack(t *testing.T) {
	h := newHall(t)
	for back, want := range map[string]string{
		"/models?x=1": "/models?x=1", "": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "/%2f/evil": "/",
		"javascript:alert(1)": "/", "models": "/", "/jobs\r\nSet-Cookie: a=b": "/",
	} {
		resp := h.post("/login/preferences", url.Values{"theme": {"dark"}, "language": {"zh-CN"}, "back": {back}}, "", "same-origin")
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("back to %q leads to %q, want %q", back, got, want)
		}
		theme, lang := cookie(resp.Header, "datahall_theme"), cookie(resp.Header, door.LanguageCookie)
		if theme == nil || theme.Value != "dark" || lang == nil || lang.Value != "zh-CN" || lang.MaxAge < 1e6 {
			t.Errorf("remembers %v and %v", theme, lang)
		}
	}
	resp := h.post("/login/preferences", url.Values{"theme": {"pink"}}, "", "same-origin")
	if c := cookie(resp.Header, "datahall_theme"); c != nil {
		t.Errorf("a theme that is none is remembered as %v", c)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	h := furnished(t)
	for _, path := range []string{"/login", "/login/preferences", "/login/end", "/endpoints/shop", "/jobs/" + h.running.ID + "/cancel"} {
		resp := h.post(path, url.Values{"text": {"x"}, "theme": {"dark"}}, datahall.Admin, "cross-site")
		if toLogin := resp.StatusCode == http.StatusSeeOther && resp.Header.Get("Location") == "/login"; resp.StatusCode != http.StatusForbidden && !toLogin || len(resp.Cookies()) > 0 {
			t.Errorf("%s from another site answers %d to %q", path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	if j, err := h.Job(t.Context(), datahall.DefaultProject, h.running.ID); err != nil || j.Cancel {
		t.Errorf("the job was asked to end: %v, %v", j.Cancel, err)
	}
}
