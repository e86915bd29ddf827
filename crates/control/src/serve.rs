//! Starting, stopping and starting again services that are modules of their own.

use crate::propose::ports;
use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{
    ByteSize, Category, Code, Failure, Installed, Note, PlanStep, PlanTotals, PortName, Serves, ServiceName,
    ServiceSpec, ServiceState, ServiceStatus, StepAction,
};
use std::collections::BTreeMap;

fn lives(state: ServiceState) -> bool {
    matches!(state, ServiceState::Starting | ServiceState::Ready | ServiceState::Restarting)
}

/// Steps that stop and start, in their order.
#[derive(Default)]
struct Steps {
    steps: Vec<PlanStep>,
    memory: ByteSize,
    notes: Vec<Note>,
}

impl Steps {
    fn add(&mut self, action: StepAction, undo: &str) {
        self.steps.push(PlanStep::next(self.steps.len(), action, ByteSize::default(), undo));
    }

    fn start(&mut self, spec: ServiceSpec) {
        self.memory = self.memory.saturating_add(spec.memory);
        self.add(StepAction::ServiceStart { spec: Box::new(spec) }, "stop-service");
    }

    fn stop(&mut self, service: &ServiceName, spec: Option<Box<ServiceSpec>>) {
        self.add(StepAction::ServiceStop { service: service.clone(), spec }, "start-service");
    }

    fn draft(self, sight: &Sight<'_>) -> Draft {
        Draft {
            steps: self.steps,
            totals: PlanTotals { memory: self.memory, ..PlanTotals::default() },
            outcome: sight.installed.to_vec(),
            notes: self.notes,
            ..Draft::default()
        }
    }
}

impl ControlPlane {
    /// Every service, by name: those that were started since this core began, and installed modules that serve.
    pub async fn all_services(&self) -> Result<Vec<ServiceStatus>, Failure> {
        let mut all: BTreeMap<ServiceName, ServiceStatus> =
            self.services().into_iter().map(|service| (service.name.clone(), service)).collect();
        let installed = self.installed().await?;
        let sight = self.sight(&installed).await?;
        let records = self.state.modules().await?;
        let world = sight.world();
        for (item, serves) in installed.iter().filter_map(|item| Some((item, world.service(item)?))) {
            let name: ServiceName = item.name.as_str().parse().map_err(Failure::internal)?;
            let since = records.iter().find(|record| record.name == item.name).map(|record| record.since);
            if all.contains_key(&name) {
                continue;
            }
            // Only a record that is behind its installation is missing.
            let since = since.unwrap_or_else(|| self.clock.now());
            let (limited_to, moments) = (serves.limits.clone(), self.executor.history_of(&name).await?);
            let idle = ServiceStatus::new(name.clone(), item.name.clone(), ServiceState::Stopped, since);
            all.insert(name, ServiceStatus { limited_to, moments, ..idle });
        }
        Ok(all.into_values().collect())
    }

    /// What starting a service means: those that it needs come first. Of a model: loading it.
    ///
    /// Codes: `service-not-found`; `module-no-service`; `policy-denied` and `override-denies`; `port-taken`.
    pub(crate) async fn draft_service_start(
        &self,
        sight: &Sight<'_>,
        name: &ServiceName,
    ) -> Result<Draft, Failure> {
        let item = installed(sight, name)?;
        if item.category == Category::Model {
            return self.draft_load(sight, &item.name).await;
        }
        let mut steps = Steps::default();
        for below in las_resolver::services_below(&sight.world(), item) {
            steps.begin(self, sight, &below).await?;
        }
        steps.begin(self, sight, item).await?;
        steps.follow(sight);
        Ok(steps.draft(sight))
    }

    /// What stopping a service and starting it again means; one that does not run is started.
    ///
    /// Codes: as for starting.
    pub(crate) async fn draft_service_restart(
        &self,
        sight: &Sight<'_>,
        name: &ServiceName,
    ) -> Result<Draft, Failure> {
        let runs = sight.services.iter().any(|service| service.name == *name && lives(service.state));
        let Some(spec) = sight.spec(name).filter(|_| runs) else {
            return self.draft_service_start(sight, name).await;
        };
        let mut steps = Steps::default();
        if let Ok(item) = installed(sight, name) {
            las_resolver::admit_privileges(&sight.world(), item)?;
            steps.notes = las_resolver::privileges(&sight.world(), item);
        }
        steps.stop(name, Some(spec.clone()));
        steps.start(connected(sight, &steps.steps, &spec).unwrap_or(*spec));
        Ok(steps.draft(sight))
    }

    /// What stopping a service means: those that need it are stopped first, companions that nothing else uses last.
    ///
    /// Code: `service-not-found`.
    pub(crate) fn draft_service_stop(sight: &Sight<'_>, name: &ServiceName) -> Result<Draft, Failure> {
        let status = sight.services.iter().find(|status| status.name == *name);
        let status = status.ok_or_else(|| Failure::new(Code::ServiceNotFound).with("name", name))?;
        let mut steps = Steps::default();
        if let Ok(item) = installed(sight, name) {
            let above = las_resolver::services_above(&sight.world(), item);
            for service in above.iter().rev().filter_map(|item| running(sight, item)) {
                steps.stop(&service.clone(), sight.spec(service));
            }
        }
        if status.state != ServiceState::Stopped {
            steps.stop(name, sight.spec(name));
        }
        if let Ok(item) = installed(sight, name) {
            let world = sight.world();
            let mut stopping = las_resolver::services_above(&world, item);
            stopping.push(item.clone());
            let runs = |item: &Installed| running(sight, item).is_some();
            for item in las_resolver::companions_left(&world, &stopping, runs) {
                if let Some(companion) = running(sight, &item) {
                    steps.stop(companion, sight.spec(companion));
                }
            }
        }
        Ok(steps.draft(sight))
    }

