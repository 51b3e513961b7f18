package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

// finding is what one check of doctor found.
type finding struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	State  string `json:"state"` // ok or problem
	Fact   string `json:"fact"`
	Remedy string `json:"remedy,omitempty"`
}

func (s *session) doctorCommand() *cobra.Command {
	c := s.command("doctor", datahall.Say("check this machine and its hall, and say what to mend"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		list := s.judge(s.examine(ctx))
		problems := 0
		for _, f := range list {
			if f.State != "ok" {
				problems++
			}
		}
		if err := s.result(list, func() { s.showFindings(list) }); err != nil {
			return err
		}
		if problems > 0 {
			return failure{datahall.Errorf(datahall.Unavailable, "doctor: %s of %s checks found a problem; each says its remedy", problems, len(list))}
		}
		return nil
	})
	c.Long = s.t(datahall.Say("Checks the home folder and who may read it, free disk, the hall and its address,\n" +
		"the processor, memory, clock and language. It starts nothing and changes nothing.\n" +
		"The exit status is 1 where something is to be mended."))
	return c
}

func (s *session) showFindings(list []finding) {
	wide := 0
	for _, f := range list {
		wide = max(wide, columns(f.Name))
	}
	for _, f := range list {
		mark := s.t(datahall.Say("ok"))
		if f.State != "ok" {
			mark = s.t(datahall.Say("problem"))
		}
		s.line(pad(mark, columns(s.t(datahall.Say("problem"))), false) + "  " + pad(f.Name, wide, false) + "  " + oneLine(f.Fact))
		if f.Remedy != "" {
			s.line(pad("", columns(s.t(datahall.Say("problem"))), false) + "  " + pad("", wide, false) + "  → " + oneLine(f.Remedy))
		}
	}
}

// ledger collects findings.
type ledger struct {
	s    *session
	list []finding
}

func (l *ledger) ok(id string, name, fact datahall.Message) {
	l.list = append(l.list, finding{id, l.s.t(name), "ok", l.s.t(fact), ""})
}

func (l *ledger) problem(id string, name, fact, remedy datahall.Message) {
	l.list = append(l.list, finding{id, l.s.t(name), "problem", l.s.t(fact), l.s.t(remedy)})
}

// judge says of each part of a machine whether it is as it should be.
func (s *session) judge(m machine) []finding {
	l := &ledger{s: s}
	l.home(m)
	l.rights(m)
	l.disk(m)
	l.hall(m)
	l.clock(m)
	l.processor(m)
	l.memory(m)
	l.language(m)
	return l.list
}

func (l *ledger) home(m machine) {
	name := datahall.Say("home folder")
	switch {
	case m.homeErr != "":
		l.problem("home", name, datahall.Say("%s: %s", m.home, m.homeErr), datahall.Say("make it writable for you, or give another with --home or DATAHALL_HOME"))
	case !m.homeThere:
		l.ok("home", name, datahall.Say("%s: not there yet; the first hall makes it", m.home))
	default:
		l.ok("home", name, datahall.Say("%s: can be written", m.home))
	}
}

func (l *ledger) rights(m machine) {
	name := datahall.Say("who may read it")
	if len(m.open) > 0 {
		fix := "chmod -R go= '" + m.home + "'"
		l.problem("permissions", name, datahall.Say("others on this machine may read or write %s", strings.Join(m.open, ", ")), datahall.Say("run %s", fix))
		return
	}
	l.ok("permissions", name, datahall.Say("only you"))
}

const (
	leastDisk   = 1 << 30   // a model, its checkpoints and a dataset
	leastMemory = 512 << 20 // a small model while it trains
)

func (l *ledger) disk(m machine) {
	name := datahall.Say("free disk")
	switch {
	case m.disk < 0:
		l.ok("disk", name, datahall.Say("not known on this system"))
	case m.disk < leastDisk:
		l.problem("disk", name, datahall.Say("%s free", bytesOf(float64(m.disk))), datahall.Say("free at least %s, or give a home on another disk with --home", bytesOf(leastDisk)))
	default:
		l.ok("disk", name, datahall.Say("%s free", bytesOf(float64(m.disk))))
	}
}

func (l *ledger) hall(m machine) {
	name := datahall.Say("hall")
	switch {
	case m.hallErr != "":
		l.problem("hall", name, datahall.Say("%s", m.hallErr), datahall.Say("check the address (--url, DATAHALL_URL) and the key (DATAHALL_API_KEY)"))
	case m.hall.URL == "" && m.portTaken:
		l.ok("hall", name, datahall.Say("none runs; commands start one, on a free port, since another program has 127.0.0.1:7077"))
	case m.hall.URL == "":
		l.ok("hall", name, datahall.Say("none runs; commands start one, on 127.0.0.1:7077"))
	case m.hall.Version != m.version:
		l.problem("hall", name, datahall.Say("%s answers, but is version %s and this program is %s", m.hall.URL, m.hall.Version, m.version), datahall.Say("datahall stop, then any command starts the new one; jobs go on meanwhile"))
	default:
		l.ok("hall", name, datahall.Say("%s answers in %s, version %s", m.hall.URL, l.s.duration(m.answered.Seconds()), m.hall.Version))
	}
}

func (l *ledger) clock(m machine) {
	name := datahall.Say("clock")
	drift := max(m.drift, -m.drift).Seconds()
	switch {
	case m.now.Year() < 2025:
		l.problem("clock", name, datahall.Say("says %s", when(m.now)), datahall.Say("set this machine's clock"))
	case m.hall.URL == "":
		l.ok("clock", name, datahall.Say("says %s", when(m.now)))
	case drift > 5:
		l.problem("clock", name, datahall.Say("differs from the hall's by %s", l.s.duration(drift)), datahall.Say("set the clock of the machine that is wrong"))
	default:
		l.ok("clock", name, datahall.Say("agrees with the hall's"))
	}
}

func (l *ledger) processor(m machine) {
	name := datahall.Say("processor")
	fact := datahall.Say("%s, %s cores, %s kernels", m.about.CPU, m.about.Cores, m.about.Kernel)
	if m.about.Kernel == "go" && m.arch == "amd64" {
		l.problem("processor", name, fact, datahall.Say("take a build without purego on a processor with AVX2: training is several times faster"))
		return
	}
	l.ok("processor", name, fact)
}

func (l *ledger) memory(m machine) {
	name := datahall.Say("memory")
	switch {
	case m.memory < 0:
		l.ok("memory", name, datahall.Say("not known on this system"))
	case m.memory < leastMemory:
		l.problem("memory", name, datahall.Say("%s free", bytesOf(float64(m.memory))), datahall.Say("end other programs, or train smaller models: a small one takes %s", bytesOf(leastMemory)))
	default:
		l.ok("memory", name, datahall.Say("%s free", bytesOf(float64(m.memory))))
	}
}

func (l *ledger) language(m machine) {
	name := datahall.Say("language")
	if m.tag != "" && !m.utf8 {
		l.problem("language", name, datahall.Say("the locale %s is not UTF-8: Chinese cannot be shown", m.tag), datahall.Say("set LANG=C.UTF-8 or zh_CN.UTF-8"))
		return
	}
	l.ok("language", name, datahall.Say("%s, as %s says; --lang en or zh-CN chooses", string(l.s.lang), m.chosen))
}

// said is the text of an error, in the reader's language.
func (s *session) said(err error) string {
	if err == nil {
		return ""
	}
	return oneLine(fmt.Sprint(s.t(datahall.MessageOf(err))))
}
