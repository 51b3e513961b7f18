package hub

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"datahall"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// testHub is a hub of one repository. Faults are what a test sets.
type testHub struct {
	*httptest.Server
	mu      sync.Mutex
	files   map[string][]byte // in LFS where the name ends in .safetensors
	listing func() any        // nil: that of files
	fault   func(w http.ResponseWriter, r *http.Request) bool
	ranges  []string // of the requests for files
}

func newHub(t *testing.T, files map[string][]byte) *testHub {
	h := &testHub{files: files}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/models/org/tiny/revision/{revision}", h.list)
	mux.HandleFunc("GET /org/tiny/resolve/{revision}/{file...}", h.file)
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

func (h *testHub) list(w http.ResponseWriter, r *http.Request) {
	if h.fault != nil && h.fault(w, r) {
		return
	}
	if h.listing != nil {
		json.NewEncoder(w).Encode(h.listing())
		return
	}
	if rev := r.PathValue("revision"); rev != "main" && rev != "refs/pr/1" {
		w.Header().Set("X-Error-Code", "RevisionNotFound")
		w.WriteHeader(http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(listingOf(h.files))
}

func listingOf(files map[string][]byte) map[string]any {
	var siblings []map[string]any
	for name, content := range files {
		blob := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content))
		s := map[string]any{"rfilename": name, "size": len(content), "blobId": hex.EncodeToString(blob[:])}
		if strings.HasSuffix(name, ".safetensors") {
			sum := sha256.Sum256(content)
			s["lfs"] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "size": len(content), "pointerSize": 134}
			s["blobId"] = strings.Repeat("0", 40) // of the pointer
		}
		siblings = append(siblings, s)
	}
	return map[string]any{"sha": commit, "siblings": siblings, "private": false}
}

func (h *testHub) file(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.ranges = append(h.ranges, r.Header.Get("Range"))
	content, ok := h.files[r.PathValue("file")]
	h.mu.Unlock()
	if h.fault != nil && h.fault(w, r) {
		return
	}
	if !ok || r.PathValue("revision") != commit {
		http.NotFound(w, r)
		return
	}
	sum := sha256.Sum256(content)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// some are the files of a small repository.
func some() map[string][]byte {
	r := rand.New(rand.NewPCG(7, 7))
	large := make([]byte, 1_500_000)
	for i := range large {
		large[i] = byte(r.Uint32())
	}
	return map[string][]byte{"config.json": []byte(`{"model_type": "bert"}`), "model.safetensors": large,
		"1_Pooling/config.json": []byte("{}"), "empty.txt": nil, "pytorch_model.bin": []byte("\x80pickle")}
}

func (h *testHub) options() Options {
	return Options{Base: h.URL, Repo: "org/tiny", Pause: time.Millisecond, Silence: 5 * time.Second,
		Want: func(name string) bool { return !strings.HasSuffix(name, ".bin") }}
}

// into keeps partial files in a folder, as a job does.
func into(dir string) Sink {
	return func(revision, name string) (Partial, error) {
		path := filepath.Join(dir, revision, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	}
}

// holds fails where a folder has not exactly what is wanted of the files.
func holds(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		got, err := os.ReadFile(filepath.Join(dir, commit, filepath.FromSlash(name)))
		if strings.HasSuffix(name, ".bin") {
			if err == nil {
				t.Errorf("%s was fetched, nobody wants it", name)
			}
			continue
		}
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes, want %d; %v", name, len(got), len(content), err)
		}
	}
}

func TestARepositoryIsPulled(t *testing.T) {
	h := newHub(t, some())
	for _, revision := range []string{"", "main", "refs/pr/1"} {
		o, dir := h.options(), t.TempDir()
		o.Revision = revision
		last, total := int64(-1), int64(0)
		s, err := Pull(t.Context(), o, into(dir), func(done, all int64) {
			if done < last {
				t.Errorf("progress goes from %d back to %d", last, done)
			}
			last, total = done, all
		})
		if err != nil {
			t.Fatal(err)
		}
		holds(t, dir, h.files)
		if s.Revision != commit || len(s.Files) != 4 || len(s.Names) != 5 || last != total || total != s.Bytes() || s.Source != h.URL+"/org/tiny@"+commit {
			t.Errorf("got %+v, progress %d of %d", s, last, total)
		}
	}
}

