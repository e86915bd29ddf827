-- Every row that decides anything gets a seal: SHA-256 over its table's name and its other columns (src/seal.rs).
-- SQLite itself does not notice most changed bits. `facts.unsealed` says that the rows that are here already
-- still wait for theirs; the program gives them in one transaction right after this one.
ALTER TABLE plans ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
ALTER TABLE operations ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
ALTER TABLE generations ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
ALTER TABLE overrides ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
ALTER TABLE tokens ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
-- An override that was taken back may get its seal, and nothing else.
DROP TRIGGER overrides_are_reverted_once;
CREATE TRIGGER overrides_are_reverted_once
    BEFORE UPDATE OF sequence, id, capability, value, reason, set_at, actor, reverted_at, digest ON overrides
    WHEN OLD.reverted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an override that was taken back stays as it is'); END;

-- What the database knows of itself: `schema`, the digest of all tables, indexes and triggers.
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal BLOB NOT NULL DEFAULT x'') STRICT, WITHOUT ROWID;
INSERT INTO facts (name, value) VALUES ('unsealed', 'yes');

-- Open operations are few: an index of them alone costs nothing once they have ended.
DROP INDEX operations_by_state;
CREATE INDEX operations_open ON operations (state) WHERE state IN ('running', 'undoing');

-- A journal line is one page to write: no second tree beside the rows, no counter in a third.
ALTER TABLE journal RENAME TO journal_before;
CREATE TABLE journal (
    operation_id TEXT NOT NULL REFERENCES operations (id),
    sequence INTEGER NOT NULL,
    step INTEGER NOT NULL,
    phase TEXT NOT NULL,
    at TEXT NOT NULL,
    code TEXT,
    seal BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY (operation_id, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO journal (operation_id, sequence, step, phase, at, code)
    SELECT operation_id, sequence, step, phase, at, code FROM journal_before ORDER BY operation_id, sequence;
DROP TABLE journal_before;

-- A line of the ledger is the text that its hash covers: what is checked is what is read. The hashes of lines
-- that were written before stay as they are.
ALTER TABLE ledger RENAME TO ledger_before;
DROP TRIGGER ledger_is_append_only_update;
DROP TRIGGER ledger_is_append_only_delete;
CREATE TABLE ledger (sequence INTEGER PRIMARY KEY, line TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
INSERT INTO ledger (sequence, line, hash)
    SELECT sequence, json_array(json_array(sequence, at, operation_id, actor, command),
        json_array(outcome, plan_digest, generation, previous)), hash FROM ledger_before ORDER BY sequence;
DROP TABLE ledger_before;
CREATE TRIGGER ledger_is_append_only_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_append_only_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Every now and then the ledger's length and last hash are signed (Ed25519): who rewrites the chain needs the key too.
CREATE TABLE checkpoints (
    count INTEGER PRIMARY KEY,
    head TEXT NOT NULL,
    key TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
CREATE TRIGGER checkpoints_are_append_only_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoints_are_append_only_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;

-- Where a module is in its life. One without a row is available. The trigger knows the table of transitions.
CREATE TABLE modules (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    seal BLOB NOT NULL DEFAULT x''
) STRICT, WITHOUT ROWID;
CREATE TRIGGER modules_follow_their_table BEFORE UPDATE OF state ON modules WHEN OLD.state <> NEW.state AND NOT (
    NEW.state IN ('failed', 'deprecated')
    OR (OLD.state IN ('available', 'failed') AND NEW.state = 'resolved')
    OR (OLD.state = 'resolved' AND NEW.state = 'installed')
    OR (OLD.state IN ('installed', 'stopped') AND NEW.state = 'running')
    OR (OLD.state IN ('installed', 'running') AND NEW.state = 'stopped')
) BEGIN SELECT RAISE(ABORT, 'there is no such transition of a module'); END;

-- What happened to the database itself: a restoration, with what it lost. `line` is its line in the ledger;
-- `seen_at` says when a person let the doctor close it.
CREATE TABLE incidents (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    line INTEGER,
    seen_at TEXT,
    seal BLOB NOT NULL DEFAULT x''
) STRICT;
