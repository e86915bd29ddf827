//! Fetching what is pinned before: from a file of this machine or over HTTP, from the first address that has it.
//!
//! What arrives is hashed while it is written. A connection that breaks is taken up where it broke; an address that has
//! something else, or sends on to a host that the plan does not name, is given up for the next.

mod web;

#[cfg(test)]
mod tests;

use crate::blocking;
use crate::durable::{self, Access, Expected};
use crate::tree;
use las_types::{Code, Failure, Reporter, SourceUrl, StepContext};
use std::path::{Path, PathBuf};

/// What is fetched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Where it lies, and where else.
    pub(crate) urls: &'a [SourceUrl],
    /// Other hosts that these may send on to.
    pub(crate) redirects: &'a [String],
    /// What it must be.
    pub(crate) expected: Expected,
}

/// Fetches into a new file in staging. Codes: those of the last address that was asked, `operation-cancelled`, and what
/// writing may fail with.
pub(crate) async fn fetch(
    wanted: Wanted<'_>,
    to: &Path,
    context: StepContext,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    let mut failed = None;
    for url in wanted.urls {
        let (place, removed) = (to.to_owned(), to.to_owned());
        blocking::run_unwatched(move || durable::remove(&removed)).await?;
        let result = match url.file() {
            Some(path) => from_file(path, place, wanted.expected, context, reporter).await,
            None => web::fetch(url, wanted, place, context, reporter).await,
        };
        match result {
            Ok(()) => return Ok(()),
            Err(failure) if ends_it(&failure, to) => return Err(failure),
            Err(failure) => {
                tracing::warn!(%url, %failure, "what is fetched is not to be had here");
                failed = Some(failure);
            }
        }
    }
    Err(failed.unwrap_or_else(|| Failure::internal("nothing to fetch from")))
}

/// Whether another address would not help: what failed was on this side.
fn ends_it(failure: &Failure, to: &Path) -> bool {
    let here = failure.args.get("path").is_some_and(|path| Path::new(path) == to);
    here || matches!(failure.code, Code::OperationCancelled | Code::DiskFull | Code::Internal)
}

async fn from_file(
    path: PathBuf,
    to: PathBuf,
    expected: Expected,
    context: StepContext,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    blocking::run(context, reporter, move |meter| {
        durable::copy_hashed(tree::open_file(&path)?, &path, &to, Access::Private, expected, meter)
    })
    .await
}
