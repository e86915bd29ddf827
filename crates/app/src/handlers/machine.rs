//! What the machine is, what it may do, and what runs on it.

use crate::App;
use las_api::{CapabilityRequest, ConfigView, NoArguments, PolicyView, Warning};
use las_control::Coverage;
use las_types::{Detail, Failure, HardwareProfile, Override, ServiceStatus, Verdict};
use std::sync::Arc;

pub(super) async fn hardware(app: &Arc<App>, _: NoArguments) -> Result<HardwareProfile, Failure> {
    Ok(app.control.probed_profile())
}

pub(super) async fn measure(app: &Arc<App>, _: NoArguments) -> Result<HardwareProfile, Failure> {
    app.measure().await
}

pub(super) async fn policy(app: &Arc<App>, _: NoArguments) -> Result<PolicyView, Failure> {
    Ok(PolicyView {
        capabilities: (*app.control.capabilities()).clone(),
        origin: app.policy_origin,
        policies: app.control.policies().to_vec(),
        warnings: coverage(app).into_iter().collect(),
    })
}

/// What is to be said of policies that don't speak of every machine.
pub(super) fn coverage(app: &App) -> Option<Warning> {
    let set = app.control.policy_set();
    let warning = |key: &str, details: &[Detail]| Warning {
        key: key.to_owned(),
        args: [("set".to_owned(), set.to_owned())].into(),
        details: details.to_vec(),
    };
    match app.control.coverage() {
        Coverage::Complete => None,
        Coverage::Hole(machine) => Some(warning("policy-hole", machine)),
        Coverage::Untold => Some(warning("policy-untold", &[])),
    }
}

pub(super) async fn explain(app: &Arc<App>, request: CapabilityRequest) -> Result<Verdict, Failure> {
    Ok(app.control.explain(&request.capability))
}

pub(super) async fn overrides(app: &Arc<App>, _: NoArguments) -> Result<Vec<Override>, Failure> {
    app.control.overrides().await
}

pub(super) async fn configuration(app: &Arc<App>, _: NoArguments) -> Result<ConfigView, Failure> {
    Ok(app.configuration.view())
}

/// Services that were started, as they are now, with what their processes take.
pub(crate) fn views(app: &App) -> Vec<ServiceStatus> {
    measured(app.control.services())
}

fn measured(mut services: Vec<ServiceStatus>) -> Vec<ServiceStatus> {
    for service in &mut services {
        service.memory = service.pid.and_then(las_hardware::process_memory);
    }
    services
}

/// Those, and the modules that could be started.
pub(super) async fn all_services(app: &App) -> Result<Vec<ServiceStatus>, Failure> {
    let mut services = measured(app.control.all_services().await?);
    let mut taken = app.executor.taken().await?;
    for service in services.iter_mut().filter(|service| service.pid.is_some()) {
        service.taken = taken.remove(&service.name);
    }
    Ok(services)
}

pub(super) async fn services(app: &Arc<App>, _: NoArguments) -> Result<Vec<ServiceStatus>, Failure> {
    all_services(app).await
}
