//! Who may use the endpoint over TCP.

use las_runtime::SystemEntropy;
use las_state::{State, Token};
use las_types::{Digest, Entropy, Failure, Timestamp, TokenId};
use std::sync::{Mutex, PoisonError};

/// The tokens of this process; those of programs are in the database, by digest.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Digests of the tokens of pages that this process shows.
    pages: Mutex<Vec<Digest>>,
}

/// 256 random bits with a prefix that scanners for leaked secrets can know.
fn value() -> String {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    format!("las_{}", Digest::from_bytes(bytes).hex())
}

impl Tokens {
    pub(crate) fn page_token(&self) -> String {
        let value = value();
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).push(Digest::of(value.as_bytes()));
        value
    }

    /// Compares digests of 256-bit values, so the time it takes tells nothing of use.
    pub(crate) async fn authorises(&self, state: &State, given: &str) -> Result<bool, Failure> {
        let digest = Digest::of(given.as_bytes());
        if self.pages.lock().unwrap_or_else(PoisonError::into_inner).contains(&digest) {
            return Ok(true);
        }
        Ok(state.tokens().await?.iter().any(|(_, known)| *known == digest))
    }

    /// Makes a token for a program and returns it with its value, which is not kept.
    pub(crate) async fn create(
        state: &State,
        label: String,
        now: Timestamp,
        actor: &str,
    ) -> Result<(Token, String), Failure> {
        let mut random = [0; 10];
        SystemEntropy.fill(&mut random);
        let token = Token { id: TokenId::new(now, random), label, made_at: now };
        let value = value();
        state.add_token(&token, Digest::of(value.as_bytes()), actor).await?;
        Ok((token, value))
    }
}
