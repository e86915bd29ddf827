//! Generations.

use crate::{Error, State};
use las_types::{Digest, Generation, GenerationNumber};
use sqlx::{Row, sqlite::SqliteRow};

impl State {
    fn generation_of(&self, row: &SqliteRow) -> Result<Generation, Error> {
        let body: &str = row.get("body");
        let expected: &str = row.get("digest");
        if Digest::of(body.as_bytes()).to_string() != expected {
            let number: i64 = row.get("number");
            return Err(Error::Corrupt {
                path: self.path.clone(),
                detail: format!("generation {number} does not have its digest"),
            });
        }
        Ok(serde_json::from_str(body)?)
    }

    pub(crate) async fn check_generations(&self) -> Result<(), Error> {
        self.generations().await.map(|_| ())
    }

    /// Every generation, oldest first; generation 0, the empty machine, is not stored.
    pub async fn generations(&self) -> Result<Vec<Generation>, Error> {
        let rows = sqlx::query("SELECT number, body, digest FROM generations ORDER BY number")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(|row| self.generation_of(row)).collect()
    }

    /// A generation by its number.
    pub async fn generation(&self, number: GenerationNumber) -> Result<Option<Generation>, Error> {
        let row = sqlx::query("SELECT number, body, digest FROM generations WHERE number = ?")
            .bind(i64::try_from(number.0).unwrap_or(i64::MAX))
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        row.as_ref().map(|row| self.generation_of(row)).transpose()
    }

    /// The current generation; none on the empty machine.
    pub async fn current_generation(&self) -> Result<Option<Generation>, Error> {
        let row = sqlx::query("SELECT number, body, digest FROM generations ORDER BY number DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        row.as_ref().map(|row| self.generation_of(row)).transpose()
    }
}
