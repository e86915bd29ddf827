//! What a decision looks at, taken together once.

use crate::ControlPlane;
use las_resolver::{Running, World};
use las_types::{CapabilitySet, Failure, HardwareProfile, Installed, Pin, ServiceSpec, ServiceStatus};
use std::sync::Arc;

/// Where a file of an installed thing lies.
type PathOf<'a> = Box<dyn Fn(&Installed, &str) -> String + Send + Sync + 'a>;

/// The machine as one decision sees it.
pub(crate) struct Sight<'a> {
    plane: &'a ControlPlane,
    pub(crate) installed: &'a [Installed],
    pub(crate) services: Vec<ServiceStatus>,
    pub(crate) specs: Vec<ServiceSpec>,
    pub(crate) capabilities: Arc<CapabilitySet>,
    pub(crate) pins: Vec<Pin>,
    machine: Arc<HardwareProfile>,
    path_of: PathOf<'a>,
}

impl ControlPlane {
    /// Looks at everything that a decision may depend on.
    pub(crate) async fn sight<'a>(&'a self, installed: &'a [Installed]) -> Result<Sight<'a>, Failure> {
        Ok(Sight {
            plane: self,
            installed,
            services: self.services(),
            specs: self.executor.running(),
            capabilities: self.capabilities(),
            pins: self.pins_in_force().await?,
            machine: self.machine(),
            path_of: Box::new(|item, file| self.executor.path_of(item, Some(file))),
        })
    }
}

impl Sight<'_> {
    /// As the resolver takes it.
    pub(crate) fn world(&self) -> World<'_> {
        World {
            registry: &self.plane.registry,
            artefacts: &self.plane.artefacts,
            installed: self.installed,
            services: &self.services,
            running: Running { specs: &self.specs, path_of: &*self.path_of },
            capabilities: &self.capabilities,
            profile: &self.machine,
            pins: &self.pins,
            packages: &self.plane.packages,
            facts: &self.plane.facts,
        }
    }

    /// With which settings a service runs.
    pub(crate) fn spec(&self, name: &las_types::ServiceName) -> Option<Box<ServiceSpec>> {
        self.specs.iter().find(|spec| spec.name == *name).cloned().map(Box::new)
    }
}
