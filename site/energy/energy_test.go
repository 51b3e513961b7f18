package energy

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"datahall"
)

func near(got, want float64) bool {
	return math.Abs(got-want) <= 1e-9*max(1, math.Abs(got), math.Abs(want))
}

func TestTheTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range slices.Concat(processors, families) {
		if seen[p.name] {
			t.Errorf("%s stands twice", p.name)
		}
		seen[p.name] = true
		perThread := p.max / float64(p.threads)
		if p.cores < 1 || p.threads < p.cores || p.threads > 2*p.cores || p.idle <= 0 || p.idle >= p.max/2 || perThread < 0.8 || perThread > 16 {
			t.Errorf("%+v: these cannot be its figures", p)
		}
		if p.name != normalise(p.name) {
			t.Errorf("%q would be %q in a name that is looked up", p.name, normalise(p.name))
		}
	}
	if len(processors) < 40 {
		t.Errorf("%d processors", len(processors))
	}
}

// Names as systems give them.
func TestLookup(t *testing.T) {
	for _, c := range []struct {
		name           string
		cores, threads int
		want           string
		idle, max      float64
	}{
		{"Intel(R) Xeon(R) Platinum 8480+", 56, 112, "xeon platinum 8480", 105, 350},
		{"Intel(R) Xeon(R) Platinum 8480C", 112, 224, "xeon platinum 8480", 210, 700}, // two of them
		{"Intel(R) Xeon(R) Platinum 8488C", 1, 2, "xeon platinum 8488c", 105.0 / 48, 350.0 / 48},
		{"Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 14, 28, "xeon e5-2680 v4", 36, 120},
		{"Intel(R) Xeon(R) Processor @ 2.70GHz", 2, 4, "xeon family", 70.0 * 4 / 64, 240.0 * 4 / 64},
		{"Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", 4, 8, "core i7-1165g7", 2, 28},
		{"12th Gen Intel(R) Core(TM) i9-12900K", 16, 24, "core i9-12900k", 10, 241},
		{"Intel(R) Core(TM) i3-10100 CPU @ 3.60GHz", 4, 8, "core i family", 3, 55},
		{"Intel(R) N100", 4, 4, "n100", 2, 12},
		{"AMD EPYC 7763 64-Core Processor", 64, 128, "epyc 7763", 85, 280},
		{"AMD EPYC", 2, 2, "epyc family", 85.0 * 2 / 128, 260.0 * 2 / 128},
		{"AMD EPYC 7R13 Processor", 48, 96, "epyc 7r13", 75, 240},
		{"AMD EPYC 76543", 1, 1, "epyc family", 85.0 / 128, 260.0 / 128}, // digits go on: another model
		{"AMD Ryzen 9 7950X 16-Core Processor", 16, 32, "ryzen 9 7950x", 30, 230},
		{"AMD Ryzen Threadripper PRO 7995WX 96-Cores", 96, 192, "ryzen threadripper pro 7995wx", 90, 350},
		{"Apple M1", 8, 8, "apple m1", 1, 22},
		{"Apple M2 Max", 12, 12, "apple m2 max", 2, 50},
		{"Apple M9 Hyper", 10, 10, "apple family", 2, 35},
		{"Neoverse-N1", 4, 4, "neoverse-n1", 35.0 / 16, 110.0 / 16},
		{"Kunpeng-920", 64, 64, "kunpeng-920", 55, 180},
		{"Hygon C86 7185 32-core Processor", 32, 64, "hygon c86 7185", 55, 180},
		{"Cyrix 6x86", 1, 1, "unknown processor", 1.3, 5.5},
		{"", 4, 8, "unknown processor", 5.2, 22},
		{"", 0, 8, "unknown processor", 10.4, 44},
		{"", 0, 0, "unknown processor", 1.3, 5.5},
	} {
		m := Lookup(c.name, c.cores, c.threads)
		if m.Name != c.want || !near(m.Idle, c.idle) || !near(m.Max, c.max) || m.Threads != max(c.threads, 1) {
			t.Errorf("Lookup(%q, %d, %d) = %+v, want %s %g–%g W", c.name, c.cores, c.threads, m, c.want, c.idle, c.max)
		}
		known := strings.HasSuffix(c.want, "family") || strings.HasPrefix(c.want, "unknown")
		if (m.Error > knownError) != known {
			t.Errorf("%s: a band of ±%g", m.Name, m.Error)
		}
	}
}

func TestWattsThatTheOwnerGaveCount(t *testing.T) {
	m := Lookup("AMD EPYC 7763", 64, 128)
	for _, c := range []struct{ idle, max, wantIdle, wantMax float64 }{
		{0, 0, 85, 280}, {0, 200, 85, 200}, {0, 50, 50, 50}, {100, 0, 100, 280}, {300, 0, 300, 300}, {60, 400, 60, 400},
	} {
		got := m.With(datahall.Meter{IdleWatts: c.idle, MaxWatts: c.max})
		if got.Idle != c.wantIdle || got.Max != c.wantMax {
			t.Errorf("idle %g, max %g gives %+v", c.idle, c.max, got)
		}
	}
}

// A machine of 4 threads, 10 W idle and 50 W busy, by hand.
func TestModelled(t *testing.T) {
	m := PowerModel{Threads: 4, Idle: 10, Max: 50, Error: 0.3}
	for _, c := range []struct {
		what string
		s    Share
		want float64
	}{
		{"nothing", Share{}, 0},
		{"the whole machine, busy for 100 s", Share{Wall: 100, CPU: 400, Held: 4}, 5000},
		{"the whole machine, idle for 100 s", Share{Wall: 100, Held: 4}, 1000},
		{"half of it, one thread busy", Share{Wall: 100, CPU: 100, Held: 2}, 500 + 1000},
		{"what it used, one thread", Share{Wall: 100, CPU: 100}, 250 + 1000},
		{"more held than there is", Share{Wall: 100, Held: 9}, 1000},
	} {
		got := Modelled(m, c.s)
		if !near(got.Joules, c.want) || got.Source != "modelled" || got.Error != 0.3 {
			t.Errorf("%s: %+v, want %g J", c.what, got, c.want)
		}
	}
}

// The shares of jobs that divide a machine among them add up to the machine,
// modelled and measured; so a ledger of them closes.
func TestSharesAddUpToTheMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		m := PowerModel{Threads: 1 + r.IntN(64), Idle: 10 * r.Float64(), Error: 0.3}
		m.Max = m.Idle + 100*r.Float64()
		wall := 1 + 1000*r.Float64()
		machine := wall * (m.Idle + r.Float64()*(m.Max-m.Idle))
		left, busy := float64(m.Threads), 0.0
		var jobs []Share
		for range 1 + r.IntN(5) {
			held := left * r.Float64()
			left -= held
			jobs = append(jobs, Share{Wall: wall, CPU: wall * held * r.Float64(), Held: held})
		}
		jobs = append(jobs, Share{Wall: wall, Held: left}) // what nobody held
		for _, j := range jobs {
			busy += j.CPU
		}
		modelled, measured := 0.0, 0.0
		for _, j := range jobs {
			modelled += Modelled(m, j).Joules
			measured += Measured(m, j, machine, busy).Joules
		}
		want := m.Idle*wall + (m.Max-m.Idle)*busy/float64(m.Threads)
		if math.Abs(modelled-want) > 1e-9*want {
			t.Fatalf("modelled %g J of %g (%+v)", modelled, want, jobs)
		}
		if busy > 0 && math.Abs(measured-machine) > 1e-9*machine {
			t.Fatalf("measured %g J of %g (%+v)", measured, machine, jobs)
		}
	}
}

