//! What a core that was killed left: gone on with where it serves, started again where it waited for that, ended where it
//! does neither.

use super::contained;
use super::{Service, Surroundings};
use crate::keeper::{Found, Kept};
use crate::process::{Family, ReadySince, Record, Waiting};
use crate::service::{self, Prepared};
use crate::supervised::Supervised;
use crate::{blobs, blocking, durable, socket};
use las_types::{Failure, ServiceSpec};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long what is of no use may take to end by itself.
const GRACE: Duration = Duration::from_secs(3);

/// A service that serves.
pub(super) struct Running {
    pub(super) process: Supervised,
    /// What it has, of one that another core prepared.
    pub(super) prepared: Option<Prepared>,
    pub(super) ready: ReadySince,
}

/// How another core left a service that is to go on.
pub(super) enum Was {
    Running(Box<Running>),
    /// It had ended by itself and was to be started again.
    Waiting(Box<Waiting>),
}

/// What was left.
#[derive(Default)]
pub(crate) struct Left {
    /// Services that go on.
    pub(crate) found: Vec<Arc<Service>>,
    /// Services that did not serve, had not done so before and were ended.
    pub(crate) ended: Vec<String>,
}

/// Where the keeper of a service listens.
pub(super) fn keeper_socket(service: &Path) -> Result<PathBuf, Failure> {
    socket::socket_path(service, "keeper.sock")
}

/// Goes on with every service that a killed core left and that serves or waits to be started again, and ends whatever else
/// it left.
pub(crate) async fn find_left(surroundings: &Surroundings) -> Result<Left, Failure> {
    let mut left = Left::default();
    for folder in blobs::children(&surroundings.home.services())? {
        let name = || folder.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let at = folder.clone();
        let record = blocking::run_unwatched(move || Ok(Record::read(&at))).await?;
        let waits = record.as_ref().and_then(|record| waits(surroundings, &folder, record));
        let mark = record.as_ref().and_then(|record| record.container.clone());
        let contained = mark.is_some();
        let looked = match record {
            Some(record) => match (mark, record.family.clone()) {
                (Some(mark), _) => contained::look(surroundings, &folder, &mark, record).await?,
                (None, Some(family)) => look(surroundings, &folder, &family, record).await?,
                (None, None) => Look::Nothing,
            },
            None => Look::Nothing,
        };
        let mut ended = matches!(looked, Look::Ended);
        if let Look::Serves(spec, running) = looked {
            let was = Some(Was::Running(running));
            left.found.push(Service::begin(*spec, surroundings.clone(), was));
            continue;
        }
        if !contained {
            ended |= crate::process::reap_orphan(&surroundings.home, &folder).await?;
            let at = folder.clone();
            blocking::run_unwatched(move || {
                // What a run had is of no use to another; the key of an engine that is gone lies there, too.
                durable::remove(&service::run_folder(&at))?;
                socket::remove(&keeper_socket(&at)?, &at)
            })
            .await?;
        }
        if let Some((spec, waiting)) = waits {
            let record =
                Record { spec: Some(spec.clone()), waits: Some(*waiting.clone()), ..Record::default() };
            let at = folder.clone();
            blocking::run_unwatched(move || record.write(&at)).await?;
            let was = Some(Was::Waiting(waiting));
            left.found.push(Service::begin(*spec, surroundings.clone(), was));
        } else if ended {
            left.ended.extend(name());
        }
    }
    Ok(left)
}

/// What a service is that was to be started again, and how far that had come.
fn waits(
    surroundings: &Surroundings,
    folder: &Path,
    record: &Record,
) -> Option<(Box<ServiceSpec>, Box<Waiting>)> {
    let (spec, waiting) = (record.spec.clone()?, record.waits.clone()?);
    let its_own = folder == surroundings.home.service(&spec.name);
    // What ran when the machine went down is started by whoever wants it.
    (its_own && waiting.is_of_this_boot()).then(|| (spec, Box::new(waiting)))
}

pub(super) enum Look {
    Serves(Box<ServiceSpec>, Box<Running>),
    Ended,
    Nothing,
}

async fn look(
    surroundings: &Surroundings,
    folder: &Path,
    family: &Family,
    record: Record,
) -> Result<Look, Failure> {
    let process = match Kept::find(&keeper_socket(folder)?, family).await? {
        Found::Nobody => return Ok(Look::Nothing),
        Found::Other(other) => {
            other.end_by_force().await;
            return Ok(Look::Ended);
        }
        Found::Kept(process) => *process,
    };
    let Surroundings { home, helpers, .. } = surroundings;
    let Record { first, spec, ready, .. } = record;
    if let (Some(first), Some(spec), Some(ready)) = (first, spec, ready)
        && first.is(process.pid())
        && folder == home.service(&spec.name)
    {
        let (home, helpers, again) = (Arc::clone(home), Arc::clone(helpers), spec.clone());
        match blocking::run_unwatched(move || service::prepared_before(&home, &helpers, &again)).await {
            Ok(prepared) => {
                let process = Supervised::Kept(Box::new(process));
                let running = Running { process, prepared: Some(prepared), ready };
                return Ok(Look::Serves(spec, Box::new(running)));
            }
            Err(failure) => {
                tracing::warn!(service = %spec.name, %failure, "a service that runs can't be gone on with");
            }
        }
    }
    process.stop(GRACE).await;
    Ok(Look::Ended)
}