func TestAMirrorMayLieBelowAPath(t *testing.T) {
	h := newHub(t, some())
	mirror := httptest.NewServer(http.StripPrefix("/hf", h.Config.Handler))
	defer mirror.Close()
	o, dir := h.options(), t.TempDir()
	o.Base = mirror.URL + "/hf/"
	if _, err := Pull(t.Context(), o, into(dir), nil); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, h.files)
}

// cutter panics in the middle of a body: the connection is closed.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p[:min(len(p), c.left)])
	if c.left -= n; c.left <= 0 {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// cut wraps a hub so that connections of the large file end after some bytes.
func (h *testHub) cut(t *testing.T, after func() int, strip ...string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range strip {
			r.Header.Del(name)
		}
		if strings.HasSuffix(r.URL.Path, ".safetensors") {
			w = &cutter{w, after()}
		}
		h.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestACutConnectionIsMadeAnewAndGoesOn(t *testing.T) {
	h := newHub(t, some())
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		cuts, bytes := 0, 0
		s := h.cut(t, func() int { cuts++; n := 1 + r.IntN(400_000); bytes += n; return n })
		o, dir := h.options(), t.TempDir()
		o.Base = s.URL
		if _, err := Pull(t.Context(), o, into(dir), nil); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, h.files)
		if cuts < 4 {
			t.Errorf("only %d connections", cuts)
		}
		if bytes > 2*len(h.files["model.safetensors"])+400_000 {
			t.Errorf("%d bytes were sent for %d", bytes, len(h.files["model.safetensors"]))
		}
	}
}

func TestAnotherPullGoesOnWhereOneWasStopped(t *testing.T) {
	h := newHub(t, some())
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	half := h.options()
	half.Base = h.cut(t, func() int { return 800_000 }).URL // so that it cannot be whole before it is stopped
	_, err := Pull(ctx, half, into(dir), func(done, _ int64) {
		if done > 700_000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	h.ranges = nil
	first := int64(-1)
	if _, err := Pull(t.Context(), h.options(), into(dir), func(done, _ int64) {
		if first < 0 && done > 1000 {
			first = done
		}
	}); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, h.files)
	if len(h.ranges) != 1 || !strings.HasPrefix(h.ranges[0], "bytes=") || first < 700_000 {
		t.Errorf("asked for %q, progress began at %d", h.ranges, first)
	}
	h.ranges = nil
	if _, err := Pull(t.Context(), h.options(), into(dir), nil); err != nil || len(h.ranges) != 0 {
		t.Errorf("what is whole is asked for again: %q %v", h.ranges, err)
	}
}

func TestAMirrorThatKnowsNoRanges(t *testing.T) {
	h := newHub(t, some())
	left := []int{500_000, 100_000, 1 << 30}
	s := h.cut(t, func() int { n := left[0]; left = left[1:]; return n }, "Range")
	o, dir := h.options(), t.TempDir()
	o.Base = s.URL
	if _, err := Pull(t.Context(), o, into(dir), nil); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, h.files)
	never := h.cut(t, func() int { return 1000 }, "Range")
	o.Base = never.URL
	if _, err := Pull(t.Context(), o, into(t.TempDir()), nil); datahall.KindOf(err) != datahall.Unavailable {
		t.Errorf("a mirror that never gets to the end: %v", err)
	}
}

