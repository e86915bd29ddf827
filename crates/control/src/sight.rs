//! What a decision looks at, taken together once.

use crate::ControlPlane;
use las_resolver::{Modes, Running, World};
use las_types::{
    CapabilitySet, ConfigValue as _, EngineChoice, Failure, HardwareProfile, Installed, ModeSettings, Pin,
    ServiceSpec, ServiceStatus,
};
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
    settings: ModeSettings,
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
            settings: self.config.modes(),
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
            modes: Modes { wish: None, prefer: self.settings.prefer, engine: self.has_engine() },
            packages: &self.plane.packages,
            facts: &self.plane.facts,
        }
    }

    /// Whether there is a container engine that may be used, as far as anybody looked. One whose socket somebody named is
    /// where nobody looks.
    fn has_engine(&self) -> bool {
        let chosen = self.settings.engine;
        let fits = |name: &str| chosen == EngineChoice::Auto || chosen.written() == name;
        self.settings.has_socket || self.machine.container_engines.iter().any(|engine| fits(&engine.name))
    }

    /// With which settings a service runs.
    pub(crate) fn spec(&self, name: &las_types::ServiceName) -> Option<Box<ServiceSpec>> {
        self.specs.iter().find(|spec| spec.name == *name).cloned().map(Box::new)
    }
}
