package energy

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Counter is one RAPL zone: micro-joules since some time, and the highest value
// before it starts again at zero.
type Counter struct {
	MicroJoules uint64
	Max         uint64
}

// Reading are the zones of a machine by name: package-0, package-0/dram, …
type Reading map[string]Counter

// ReadRAPL reads the counters below /sys/class/powercap (Linux, powercap
// documentation): packages, and their memory where it is counted apart. What is
// a part of a package (core, uncore) or counts it a second time (the mmio zones,
// psys) is left out. An error wrapping fs.ErrNotExist says that the machine has
// none, one wrapping fs.ErrPermission that only root may read them.
func ReadRAPL(powercap fs.FS) (Reading, error) {
	entries, err := fs.ReadDir(powercap, ".")
	if err != nil {
		return nil, err
	}
	reading := Reading{}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), "intel-rapl:")
		if !ok {
			continue
		}
		name, err := zoneName(powercap, e.Name(), number)
		if err != nil {
			return nil, err
		}
		if name == "" {
			continue
		}
		if reading[name], err = readCounter(powercap, e.Name()); err != nil {
			return nil, err
		}
	}
	if len(reading) == 0 {
		return nil, fs.ErrNotExist
	}
	return reading, nil
}

// zoneName names a zone that counts; "" for one that does not.
func zoneName(powercap fs.FS, dir, number string) (string, error) {
	name, err := line(powercap, path.Join(dir, "name"))
	if err != nil {
		return "", err
	}
	parent, _, isPart := strings.Cut(number, ":")
	switch {
	case !isPart && strings.HasPrefix(name, "package-"):
		return name, nil
	case isPart && name == "dram":
		above, err := line(powercap, "intel-rapl:"+parent+"/name")
		return above + "/dram", err
	}
	return "", nil
}

func readCounter(powercap fs.FS, dir string) (Counter, error) {
	now, err1 := number(powercap, path.Join(dir, "energy_uj"))
	most, err2 := number(powercap, path.Join(dir, "max_energy_range_uj"))
	return Counter{now, most}, errors.Join(err1, err2)
}

func number(powercap fs.FS, name string) (uint64, error) {
	s, err := line(powercap, name)
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(s, 10, 64)
}

// maxLine bounds what is read of a file.
const maxLine = 64

func line(powercap fs.FS, name string) (string, error) {
	f, err := powercap.Open(name)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxLine+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	if len(b) > maxLine {
		return "", errors.New("energy: " + name + " is longer than a counter can be")
	}
	return strings.TrimSpace(string(b)), nil
}

// Since gives the joules between two readings. A counter that went back has
// started again once: at 200 W that takes 20 minutes and more, so read oftener.
// false where the readings share no zone.
func (r Reading) Since(before Reading) (joules float64, ok bool) {
	for name, now := range r {
		then, known := before[name]
		if !known {
			continue
		}
		ok = true
		d := now.MicroJoules - then.MicroJoules
		if now.MicroJoules < then.MicroJoules {
			d = 0
			if now.Max >= then.MicroJoules {
				d = now.Max - then.MicroJoules + now.MicroJoules
			}
		}
		joules += float64(d) / 1e6
	}
	return joules, ok
}
