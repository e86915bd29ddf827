-- Where a person decided otherwise than the policies, on this machine. Nothing is deleted: one that
-- is taken back or replaced keeps its row and gets `reverted_at`, so that the history stays.
-- `digest` is SHA-256 of the row as JSON of the type Override: SQLite itself does not notice most
-- changed bits.
CREATE TABLE overrides (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    capability  TEXT NOT NULL,
    value       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    set_at      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    reverted_at TEXT,
    digest      TEXT NOT NULL
) STRICT;
-- At most one holds for each capability.
CREATE UNIQUE INDEX overrides_in_force ON overrides (capability) WHERE reverted_at IS NULL;
CREATE TRIGGER overrides_are_kept BEFORE DELETE ON overrides BEGIN SELECT RAISE(ABORT, 'overrides are never deleted'); END;
CREATE TRIGGER overrides_are_reverted_once BEFORE UPDATE ON overrides WHEN OLD.reverted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an override that was taken back stays as it is'); END;
