//! What the machine is, what it may do, and what runs on it.

use crate::App;
use las_api::{CapabilityRequest, ConfigView, NoArguments, PolicyView};
use las_types::{Failure, HardwareProfile, Override, ServiceStatus, Verdict};
use std::sync::Arc;

pub(super) async fn hardware(app: &Arc<App>, _: NoArguments) -> Result<HardwareProfile, Failure> {
    Ok(app.control.probed_profile())
}

pub(super) async fn policy(app: &Arc<App>, _: NoArguments) -> Result<PolicyView, Failure> {
    Ok(PolicyView {
        capabilities: (*app.control.capabilities()).clone(),
        policies: app.control.policies().to_vec(),
    })
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

/// Services as they are now, with what their processes take.
pub(crate) fn views(app: &App) -> Vec<ServiceStatus> {
    let mut services = app.control.services();
    for service in &mut services {
        service.memory = service.pid.and_then(las_hardware::process_memory);
    }
    services
}

pub(super) async fn services(app: &Arc<App>, _: NoArguments) -> Result<Vec<ServiceStatus>, Failure> {
    Ok(views(app))
}
