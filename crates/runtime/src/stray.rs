//! What nothing accounts for: left by a stop, by hand, or by a defect.

use crate::blobs::{self, children};
use crate::durable;
use crate::fetch;
use crate::home::Home;
use crate::{staging::Staging, store, tree};
use las_types::{Failure, Installed, OperationId, Placement, StepContext};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Names what none of the items accounts for.
pub(crate) fn find(home: &Home, items: &[Installed]) -> Result<Vec<String>, Failure> {
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
    // The folder of a name is not stray while something that is missing belongs into it.
    found.retain(|path| !known.iter().any(|known| known.starts_with(path)));
    let relative = |path: &PathBuf| path.strip_prefix(home.root()).unwrap_or(path).display().to_string();
    Ok(found.iter().map(relative).collect())
}

/// Where something that nothing accounts for lies; only what [`find`] may name.
fn place(home: &Home, path: &str) -> Result<PathBuf, Failure> {
    let whole = home.root().join(tree::inside(path)?);
    let within = [home.store(), home.models(), home.staging()];
    if within.iter().any(|folder| whole.starts_with(folder) && whole != *folder) {
        Ok(whole)
    } else {
        Err(Failure::io(&whole, std::io::ErrorKind::InvalidInput.into()))
    }
}

/// Moves it to the trash of its step; gone when the operation is committed.
pub(crate) fn remove(home: &Home, context: StepContext, path: &str) -> Result<(), Failure> {
    store::put_aside(&Staging::of(home, context.operation), context, &place(home, path)?)
}

/// Undoes [`remove`].
pub(crate) fn undo_remove(home: &Home, context: StepContext, path: &str) -> Result<(), Failure> {
    store::put_back(&Staging::of(home, context.operation), context, &place(home, path)?)
}

/// Makes an operation's removals final and drops its staging.
pub(crate) fn finish(home: &Home, operation: OperationId) -> Result<(), Failure> {
    let staging = Staging::of(home, operation);
    blobs::finish(home, &staging)?;
    for digest in staging.all_used()? {
        fetch::forget(home, digest)?;
    }
    durable::remove(&staging.root)?;
    fetch::Lists::tidy(home)?;
    let models = ["builtin", "local", "hub"].map(|kind| home.models().join(kind));
    for folder in [home.store()].into_iter().chain(models) {
        store::drop_empty_names(&folder)?;
    }
    Ok(())
}