func TestWhatAnEarlierPullLeftMayBeOfSomethingElse(t *testing.T) {
	h := newHub(t, some())
	for name, left := range map[string][]byte{"other bytes": make([]byte, 5000), "longer": make([]byte, 2_000_000), "as long": make([]byte, 1_500_000)} {
		dir := t.TempDir()
		f, err := into(dir)(commit, "model.safetensors")
		if err != nil {
			t.Fatal(err)
		}
		f.Write(left)
		f.Close()
		if _, err := Pull(t.Context(), h.options(), into(dir), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		holds(t, dir, h.files)
	}
}

// A file that changes while it is fetched is not glued together: If-Range
// brings it whole.
func TestAFileThatChangesIsFetchedFromTheStart(t *testing.T) {
	h := newHub(t, some())
	want := h.files["model.safetensors"]
	old := bytes.Repeat([]byte{1}, len(want))
	turn := 0
	s := h.cut(t, func() int {
		h.mu.Lock()
		defer h.mu.Unlock()
		if turn++; turn == 1 {
			h.files["model.safetensors"] = old
			return 600_000
		}
		h.files["model.safetensors"] = want
		return 1 << 30
	})
	o, dir := h.options(), t.TempDir()
	listing := listingOf(h.files)
	h.listing = func() any { return listing }
	o.Base = s.URL
	if _, err := Pull(t.Context(), o, into(dir), nil); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string][]byte{"model.safetensors": want})
	if turn != 2 {
		t.Errorf("%d connections, 2 are enough", turn)
	}
}

func TestBytesOfAnotherDigestOrLengthAreRefused(t *testing.T) {
	for _, name := range []string{"model.safetensors", "config.json"} {
		for change, edit := range map[string]func([]byte) []byte{
			"a bit":   func(b []byte) []byte { b = slices.Clone(b); b[3] ^= 1; return b },
			"shorter": func(b []byte) []byte { return b[:len(b)-1] },
			"longer":  func(b []byte) []byte { return append(slices.Clone(b), 0) },
		} {
			h := newHub(t, some())
			listing := listingOf(h.files)
			h.listing = func() any { return listing }
			h.files[name] = edit(h.files[name])
			_, err := Pull(t.Context(), h.options(), into(t.TempDir()), nil)
			if datahall.KindOf(err) != datahall.Invalid || !strings.Contains(err.Error(), name+" comes with another digest") {
				t.Errorf("%s %s: %v", name, change, err)
			}
		}
	}
}

func TestABodyWithoutEndIsCutOff(t *testing.T) {
	h := newHub(t, some())
	h.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "config.json") {
			return false
		}
		for range 10_000 { // without a length: in chunks
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return true
			}
		}
		return true
	}
	dir := t.TempDir()
	_, err := Pull(t.Context(), h.options(), into(dir), nil)
	if datahall.KindOf(err) != datahall.Invalid {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, commit, "1_Pooling", "config.json")); err == nil && info.Size() > 2 {
		t.Errorf("%d bytes were kept", info.Size())
	}
}

func TestTheTokenStaysWithTheHub(t *testing.T) {
	h := newHub(t, some())
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s was shown the token", r.Host)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(h.files["model.safetensors"]))
	}))
	defer elsewhere.Close()
	shown := 0
	h.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer hf_secret" {
			shown++
		}
		if strings.HasSuffix(r.URL.Path, ".safetensors") {
			http.Redirect(w, r, elsewhere.URL+"/signed?x=1", http.StatusFound)
			return true
		}
		return false
	}
	o, dir := h.options(), t.TempDir()
	o.Token = "hf_secret"
	if _, err := Pull(t.Context(), o, into(dir), nil); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, h.files)
	if shown != 4 { // the listing and three files, the empty one needs no request
		t.Errorf("the hub saw the token %d times", shown)
	}
}

func TestASubdomainIsAnotherHost(t *testing.T) {
	from, _ := http.NewRequest("GET", "https://hub.example/a", nil)
	for target, keeps := range map[string]bool{"https://hub.example/b": true, "https://cdn.hub.example/b": false, "https://hub.example:8443/b": false} {
		to, _ := http.NewRequest("GET", target, nil)
		to.Header.Set("Authorization", "x")
		if err := redirect(to, []*http.Request{from}); err != nil || (to.Header.Get("Authorization") != "") != keeps {
			t.Errorf("%s: token kept %v, %v", target, !keeps, err)
		}
	}
	for _, target := range []string{"http://hub.example/b", "ftp://hub.example/b"} {
		to, _ := http.NewRequest("GET", target, nil)
		if redirect(to, []*http.Request{from}) == nil {
			t.Errorf("%s is followed", target)
		}
	}
}

