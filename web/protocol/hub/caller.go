package hub

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"datahall"
)

// fruitless is how many tries in a row may bring nothing before that is an error.
const fruitless = 6

// repoRule is a hub's ORG/NAME.
var repoRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$`)

// caller asks one hub.
type caller struct {
	Options
	base   *url.URL
	client http.Client
}

func newCaller(o Options) (*caller, error) {
	address := strings.TrimRight(cmp.Or(o.Base, Base), "/")
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, datahall.Errorf(datahall.Invalid, "hub %q: not the address of one; give HF_ENDPOINT as https://HOST", short(address))
	}
	if !repoRule.MatchString(o.Repo) {
		return nil, datahall.Errorf(datahall.Invalid, "repository %q: not ORG/NAME; write it as on the hub", short(o.Repo))
	}
	o.Silence, o.Pause = cmp.Or(o.Silence, 30*time.Second), cmp.Or(o.Pause, time.Second)
	c := &caller{Options: o, base: base}
	if o.Client != nil {
		c.client = *o.Client
	}
	c.client.CheckRedirect = redirect
	return c, nil
}

// redirect follows the hub to where its files lie, without the token.
func redirect(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > 10:
		return errors.New("more than 10 redirects")
	case req.URL.Scheme != "https" && req.URL.Scheme != first.Scheme:
		return errors.New("a redirect from https to " + req.URL.Scheme)
	}
	if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
		req.Header.Del("Authorization")
	}
	return nil
}

// get asks for a route. The answer's body ends when nothing came for too long.
func (c *caller) get(ctx context.Context, route string, header http.Header) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(c.Silence, func() { cancel(errSilent) })
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.base.String(), "/")+route, nil)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "datahall")
	req.Header.Set("Accept-Encoding", "identity") // digests and ranges are of the plain bytes
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		watch.Stop()
		defer cancel(nil)
		return nil, cmp.Or(silent(ctx), err)
	}
	resp.Body = &watched{resp.Body, ctx, cancel, watch, c.Silence}
	return resp, nil
}

var errSilent = errors.New("it does not answer")

func silent(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return nil
}

// watched is a body whose every read puts off its end.
type watched struct {
	io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	watch   *time.Timer
	silence time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	w.watch.Reset(w.silence)
	n, err := w.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = cmp.Or(silent(w.ctx), err)
	}
	return n, err
}

func (w *watched) Close() error {
	w.watch.Stop()
	w.cancel(nil)
	return w.ReadCloser.Close()
}

// later is a refusal that another try may not meet.
type later struct {
	error
	after time.Duration // as the server asks; 0: it does not say
}

// persist tries until it is done, until the refusal is final, or until several
// tries in a row brought nothing. try says whether it came nearer.
func (c *caller) persist(ctx context.Context, try func(context.Context) (bool, error)) error {
	vain, pause := 0, c.Pause
	for {
		nearer, err := try(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, final := errors.AsType[*datahall.Error](err); final {
			return err
		}
		if nearer {
			vain, pause = 0, c.Pause
		}
		if vain++; vain == fruitless {
			return c.away(err)
		}
		wait := pause
		if l, ok := errors.AsType[later](err); ok {
			wait = min(max(wait, l.after), 64*c.Pause)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(wait):
		}
		pause = min(2*pause, 32*c.Pause)
	}
}

// away says that the hub cannot be had.
func (c *caller) away(err error) error {
	reason := err.Error()
	if u, ok := errors.AsType[*url.Error](err); ok {
		reason = u.Err.Error() // without the address, which may be long and signed
	}
	return datahall.Errorf(datahall.Unavailable, "hub %s: cannot be had (%s); check the network or set HF_ENDPOINT to a mirror, and run it again: it goes on where it ended", c.base.Host, short(reason)).Because(err)
}

// refused says what a status of the hub means. file is "" for the listing.
func (c *caller) refused(resp *http.Response, file string) error {
	code := resp.Header.Get("X-Error-Code")
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return later{errors.New(resp.Status), time.Duration(max(0, min(seconds, 3600))) * time.Second}
	case code == "RevisionNotFound":
		return datahall.Errorf(datahall.NotFound, "repository %s: has no revision %s; see its page for branches and tags", c.Repo, cmp.Or(c.Revision, "main"))
	case status == http.StatusForbidden, code == "GatedRepo":
		return datahall.Errorf(datahall.Denied, "repository %s: its owner wants something agreed to first; agree on its page, download the files there and bring the folder with datahall model import", c.Repo)
	case status == http.StatusUnauthorized:
		return datahall.Errorf(datahall.NotFound, "repository %s: not there, private or only for those who agreed to its terms; check the name, or download the files by hand and bring the folder with datahall model import", c.Repo)
	case status == http.StatusNotFound && file != "":
		return datahall.Errorf(datahall.NotFound, "repository %s: the hub lists %s but does not have it; use another mirror", c.Repo, file)
	case status == http.StatusNotFound:
		return datahall.Errorf(datahall.NotFound, "repository %s: no such repository or revision %s; check both on the hub's page", c.Repo, cmp.Or(c.Revision, "main"))
	}
	return datahall.Errorf(datahall.Unavailable, "hub %s: answers %s; check that HF_ENDPOINT is a hub or a mirror of it", c.base.Host, resp.Status)
}
