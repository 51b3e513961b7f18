package datahall

import (
	"context"
	"encoding/json"
	"time"
)

// What the stores promise, together with [BlobStore]. What a method writes is on
// disk when it returns. An id that does not exist in the project asked for is
// NotFound, also where another project has it; an empty project is Invalid.
// Where a record has no id, no project (the default one) or no time of making
// yet, the store gives it one.

// AnyProject stands for every project: the hall itself asks, not a user.
const AnyProject = "*"

// ProjectStore keeps projects and their sealing keys.
type ProjectStore interface {
	// CreateProject makes a project and its key. The id is the name where that
	// can be one (a-z, 0-9, inner hyphens). The project "default" exists always.
	CreateProject(ctx context.Context, p Project) (Project, error)
	Project(ctx context.Context, ref string) (Project, error) // id or name
	Projects(ctx context.Context) ([]Project, error)
	// DeleteProject destroys the project's key first, then all that it has.
	DeleteProject(ctx context.Context, id string) error
	// JobKey gives the data key of a job: it seals its scratch folder and spool.
	JobKey(ctx context.Context, project, job string) ([32]byte, error)
}

// KeyStore keeps the right to ask. Secrets begin with "dh_"; an attempt's
// token, which is none of them, begins with "dw_".
type KeyStore interface {
	// CreateKey makes a key and gives its secret, which is stored nowhere. Names
	// are unique in a project.
	CreateKey(ctx context.Context, k Key) (Key, string, error)
	// KeyBySecret finds the key that was shown, and notes the use. Unauthorized
	// where it is none, was deleted, or has expired.
	KeyBySecret(ctx context.Context, secret string) (Key, error)
	Keys(ctx context.Context, project string) ([]Key, error)
	DeleteKey(ctx context.Context, project, ref string) error // id or name; at once
}

// JobFilter chooses jobs; empty fields choose all.
type JobFilter struct {
	Project string // or AnyProject
	States  []JobState
	Kind    string
	Limit   int // 0: all
}

// JobStore keeps jobs.
type JobStore interface {
	// CreateJob stores a queued job with its first event. Blobs named in its
	// specification are kept until the job has ended.
	CreateJob(ctx context.Context, j Job) (Job, error)
	Job(ctx context.Context, project, id string) (Job, error)
	// Jobs lists the newest first.
	Jobs(ctx context.Context, f JobFilter) ([]Job, error)
	// Transition changes a job and writes the event that says so, both or none.
	// Conflict where the job is in none of the from states (none given: any is
	// right). change may be nil; id, project, kind, spec and the number of
	// attempts stay what they are. The event is a StateEvent unless it says
	// otherwise, and takes time, attempt and state from the job.
	Transition(ctx context.Context, id string, from []JobState, change func(*Job) error, e Event) (Job, error)
	// DeleteJob forgets an ended job with its events and files.
	DeleteJob(ctx context.Context, project, id string) error
}

// AttemptStore keeps the tries at jobs.
type AttemptStore interface {
	// StartAttempt makes the next attempt of a queued job, with a new token
	// shown this once, fences all older ones and moves the job to starting.
	StartAttempt(ctx context.Context, job string) (Attempt, error)
	// SetProcess notes which process was started for an attempt.
	SetProcess(ctx context.Context, job string, attempt, pid int, boot string) error
	// Claim moves the attempt's job from starting to running, once: a second
	// claim is Conflict, unless the same process asks again because it did not
	// hear the answer.
	Claim(ctx context.Context, token string, pid int, boot string) (Attempt, Job, error)
	// AttemptByToken finds who reports. Unauthorized where the token is none;
	// Conflict where a newer attempt has fenced it.
	AttemptByToken(ctx context.Context, token string) (Attempt, Job, error)
	Attempts(ctx context.Context, job string) ([]Attempt, error) // oldest first
}

// EventStore keeps what happened to jobs, in order.
type EventStore interface {
	// AppendEvents stores an attempt's events and gives those that are new, with
	// their place in the job's history. Seq is the sender's own number on the
	// way in (0: none): what has come before is left out. A fenced attempt is
	// Conflict. Progress goes into the job; points go into the runs of the job.
	AppendEvents(ctx context.Context, job string, attempt int, events []Event) ([]Event, error)
	// Events lists those after a number, oldest first, of these kinds (none
	// given: all); limit 0 is all, a negative limit gives the last ones.
	Events(ctx context.Context, job string, after int64, kinds []EventKind, limit int) ([]Event, error)
}

// FileStore keeps which blobs are the outputs of a job, by name.
type FileStore interface {
	// PutFile names a blob that an attempt stored; Conflict where it is fenced.
	PutFile(ctx context.Context, job string, attempt int, name string, b Blob) error
	Files(ctx context.Context, job string) (map[string]Blob, error)
}

// VersionFilter chooses dataset or model versions.
type VersionFilter struct {
	Project string // or AnyProject
	Name    string // all versions of this one; empty: the latest of each
	All     bool   // all versions of all
	Limit   int    // 0: all
}

