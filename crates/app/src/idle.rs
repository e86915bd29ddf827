//! Models that nobody uses any more are unloaded, if the configuration says after which time.

use crate::App;
use las_types::{Code, Failure, Intent, ServiceName, ServiceState};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);

/// Who uses which engine, and since when nobody does.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<BTreeMap<ServiceName, Use>>);

#[derive(Clone, Copy, Debug)]
struct Use {
    running: u32,
    since: Instant,
}

/// One use of an engine; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct InUse {
    uses: Arc<Uses>,
    name: ServiceName,
}

impl Uses {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ServiceName, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(self: &Arc<Self>, name: ServiceName) -> InUse {
        let fresh = || Use { running: 0, since: Instant::now() };
        self.lock().entry(name.clone()).or_insert_with(fresh).running += 1;
        InUse { uses: Arc::clone(self), name }
    }

    /// For how long nobody has used an engine; nothing while somebody does. One that was never used counts from the
    /// first time that it is asked for.
    fn idle(&self, name: &ServiceName) -> Option<Duration> {
        let mut uses = self.lock();
        let one = uses.entry(name.clone()).or_insert_with(|| Use { running: 0, since: Instant::now() });
        (one.running == 0).then(|| one.since.elapsed())
    }

    /// What is not loaded counts anew when it is.
    fn keep(&self, loaded: &[ServiceName]) {
        self.lock().retain(|name, one| one.running > 0 || loaded.contains(name));
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        if let Some(one) = self.uses.lock().get_mut(&self.name) {
            one.running = one.running.saturating_sub(1);
            one.since = Instant::now();
        }
    }
}

/// Unloads what has not been used for the time that is configured, for as long as the core runs.
///
/// It takes the application and not a mere reference that may come to nothing: a watch that began while the application
/// was still put together found none, and ended for good.
pub(crate) fn watch(app: &Arc<App>) -> impl Future<Output = ()> + Send + use<> {
    let app = Arc::downgrade(app);
    async move {
        let mut pace = tokio::time::interval(LOOK);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let Some(app) = app.upgrade() else { return };
            look(&app).await;
        }
    }
}

async fn look(app: &Arc<App>) {
    let limit = app.config().borrow().engine_idle_unload.limit();
    let ready = app
        .control
        .services()
        .into_iter()
        .filter(|service| service.state == ServiceState::Ready && service.model.is_some());
    let loaded: Vec<_> = ready.map(|service| service.name).collect();
    app.uses.keep(&loaded);
    for name in loaded {
        let Some(idle) = app.uses.idle(&name) else { continue };
        if limit.is_some_and(|limit| idle >= limit)
            && let Err(failure) = unload(app, name.clone()).await
            && failure.code != Code::ServiceNotFound
        {
            tracing::warn!(service = %name, %failure, "a model that nobody uses could not be unloaded");
        }
    }
}

/// By a plan, like anybody else.
async fn unload(app: &Arc<App>, service: ServiceName) -> Result<(), Failure> {
    let plan = app.control.propose(Intent::ServiceStop { service }).await?;
    let operation = app.control.approve(plan.id, "idle", None).await?;
    app.control.wait(operation.id).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::Uses;
    use las_types::ServiceName;
    use std::sync::Arc;

    #[test]
    fn an_engine_is_idle_only_while_nobody_uses_it() {
        let uses = Arc::new(Uses::default());
        let name: ServiceName = "one".parse().unwrap();
        let before = uses.idle(&name).unwrap();
        let (first, second) = (uses.begin(name.clone()), uses.begin(name.clone()));
        assert_eq!(uses.idle(&name), None);
        drop(first);
        assert_eq!(uses.idle(&name), None, "the other goes on");
        uses.keep(&[]);
        drop(second);
        assert!(uses.idle(&name).is_some());
        uses.keep(&[]);
        assert!(uses.lock().is_empty() && before.as_secs() < 60);
    }
}
