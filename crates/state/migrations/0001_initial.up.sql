-- The machine's state. Written only by the core that holds the data directory's lock.
-- Times are RFC 3339 in UTC; bodies are JSON of the types of las-types.

-- What was proposed. A plan is never changed; `spent_by` names the one operation that ran it.
CREATE TABLE plans (
    id       TEXT PRIMARY KEY,
    made_at  TEXT NOT NULL,
    base     INTEGER NOT NULL,
    body     TEXT NOT NULL,
    spent_by TEXT
) STRICT;

-- What was approved. `state` is one of running, undoing, succeeded, failed, cancelled.
CREATE TABLE operations (
    id         TEXT PRIMARY KEY,
    plan_id    TEXT NOT NULL REFERENCES plans (id),
    state      TEXT NOT NULL,
    actor      TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at   TEXT,
    failure    TEXT,
    generation INTEGER
) STRICT;
CREATE INDEX operations_by_state ON operations (state);

-- One line before and one after each step: what recovery reads after a stop.
CREATE TABLE journal (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    operation_id TEXT NOT NULL REFERENCES operations (id),
    step         INTEGER NOT NULL,
    phase        TEXT NOT NULL,
    at           TEXT NOT NULL,
    code         TEXT
) STRICT;
CREATE INDEX journal_by_operation ON journal (operation_id, sequence);

-- What was installed, as numbered sets. `digest` is SHA-256 of `body`: SQLite itself does not notice
-- most changed bits.
CREATE TABLE generations (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;

-- One line for every operation that ended. Each line's hash covers the line before, so that a changed
-- or missing line shows.
CREATE TABLE ledger (
    sequence     INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    actor        TEXT NOT NULL,
    command      TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    plan_digest  TEXT NOT NULL,
    generation   INTEGER,
    previous     TEXT NOT NULL,
    hash         TEXT NOT NULL
) STRICT;
CREATE TRIGGER ledger_is_append_only_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_append_only_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- API tokens: only the SHA-256 of a value of 256 random bits is kept.
CREATE TABLE tokens (
    id      TEXT PRIMARY KEY,
    label   TEXT NOT NULL,
    hash    TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL
) STRICT;
