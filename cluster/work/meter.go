package work

import (
	"os"
	"time"

	"datahall"
	"datahall/site/energy"
)

// powercap is where Linux shows the energy counters of processors.
const powercap = "/sys/class/powercap"

// meter measures what an attempt takes, from claim to exit.
type meter struct {
	tariff datahall.Meter
	power  energy.PowerModel
	held   float64
	began  time.Time
	before energy.Reading // nil where there are no counters to read
	busy   float64        // processor seconds of the whole machine, then
	cpu    float64
}

func newMeter(tariff datahall.Meter, power energy.PowerModel, held int) *meter {
	m := &meter{tariff: tariff, power: power.With(tariff), held: float64(held), began: time.Now()}
	if reading, err := energy.ReadRAPL(os.DirFS(powercap)); err == nil {
		m.before, m.busy = reading, machineBusy()
	}
	return m
}

// stop adds what an ended process and all below it used.
func (m *meter) stop(state *os.ProcessState) {
	if state != nil {
		m.cpu += (state.UserTime() + state.SystemTime()).Seconds()
	}
}

// usage is the receipt so far.
func (m *meter) usage() datahall.Usage {
	share := energy.Share{Wall: time.Since(m.began).Seconds(), CPU: m.cpu, Held: m.held}
	e := energy.Modelled(m.power, share)
	if m.before != nil {
		if now, err := energy.ReadRAPL(os.DirFS(powercap)); err == nil {
			if joules, ok := now.Since(m.before); ok {
				e = energy.Measured(m.power, share, joules, machineBusy()-m.busy)
			}
		}
	}
	return energy.Usage(m.tariff, m.power, share, e)
}
