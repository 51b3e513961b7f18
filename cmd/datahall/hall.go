package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"

	"datahall"
	"datahall/client"
	"datahall/cluster/control"
	"datahall/cluster/engine/local"
	"datahall/cluster/work"
	"datahall/flow/serve"
	"datahall/numeric/kernel"
	"datahall/phrase"
	"datahall/store"
	"datahall/trust/seal"
	"datahall/web/api"
	"datahall/web/door"
	"datahall/web/protocol/tei"
)

// defaultAddress is where a hall listens unless told otherwise.
const defaultAddress = "127.0.0.1:7077"

// rest is how long a background hall waits for work before it ends by itself.
const rest = 10 * time.Minute

// hall is a running hall.
type hall struct {
	home       home
	background bool
	out        io.Writer
	lang       phrase.Language

	lock    *os.File
	store   *store.Store
	control *control.Controller
	router  *serve.Router
	about   datahall.Hall
	stop    context.CancelFunc

	mu     sync.Mutex
	logins map[string]login // one-time links, by token
	last   time.Time        // when somebody asked something
}

// takeLock makes this process the only hall of its home. A background hall
// makes way for one in the foreground.
func (h *hall) takeLock(ctx context.Context) error {
	f, err := os.OpenFile(h.home.path("hall.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return client.NoHome(string(h.home), err)
	}
	h.lock = f
	if tryLock(f) {
		return nil
	}
	address, _ := client.ReadAddress(h.home.path(client.AddressFile))
	if h.background || !address.Background {
		return datahall.Errorf(datahall.Conflict, "home %s: a hall runs there already (process %s, %s); use it, or end it with datahall stop", string(h.home), address.PID, address.URL)
	}
	if c, err := client.Local(string(h.home)); err == nil {
		c.Stop(ctx) //nolint:errcheck // the lock tells whether it worked
	}
	for range 300 {
		if tryLock(f) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return datahall.Errorf(datahall.Conflict, "home %s: the hall in the background (process %s) does not end; end it with datahall stop", string(h.home), address.PID)
}

// open opens the stores and puts the controller on them.
func (h *hall) open(ctx context.Context) error {
	key, err := h.home.masterKey()
	if err != nil {
		return err
	}
	if h.store, err = store.Open(ctx, string(h.home), key, time.Now); err != nil {
		return err
	}
	if err := h.adminKey(ctx); err != nil {
		return err
	}
	binary, _, err := h.home.settle()
	if err != nil {
		return err
	}
	if h.about.Meter, err = loadMeter(ctx, h.store); err != nil {
		return err
	}
	h.router = serve.New(askReplica, h.store, serve.Limits{InFlight: 1024, Wait: 30 * time.Second})
	s := h.store
	h.control = control.New(control.Config{
		Stores: control.Stores{Projects: s, Keys: s, Jobs: s, Attempts: s, Events: s, Files: s, Datasets: s, Models: s,
			Endpoints: s, Runs: s, Points: s, Ledger: s, Settings: s, Blobs: s.Blobs()},
		Engine: local.Engine{Binary: binary, Args: []string{"work"}, Log: h.home.path("logs", "work.log")},
		Scratch: control.Scratch{
			Path:   func(job string) string { return h.home.path("scratch", job) },
			Remove: func(job string) error { return os.RemoveAll(h.home.path("scratch", job)) },
			Leftover: func(job string, key [32]byte, attempt int) []datahall.Event {
				return work.Leftover(h.home.path("scratch", job), seal.Key(key), attempt)
			},
		},
		URL: h.about.URL, Find: h.home.path(client.AddressFile), CPUs: runtime.NumCPU(), Meter: h.meter, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(h.logFile(), nil)),
		Replica: func(endpoint string, ready *datahall.ReplicaReady) {
			if ready == nil {
				h.router.Drop(endpoint)
				return
			}
			h.router.Set(endpoint, *ready)
		},
	})
	return nil
}

func (h *hall) logFile() io.Writer {
	f, err := os.OpenFile(h.home.path("logs", "hall.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return os.Stderr
	}
	return f
}

// adminKey makes the one key of a new hall; commands on this machine find it
// in the home folder.
func (h *hall) adminKey(ctx context.Context) error {
	path := h.home.path(client.AdminKeyFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	name := "admin"
	_, secret, err := h.store.CreateKey(ctx, datahall.Key{Name: name, Role: datahall.Admin, Project: datahall.DefaultProject})
	if datahall.KindOf(err) == datahall.Conflict { // the file was lost: the old key goes
		err = h.store.DeleteKey(ctx, datahall.DefaultProject, name)
		if err == nil {
			_, secret, err = h.store.CreateKey(ctx, datahall.Key{Name: name, Role: datahall.Admin, Project: datahall.DefaultProject})
		}
	}
	if err != nil {
		return err
	}
	return writeFile(path, []byte(secret+"\n"))
}

// listen takes the address asked for; where none was, the port of the last
// time, the default one, or any that is free.
func (h *hall) listen(addr string) (net.Listener, error) {
	if addr != "" {
		if err := onlyLoopback(addr); err != nil {
			return nil, err
		}
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, datahall.Errorf(datahall.Unavailable, "address %s: cannot be listened on (%s); give another with --addr, or none to take a free port", addr, bare(err)).Because(err)
		}
		return l, nil
	}
	tries := []string{defaultAddress, "127.0.0.1:0"}
	var last struct{ Listen string }
	if b, err := os.ReadFile(h.home.path("listen.json")); err == nil && json.Unmarshal(b, &last) == nil && onlyLoopback(last.Listen) == nil {
		tries = append([]string{last.Listen}, tries...)
	}
	var err error
	for _, try := range tries {
		var l net.Listener
		if l, err = net.Listen("tcp", try); err == nil {
			return l, writeFile(h.home.path("listen.json"), fmt.Appendf(nil, "{\"listen\":%q}\n", l.Addr()))
		}
	}
	return nil, err
}

// onlyLoopback refuses to answer others without encryption.
func onlyLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return datahall.Errorf(datahall.Invalid, "address %q: not HOST:PORT; write it like %s", addr, defaultAddress)
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return datahall.Errorf(datahall.Invalid, "address %s: not of this machine alone, and this version speaks no TLS; listen on 127.0.0.1 and put a tunnel in front", addr)
}

// bare gives the fact of a network error without its address.
func bare(err error) string {
	if e, ok := errors.AsType[*os.SyscallError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// run is the life of a hall.
func (h *hall) run(ctx context.Context, addr string, started time.Time) error {
	ctx, h.stop = context.WithCancel(ctx)
	defer h.stop()
	l, err := h.listen(addr)
	if err != nil {
		return err
	}
	h.about = datahall.Hall{Version: version(), PID: os.Getpid(), URL: "http://" + l.Addr().String(), Home: string(h.home),
		Started: started, Background: h.background, CPU: kernel.Machine().Name, Cores: runtime.NumCPU(), Kernel: string(kernel.Current())}
	if err := h.open(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	defer h.store.Close()
	server := &http.Server{Handler: h.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	if err := h.publish(); err != nil {
		return err
	}
	defer h.unpublish()
	h.greet(ctx)
	decided := make(chan error, 1)
	go func() { decided <- h.control.Run(ctx) }()
	go h.keepCounts(ctx)
	if h.background {
		go h.restWhenIdle(ctx)
	}
	select {
	case <-ctx.Done():
	case err = <-served:
	case err = <-decided:
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(err, h.control.Stop(end))
	h.stop()
	server.Shutdown(end) //nolint:errcheck // streams of events are cut
	server.Close()
	return errors.Join(err, h.router.Flush(end))
}

// keepCounts writes what endpoints answered, a few times a second, and clears
// up in the store once an hour.
func (h *hall) keepCounts(ctx context.Context) {
	flush, sweep := time.NewTicker(250*time.Millisecond), time.NewTicker(time.Hour)
	defer flush.Stop()
	defer sweep.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			err = h.router.Flush(ctx)
		case <-sweep.C:
			_, err = h.store.Sweep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.control.Log.Error("keep", "error", err)
		}
	}
}

// publish tells commands on this machine where the hall is.
func (h *hall) publish() error {
	b, err := json.Marshal(client.Address{URL: h.about.URL, PID: h.about.PID, Version: h.about.Version, Background: h.background})
	if err != nil {
		return err
	}
	return writeFile(h.home.path(client.AddressFile), append(b, '\n'))
}

// unpublish takes the address away, unless a later hall has put its own there.
func (h *hall) unpublish() {
	path := h.home.path(client.AddressFile)
	if a, err := client.ReadAddress(path); err == nil && a.PID == h.about.PID {
		os.Remove(path) //nolint:errcheck // a stale address is noticed by whoever asks there
	}
}

// greet says where the pages are, with a link that opens them once.
func (h *hall) greet(ctx context.Context) {
	if h.background {
		return
	}
	link, err := h.login(ctx, datahall.Principal{Role: datahall.Admin, Project: datahall.DefaultProject})
	if err != nil {
		link = h.about.URL
	}
	fmt.Fprintln(h.out, phrase.Text(h.lang, "datahall %s on %s", h.about.Version, h.about.URL))
	fmt.Fprintln(h.out, phrase.Text(h.lang, "pages: %s (opens once; datahall login makes another)", link))
	fmt.Fprintln(h.out, phrase.Text(h.lang, "home: %s; Ctrl-C ends the hall, jobs go on", string(h.home)))
}

// restWhenIdle ends a background hall in which nothing ran or was asked.
func (h *hall) restWhenIdle(ctx context.Context) {
	h.touch()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(10 * time.Second):
		}
		if busy, err := h.control.Busy(ctx); busy || err != nil {
			h.touch()
		}
		h.mu.Lock()
		idle := time.Since(h.last)
		h.mu.Unlock()
		if idle > rest {
			h.stop()
			return
		}
	}
}

func (h *hall) touch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
}

// login is a link that opens the pages once: as whom, and until when.
type login struct {
	who   datahall.Principal
	until time.Time
}

// login makes a link that opens the pages once, within ten minutes.
func (h *hall) login(_ context.Context, who datahall.Principal) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	token := rand.Text()
	h.logins[token] = login{who, time.Now().Add(10 * time.Minute)}
	return h.about.URL + "/login?token=" + token, nil
}

