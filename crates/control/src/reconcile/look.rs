//! What one pass looks at.

use super::put_right;
use crate::ControlPlane;
use crate::overrides::is_same;
use las_types::{
    Category, Code, Depth, DesiredState, Drift, DriftKind, Failure, Generation, GenerationNumber, Installed,
    Intent, OperationId, Repair, ServiceName, ServiceState, ServiceStatus, Shortfall, Timestamp,
};
use std::collections::BTreeMap;

/// What stands for an empty list in a text.
const NONE: &str = "none";

/// A list in one line.
pub(super) fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { NONE.to_owned() } else { names.join(", ") }
}

/// What was found, before anything was decided.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) drifts: Vec<Drift>,
    pub(super) checked: u32,
    /// How often each service was started again so far; kept once the whole pass is done.
    pub(super) restarts: Option<BTreeMap<ServiceName, u32>>,
}

impl Found {
    fn add(&mut self, checked: usize, drifts: impl IntoIterator<Item = Drift>) {
        self.checked = self.checked.saturating_add(u32::try_from(checked).unwrap_or(u32::MAX));
        self.drifts.extend(drifts);
    }
}

/// The drift of a service that has less than its plan gave it.
fn lacking(short: &Shortfall) -> Option<Drift> {
    let kind = DriftKind::ALL.iter().find(|kind| kind.as_str() == short.code.as_str())?;
    Some(Drift { args: short.args.clone(), ..Drift::new(*kind) })
}

/// The drift of a service that is not started again.
fn given_up(service: &ServiceStatus) -> Drift {
    let ran = |code: Code| matches!(code, Code::ServiceEnded | Code::EngineStopped | Code::ServiceHung);
    let how = match service.moments.last().and_then(|last| last.code) {
        _ if service.restarts > 0 => "often",
        Some(code) if ran(code) => "once",
        _ => "start",
    };
    Drift::new(DriftKind::ServiceFailed).with("name", &service.name).with("how", how)
}

/// How closely an item is looked at. Models are read again for their age alone one by one, at a rate of their own
/// (`verifying`).
fn by_age(item: &Installed, depth: Depth) -> Depth {
    match depth {
        Depth::Changed { .. } if item.category == Category::Model => {
            Depth::Changed { proven_since: Timestamp::MIN }
        }
        other => other,
    }
}

/// What tells whether an operation ran while somebody looked at files.
type Moment = (GenerationNumber, Option<OperationId>);

impl ControlPlane {
    pub(super) async fn look_around(&self, depth: Depth) -> Result<Found, Failure> {
        let mut found = Found::default();
        let disk = self.executor.inspect_disk(self.reconciliation.least_free).await?;
        let gone = disk.iter().any(|drift| drift.kind == DriftKind::DiskGone);
        found.add(1, disk);
        if gone {
            // Everything else would be missing too.
            return Ok(found);
        }
        self.look_at_state(depth, &mut found).await?;
        if !found.drifts.iter().any(|drift| drift.kind == DriftKind::StateEdited) {
            self.look_at_files(depth, &mut found).await?;
            self.look_at_wish(&mut found).await?;
        }
        self.look_at_services(depth, &mut found).await?;
        let doors = self.doors();
        if let Some(doors) = doors.filter(|_| depth != Depth::Glance) {
            found.add(1, doors.inspect().await);
        }
        if depth != Depth::Glance {
            self.look_at_sources(&mut found).await?;
        }
        self.look_at_machine(depth, &mut found).await?;
        Ok(found)
    }

