//! How much there is of everything, for whoever watches the core.

use crate::{Error, State};
use sqlx::Row;

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Operations that ended, by command and state, as the ledger has them. Why one failed is left out: it
    /// holds what people typed and what programs said, and there is no end to those.
    pub ended: Vec<(String, String, u64)>,
    /// Lines of the journal.
    pub journal_entries: u64,
    /// Lines of the ledger.
    pub ledger_lines: u64,
    /// Bytes of the database's pages.
    pub database_bytes: u64,
    /// Tokens of programs.
    pub tokens: u64,
}

fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl State {
    /// How much there is of everything.
    pub async fn figures(&self) -> Result<Figures, Error> {
        let failed = |error| self.failed(error);
        let rows = sqlx::query(
            "SELECT command, substr(outcome, 1, instr(outcome || ' ', ' ') - 1) AS state, COUNT(*) AS count \
             FROM (SELECT line ->> '$[0][4]' AS command, line ->> '$[1][0]' AS outcome FROM ledger \
             WHERE line ->> '$[0][2]' IN (SELECT id FROM operations)) GROUP BY 1, 2 ORDER BY 1, 2",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let ended: Vec<_> = rows
            .iter()
            .map(|row| (row.get("command"), row.get("state"), natural(row.get("count"))))
            .collect();
        let sums = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM journal) AS journal, (SELECT COUNT(*) FROM ledger) AS ledger, \
             (SELECT COUNT(*) FROM tokens) AS tokens, \
             (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(Figures {
            ledger_lines: natural(sums.get("ledger")),
            ended,
            journal_entries: natural(sums.get("journal")),
            database_bytes: natural(sums.get("bytes")),
            tokens: natural(sums.get("tokens")),
        })
    }
}
