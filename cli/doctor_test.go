package cli

import (
	"testing"
	"time"

	"datahall"
	"datahall/phrase"
)

// well is a machine on which nothing is to be mended.
func well() machine {
	hall := datahall.Hall{URL: "http://127.0.0.1:7077", Version: "1"}
	return machine{home: "/h", homeThere: true, disk: 1 << 40, memory: 8 << 30, hall: hall, version: "1", arch: "amd64",
		now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), about: datahall.Hall{CPU: "X", Cores: 2, Kernel: "avx2"}, tag: "zh_CN.UTF-8", utf8: true, chosen: "LANG"}
}

func TestDoctor(t *testing.T) {
	for _, c := range []struct {
		name string
		ill  func(*machine)
		want string // the check that finds it; empty: none
	}{
		{"all is well", func(*machine) {}, ""},
		{"no hall runs", func(m *machine) { m.hall = datahall.Hall{} }, ""},
		{"no hall runs and the port is taken", func(m *machine) { m.hall, m.portTaken = datahall.Hall{}, true }, ""},
		{"nothing is known", func(m *machine) { m.disk, m.memory = -1, -1 }, ""},
		{"plain kernels where there are no others", func(m *machine) { m.about.Kernel, m.arch = "go", "arm64" }, ""},
		{"a read-only home", func(m *machine) { m.homeErr = "read-only file system" }, "home"},
		{"a key that others read", func(m *machine) { m.open = []string{"/h/admin.key"} }, "permissions"},
		{"a full disk", func(m *machine) { m.disk = 5 << 20 }, "disk"},
		{"a hall that refuses", func(m *machine) { m.hallErr = "request: no valid key" }, "hall"},
		{"an old hall", func(m *machine) { m.hall.Version = "0" }, "hall"},
		{"a clock of 1970", func(m *machine) { m.now = time.Unix(0, 0) }, "clock"},
		{"a clock that differs", func(m *machine) { m.drift = -time.Minute }, "clock"},
		{"a build for no processor in particular", func(m *machine) { m.about.Kernel = "go" }, "processor"},
		{"little memory", func(m *machine) { m.memory = 100 << 20 }, "memory"},
		{"a locale without Chinese", func(m *machine) { m.tag, m.utf8 = "zh_CN.GB2312", false }, "language"},
	} {
		for _, lang := range []phrase.Language{phrase.English, phrase.Chinese} {
			s, _ := speaking(lang)
			m := well()
			c.ill(&m)
			got := ""
			for _, f := range s.judge(m) {
				if f.Name == "" || f.Fact == "" {
					t.Errorf("%s: %s says nothing", c.name, f.ID)
				}
				if f.State == "problem" {
					got += f.ID
					if f.Remedy == "" {
						t.Errorf("%s: no remedy for %s", c.name, f.ID)
					}
				}
			}
			if got != c.want {
				t.Errorf("%s: found %q, want %q", c.name, got, c.want)
			}
		}
	}
}

func TestIsUTF8(t *testing.T) {
	for tag, want := range map[string]bool{"": true, "C": true, "zh_CN.UTF-8": true, "en_US.utf8": true, "zh_CN": true, "zh_CN.GB18030": false} {
		if got := isUTF8(tag); got != want {
			t.Errorf("isUTF8(%q) = %v", tag, got)
		}
	}
}