    /// The database on a connection of its own, so that no page in memory hides what is on disk. It is read again
    /// only if its files are not what they were.
    async fn look_at_state(&self, depth: Depth, found: &mut Found) -> Result<(), Failure> {
        if depth == Depth::Glance {
            // It was checked when it was opened, a moment ago.
            return Ok(());
        }
        let marks = self.state.marks();
        let known = self.between().state.clone();
        if let Some((_, drifts, lines)) = known.filter(|(seen, ..)| depth != Depth::Full && *seen == marks) {
            found.add(usize::try_from(lines).unwrap_or(usize::MAX), drifts);
            return Ok(());
        }
        let looked = match self.state.inspect().await {
            // What is written while somebody reads can look like a gap: it is looked at once more, at rest.
            Err(_) if !self.is_at_rest() => return Ok(()),
            Err(_) => self.state.inspect().await,
            whole => whole,
        };
        if looked.is_err() && !self.is_at_rest() {
            return Ok(());
        }
        let (drifts, lines) = match looked {
            Ok(lines) => (Vec::new(), lines),
            Err(error) => {
                let failure = Failure::from(error);
                let detail = failure.args.get("detail").cloned().unwrap_or_else(|| failure.code.to_string());
                let path = failure.args.get("path").cloned().unwrap_or_default();
                (vec![Drift::new(DriftKind::StateEdited).with("path", path).with("detail", detail)], 0)
            }
        };
        found.add(lines, drifts.clone());
        self.between().state = Some((marks, drifts, u32::try_from(lines).unwrap_or(u32::MAX)));
        Ok(())
    }

