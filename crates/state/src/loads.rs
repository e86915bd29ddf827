//! What was measured of models that were loaded.

use crate::seal::Seal;
use crate::{Error, State};
use las_types::{ByteSize, Digest, MeasuredLoad};
use sqlx::{Row, sqlite::SqliteRow};

const COLUMNS: &str = "SELECT model, engine, machine, gpu_layers, context, parallel, cache, peak, speed, measured_at FROM loads";

fn text<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, Error> {
    Ok(serde_json::from_value(serde_json::Value::String(row.get(column)))?)
}

fn number(row: &SqliteRow, column: &str) -> u32 {
    u32::try_from(row.get::<i64, _>(column)).unwrap_or(0)
}

fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn read(row: &SqliteRow) -> Result<MeasuredLoad, Error> {
    Ok(MeasuredLoad {
        model: text(row, "model")?,
        engine: text(row, "engine")?,
        machine: text(row, "machine")?,
        gpu_layers: number(row, "gpu_layers"),
        context: number(row, "context"),
        parallel: number(row, "parallel"),
        cache: text(row, "cache")?,
        peak: ByteSize::new(natural(row.get("peak"))),
        speed: row.get::<Option<i64>, _>("speed").map(natural),
        measured_at: text(row, "measured_at")?,
    })
}

impl State {
    /// What was measured of a model with this engine on this machine.
    pub async fn loads(
        &self,
        model: Digest,
        engine: Digest,
        machine: Digest,
    ) -> Result<Vec<MeasuredLoad>, Error> {
        let which = "WHERE model = ? AND engine = ? AND machine = ? ORDER BY context, parallel, cache";
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} {which}")))
            .bind(model.to_string())
            .bind(engine.to_string())
            .bind(machine.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(read).collect()
    }

    /// Keeps what was measured, in place of what was kept of the same before.
    pub async fn keep_load(&self, load: &MeasuredLoad) -> Result<(), Error> {
        let whole = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
        let (model, engine, machine) =
            (load.model.to_string(), load.engine.to_string(), load.machine.to_string());
        let (layers, context, parallel) =
            (i64::from(load.gpu_layers), i64::from(load.context), i64::from(load.parallel));
        let (cache, at) = (load.cache.as_str(), load.measured_at.to_string());
        let (peak, speed) = (whole(load.peak.bytes()), load.speed.map(whole));
        let seal = Seal::row("loads").text(&model).text(&engine).text(&machine);
        let seal = seal.integer(layers).integer(context).integer(parallel).text(cache);
        let seal = seal.integer(peak).optional_integer(speed).text(&at).done();
        sqlx::query(
            "INSERT OR REPLACE INTO loads (model, engine, machine, gpu_layers, context, parallel, cache, peak, speed, \
             measured_at, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(model)
        .bind(engine)
        .bind(machine)
        .bind(layers)
        .bind(context)
        .bind(parallel)
        .bind(cache)
        .bind(peak)
        .bind(speed)
        .bind(at)
        .bind(seal)
        .execute(&self.pool)
        .await
        .map_err(|e| self.failed(e))?;
        Ok(())
    }
}
