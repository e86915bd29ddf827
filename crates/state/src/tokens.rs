//! API tokens, by the hash of their value.

use crate::seal::Seal;
use crate::{Error, State};
use las_types::{Digest, Timestamp, TokenId};
use sqlx::Row;

/// A token, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub made_at: Timestamp,
}

impl State {
    /// Keeps a token by the digest of its value.
    pub async fn add_token(&self, token: &Token, hash: Digest) -> Result<(), Error> {
        let (id, hash, made_at) = (token.id.to_string(), hash.to_string(), token.made_at.to_string());
        let seal = Seal::row("tokens").text(&id).text(&token.label).text(&hash).text(&made_at);
        sqlx::query("INSERT INTO tokens (id, label, hash, made_at, seal) VALUES (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(&token.label)
            .bind(hash)
            .bind(made_at)
            .bind(seal.done())
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Every token with the digest of its value, oldest first.
    pub async fn tokens(&self) -> Result<Vec<(Token, Digest)>, Error> {
        let rows = sqlx::query("SELECT * FROM tokens ORDER BY made_at")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        let unreadable = |detail: String| Error::Corrupt { path: self.path.clone(), detail };
        rows.iter()
            .map(|row| {
                // Who may come in is checked each time somebody asks.
                if !Seal::fits("tokens", row) {
                    return Err(unreadable("a token does not have its seal".to_owned()));
                }
                let token = Token {
                    id: row
                        .get::<&str, _>("id")
                        .parse()
                        .map_err(|error| unreadable(format!("token id: {error}")))?,
                    label: row.get("label"),
                    made_at: row
                        .get::<&str, _>("made_at")
                        .parse()
                        .map_err(|error| unreadable(format!("token time: {error}")))?,
                };
                let hash = row
                    .get::<&str, _>("hash")
                    .parse()
                    .map_err(|error| unreadable(format!("token hash: {error}")))?;
                Ok((token, hash))
            })
            .collect()
    }

    /// Forgets a token; false if there was none.
    pub async fn remove_token(&self, id: TokenId) -> Result<bool, Error> {
        let done = sqlx::query("DELETE FROM tokens WHERE id = ?")
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(done.rows_affected() == 1)
    }
}
