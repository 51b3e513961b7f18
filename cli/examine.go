package cli

import (
	"context"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"datahall"
	"datahall/client"
)

// machine is what doctor sees, before it judges.
type machine struct {
	home      string
	homeThere bool
	homeErr   string   // why it cannot be written
	open      []string // what others may read
	disk      int64    // free bytes where the home is; -1 where that is not known
	memory    int64    // free bytes; -1 likewise

	hall      datahall.Hall // none where its URL is empty
	hallErr   string
	answered  time.Duration
	drift     time.Duration // the hall's clock minus ours
	portTaken bool          // 127.0.0.1:7077 is another program's

	now     time.Time
	about   datahall.Hall
	version string
	arch    string
	tag     string // the locale
	utf8    bool
	chosen  string // what chose the language
}

// examine looks at everything and changes nothing.
func (s *session) examine(ctx context.Context) machine {
	m := machine{home: s.homeFolder(), now: time.Now(), about: s.env.About(), arch: runtime.GOARCH, memory: freeMemory()}
	m.version = m.about.Version
	m.lookAtHome()
	m.disk = freeDisk(nearest(m.home))
	s.lookAtHall(ctx, &m)
	m.tag = locale(s.env.Getenv)
	m.chosen = s.chosen()
	m.utf8 = isUTF8(m.tag)
	return m
}

func (m *machine) lookAtHome() {
	info, err := os.Stat(m.home)
	m.homeThere = err == nil
	if err == nil && !info.IsDir() {
		m.homeErr = "not a folder"
		return
	}
	probe, err := os.CreateTemp(nearest(m.home), ".datahall-doctor-*")
	if err != nil {
		m.homeErr = fact(err)
		return
	}
	probe.Close()
	os.Remove(probe.Name())
	if runtime.GOOS == "windows" { // rights are lists there, and a profile is closed to others
		return
	}
	for _, name := range []string{"", client.AdminKeyFile, "master.key"} {
		if info, err := os.Stat(filepath.Join(m.home, name)); err == nil && info.Mode().Perm()&0o077 != 0 {
			m.open = append(m.open, filepath.Join(m.home, name))
		}
	}
}

// nearest is the folder itself, or the next one above that is there.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return dir
		}
		dir = up
	}
}

// lookAtHall asks the hall, where one runs or was named, but starts none.
func (s *session) lookAtHall(ctx context.Context, m *machine) {
	c, err := s.find(ctx)
	if err != nil {
		m.hallErr = s.said(err)
		return
	}
	if c == nil {
		l, err := net.Listen("tcp", "127.0.0.1:7077")
		if m.portTaken = err != nil; err == nil {
			l.Close()
		}
		return
	}
	c.Patience = 0
	began := time.Now()
	if m.hall, err = c.Hall(ctx); err != nil {
		m.hallErr = s.said(err)
		return
	}
	m.answered = time.Since(began)
	m.drift = drift(ctx, c.URL)
}

// drift compares the hall's clock, which its answers show in whole seconds,
// with ours.
func drift(ctx context.Context, url string) time.Duration {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(url, "/")+"/healthz", nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return time.Until(theirs).Round(time.Second)
}

// chosen names what the language comes from.
func (s *session) chosen() string {
	if s.tongue != "" {
		return "--lang"
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if s.env.Getenv(name) != "" {
			return name
		}
	}
	return s.t(datahall.Say("the system"))
}

// isUTF8 reports whether a locale can show Chinese; Windows and an empty one can.
func isUTF8(tag string) bool {
	tag = strings.ToLower(tag)
	return runtime.GOOS == "windows" || tag == "" || tag == "c" || tag == "posix" || !strings.Contains(tag, ".") ||
		strings.Contains(tag, "utf-8") || strings.Contains(tag, "utf8")
}

// freeFrom reads a figure in kB out of /proc/meminfo.
func freeFrom(f fs.FS) int64 {
	b, err := fs.ReadFile(f, "meminfo")
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		if len(fields) >= 2 && fields[0] == "MemAvailable:" {
			if n, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				return n << 10
			}
		}
	}
	return -1
}
