package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"datahall"
)

// routes lists what the hall answers to: from the API's document, and the
// streams, protocols and pages that are not in it.
func (h *testHall) routes() [][2]string {
	h.t.Helper()
	_, body := h.request("GET", "/api/v1/openapi.json", h.Key)
	var doc struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		h.t.Fatal(err)
	}
	var list [][2]string
	for path, methods := range doc.Paths {
		for method := range methods {
			list = append(list, [2]string{strings.ToUpper(method), strings.NewReplacer("{", "", "}", "").Replace(path)})
		}
	}
	if len(list) < 20 {
		h.t.Fatalf("the document has %d routes", len(list))
	}
	for _, r := range []string{"POST /api/v1/blobs", "GET /api/v1/datasets/x/files/rows.jsonl", "GET /api/v1/models/x/files/config.json",
		"GET /api/v1/jobs/x/files/y", "GET /api/v1/jobs/x/stream", "GET /api/v1/work/inputs/x", "PUT /api/v1/work/files/x",
		"POST /endpoints/x/predict", "POST /endpoints/x/embed", "GET /endpoints/x/info", "GET /endpoints/x/health", "GET /endpoints/x/nothing",
		"GET /", "GET /datasets", "GET /models", "GET /jobs", "GET /endpoints", "GET /usage", "GET /nothing", "GET /api/v1/openapi.json", "GET /api/v1/openapi.yaml"} {
		method, path, _ := strings.Cut(r, " ")
		list = append(list, [2]string{method, path})
	}
	return list
}

func (h *testHall) request(method, path, key string) (status int, body string) {
	h.t.Helper()
	req, err := http.NewRequest(method, h.URL+path, strings.NewReader("{}"))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, string(b)
}

func TestNoRouteAnswersWithoutAKeyOrWithAnothersKey(t *testing.T) {
	h := newHall(t)
	viewer, err := h.CreateKey(t.Context(), datahall.NewKey{Name: "v", Role: datahall.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := h.CreateKey(t.Context(), datahall.NewKey{Name: "c", Role: datahall.Caller, Endpoint: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range h.routes() {
		for _, key := range []string{"", "dh_wrong", viewer.Secret + "x", "dw_" + strings.Repeat("0", 40)} {
			if status, body := h.request(r[0], r[1], key); status != http.StatusUnauthorized {
				t.Errorf("%s %s with key %.6q answers %d: %.80s", r[0], r[1], key, status, body)
			}
		}
		if strings.HasPrefix(r[1], "/api/v1/openapi") {
			continue // the document is for everybody with a key
		}
		if status, body := h.request(r[0], r[1], caller.Secret); status < 400 {
			t.Errorf("%s %s answers an endpoint's key with %d: %.80s", r[0], r[1], status, body)
		}
		if r[0] == "GET" {
			continue
		}
		if status, body := h.request(r[0], r[1], viewer.Secret); status < 400 && r[1] != "/api/v1/logins" {
			t.Errorf("%s %s answers a viewer with %d: %.80s", r[0], r[1], status, body)
		}
	}
	if err := h.Alive(t.Context()); err != nil {
		t.Error("a route without a key ended the hall:", err)
	}
}

func TestAForeignHostNameIsRefused(t *testing.T) {
	h := newHall(t)
	req, err := http.NewRequest("GET", h.URL+"/api/v1/jobs", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.Key)
	req.Host = "evil.example:7077"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("answers %d", resp.StatusCode)
	}
}

func TestACookieCountsForOurOwnPagesOnly(t *testing.T) {
	h := newHall(t)
	for name, c := range map[string]struct {
		site, origin string
		want         int
	}{
		"our page":      {"same-origin", h.URL, http.StatusBadRequest}, // let through: the body is empty
		"another site":  {"cross-site", "http://evil.example", http.StatusUnauthorized},
		"an old client": {"", "http://evil.example", http.StatusUnauthorized},
	} {
		req, err := http.NewRequest("POST", h.URL+"/api/v1/keys", strings.NewReader(`{"name":""}`))
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: "datahall_session", Value: h.Key})
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Sec-Fetch-Site", c.site)
		req.Header.Set("Origin", c.origin)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: answers %d, want %d", name, resp.StatusCode, c.want)
		}
	}
}
