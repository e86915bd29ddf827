-- What was measured of models that were loaded: the most memory that the engine's process had, and how fast it wrote, for one
-- way of loading one file with one engine on one machine. It corrects what is estimated of the same. Sizes are bytes, `speed` is
-- in thousandths of a token a second.
CREATE TABLE loads (
    model       TEXT NOT NULL,
    engine      TEXT NOT NULL,
    machine     TEXT NOT NULL,
    gpu_layers  INTEGER NOT NULL,
    context     INTEGER NOT NULL,
    parallel    INTEGER NOT NULL,
    cache       TEXT NOT NULL,
    peak        INTEGER NOT NULL,
    speed       INTEGER,
    measured_at TEXT NOT NULL,
    seal        BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY (model, engine, machine, gpu_layers, context, parallel, cache)
) STRICT, WITHOUT ROWID;