// DatasetStore keeps dataset versions. A ref is an id, NAME@VERSION, or NAME
// for the latest.
type DatasetStore interface {
	// AddDataset stores a version, or gives the one that has the same name,
	// task, digest and splits. Versions count from 1 and are never used twice.
	AddDataset(ctx context.Context, d Dataset) (version Dataset, existed bool, err error)
	Dataset(ctx context.Context, project, ref string) (Dataset, error)
	Datasets(ctx context.Context, f VersionFilter) ([]Dataset, error) // newest first
	// DeleteDataset deletes a version, or by NAME all of them, and the blobs
	// that nothing else needs.
	DeleteDataset(ctx context.Context, project, ref string) error
}

// ModelStore keeps model versions, as [DatasetStore] does.
type ModelStore interface {
	// AddModel stores a version, or gives the one that the same job has stored.
	AddModel(ctx context.Context, m Model) (version Model, existed bool, err error)
	Model(ctx context.Context, project, ref string) (Model, error)
	Models(ctx context.Context, f VersionFilter) ([]Model, error) // newest first
	DeleteModel(ctx context.Context, project, ref string) error
}

// EndpointStore keeps endpoints; a name is unique in its project.
type EndpointStore interface {
	CreateEndpoint(ctx context.Context, e Endpoint) (Endpoint, error)
	Endpoint(ctx context.Context, project, ref string) (Endpoint, error) // id or name
	Endpoints(ctx context.Context, project string) ([]Endpoint, error)
	// UpdateEndpoint changes all but id, project, time and counters.
	UpdateEndpoint(ctx context.Context, id string, change func(*Endpoint) error) (Endpoint, error)
	// CountEndpoint adds Requests, Texts, Tokens and Usage of e to its counters.
	CountEndpoint(ctx context.Context, e Endpoint) error
	// DeleteEndpoint deletes the endpoint and the keys that are good for it only.
	DeleteEndpoint(ctx context.Context, project, ref string) error
}

// RunStore keeps the records of trainings.
type RunStore interface {
	CreateRun(ctx context.Context, r Run) (Run, error)
	Run(ctx context.Context, project, id string) (Run, error)
	Runs(ctx context.Context, project string, limit int) ([]Run, error) // newest first
	UpdateRun(ctx context.Context, id string, change func(*Run) error) (Run, error)
	DeleteRun(ctx context.Context, project, id string) error
}

// PointStore keeps what runs measured.
type PointStore interface {
	// AppendPoints stores points; one of the same name and step replaces the
	// older. Values that are not finite are left out.
	AppendPoints(ctx context.Context, run string, points []Point) error
	// Points lists the points of these names (none given: all) in order of name
	// and step, thinned out to at most n a name (0: all) without losing the
	// first, the last or the peaks.
	Points(ctx context.Context, run string, names []string, n int) ([]Point, error)
}

// LedgerEntry is one line of what was used, by whom.
type LedgerEntry struct {
	ID      string    `json:"id"` // of its maker: an entry is stored once
	Time    time.Time `json:"time"`
	Project string    `json:"project"`
	Kind    string    `json:"kind"`    // job kind, or endpoint
	Subject string    `json:"subject"` // id of the job or endpoint
	Name    string    `json:"name"`
	Key     string    `json:"key,omitempty"` // id of the key that asked
	Usage   Usage     `json:"usage"`
}

// LedgerFilter chooses entries; empty fields choose all.
type LedgerFilter struct {
	Project string // or AnyProject
	Subject string
	Kind    string
	Since   time.Time // inclusive
	Until   time.Time // exclusive
	Limit   int       // 0: all
}

// LedgerGroup is what totals are made by.
type LedgerGroup string

// The groups of a ledger's totals.
const (
	BySubject LedgerGroup = "subject" // a job or an endpoint
	ByKind    LedgerGroup = "kind"
	ByProject LedgerGroup = "project"
	ByKey     LedgerGroup = "key"
	ByDay     LedgerGroup = "day" // of UTC
)

// LedgerTotal is the sum of a group's entries in one currency.
type LedgerTotal struct {
	Group   string    `json:"group"` // id of the subject, name of the kind, …
	Name    string    `json:"name,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	Project string    `json:"project,omitempty"`
	Entries int64     `json:"entries"`
	Last    time.Time `json:"last"`
	Usage   Usage     `json:"usage"`
}

// LedgerStore keeps the ledger, which nothing but its project's end shortens.
type LedgerStore interface {
	AddEntry(ctx context.Context, e LedgerEntry) error                                 // a second one with the same id is left out
	Entries(ctx context.Context, f LedgerFilter) ([]LedgerEntry, error)                // newest first
	Totals(ctx context.Context, f LedgerFilter, by LedgerGroup) ([]LedgerTotal, error) // latest first
}

// SettingStore keeps values by name, for a project or, under AnyProject, for
// the hall. They are sealed.
type SettingStore interface {
	PutSetting(ctx context.Context, project, name string, value any) error
	// Setting decodes a value into what into points to; false where none is set.
	Setting(ctx context.Context, project, name string, into any) (bool, error)
	Settings(ctx context.Context, project string) (map[string]json.RawMessage, error)
	DeleteSetting(ctx context.Context, project, name string) error
}