// redeem turns the token of a link into the secret of a session, once.
func (h *hall) redeem(ctx context.Context, token string) (string, error) {
	h.mu.Lock()
	link, ok := h.logins[token]
	delete(h.logins, token)
	h.mu.Unlock()
	if !ok || time.Now().After(link.until) {
		return "", datahall.Errorf(datahall.Unauthorized, "login: this link was used or is too old; make another with datahall login")
	}
	return h.session(ctx, link.who, time.Time{})
}

// identify finds who shows a secret: a key, or the token of an attempt.
func (h *hall) identify(ctx context.Context, secret string) (datahall.Principal, error) {
	if secret == "" {
		return datahall.Principal{}, datahall.Errorf(datahall.Unauthorized, "request: no valid key came with it; send one as Authorization: Bearer KEY")
	}
	if seal.WellFormed(secret, seal.TokenHead) {
		_, job, err := h.store.AttemptByToken(ctx, secret)
		return datahall.Principal{Name: job.ID, Role: datahall.Worker, Project: job.Project, Job: job.ID}, err
	}
	h.touch()
	k, err := h.store.KeyBySecret(ctx, secret)
	return datahall.Principal{Key: k.ID, Name: k.Name, Role: k.Role, Project: k.Project, Endpoint: k.Endpoint}, err
}

// handler joins all doors behind one guard.
func (h *hall) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "alive\n") }) //nolint:errcheck // the caller is gone
	routes := &api.API{Control: h.control, Router: h.router, Hall: h.hall, Stop: h.stop,
		Login: h.login, SetMeter: h.setMeter}
	routes.Register(mux, h.about.Version)
	h.pages().Register(mux)
	(&tei.Door{Endpoints: h.store, Models: h.store, Router: h.router, Version: h.about.Version}).Register(mux)
	return door.Guard(h.identify, nil, mux)
}