func TestMeasured(t *testing.T) {
	m := PowerModel{Threads: 4, Idle: 10, Max: 50}
	for _, c := range []struct {
		what          string
		s             Share
		machine, busy float64
		want, band    float64
	}{
		{"alone on the machine", Share{Wall: 100, CPU: 400, Held: 4}, 4000, 400, 4000, 0.05},
		{"half of the work, half of the machine", Share{Wall: 100, CPU: 100, Held: 2}, 3000, 200, 500 + 1000, 0.125},
		{"idle beside others", Share{Wall: 100, Held: 1}, 3000, 200, 250, 0.2},
		{"less measured than the model's idle", Share{Wall: 100, CPU: 10, Held: 4}, 600, 10, 600, 0.05},
		{"counters of a machine that missed our own seconds", Share{Wall: 100, CPU: 400, Held: 4}, 4000, 300, 4000, 0.05},
		{"nothing at all", Share{}, 0, 0, 0, 0.05},
	} {
		got := Measured(m, c.s, c.machine, c.busy)
		if !near(got.Joules, c.want) || !near(got.Error, c.band) || got.Source != "rapl" {
			t.Errorf("%s: %+v, want %g J ±%g", c.what, got, c.want, c.band)
		}
	}
}

// One kilowatt-hour on half of a machine for an hour, by hand.
func TestUsage(t *testing.T) {
	meter := datahall.Meter{PricePerKWh: 0.5, Currency: "CNY", MachinePrice: 87660, LifetimeYears: 10, PUE: 1.5, GramsCO2PerKWh: 400}
	m := PowerModel{Threads: 4}
	got := Usage(meter, m, Share{Wall: 3600, CPU: 7200, Held: 2}, Energy{3.6e6, RAPL, 0.1})
	want := datahall.Usage{
		WallSeconds: 3600, CPUSeconds: 7200, Joules: 3.6e6, EnergySource: "rapl", EnergyError: 0.1, Currency: "CNY",
		Cost:     1.5*0.5 + 87660.0/(10*8766)/2, // kWh × PUE × price, and an hour of 87,660 hours by half
		GramsCO2: 1.5 * 400,
	}
	if !near(got.Cost, want.Cost) || !near(got.GramsCO2, want.GramsCO2) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got.Cost, got.GramsCO2 = want.Cost, want.GramsCO2
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	free := Usage(datahall.Meter{}, m, Share{Wall: 3600, Held: 4}, Energy{Joules: 100})
	if free.Cost != 0 || free.GramsCO2 != 0 || free.Joules != 100 {
		t.Errorf("without a tariff: %+v", free)
	}
}

