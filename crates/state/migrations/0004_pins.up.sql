-- Modules that stay at one version. Nothing is deleted: one that is lifted or replaced keeps its row and
-- gets `unpinned_at`, so that the history stays. `digest` is SHA-256 of the row as JSON of the type Pin.
CREATE TABLE pins (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    module      TEXT NOT NULL,
    version     TEXT NOT NULL,
    pinned_at   TEXT NOT NULL,
    actor       TEXT NOT NULL,
    unpinned_at TEXT,
    digest      TEXT NOT NULL,
    seal        BLOB NOT NULL DEFAULT x''
) STRICT;
-- At most one holds for each module.
CREATE UNIQUE INDEX pins_in_force ON pins (module) WHERE unpinned_at IS NULL;
CREATE TRIGGER pins_are_kept BEFORE DELETE ON pins BEGIN SELECT RAISE(ABORT, 'pins are never deleted'); END;
CREATE TRIGGER pins_are_lifted_once BEFORE UPDATE OF sequence, module, version, pinned_at, actor, unpinned_at, digest ON pins WHEN OLD.unpinned_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a pin that was lifted stays as it is'); END;

-- Which operation a client's key began: asked again with the key, the same operation is the answer, also
-- of a later core. `digest` is SHA-256 of key, plan and operation as a JSON list.
CREATE TABLE idempotency_keys (
    key          TEXT PRIMARY KEY,
    plan_id      TEXT NOT NULL REFERENCES plans (id),
    operation_id TEXT NOT NULL REFERENCES operations (id),
    digest       TEXT NOT NULL,
    seal         BLOB NOT NULL DEFAULT x''
) STRICT;