    /// Whether no operation runs, nor is about to.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.bus.all_live().is_empty() && self.turn.try_lock().is_ok()
    }

    async fn moment(&self) -> Result<Option<Moment>, Failure> {
        if !self.bus.all_live().is_empty() {
            return Ok(None);
        }
        let last = self.state.operations(1).await?.into_iter().next();
        let moves = last.as_ref().is_some_and(|last| !last.state.is_final());
        // One that could not be undone moves no more; what it put aside is looked at by `las doctor`.
        let stuck = moves && self.turn.try_lock().is_ok();
        Ok((!moves || stuck).then_some((self.current().await?.number, last.map(|last| last.id))))
    }

    /// Files of what is installed, what belongs to nothing, and lock files. While an operation moves files nothing
    /// is said of them.
    async fn look_at_files(&self, depth: Depth, found: &mut Found) -> Result<(), Failure> {
        let Some(before) = self.moment().await? else { return Ok(()) };
        let current = self.current().await?;
        let mut files = Found::default();
        for item in &current.items {
            files.add(1, self.executor.inspect(item, by_age(item, depth)).await?);
        }
        // What an operation that could not be undone put aside is not stray.
        if self.state.unfinished_operations().await?.is_empty() {
            let strays = self.executor.stray(&current.items).await?;
            let drift = |path: String| {
                Drift::new(DriftKind::StrayFile).with("path", &path).repaired_by(Repair::Stray { path })
            };
            files.add(0, strays.into_iter().map(drift));
        }
        for generation in self.with_lock_files(depth, current).await? {
            files.add(0, self.executor.inspect_generation(&generation).await?);
        }
        if self.moment().await? == Some(before) {
            found.add(usize::try_from(files.checked).unwrap_or(usize::MAX), files.drifts);
        }
        Ok(())
    }

    async fn with_lock_files(&self, depth: Depth, current: Generation) -> Result<Vec<Generation>, Failure> {
        match depth {
            Depth::Glance if current.number.0 == 0 => Ok(Vec::new()),
            Depth::Glance => Ok(vec![current]),
            Depth::Changed { .. } | Depth::Full => Ok(self.state.generations().await?),
        }
    }

    /// What is installed against what was applied last, unless somebody went back to a generation since.
    async fn look_at_wish(&self, found: &mut Found) -> Result<(), Failure> {
        let Some((command, operation)) = self.state.last_wish().await? else { return Ok(()) };
        if command == "generation_rollback" {
            return Ok(());
        }
        let Some(operation) = self.state.operation(operation).await? else { return Ok(()) };
        let Some(stored) = self.state.plan(operation.plan).await? else { return Ok(()) };
        let (wanted, have) = (stored.plan.outcome, self.installed().await?);
        let lacks = |some: &[las_types::Installed], others: &[las_types::Installed]| {
            let there = |item: &las_types::Installed| {
                others.iter().any(|o| o.name == item.name && o.digest == item.digest)
            };
            listed(some.iter().filter(|item| !there(item)).map(|item| item.name.to_string()))
        };
        let (less, more) = (lacks(&wanted, &have), lacks(&have, &wanted));
        let (less, more) = self.with_overrides(&stored.plan.intent, less, more);
        let differs = less != NONE || more != NONE;
        let drift = differs.then(|| {
            Drift::new(DriftKind::DesiredDiffers)
                .with("command", command)
                .with("less", less)
                .with("more", more)
        });
        found.add(1, drift);
        Ok(())
    }

    /// What a desired state says of the overrides, where it does, beside what it says of modules.
    fn with_overrides(&self, intent: &Intent, less: String, more: String) -> (String, String) {
        let Intent::StateApply { desired: DesiredState { overrides: Some(wanted), .. } } = intent else {
            return (less, more);
        };
        let in_force = self.overrides_in_force();
        let lacking = wanted.iter().filter(|one| !in_force.iter().any(|other| is_same(other, one)));
        let extra = in_force.iter().filter(|other| !wanted.iter().any(|one| is_same(other, one)));
        let also = |list: String, more: Vec<String>| {
            listed(Some(list).filter(|list| list != NONE).into_iter().chain(more))
        };
        let named = |capability: &str, value: &str| format!("{capability}={value}");
        (
            also(less, lacking.map(|one| named(&one.capability, &one.value)).collect()),
            also(more, extra.map(|one| named(&one.capability, &one.value)).collect()),
        )
    }

    async fn look_at_services(&self, depth: Depth, found: &mut Found) -> Result<(), Failure> {
        let services = self.services();
        found.add(services.len(), self.executor.inspect_services().await?);
        let failed = services.iter().filter(|service| service.state == ServiceState::Failed);
        found.add(0, failed.map(given_up));
        found.add(0, services.iter().flat_map(|service| &service.degraded).filter_map(lacking));
        // The doctor is asked what is wrong now; that a service was started again is told by who watches it.
        if matches!(depth, Depth::Changed { .. }) {
            let before = self.between().restarts.clone();
            found.restarts =
                Some(services.iter().map(|service| (service.name.clone(), service.restarts)).collect());
            for service in &services {
                let seen = before.get(&service.name).copied().unwrap_or(0);
                if service.restarts > seen {
                    let drift = Drift::new(DriftKind::ServiceKilled)
                        .with("name", &service.name)
                        .with("count", service.restarts - seen);
                    // The supervisor has started it again, or is about to.
                    found.add(0, [put_right(drift)]);
                }
            }
        }
        Ok(())
    }

    /// Policies, manifests and the configuration: what is judged and offered is as they were when the core started.
    async fn look_at_sources(&self, found: &mut Found) -> Result<(), Failure> {
        for (kind, watched) in &self.watched {
            let (kind, watched) = (*kind, watched.clone());
            let changed = tokio::task::spawn_blocking(move || watched.changed()).await;
            let changed = changed.map_err(Failure::internal)??;
            found.add(1, changed.map(|path| Drift::new(kind).with("path", path)));
        }
        let (path, keys) = self.config.waiting();
        let edited = || Drift::new(DriftKind::ConfigEdited).with("path", path).with("keys", keys.join(", "));
        found.add(1, (!keys.is_empty()).then(edited));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::given_up;
    use las_types::{Code, ServiceMoment, ServiceState, ServiceStatus, Timestamp};

    #[test]
    fn a_service_whose_first_start_failed_is_not_said_to_have_ended_too_often() {
        let how = |code, restarts| {
            let (at, state) = (Timestamp::UNIX_EPOCH, ServiceState::Failed);
            let moments = vec![ServiceMoment { at, state, code, exit: None }];
            let idle = ServiceStatus::new("notes".parse().unwrap(), "notes".parse().unwrap(), state, at);
            given_up(&ServiceStatus { moments, restarts, ..idle }).args["how"].clone()
        };
        assert_eq!(how(Some(Code::ProgramStartFailed), 0), "start");
        assert_eq!(how(Some(Code::PortTaken), 0), "start");
        assert_eq!(how(Some(Code::ServiceEnded), 0), "once");
        assert_eq!(how(Some(Code::ServiceEnded), 9), "often");
        // The last try of many did not even begin.
        assert_eq!(how(Some(Code::ProgramStartFailed), 9), "often");
    }
}
