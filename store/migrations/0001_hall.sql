-- Times are nanoseconds since 1970 in UTC. A body is sealed JSON.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE projects (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL
) WITHOUT ROWID;

-- The newest generation seals, older ones still open. The first one addresses blobs.
CREATE TABLE project_keys (
  project    TEXT NOT NULL REFERENCES projects,
  generation INTEGER NOT NULL,
  wrapped    BLOB NOT NULL,
  PRIMARY KEY (project, generation)
) WITHOUT ROWID;

CREATE TABLE keys (
  id        TEXT PRIMARY KEY,
  project   TEXT NOT NULL, -- * for all
  name      TEXT NOT NULL,
  endpoint  TEXT NOT NULL,
  hash      TEXT NOT NULL UNIQUE,
  last_used INTEGER NOT NULL,
  body      BLOB NOT NULL,
  UNIQUE (project, name)
);

CREATE TABLE jobs (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  project    TEXT NOT NULL REFERENCES projects,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,
  generation INTEGER NOT NULL, -- of the project's key that the job's data key comes from
  last_event INTEGER NOT NULL,
  progress_event INTEGER NOT NULL, -- the one that the next of the same stage replaces, or 0
  spec       BLOB NOT NULL,
  progress   BLOB NOT NULL,
  body       BLOB NOT NULL
);
CREATE INDEX jobs_project ON jobs (project);
CREATE INDEX jobs_state ON jobs (state);

CREATE TABLE attempts (
  job      INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
  number   INTEGER NOT NULL,
  hash     TEXT NOT NULL UNIQUE,
  pid      INTEGER NOT NULL,
  boot     TEXT NOT NULL,
  started  INTEGER NOT NULL,
  claimant TEXT NOT NULL, -- empty until claimed
  progress INTEGER NOT NULL, -- the sender's number of its last progress event
  PRIMARY KEY (job, number)
) WITHOUT ROWID;

CREATE TABLE events (
  job     INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
  seq     INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  sender  INTEGER, -- the sender's own number, or null
  kind    TEXT NOT NULL,
  body    BLOB NOT NULL,
  PRIMARY KEY (job, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX events_once ON events (job, attempt, sender) WHERE sender IS NOT NULL;

CREATE TABLE files (
  job    INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
  name   TEXT NOT NULL,
  digest TEXT NOT NULL,
  bytes  INTEGER NOT NULL,
  PRIMARY KEY (job, name)
) WITHOUT ROWID;

-- Which record needs which blob; a blob that none needs may go.
CREATE TABLE blob_refs (
  project TEXT NOT NULL,
  digest  TEXT NOT NULL,
  owner   TEXT NOT NULL,
  PRIMARY KEY (project, digest, owner)
) WITHOUT ROWID;
CREATE INDEX blob_refs_owner ON blob_refs (owner);

-- Datasets and models. same is a keyed digest of what makes two versions one.
CREATE TABLE versions (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  thing   TEXT NOT NULL,
  project TEXT NOT NULL REFERENCES projects,
  name    TEXT NOT NULL,
  version INTEGER NOT NULL,
  same    TEXT NOT NULL,
  body    BLOB NOT NULL,
  UNIQUE (thing, project, name, version)
);
CREATE INDEX versions_same ON versions (thing, project, name, same);

-- The last number given, so that none is given twice.
CREATE TABLE version_counts (
  thing   TEXT NOT NULL,
  project TEXT NOT NULL,
  name    TEXT NOT NULL,
  last    INTEGER NOT NULL,
  PRIMARY KEY (thing, project, name)
) WITHOUT ROWID;

CREATE TABLE endpoints (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  project  TEXT NOT NULL REFERENCES projects,
  name     TEXT NOT NULL,
  counters TEXT NOT NULL, -- JSON
  body     BLOB NOT NULL,
  UNIQUE (project, name)
);

CREATE TABLE runs (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL REFERENCES projects,
  job     TEXT NOT NULL,
  body    BLOB NOT NULL
);
CREATE INDEX runs_project ON runs (project);
CREATE INDEX runs_job ON runs (job);

CREATE TABLE series (
  id   INTEGER PRIMARY KEY,
  run  INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  name TEXT NOT NULL,
  UNIQUE (run, name)
);

CREATE TABLE points (
  series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  step   INTEGER NOT NULL,
  value  REAL NOT NULL,
  PRIMARY KEY (series, step)
) WITHOUT ROWID;

CREATE TABLE ledger (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL,
  project  TEXT NOT NULL,
  time     INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  name     TEXT NOT NULL,
  key      TEXT NOT NULL,
  wall     REAL NOT NULL, -- seconds
  cpu      REAL NOT NULL, -- seconds
  joules   REAL NOT NULL,
  source   TEXT NOT NULL,
  error    REAL NOT NULL, -- relative half-width of joules
  cost     REAL NOT NULL,
  currency TEXT NOT NULL,
  grams    REAL NOT NULL, -- of CO2
  UNIQUE (project, id)
);
CREATE INDEX ledger_time ON ledger (project, time);
CREATE INDEX ledger_subject ON ledger (subject);

CREATE TABLE settings (
  project TEXT NOT NULL, -- * for the hall
  name    TEXT NOT NULL,
  body    BLOB NOT NULL,
  PRIMARY KEY (project, name)
) WITHOUT ROWID;
