package datahall

import "encoding/json"

// Ticket is what the parent of a job is handed through its standard input: all
// it knows of the hall, and the key of its scratch folder.
type Ticket struct {
	URL     string `json:"url"`
	Find    string `json:"find,omitempty"` // file that tells the address anew when the hall has moved
	Token   string `json:"token"`          // of this attempt
	Job     string `json:"job"`
	Attempt int    `json:"attempt"`
	Key     []byte `json:"key"`     // seals everything in the scratch folder
	Scratch string `json:"scratch"` // folder, kept between attempts of a job
}

// Input is a file that a job reads.
type Input struct {
	Name string `json:"name"` // slash-separated, below the job's input folder
	Blob Blob   `json:"blob"`
}

// Claim is the hall's answer to an attempt that begins.
type Claim struct {
	Job    Job     `json:"job"`
	Inputs []Input `json:"inputs"`
	Meter  Meter   `json:"meter"`
}

// Meter is how the hall counts what work took.
type Meter struct {
	PricePerKWh    float64 `json:"price_per_kwh"`
	Currency       string  `json:"currency"`
	MachinePrice   float64 `json:"machine_price"`
	LifetimeYears  float64 `json:"lifetime_years"`
	PUE            float64 `json:"pue"`
	GramsCO2PerKWh float64 `json:"grams_co2_per_kwh"`
	IdleWatts      float64 `json:"idle_watts"` // 0: from the table of processors
	MaxWatts       float64 `json:"max_watts"`
}

// Report is what an attempt tells the hall: events in the order they happened,
// numbered by the worker so that a report may be sent twice.
type Report struct {
	Events []Event `json:"events"` // Seq is the worker's own number
}

// Orders is the hall's answer to a report.
type Orders struct {
	Cancel bool `json:"cancel"` // stop the work
	Ended  bool `json:"ended"`  // the job has ended: the scratch folder can go
}

// BodyHeader is what the process that does the work is handed by its parent.
type BodyHeader struct {
	Kind    string          `json:"kind"`
	Job     string          `json:"job"`
	Attempt int             `json:"attempt"`
	Spec    json.RawMessage `json:"spec"`
	Key     []byte          `json:"key"`
	Scratch string          `json:"scratch"`
	Threads int             `json:"threads"`
	Meter   Meter           `json:"meter"`
}

// Process names a process beyond reuse of its number.
type Process struct {
	PID  int    `json:"pid"`
	Boot string `json:"boot"` // its start time, as its system tells it
}