func TestSilenceIsAnError(t *testing.T) {
	for _, where := range []string{"listing", "header", "body"} {
		h := newHub(t, some())
		h.fault = func(w http.ResponseWriter, r *http.Request) bool {
			file := strings.HasSuffix(r.URL.Path, ".safetensors")
			switch {
			case where == "listing", where == "header" && file:
			case where == "body" && file:
				w.Header().Set("Content-Length", "1500000")
				w.(http.Flusher).Flush()
			default:
				return false
			}
			<-r.Context().Done()
			return true
		}
		o := h.options()
		o.Silence = 60 * time.Millisecond
		_, err := Pull(t.Context(), o, into(t.TempDir()), nil)
		if datahall.KindOf(err) != datahall.Unavailable || !strings.Contains(err.Error(), "does not answer") {
			t.Errorf("%s: %v", where, err)
		}
		h.CloseClientConnections()
	}
}

func TestNoNetworkIsSaidWithoutTheAddress(t *testing.T) {
	h := newHub(t, nil)
	o := h.options()
	h.Close()
	_, err := Look(t.Context(), o)
	if datahall.KindOf(err) != datahall.Unavailable || strings.Contains(err.Error(), "/api/") || !strings.Contains(err.Error(), "HF_ENDPOINT") {
		t.Error(err)
	}
}

func TestWhatTheHubRefusesIsSaidClearly(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		code   string
		kind   datahall.Kind
		want   string
	}{
		"no repository": {401, "RepoNotFound", datahall.NotFound, "not there, private"},
		"404":           {404, "", datahall.NotFound, "no such repository"},
		"no revision":   {404, "RevisionNotFound", datahall.NotFound, "no revision main"},
		"gated":         {403, "GatedRepo", datahall.Denied, "datahall model import"},
		"gated, no key": {401, "GatedRepo", datahall.Denied, "datahall model import"},
		"always busy":   {503, "", datahall.Unavailable, "503"},
		"odd":           {418, "", datahall.Unavailable, "418"},
	} {
		h := newHub(t, some())
		calls := 0
		h.fault = func(w http.ResponseWriter, _ *http.Request) bool {
			calls++
			w.Header().Set("X-Error-Code", c.code)
			w.WriteHeader(c.status)
			return true
		}
		_, err := Pull(t.Context(), h.options(), into(t.TempDir()), nil)
		if datahall.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if again := calls > 1; again != (c.status == 503) {
			t.Errorf("%s: asked %d times", name, calls)
		}
	}
}

func TestABusyHubIsAskedAgain(t *testing.T) {
	h := newHub(t, some())
	busy := 4
	h.fault = func(w http.ResponseWriter, _ *http.Request) bool {
		if busy--; busy < 0 {
			return false
		}
		w.Header().Set("Retry-After", "0")
		w.WriteHeader([]int{429, 500, 503, 504}[busy])
		return true
	}
	dir := t.TempDir()
	if _, err := Pull(t.Context(), h.options(), into(dir), nil); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, h.files)
}

// full is a disk on which some bytes fit.
type full struct {
	Partial
	left int
}

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, syscall.ENOSPC
	}
	return f.Partial.Write(p)
}

func TestAFullDiskIsSaid(t *testing.T) {
	h := newHub(t, some())
	dir := t.TempDir()
	_, err := Pull(t.Context(), h.options(), func(revision, name string) (Partial, error) {
		f, err := into(dir)(revision, name)
		return &full{f, 1_000_000}, err
	}, nil)
	if datahall.KindOf(err) != datahall.Unavailable || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room") {
		t.Error(err)
	}
	if _, err := Pull(t.Context(), h.options(), into(dir), nil); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, h.files)
}