// Training BLOOM: 433,196 kWh and 24.7 t of CO2 (Luccioni et al. 2022).
func TestBLOOM(t *testing.T) {
	meter := datahall.Meter{PUE: 1, GramsCO2PerKWh: 57}
	hours := 1082990.0
	u := Usage(meter, PowerModel{Threads: 1}, Share{Wall: hours * 3600}, Energy{Joules: hours * 3600 * 400})
	if kWh := u.Joules / joulesPerKWh; math.Abs(kWh-433196) > 1 || math.Abs(u.GramsCO2/1e6-24.7) > 0.01 {
		t.Errorf("%g kWh, %g t", kWh, u.GramsCO2/1e6)
	}
}

func TestCheck(t *testing.T) {
	if err := Check(Defaults()); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for name, spoil := range map[string]func(*datahall.Meter){
		"negative price":    func(m *datahall.Meter) { m.PricePerKWh = -1 },
		"no number":         func(m *datahall.Meter) { m.MachinePrice = math.NaN() },
		"PUE below one":     func(m *datahall.Meter) { m.PUE = 0.9 },
		"PUE no number":     func(m *datahall.Meter) { m.PUE = math.NaN() },
		"PUE of a furnace":  func(m *datahall.Meter) { m.PUE = 40 },
		"no lifetime":       func(m *datahall.Meter) { m.LifetimeYears = 0 },
		"idle above loaded": func(m *datahall.Meter) { m.IdleWatts, m.MaxWatts = 20, 10 },
	} {
		m := Defaults()
		spoil(&m)
		if err := Check(m); datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// powercap is a machine with two packages, as Linux shows it.
func powercap() fstest.MapFS {
	files := fstest.MapFS{"intel-rapl/enabled": file("1")}
	zone := func(dir, name, now, most string) {
		files[dir+"/name"] = file(name)
		files[dir+"/energy_uj"] = file(now)
		files[dir+"/max_energy_range_uj"] = file(most)
	}
	zone("intel-rapl:0", "package-0", "1000000", "262143328850")
	zone("intel-rapl:0:0", "core", "600000", "262143328850")
	zone("intel-rapl:0:1", "uncore", "1", "262143328850")
	zone("intel-rapl:0:2", "dram", "200000", "65712999613")
	zone("intel-rapl:1", "package-1", "262143000000", "262143328850")
	zone("intel-rapl:2", "psys", "5", "262143328850")
	zone("intel-rapl-mmio:0", "package-0", "1000000", "262143328850")
	return files
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }

func TestReadRAPL(t *testing.T) {
	got, err := ReadRAPL(powercap())
	want := Reading{"package-0": {1000000, 262143328850}, "package-0/dram": {200000, 65712999613}, "package-1": {262143000000, 262143328850}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := ReadRAPL(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a machine without counters: %v", err)
	}
	amd := fstest.MapFS{"intel-rapl:0/name": file("package-0"), "intel-rapl:0/energy_uj": file("7"), "intel-rapl:0/max_energy_range_uj": file("65532610987")}
	if got, err := ReadRAPL(amd); err != nil || got["package-0"].MicroJoules != 7 {
		t.Errorf("one package: %v, %v", got, err)
	}
	for name, spoil := range map[string]string{"energy_uj": "-5", "max_energy_range_uj": "x", "name": strings.Repeat("package-", 20)} {
		bad := powercap()
		bad["intel-rapl:0/"+name] = file(spoil)
		if got, err := ReadRAPL(bad); err == nil {
			t.Errorf("%s %.20q: %v", name, spoil, got)
		}
	}
}

func TestSince(t *testing.T) {
	before := Reading{"package-0": {1000, 10e6}, "package-1": {9e6, 10e6}, "gone": {1, 2}}
	after := Reading{"package-0": {3001000, 10e6}, "package-1": {1e6, 10e6}, "came": {5e6, 10e6}}
	if j, ok := after.Since(before); !ok || !near(j, 3+2) {
		t.Errorf("%g J, %v, want 3 and, over the top, 2", j, ok)
	}
	if j, ok := after.Since(Reading{"other": {}}); ok || j != 0 {
		t.Errorf("%g J, %v between readings of different machines", j, ok)
	}
	if j, ok := (Reading{"p": {5, 10}}).Since(Reading{"p": {50, 10}}); !ok || j != 0 {
		t.Errorf("%g J, %v from a counter above its own maximum", j, ok)
	}
}

// FuzzReadRAPLNeverPanics reads any counters; joules are never below zero.
func FuzzReadRAPLNeverPanics(f *testing.F) {
	f.Add("package-0", "1", "2", "3")
	f.Add("package-0", "18446744073709551615", "18446744073709551615", "0")
	f.Add("dram", "", "-1", "\x00")
	f.Fuzz(func(t *testing.T, name, now, most, then string) {
		zone := func(now string) fs.FS {
			return fstest.MapFS{"intel-rapl:0/name": file(name), "intel-rapl:0/energy_uj": file(now), "intel-rapl:0/max_energy_range_uj": file(most)}
		}
		before, err1 := ReadRAPL(zone(then))
		after, err2 := ReadRAPL(zone(now))
		if err1 != nil || err2 != nil {
			return
		}
		if j, ok := after.Since(before); !ok || j < 0 || math.IsNaN(j) {
			t.Fatalf("%g J, %v", j, ok)
		}
	})
}
