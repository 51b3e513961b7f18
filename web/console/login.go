package console

import (
	"net/http"
	"net/url"
	"strings"

	"datahall"
	"datahall/phrase"
	"datahall/web/door"
)

// loginPage is what the login shows.
type loginPage struct {
	Problem string
	URL     string
}

// login explains how to get in, and lets those in who come by a one-time link.
func (c *Console) login(v *visit) error {
	token := v.URL.Query().Get("token")
	if token == "" {
		return v.show("", "login", phrase.Text(v.lang, "Log in"), loginPage{URL: c.Hall().URL})
	}
	secret, err := c.Redeem(v.Context(), token)
	if err != nil {
		return v.refuseLogin(err)
	}
	v.begin(secret)
	return nil
}

// enter lets those in who show a key.
func (c *Console) enter(v *visit) error {
	v.Body = http.MaxBytesReader(v.w, v.Body, 16<<10)
	secret, err := c.Enter(v.Context(), strings.TrimSpace(v.PostFormValue("key")))
	if err != nil {
		return v.refuseLogin(err)
	}
	v.begin(secret)
	return nil
}

func (v *visit) refuseLogin(err error) error {
	p := door.ProblemOf(v.lang, err)
	return v.render(p.Status, "", "login", phrase.Text(v.lang, "Log in"), loginPage{p.Detail, v.c.Hall().URL})
}

// begin gives the browser its session.
func (v *visit) begin(secret string) {
	v.setCookie(door.Cookie, secret, 0, true)
	http.Redirect(v.w, v.Request, "/", http.StatusSeeOther)
}

// leave ends the session.
func (c *Console) leave(v *visit) error {
	if session, err := v.Cookie(door.Cookie); err == nil {
		if err := c.Leave(v.Context(), session.Value); err != nil && datahall.KindOf(err) != datahall.Unauthorized {
			return err
		}
	}
	v.setCookie(door.Cookie, "", -1, true)
	http.Redirect(v.w, v.Request, "/login", http.StatusSeeOther)
	return nil
}

// prefer remembers language and colours, and goes back to where the reader was.
func (c *Console) prefer(v *visit) error {
	v.Body = http.MaxBytesReader(v.w, v.Body, 16<<10)
	if lang := v.PostFormValue("language"); lang != "" {
		v.setCookie(door.LanguageCookie, string(phrase.Parse(lang)), year, false)
	}
	if theme := v.PostFormValue("theme"); theme == "light" || theme == "dark" || theme == "system" {
		v.setCookie(themeCookie, theme, year, false)
	}
	http.Redirect(v.w, v.Request, ownPath(v.PostFormValue("back")), http.StatusSeeOther)
	return nil
}

// year is how long a choice is remembered, in seconds.
const year = 365 * 24 * 60 * 60

// setCookie sets a cookie of our own pages. Age, in seconds, is 0 for one that
// lasts as long as the browser and negative to delete. On an encrypted way it
// stays on it.
func (v *visit) setCookie(name, value string, age int, hidden bool) {
	http.SetCookie(v.w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: hidden,
		SameSite: http.SameSiteStrictMode, Secure: v.TLS != nil})
}

// ownPath is a path of this hall, and the start of it where one is given that
// leads elsewhere.
func ownPath(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) {
		return "/"
	}
	return u.RequestURI()
}
