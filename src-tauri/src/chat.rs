//! Answers that are being streamed, so that they can be stopped.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The answers under way, by the number that the page gave each.
#[derive(Default)]
pub(crate) struct Conversations {
    running: Mutex<HashMap<u32, oneshot::Sender<()>>>,
}

impl Conversations {
    /// Begins one; what is returned completes when it is to stop. An older one of that number (its page
    /// was loaded anew) stops.
    pub(crate) fn begin(&self, id: u32) -> oneshot::Receiver<()> {
        let (stop, stopped) = oneshot::channel();
        self.lock().insert(id, stop);
        stopped
    }

    /// Ends one.
    pub(crate) fn end(&self, id: u32) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, oneshot::Sender<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Conversations;

    #[test]
    fn ending_one_stops_it_and_no_other() {
        let conversations = Conversations::default();
        let mut first = conversations.begin(1);
        let mut second = conversations.begin(2);
        conversations.end(1);
        assert!(
            first.try_recv().is_err_and(|error| error == tokio::sync::oneshot::error::TryRecvError::Closed)
        );
        assert!(
            second.try_recv().is_err_and(|error| error == tokio::sync::oneshot::error::TryRecvError::Empty)
        );
    }

    #[test]
    fn a_number_used_again_stops_the_older() {
        let conversations = Conversations::default();
        let mut older = conversations.begin(1);
        let _newer = conversations.begin(1);
        assert!(
            older.try_recv().is_err_and(|error| error == tokio::sync::oneshot::error::TryRecvError::Closed)
        );
    }
}
