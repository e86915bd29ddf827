//! Everybody who is connected to a keeper, and what they are told.

use super::{Told, message};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};

/// Messages that wait for one who takes them slowly; after that lines are left out for that one.
const WAITING: usize = 2048;

/// Who is connected.
pub(super) struct Hub {
    inner: Mutex<Inner>,
    /// How many there are.
    count: watch::Sender<usize>,
    /// How many of them are told every line.
    followers: AtomicUsize,
}

#[derive(Default)]
struct Inner {
    next: u64,
    clients: BTreeMap<u64, Client>,
}

struct Client {
    sender: mpsc::Sender<Arc<str>>,
    follows: bool,
    missed: u64,
}

impl Hub {
    pub(super) fn new() -> Self {
        Self { inner: Mutex::default(), count: watch::Sender::new(0), followers: AtomicUsize::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new one, by its number, with what it is told from now on.
    pub(super) fn enter(&self) -> (u64, mpsc::Receiver<Arc<str>>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let mut inner = self.lock();
        let number = inner.next;
        inner.next += 1;
        inner.clients.insert(number, Client { sender, follows: false, missed: 0 });
        self.counted(&inner);
        (number, receiver)
    }

    pub(super) fn leave(&self, number: u64) {
        let mut inner = self.lock();
        inner.clients.remove(&number);
        self.counted(&inner);
    }

    fn counted(&self, inner: &Inner) {
        self.count.send_replace(inner.clients.len());
        let follow = inner.clients.values().filter(|client| client.follows).count();
        self.followers.store(follow, Ordering::Relaxed);
    }

    pub(super) fn follow(&self, number: u64, follows: bool) {
        let mut inner = self.lock();
        if let Some(client) = inner.clients.get_mut(&number) {
            client.follows = follows;
        }
        self.counted(&inner);
    }

    /// Waits until nobody is connected.
    pub(super) async fn empty(&self) {
        // The sender lives as long as this.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Tells those who follow a line. Nobody is waited for: the program would wait with them.
    pub(super) fn line(&self, text: &dyn Fn() -> String) {
        // Nearly always nobody does.
        if self.followers.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut inner = self.lock();
        let mut line: Option<Arc<str>> = None;
        for client in inner.clients.values_mut().filter(|client| client.follows) {
            if client.missed > 0 && client.tell_missed().is_err() {
                client.missed += 1;
                continue;
            }
            let line = if let Some(line) = &line {
                Arc::clone(line)
            } else {
                let Ok(text) = message(&Told::Line { text: text() }) else { return };
                Arc::clone(line.insert(text.into()))
            };
            if client.sender.try_send(line).is_err() {
                client.missed += 1;
            }
        }
    }

    /// Tells one something that is no line.
    pub(super) async fn tell(&self, number: u64, told: &Told) {
        let sender = self.lock().clients.get(&number).map(|client| client.sender.clone());
        if let (Some(sender), Ok(text)) = (sender, message(told)) {
            // The only refusal possible is that it has gone.
            let _ = sender.send(text.into()).await;
        }
    }

    fn numbers(&self) -> Vec<u64> {
        self.lock().clients.keys().copied().collect()
    }

    /// Tells everybody.
    pub(super) async fn tell_all(&self, told: &Told) {
        for number in self.numbers() {
            self.tell(number, told).await;
        }
    }

    /// Tells everybody, and hangs up.
    pub(super) async fn tell_last(&self, told: &Told) {
        for number in self.numbers() {
            self.tell(number, told).await;
            self.lock().clients.remove(&number);
        }
    }
}

impl Client {
    fn tell_missed(&mut self) -> Result<(), ()> {
        let text = message(&Told::Missed { lines: self.missed }).map_err(drop)?;
        self.sender.try_send(text.into()).map_err(drop)?;
        self.missed = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Hub, WAITING};
    use crate::keeper::Told;

    #[tokio::test]
    async fn one_who_takes_nothing_holds_nobody_up_and_is_told_how_much_was_missed() {
        let hub = Hub::new();
        let (slow, mut told) = hub.enter();
        let (_quiet, mut nothing) = hub.enter();
        hub.follow(slow, true);
        for number in 0..WAITING + 7 {
            hub.line(&|| number.to_string());
        }
        assert!(nothing.try_recv().is_err(), "it does not follow");
        for number in 0..2 {
            assert_eq!(*told.recv().await.unwrap(), *format!("{{\"line\":{{\"text\":\"{number}\"}}}}\n"));
        }
        hub.line(&|| "again".to_owned());
        for _ in 2..WAITING {
            told.recv().await.unwrap();
        }
        assert_eq!(*told.recv().await.unwrap(), *"{\"missed\":{\"lines\":7}}\n");
        assert_eq!(*told.recv().await.unwrap(), *"{\"line\":{\"text\":\"again\"}}\n");
        hub.tell_last(&Told::Missed { lines: 1 }).await;
        assert!(told.recv().await.is_some() && told.recv().await.is_none());
    }
}