func TestListingsThatAreRefused(t *testing.T) {
	one := func(change map[string]any) any {
		s := map[string]any{"rfilename": "config.json", "size": 3, "blobId": commit}
		for k, v := range change {
			s[k] = v
		}
		return map[string]any{"sha": commit, "siblings": []any{s}}
	}
	for name, c := range map[string]struct {
		listing any
		want    string
	}{
		"no listing":     {"<html>", "no listing"},
		"no commit":      {map[string]any{"sha": "../../main"}, "no listing"},
		"parent":         {one(map[string]any{"rfilename": "../config.json"}), "no name"},
		"inner parent":   {one(map[string]any{"rfilename": "a/../../config.json"}), "no name"},
		"absolute":       {one(map[string]any{"rfilename": "/etc/passwd"}), "no name"},
		"backslash":      {one(map[string]any{"rfilename": `..\config.json`}), "no name"},
		"drive":          {one(map[string]any{"rfilename": "c:config.json"}), "no name"},
		"control":        {one(map[string]any{"rfilename": "a\x00b"}), "no name"},
		"no name":        {one(map[string]any{"rfilename": ""}), "no name"},
		"long":           {one(map[string]any{"rfilename": strings.Repeat("x", 300)}), "no name"},
		"twice":          {map[string]any{"sha": commit, "siblings": []any{map[string]any{"rfilename": "a", "size": 1, "blobId": commit}, map[string]any{"rfilename": "a", "size": 1, "blobId": commit}}}, "no name"},
		"no size":        {one(map[string]any{"size": nil}), "no digest or size"},
		"negative":       {one(map[string]any{"size": -5}), "no digest or size"},
		"no digest":      {one(map[string]any{"blobId": nil}), "no digest or size"},
		"no LFS digest":  {one(map[string]any{"lfs": map[string]any{"size": 3}}), "no digest or size"},
		"huge":           {one(map[string]any{"size": int64(1) << 62}), "choose a smaller model"},
		"over the limit": {one(map[string]any{"size": 1001}), "choose a smaller model"},
		"overflow": {map[string]any{"sha": commit, "siblings": []any{map[string]any{"rfilename": "a", "size": int64(math.MaxInt64), "blobId": commit},
			map[string]any{"rfilename": "b", "size": int64(math.MaxInt64), "blobId": commit}}}, "choose a smaller model"},
	} {
		h := newHub(t, nil)
		h.listing = func() any { return c.listing }
		o := h.options()
		o.Limit = 1000
		_, err := Pull(t.Context(), o, func(string, string) (Partial, error) { return nil, errors.New("opened") }, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range []Options{{Repo: "org/tiny", Base: "ftp://x"}, {Repo: "org/tiny", Base: "huggingface.co"}, {Repo: "org/../x"}, {Repo: "tiny"}, {Repo: "org/tiny?x"}} {
		if _, err := Look(t.Context(), o); datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Whatever a listing says, its names stay in the folder and its sum in the limit.
func FuzzListingIsBounded(f *testing.F) {
	good, _ := json.Marshal(listingOf(map[string][]byte{"config.json": []byte("{}"), "a/b.safetensors": nil}))
	f.Add(good)
	f.Add([]byte(`{"sha":"` + commit + `","siblings":[{"rfilename":"../a","size":1}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := newCaller(Options{Repo: "org/tiny", Limit: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.snapshot(body)
		if err != nil {
			if datahall.KindOf(err) == datahall.Internal {
				t.Fatal("no error for users:", err)
			}
			return
		}
		for _, file := range s.Files {
			if !filepath.IsLocal(filepath.FromSlash(file.Name)) || file.Bytes < 0 || file.SHA256 == "" && len(file.Git) != 40 {
				t.Fatalf("%+v", file)
			}
		}
		if s.Bytes() > 1<<20 {
			t.Fatal(s.Bytes(), "bytes")
		}
	})
}
