//! What a step needs from elsewhere before it can be executed.

use super::NativeExecutor;
use crate::durable::{self, Expected};
use crate::fetch::{Wanted, fetch as fetch_file};
use crate::home::Home;
use crate::staging::Staging;
use crate::{blocking, store, tree};
use las_types::{Failure, Installed, Reporter, Source, StepContext};
use std::sync::Arc;

impl NativeExecutor {
    /// Fetches what a module is made from, unless it is there already. Returns how many bytes that is.
    pub(super) async fn fetch(
        &self,
        context: StepContext,
        item: &Installed,
        source: &Source,
        reporter: &dyn Reporter,
    ) -> Result<u64, Failure> {
        match source {
            Source::Oci { image, digest, size } => {
                self.pull(context, image, *digest, reporter).await?;
                Ok(size.bytes())
            }
            _ => fetch(self.home(), context, item, source, reporter).await,
        }
    }
}

/// Fetches the archive that a module is unpacked from, unless the module or the archive is there already. Returns how many
/// bytes that is.
async fn fetch(
    home: &Arc<Home>,
    context: StepContext,
    item: &Installed,
    source: &Source,
    reporter: &dyn Reporter,
) -> Result<u64, Failure> {
    let Source::Archive { urls, redirects, size, checksum, .. } = source else { return Ok(0) };
    let expected = Expected { digest: *checksum, size: size.bytes() };
    let staging = Staging::of(home, context.operation);
    let to = staging.fetched(context);
    let (known, item, place) = (Arc::clone(home), item.clone(), to.clone());
    let is_there = blocking::run(context, reporter, move |meter| {
        if store::is_whole(&known, &item)? {
            return Ok(true);
        }
        durable::make_dir(&staging.root)?;
        // A stop may have come between fetching and unpacking.
        let left =
            place.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == expected.size);
        Ok(left && tree::hash_file(&place, meter)?.0 == expected.digest)
    })
    .await?;
    if !is_there {
        fetch_file(Wanted { urls, redirects, expected }, &to, context, reporter).await?;
    }
    Ok(expected.size)
}
