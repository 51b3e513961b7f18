package energy

// Energy is what a piece of work drew.
type Energy struct {
	Joules float64
	Source string  // rapl or modelled
	Error  float64 // relative half-width of the band
}

// The sources of a reading.
const (
	RAPL  = "rapl"
	Model = "modelled"
)

// Share is the part of a machine that a piece of work had.
type Share struct {
	Wall float64 // seconds from its beginning to its end
	CPU  float64 // seconds of processor time
	Held float64 // logical processors kept for it; 0: as many as it used
}

// idle is the part of the machine's idle draw that s answers for, 0 to 1.
func (s Share) idle(threads int) float64 {
	held := s.Held
	if held <= 0 && s.Wall > 0 {
		held = s.CPU / s.Wall
	}
	return min(1, held/float64(max(threads, 1)))
}

// Modelled gives the energy by the power model: idle watts for the processors
// held, and for each second of processor time its part of what comes on top.
// Linear in both, so that the shares of a machine add up to the machine.
func Modelled(m PowerModel, s Share) Energy {
	active := (m.Max - m.Idle) / float64(max(m.Threads, 1)) * s.CPU
	return Energy{m.Idle*s.Wall*s.idle(m.Threads) + active, Model, m.Error}
}

// The band of a share of a measurement: what RAPL itself may be off (Khan et
// al.: RAPL in Action, 2018), and as much again for each part of the machine's
// work that was others'.
const (
	raplError  = 0.05
	shareError = 0.15
)

// Measured gives the work's share of machine joules that counters measured over
// its wall time, in which all processes of the machine together had busy seconds
// of processor time. The idle draw is the model's, but never more than measured.
func Measured(m PowerModel, s Share, machine, busy float64) Energy {
	idle := min(machine, m.Idle*s.Wall)
	active := 0.0
	alone := 1.0
	if busy = max(busy, s.CPU); busy > 0 {
		alone = s.CPU / busy
		active = (machine - idle) * alone
	}
	return Energy{idle*s.idle(m.Threads) + active, RAPL, raplError + shareError*(1-alone)}
}
