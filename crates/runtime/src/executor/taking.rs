//! What services take, looked at as often as it changes for whoever reads it.

use super::NativeExecutor;
use crate::blocking;
use crate::process::{self, Family};
use las_types::{Failure, ServiceName, Taken};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long what was seen is told again. A look reads every process of the machine, and each window, tray and command asks
/// for itself.
const LASTS: Duration = Duration::from_millis(250);

/// A look at families' processes.
struct Look {
    at: Instant,
    families: Vec<Family>,
    taken: Vec<Taken>,
}

/// The last one.
#[derive(Default)]
pub(super) struct LastLook(tokio::sync::Mutex<Option<Look>>);

impl LastLook {
    /// What these families take, in their order. Who asks during a look gets what it finds.
    async fn of(&self, families: Vec<Family>) -> Result<Vec<Taken>, Failure> {
        let mut last = self.0.lock().await;
        let fresh = last.as_ref().filter(|look| look.at.elapsed() < LASTS && look.families == families);
        if let Some(look) = fresh {
            return Ok(look.taken.clone());
        }
        let (families, taken) = blocking::run_unwatched(move || {
            let taken = process::taken(&families)?;
            Ok((families, taken))
        })
        .await?;
        *last = Some(Look { at: Instant::now(), families, taken: taken.clone() });
        Ok(taken)
    }
}

impl NativeExecutor {
    /// What services and all that they started take now, of those that have processes.
    ///
    /// Code: `io-failed` if it can't be told.
    pub async fn taken(&self) -> Result<BTreeMap<ServiceName, Taken>, Failure> {
        let (mut native, mut contained) = ((Vec::new(), Vec::new()), Vec::new());
        for (name, service) in &*self.known() {
            let snapshot = service.now();
            if let Some(container) = snapshot.container {
                contained.push((name.clone(), container));
            } else if let Some(family) = snapshot.family {
                native.0.push(name.clone());
                native.1.push(family);
            }
        }
        let contained =
            contained.iter().map(|(name, one)| async { Some((name.clone(), one.taken().await?)) });
        let (names, families) = native;
        let (native, contained) =
            tokio::join!(self.last_look.of(families), futures::future::join_all(contained));
        Ok(names.into_iter().zip(native?).chain(contained.into_iter().flatten()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{LASTS, LastLook};
    use crate::process::Family;
    use std::time::Instant;

    impl LastLook {
        async fn is_of(&self) -> Option<Instant> {
            self.0.lock().await.as_ref().map(|look| look.at)
        }
    }

    #[tokio::test]
    async fn what_services_take_is_looked_at_once_for_all_who_ask_and_anew_for_others() {
        let look = LastLook::default();
        let one = vec![Family::new()];
        look.of(one.clone()).await.unwrap();
        let seen = look.is_of().await.unwrap();
        look.of(one.clone()).await.unwrap();
        assert!(Some(seen) == look.is_of().await || seen.elapsed() > LASTS, "looked at twice");
        let two = vec![Family::new(), Family::new()];
        assert_eq!(look.of(two.clone()).await.unwrap().len(), 2);
        // What was seen long ago is not told again.
        if let Some(last) = look.0.lock().await.as_mut() {
            last.at -= 2 * LASTS;
        }
        let before = look.is_of().await;
        look.of(two).await.unwrap();
        assert!(look.is_of().await > before);
    }
}
