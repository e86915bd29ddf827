-- The older schema knows no seals; its digests and the ledger's chain are as they were.
ALTER TABLE plans DROP COLUMN seal;
ALTER TABLE operations DROP COLUMN seal;
ALTER TABLE generations DROP COLUMN seal;
DROP TRIGGER overrides_are_reverted_once;
ALTER TABLE overrides DROP COLUMN seal;
CREATE TRIGGER overrides_are_reverted_once BEFORE UPDATE ON overrides WHEN OLD.reverted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an override that was taken back stays as it is'); END;
ALTER TABLE tokens DROP COLUMN seal;
DROP TABLE facts;

DROP INDEX operations_open;
CREATE INDEX operations_by_state ON operations (state);

ALTER TABLE journal RENAME TO journal_sealed;
CREATE TABLE journal (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    operation_id TEXT NOT NULL REFERENCES operations (id),
    step         INTEGER NOT NULL,
    phase        TEXT NOT NULL,
    at           TEXT NOT NULL,
    code         TEXT
) STRICT;
INSERT INTO journal SELECT sequence, operation_id, step, phase, at, code FROM journal_sealed ORDER BY sequence;
DROP TABLE journal_sealed;
CREATE INDEX journal_by_operation ON journal (operation_id, sequence);

DROP TRIGGER ledger_is_append_only_update;
DROP TRIGGER ledger_is_append_only_delete;
ALTER TABLE ledger RENAME TO ledger_texts;
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
INSERT INTO ledger SELECT sequence, line ->> '$[0][1]', line ->> '$[0][2]', line ->> '$[0][3]', line ->> '$[0][4]',
    line ->> '$[1][0]', line ->> '$[1][1]', line ->> '$[1][2]', line ->> '$[1][3]', hash
    FROM ledger_texts ORDER BY sequence;
DROP TABLE ledger_texts;
CREATE TRIGGER ledger_is_append_only_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_append_only_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE kept_checkpoints AS SELECT * FROM checkpoints;
DROP TABLE checkpoints;
CREATE TABLE kept_modules AS SELECT * FROM modules;
DROP TABLE modules;
CREATE TABLE kept_incidents AS SELECT * FROM incidents;
DROP TABLE incidents;
