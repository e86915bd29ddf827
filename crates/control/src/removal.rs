//! Removing: what becomes of the data of the services.

use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{ByteSize, Failure, ModuleName, Note, PlanStep, ServiceName, StepAction};

fn service(module: &ModuleName) -> Result<ServiceName, Failure> {
    module.as_str().parse().map_err(Failure::internal)
}

impl ControlPlane {
    /// What removing modules means: the data of their services stays.
    pub(crate) async fn draft_remove(
        &self,
        sight: &Sight<'_>,
        modules: &[ModuleName],
    ) -> Result<Draft, Failure> {
        let mut draft = las_resolver::remove(&sight.world(), modules)?;
        for module in modules {
            if self.executor.data_of(&service(module)?).await?.is_some() {
                draft.notes.push(Note::new("data-stays"));
                break;
            }
        }
        Ok(draft)
    }

    /// What removing modules with the data of their services means. Data that an earlier removal left goes
    /// as well.
    pub(crate) async fn draft_purge(
        &self,
        sight: &Sight<'_>,
        modules: &[ModuleName],
    ) -> Result<Draft, Failure> {
        let mut data: Vec<(ServiceName, ByteSize)> = Vec::new();
        let mut installed = Vec::new();
        for module in modules {
            let service = service(module)?;
            let size = self.executor.data_of(&service).await?;
            let is_installed = sight.installed.iter().any(|item| item.name == *module);
            // What is neither installed nor has data is unknown, which the resolver says.
            if is_installed || size.is_none() {
                installed.push(module.clone());
            }
            if let Some(size) = size
                && !data.iter().any(|(other, _)| *other == service)
            {
                data.push((service, size));
            }
        }
        let mut draft = las_resolver::remove(&sight.world(), &installed)?;
        if !data.is_empty() {
            draft.notes.push(Note::new("data-lost"));
        }
        for (service, bytes) in data {
            draft.totals.freed = draft.totals.freed.saturating_add(bytes);
            let action = StepAction::DataRemove { service };
            draft.steps.push(PlanStep::next(draft.steps.len(), action, bytes, "restore-removed"));
        }
        Ok(draft)
    }
}
