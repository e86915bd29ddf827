//! Removing: what becomes of the data of the services, and of bytes that others have as well.

use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{
    ByteSize, Failure, Installed, ModuleName, Note, Placement, PlanStep, ServiceName, Source, StepAction,
};
use std::collections::BTreeSet;

fn service(module: &ModuleName) -> Result<ServiceName, Failure> {
    module.as_str().parse().map_err(Failure::internal)
}

/// Whether two items would have the same bytes at the same place if their digests were the same.
fn is_same_kind(one: &Installed, other: &Installed) -> bool {
    std::mem::discriminant(&one.placement) == std::mem::discriminant(&other.placement)
}

impl ControlPlane {
    /// What removing modules means: the data of their services stays.
    pub(crate) async fn draft_remove(
        &self,
        sight: &Sight<'_>,
        modules: &[ModuleName],
    ) -> Result<Draft, Failure> {
        let mut draft = las_resolver::remove(&sight.world(), modules)?;
        self.tell_shared(sight, modules, &mut draft).await?;
        for module in modules {
            if self.executor.data_of(&service(module)?).await?.is_some() {
                draft.notes.push(Note::new("data-stays"));
                break;
            }
        }
        Ok(draft)
    }

    /// Tells of everything that goes who else has its bytes, and counts what is really freed: by how things lie on the disk now.
    async fn tell_shared(
        &self,
        sight: &Sight<'_>,
        modules: &[ModuleName],
        draft: &mut Draft,
    ) -> Result<(), Failure> {
        let mut freed = ByteSize::default();
        let mut counted = BTreeSet::new();
        for item in sight.installed.iter().filter(|item| modules.contains(&item.name)) {
            let note = |key: &str| Note::new(key).with("name", &item.name).with("size", item.size);
            let same = |other: &&Installed| other.digest == item.digest && is_same_kind(other, item);
            let users: Vec<&str> =
                draft.outcome.iter().filter(same).map(|other| other.name.as_str()).collect();
            match &item.placement {
                Placement::Reference { path } => {
                    draft.notes.push(note("bytes-outside").with("path", path));
                }
                Placement::Blob if !users.is_empty() => {
                    draft.notes.push(note("bytes-shared").with("others", users.join(", ")));
                }
                Placement::Blob if self.executor.is_shared_outside(item).await? => {
                    let path = match &item.source {
                        Source::LocalFile { path, adopted: Some(_) } => path.as_str(),
                        _ => "none",
                    };
                    draft.notes.push(note("bytes-held").with("path", path));
                }
                // Folders are each module's own; images are not.
                Placement::Store { .. } if !matches!(item.source, Source::Oci { .. }) => {
                    freed = freed.saturating_add(item.size);
                }
                Placement::Blob | Placement::Store { .. } => {
                    if users.is_empty() && counted.insert(item.digest) {
                        freed = freed.saturating_add(item.size);
                    }
                }
            }
        }
        draft.totals.freed = freed;
        Ok(())
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
        self.tell_shared(sight, &installed, &mut draft).await?;
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
