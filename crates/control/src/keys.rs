//! Approvals with an idempotency key: the same key is the same operation, exactly once.

use crate::ControlPlane;
use las_types::{Code, Failure, Operation, PlanId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// The longest key; what is longer is no key that a client made.
const LONGEST: usize = 255;

/// One lock a key, kept for as long as somebody holds or awaits it.
#[derive(Debug, Default)]
pub(crate) struct Keyed {
    locks: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Keyed {
    /// Waits until nobody else approves with this key.
    pub(crate) async fn lock(&self, key: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(key.to_owned()).or_default())
        };
        lock.lock_owned().await
    }
}

/// A key without what it can't hold. Code: `request-invalid`.
pub(crate) fn checked(key: &str) -> Result<&str, Failure> {
    let shown = |byte: u8| (0x21..=0x7e).contains(&byte);
    if (1..=LONGEST).contains(&key.len()) && key.bytes().all(shown) {
        return Ok(key);
    }
    let detail = format!("an idempotency key has 1 to {LONGEST} visible ASCII characters");
    Err(Failure::new(Code::RequestInvalid).with("detail", detail))
}

impl ControlPlane {
    /// The operation that was begun with a key; none yet if nothing was. Code: `idempotency-key-used`
    /// where that was another plan.
    pub(crate) async fn begun_with(&self, key: &str, plan: PlanId) -> Result<Option<Operation>, Failure> {
        match self.state.begun_with(key).await? {
            None => Ok(None),
            Some((begun, operation)) if begun == plan => self.operation(operation).await,
            Some((begun, _)) => {
                Err(Failure::new(Code::IdempotencyKeyUsed).with("key", key).with("plan", begun))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Keyed, checked};

    #[test]
    fn a_key_is_visible_and_not_endless() {
        for good in ["a", "8c4f1b3e-6f0e", &"x".repeat(255)] {
            assert_eq!(checked(good).unwrap(), good);
        }
        for bad in ["", "a b", "ü", "a\n", &"x".repeat(256)] {
            assert!(checked(bad).is_err(), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn a_lock_goes_with_its_last_holder() {
        let keyed = Keyed::default();
        let first = keyed.lock("a").await;
        drop(keyed.lock("b").await);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(1), keyed.lock("a")).await.is_err());
        drop(first);
        drop(keyed.lock("a").await);
        drop(keyed.lock("c").await);
        assert_eq!(keyed.locks.lock().unwrap().len(), 1);
    }
}
