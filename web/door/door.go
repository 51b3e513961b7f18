package door

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"datahall"
	"datahall/phrase"
)

// Cookie is the name of the cookie of a login.
const Cookie = "datahall_session"

// LanguageCookie holds the language that a reader of the pages chose.
const LanguageCookie = "datahall_language"

// Open lists the paths that need no key: alive or not, the login, and what
// makes the login page look like ours. A path that ends in / stands for what
// is below it.
var Open = []string{"/healthz", "/login", "/login/", "/static/"}

// Identify finds who shows a secret.
type Identify func(ctx context.Context, secret string) (datahall.Principal, error)

type contextKey int

const (
	whoKey contextKey = iota
	languageKey
)

// Who gives the principal of a guarded request.
func Who(ctx context.Context) datahall.Principal {
	p, _ := ctx.Value(whoKey).(datahall.Principal)
	return p
}

// Language gives the reader's language.
func Language(ctx context.Context) phrase.Language {
	if l, ok := ctx.Value(languageKey).(phrase.Language); ok {
		return l
	}
	return phrase.English
}

// Project gives the project that a request is about: the asker's own.
func Project(ctx context.Context) string {
	if p := Who(ctx).Project; p != "" && p != datahall.AnyProject {
		return p
	}
	return datahall.DefaultProject
}

// Guard wraps all that the hall serves. hosts are the names, besides
// addresses of loopback, under which it may be asked (against DNS rebinding).
func Guard(identify Identify, hosts []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header(w)
		r = r.WithContext(context.WithValue(r.Context(), languageKey, languageOf(r)))
		if !knownHost(r.Host, hosts) {
			Refuse(w, r, datahall.Errorf(datahall.Denied, "host %q: not a name of this hall; ask it as 127.0.0.1 or localhost", r.Host))
			return
		}
		if isOpen(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		who, err := identify(r.Context(), secretOf(r))
		if err == nil && who.Role != "" {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), whoKey, who)))
			return
		}
		if isPage(r) {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		}
		if err == nil || datahall.KindOf(err) == datahall.Unauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="datahall"`)
			err = datahall.Errorf(datahall.Unauthorized, "request: no valid key came with it; send one as Authorization: Bearer KEY").Because(err)
		}
		Refuse(w, r, err)
	})
}

// header sets what protects every answer.
func header(w http.ResponseWriter) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // without one, forms of our own pages would say that their origin is null
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
}

func isOpen(path string) bool {
	return slices.ContainsFunc(Open, func(open string) bool {
		return path == open || strings.HasSuffix(open, "/") && strings.HasPrefix(path, open)
	})
}

// secretOf finds the key of a request. A cookie counts only where the browser
// says that our own page asks, or that the reader typed the address.
func secretOf(r *http.Request) string {
	if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(secret)
	}
	c, err := r.Cookie(Cookie)
	if err != nil {
		return ""
	}
	site := r.Header.Get("Sec-Fetch-Site")
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	sameOrigin := r.Header.Get("Origin") == "" || hostOnly(r.Header.Get("Origin")) == hostOnly(r.Host)
	if site == "cross-site" || site == "same-site" || !safe && !sameOrigin {
		return ""
	}
	return c.Value
}

func isPage(r *http.Request) bool {
	below, ofEndpoint := strings.CutPrefix(r.URL.Path, "/endpoints/")
	return (r.Method == http.MethodGet || r.Method == http.MethodPost) && !strings.HasPrefix(r.URL.Path, "/api/") && !(ofEndpoint && strings.Contains(below, "/")) &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

func languageOf(r *http.Request) phrase.Language {
	if c, err := r.Cookie(LanguageCookie); err == nil {
		return phrase.Parse(c.Value)
	}
	return phrase.Parse(r.Header.Get("Accept-Language"))
}

// knownHost accepts addresses of loopback, localhost, and the names given.
func knownHost(host string, hosts []string) bool {
	name := hostOnly(host)
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsLoopback() || slices.Contains(hosts, name)
	}
	return name == "localhost" || slices.Contains(hosts, name)
}

// hostOnly strips scheme, port and brackets.
func hostOnly(host string) string {
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.Trim(host, "[]")
}

// Problem is the body of a refusal (RFC 9457), with the message as data so
// that a client can show it in its own reader's language.
type Problem struct {
	Title   string           `json:"title"`
	Status  int              `json:"status"`
	Detail  string           `json:"detail"`
	Code    datahall.Kind    `json:"code"`
	Message datahall.Message `json:"message"`
}

// ProblemOf tells an error in a language. What is our own fault is not told in
// detail.
func ProblemOf(lang phrase.Language, err error) Problem {
	kind, m := datahall.KindOf(err), datahall.MessageOf(err)
	if kind == datahall.Internal && m.Pattern == "%s" {
		m = datahall.Say("hall: a fault of ours; its log has the details")
	}
	status := kind.Status()
	return Problem{Title: http.StatusText(status), Status: status, Detail: phrase.In(lang, m), Code: kind, Message: m}
}

// Refuse answers with an error.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(Language(r.Context()), err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // the caller is gone
}
