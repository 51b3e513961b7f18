package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"datahall"
	"datahall/client"
)

// The pages of a real hall, as a browser with a one-time link sees them.
func TestALinkShowsTheHallsPages(t *testing.T) {
	h := newHall(t)
	h.follow("import", datahall.ImportSpec{Name: "tickets", Source: "tickets.csv", Blob: h.upload(tickets)})
	link, err := h.Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	see := func(address string) (int, string) {
		t.Helper()
		req, _ := http.NewRequest("GET", address, nil)
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Accept-Language", "zh-CN")
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	if status, text := see(link); status != 200 || !strings.Contains(text, "tickets@1") || !strings.Contains(text, "总览") {
		t.Fatalf("the link leads to %d: %s", status, text)
	}
	for path, want := range map[string]string{"/datasets/tickets": "tickets.csv", "/jobs": "导入数据", "/usage": "J", "/models": "还没有模型", "/endpoints/none": "没有找到", "/datasets/tickets/rows.jsonl": `"label"`} {
		if _, text := see(h.URL + path); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q: %s", path, want, text)
		}
	}
	out, err := browser.PostForm(h.URL+"/login/end", nil)
	if err != nil {
		t.Fatal(err)
	}
	out.Body.Close()
	if _, text := see(h.URL + "/datasets/tickets"); !strings.Contains(text, `name="key"`) {
		t.Errorf("after leaving: %s", text)
	}
}

func TestKeysOpenThePagesToThoseWhoRead(t *testing.T) {
	h := newHall(t)
	admin, err := os.ReadFile(h.home + "/" + client.AdminKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	caller, err := h.CreateKey(t.Context(), datahall.NewKey{Name: "app", Endpoint: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int{string(admin): 303, caller.Secret: 403, "dh_nothing": 401, "": 401} {
		browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := browser.PostForm(h.URL+"/login", url.Values{"key": {key}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || (len(resp.Cookies()) > 0) != (want == 303) {
			t.Errorf("%.6s answers %d with %d cookies, want %d", key, resp.StatusCode, len(resp.Cookies()), want)
		}
	}
}
