//! A service whose process is a container: started, and found again by a core that comes after this one.

use super::Surroundings;
use super::found::{Look, Running};
use super::task::Task;
use crate::containers::{Contained, Engine, Gpus, Hard, Marks, Request, Resuming, clear, level_met};
use crate::durable::beneath::Beneath;
use crate::keeper::Watcher;
use crate::process::{Family, LARGEST_FILE, Launch, LineLog, LogFile, Record};
use crate::service;
use crate::supervised::Supervised;
use crate::{blocking, data};
use las_types::{Code, ContainerSettings, Failure, InnerPath, InnerUser, LimitsSection, ServiceSpec};
use rustix::fs::{AtFlags, Gid, Uid};
use std::path::Path;
use std::sync::Arc;

impl Task {
    /// Makes and starts its container. What is started is written down before, as for any other.
    pub(super) async fn launch_contained(
        &self,
        container: &ContainerSettings,
        launch: &Launch<'_>,
        watcher: Watcher,
    ) -> Result<Supervised, Failure> {
        let Surroundings { home, containers, .. } = &self.surroundings;
        let engine = containers.engine().await?;
        let limits = launch.limits.cloned().unwrap_or_default();
        let named = |failure: Failure| match failure.code {
            Code::LimitsUnavailable => failure.with("name", &self.spec.name),
            _ => failure,
        };
        level_met(engine.level(&limits), &limits).map_err(named)?;
        let gpus = {
            let (name, grant, engine) = (self.spec.name.clone(), container.gpu.clone(), Arc::clone(&engine));
            blocking::run_unwatched(move || Gpus::granted(&name, grant.as_ref(), &engine)).await?
        };
        let mark = Family::new().variable().1.to_owned();
        let record = Record {
            container: Some(mark.clone()),
            spec: Some(Box::new(self.spec.clone())),
            waits: self.waits.clone(),
            ..Record::default()
        };
        let (folder, log) = (self.folder(), home.logs().join(self.spec.name.as_str()));
        let section = &container.section;
        let (data, run) = (data::folder(home, &self.spec.name), launch.folder.to_owned());
        let given = section.user.map(|user| (user, data.clone(), run.clone()));
        let log = blocking::run_unwatched(move || {
            record.write(&folder)?;
            if let Some((user, data, run)) = given {
                give(user, &data, &run)?;
            }
            line_log(&log, watcher)
        });
        let log = log.await?;
        let mounts: Vec<(&Path, &InnerPath)> = [(&data, &section.data), (&run, &section.run)]
            .into_iter()
            .filter_map(|(outer, inner)| Some((outer.as_path(), inner.as_ref()?)))
            .collect();
        let words = launch.arguments.iter().map(|word| word.to_string_lossy().into_owned());
        let arguments: Vec<String> = words.collect();
        let nature = engine.nature();
        let request = Request {
            marks: &Marks::new(home.root(), &self.spec.name, &mark),
            settings: container,
            program: &self.spec.program,
            arguments: &arguments,
            environment: launch.environment,
            ports: &self.spec.ports(),
            mounts: &mounts,
            user: section.user.unwrap_or_else(|| Request::owner(nature)),
            limits: &limits,
            gpus: &gpus,
            signal: launch.stopping.signal,
            hard: Hard::own(),
            nature,
        };
        Contained::start(engine, &request, &mark, log).await.map(Supervised::Contained)
    }
}

/// Its lines go to the file of the service, and to the watcher.
fn line_log(folder: &Path, watcher: Watcher) -> Result<Arc<LineLog>, Failure> {
    let file = LogFile::open(folder, LARGEST_FILE)?;
    Ok(Arc::new(LineLog::new(file, Box::new(move |line| watcher(&line())))))
}

/// Gives the folders to the user that its program runs as; only the administrator can, and where nobody does, the program
/// says that it can't write. What is in the data is the program's own already.
fn give(user: InnerUser, data: &Path, run: &Path) -> Result<(), Failure> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    for folder in [data, run] {
        let given = std::os::unix::fs::lchown(folder, Some(user.uid), Some(user.gid));
        given.map_err(|error| Failure::io(folder, error))?;
    }
    Beneath::open(run)?.walk(&mut |folder, name, _| {
        rustix::fs::chownat(folder, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)
    })
}

/// Looks for the container that a core which was killed left: gone on with if it served, removed otherwise. While the
/// engine does not answer nothing is known; the next start removes what has the service's name.
pub(super) async fn look(
    surroundings: &Surroundings,
    folder: &Path,
    mark: &str,
    record: Record,
) -> Result<Look, Failure> {
    let Surroundings { home, containers, .. } = surroundings;
    let Some(spec) = record.spec else { return removed(folder).await.map(|()| Look::Nothing) };
    let engine = match containers.engine().await {
        Ok(engine) => engine,
        Err(failure) => {
            tracing::warn!(service = %spec.name, %failure, "it can't be told what became of a container");
            return Ok(Look::Nothing);
        }
    };
    let marks = Marks::new(home.root(), &spec.name, mark);
    if let Some(ready) = record.ready
        && *folder == home.service(&spec.name)
    {
        match again(surroundings, Arc::clone(&engine), &marks, mark, &spec).await {
            Ok(Some((process, prepared))) => {
                let running = Running { process, prepared: Some(prepared), ready };
                return Ok(Look::Serves(spec, Box::new(running)));
            }
            Ok(None) => {}
            Err(failure) => {
                tracing::warn!(service = %spec.name, %failure, "a container that runs can't be gone on with");
            }
        }
    }
    let ended = clear(&engine, &marks).await.unwrap_or_else(|failure| {
        tracing::warn!(service = %spec.name, %failure, "a container was left");
        false
    });
    removed(folder).await?;
    Ok(if ended { Look::Ended } else { Look::Nothing })
}

async fn removed(folder: &Path) -> Result<(), Failure> {
    let folder = folder.to_owned();
    blocking::run_unwatched(move || Record::remove(&folder)).await
}

async fn again(
    surroundings: &Surroundings,
    engine: Arc<Engine>,
    marks: &Marks,
    mark: &str,
    spec: &ServiceSpec,
) -> Result<Option<(Supervised, service::Prepared)>, Failure> {
    let (home, helpers) = (Arc::clone(&surroundings.home), Arc::clone(&surroundings.helpers));
    let (again, folder) = (spec.clone(), home.logs().join(spec.name.as_str()));
    let (prepared, log) = blocking::run_unwatched(move || {
        let prepared = service::prepared_before(&home, &helpers, &again)?;
        let resuming = Resuming::of(&folder);
        Ok((prepared, (line_log(&folder, Arc::new(|_| {}))?, resuming)))
    })
    .await?;
    let launch = prepared.launch(spec);
    let (signal, limits) = (launch.stopping.signal, launch.limits.cloned());
    let level = engine.level(&limits.unwrap_or_else(LimitsSection::default));
    let found = Contained::find(engine, marks, level, signal, mark, log).await?;
    Ok(found.map(|contained| (Supervised::Contained(contained), prepared)))
}
