//! API tokens, by the hash of their value. Making and revoking one is in the ledger: row and line are written in
//! one transaction, and only where the ledger's anchor can be written too.

use crate::incidents::Entry;
use crate::seal::Seal;
use crate::{Error, Incident, State};
use las_types::{Digest, Timestamp, TokenId};
use sqlx::{Row, Sqlite, Transaction};

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
    /// Keeps a token by the digest of its value, for whoever asked for it.
    pub async fn add_token(&self, token: &Token, hash: Digest, actor: &str) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let (id, hash, made_at) = (token.id.to_string(), hash.to_string(), token.made_at.to_string());
        let seal = Seal::row("tokens").text(&id).text(&token.label).text(&hash).text(&made_at);
        let mut end = self.end.lock().await;
        self.anchor_now(&mut end).await?;
        // A commit that fails may hold all the same.
        end.head = None;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::query("INSERT INTO tokens (id, label, hash, made_at, seal) VALUES (?, ?, ?, ?, ?)")
            .bind(&id)
            .bind(&token.label)
            .bind(hash)
            .bind(made_at)
            .bind(seal.done())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let change = Incident::new("token_create", &[("id", &id), ("label", &token.label)]);
        self.enter_change(&mut transaction, token.made_at, actor, &change, &id).await?;
        transaction.commit().await.map_err(failed)?;
        self.anchor_after(&mut end).await;
        Ok(())
    }

    pub(crate) async fn enter_change(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        at: Timestamp,
        actor: &str,
        change: &Incident,
        id: &str,
    ) -> Result<(), Error> {
        let entry = Entry { at, operation: id, actor, outcome: "succeeded", seen_at: Some(at) };
        self.enter(transaction, &entry, change).await
    }

    /// The change holds whether this succeeds or not: the anchor is one line behind then, and brought up before
    /// the next line.
    pub(crate) async fn anchor_after(&self, end: &mut crate::anchor::End) {
        let _ = self.anchor_now(end).await;
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

    /// Forgets a token, for whoever asked for it; false if there was none.
    pub async fn remove_token(&self, id: TokenId, at: Timestamp, actor: &str) -> Result<bool, Error> {
        let failed = |error| self.failed(error);
        let id = id.to_string();
        let mut end = self.end.lock().await;
        self.anchor_now(&mut end).await?;
        // A commit that fails may hold all the same.
        end.head = None;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let label: Option<String> = sqlx::query_scalar("DELETE FROM tokens WHERE id = ? RETURNING label")
            .bind(&id)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let Some(label) = label else { return Ok(false) };
        let change = Incident::new("token_revoke", &[("id", &id), ("label", &label)]);
        self.enter_change(&mut transaction, at, actor, &change, &id).await?;
        transaction.commit().await.map_err(failed)?;
        self.anchor_after(&mut end).await;
        Ok(true)
    }
}
