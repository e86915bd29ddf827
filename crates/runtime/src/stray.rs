//! What nothing accounts for: left by a stop, by hand, or by a defect.

use crate::blobs::{self, children};
use crate::durable;
use crate::home::Home;
use crate::{staging::Staging, store};
use las_types::{Failure, Installed, OperationId, Placement, Stray};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Names, and with [`Stray::Remove`] removes, what none of the items accounts for.
pub(crate) fn find(home: &Home, items: &[Installed], remove: Stray) -> Result<Vec<String>, Failure> {
    let mut known = BTreeSet::new();
    for item in items {
        match &item.placement {
            Placement::Store { .. } => known.insert(store::folder(home, item)?),
            Placement::Blob => {
                known.insert(blobs::blob(home, item.digest)) | known.insert(home.model_name(item))
            }
            Placement::Reference { .. } => known.insert(home.model_name(item)),
        };
    }
    let mut found: Vec<PathBuf> = Vec::new();
    for name in children(&home.store())? {
        let versions = children(&name)?;
        // A file, or a name with nothing under it, is stray itself.
        if versions.is_empty() { found.push(name) } else { found.extend(versions) }
    }
    found.extend(blobs::names(home)?.into_iter().map(|(path, _)| path));
    found.extend(children(&home.blobs())?);
    found.extend(children(&home.staging())?);
    found.retain(|path| !known.contains(path));
    if remove == Stray::Remove {
        for path in &found {
            durable::remove(path)?;
        }
        for folder in [home.store(), home.models().join("builtin"), home.models().join("local")] {
            store::drop_empty_names(&folder)?;
        }
    }
    let relative = |path: &PathBuf| path.strip_prefix(home.root()).unwrap_or(path).display().to_string();
    Ok(found.iter().map(relative).collect())
}

/// Makes an operation's removals final and drops its staging.
pub(crate) fn finish(home: &Home, operation: OperationId) -> Result<(), Failure> {
    let staging = Staging::of(home, operation);
    blobs::finish(home, &staging)?;
    durable::remove(&staging.root)?;
    for folder in [home.store(), home.models().join("builtin"), home.models().join("local")] {
        store::drop_empty_names(&folder)?;
    }
    Ok(())
}