    /// The same, where what runs and is started again from another version keeps its ports, and gets a free one for each that
    /// only that version has.
    ///
    /// Code: `port-taken`.
    pub(crate) async fn with_new_ports(&self, sight: &Sight<'_>, mut draft: Draft) -> Result<Draft, Failure> {
        let has_new = |spec: &ServiceSpec| {
            let had = sight.specs.iter().find(|running| running.name == spec.name).map(ServiceSpec::ports);
            had.is_some_and(|had| spec.ports().keys().any(|name| !had.contains_key(name)))
        };
        let started = |step: &PlanStep| match &step.action {
            StepAction::ServiceStart { spec } => Some(has_new(spec)),
            _ => None,
        };
        let (wanting, settled): (Vec<PlanStep>, Vec<PlanStep>) = draft
            .steps
            .iter()
            .filter(|step| started(step).is_some())
            .cloned()
            .partition(|step| started(step) == Some(true));
        let mut given = ports(&settled);
        for wanting in wanting {
            let Some(step) = draft.steps.iter_mut().find(|step| step.index == wanting.index) else {
                continue;
            };
            let StepAction::ServiceStart { spec } = &mut step.action else { continue };
            let chosen = self.executor.ports_for(&spec.name, &spec.ports(), &given).await?;
            given.extend(chosen.values());
            if let Serves::Program { runs } = &mut spec.serves {
                runs.ports = chosen;
            }
        }
        Ok(draft)
    }

    /// How a module is started as a service, on the ports that are its own and that the plan gives no other one.
    async fn spec_for(
        &self,
        sight: &Sight<'_>,
        item: &Installed,
        steps: &Steps,
    ) -> Result<ServiceSpec, Failure> {
        let none = || Failure::new(Code::ModuleNoService).with("name", &item.name);
        self.permits(item.name.as_str())?;
        las_resolver::admit_privileges(&sight.world(), item)?;
        let wanted: BTreeMap<PortName, u16> =
            sight.world().service(item).map(|service| service.ports.clone()).ok_or_else(none)?;
        let name = item.name.as_str().parse().map_err(Failure::internal)?;
        let numbers = self.executor.ports_for(&name, &wanted, &ports(&steps.steps)).await?;
        let connects = las_resolver::peer_ports(&sight.world(), sight.installed, item, |peer, port| {
            number(sight, &steps.steps, peer, port)
        })?;
        las_resolver::serving(&sight.world(), item, numbers, connects).ok_or_else(none)
    }
}

impl Steps {
    /// Starts a module's service, unless it runs so already.
    async fn begin(
        &mut self,
        plane: &ControlPlane,
        sight: &Sight<'_>,
        item: &Installed,
    ) -> Result<(), Failure> {
        let spec = plane.spec_for(sight, item, self).await?;
        let lives = sight.services.iter().any(|service| service.name == spec.name && lives(service.state));
        if !(lives && plane.executor.runs(&spec)) {
            self.notes.extend(las_resolver::privileges(&sight.world(), item));
            self.start(spec);
        }
        Ok(())
    }

    /// Starts those again that run and connect to a port which gets another number.
    fn follow(&mut self, sight: &Sight<'_>) {
        let starts = |name: &ServiceName, steps: &[PlanStep]| {
            let is_it = |step: &PlanStep| matches!(&step.action, StepAction::ServiceStart { spec } if spec.name == *name);
            steps.iter().any(is_it)
        };
        for spec in &sight.specs {
            if !starts(&spec.name, &self.steps)
                && let Some(moved) = connected(sight, &self.steps, spec)
            {
                self.stop(&spec.name, Some(Box::new(spec.clone())));
                self.start(moved);
            }
        }
    }
}

/// The number of a service's port: where the plan starts it, otherwise where it runs.
fn number(sight: &Sight<'_>, steps: &[PlanStep], peer: &Installed, port: &PortName) -> Option<u16> {
    let started = steps.iter().rev().filter_map(|step| match &step.action {
        StepAction::ServiceStart { spec } => Some(&**spec),
        _ => None,
    });
    let mut specs = started.chain(&sight.specs);
    let is_its = |spec: &&ServiceSpec| spec.module == peer.name && spec.model().is_none();
    specs.find(is_its)?.ports().get(port).copied()
}

/// A service that runs, with the numbers that the ports which it connects to have now; none if it has them.
fn connected(sight: &Sight<'_>, steps: &[PlanStep], spec: &ServiceSpec) -> Option<ServiceSpec> {
    if spec.connects().is_empty() {
        return None;
    }
    let item = sight.installed.iter().find(|item| item.name == spec.module)?;
    let number = |peer: &Installed, port: &PortName| number(sight, steps, peer, port);
    // One whose other does not run goes on as it was.
    let connects = las_resolver::peer_ports(&sight.world(), sight.installed, item, number).ok()?;
    spec.connected(connects)
}

fn installed<'a>(sight: &Sight<'a>, name: &ServiceName) -> Result<&'a Installed, Failure> {
    let item = sight.installed.iter().find(|item| item.name.as_str() == name.as_str());
    item.ok_or_else(|| Failure::new(Code::ServiceNotFound).with("name", name))
}

fn running<'a>(sight: &'a Sight<'_>, item: &Installed) -> Option<&'a ServiceName> {
    let is_it = |name: &ServiceName| name.as_str() == item.name.as_str();
    sight
        .services
        .iter()
        .find(|service| is_it(&service.name) && lives(service.state))
        .map(|service| &service.name)
}
