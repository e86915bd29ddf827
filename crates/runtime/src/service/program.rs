//! A module's own program, kept running as its manifest says.

use super::ports;
use super::probe::{Check, Seen};
use crate::durable::beneath::Beneath;
use crate::durable::{self, Access, passing};
use crate::helpers::Helpers;
use crate::home::Home;
use crate::keeper::Watcher;
use crate::process::{Family, Stopping};
use crate::sandbox::Sandbox;
use crate::supervised::Supervised;
use crate::{blocking, data, tree};
use las_types::{
    Code, Failure, Hole, LimitsSection, PortName, PrepareSection, Probe, ProbeMiss, ProgramSettings,
    ServiceName, Template, WatchSection,
};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Told what each question to it gave.
pub(crate) type Told<'a> = &'a (dyn Fn(Option<ProbeMiss>) + Send + Sync);

/// How often it is asked whether it serves yet.
const PACE: Duration = Duration::from_millis(50);

/// One run of it.
pub(super) struct Prepared {
    name: ServiceName,
    /// For what lasts as long as this run.
    pub(super) run: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) stopping: Stopping,
    pub(super) limits: LimitsSection,
    pub(super) sandbox: Sandbox,
    ports: BTreeMap<PortName, u16>,
    /// The numbers that they have in its container.
    inner_ports: Option<BTreeMap<PortName, u16>>,
    ready: Check,
    alive: Option<Check>,
    watch: WatchSection,
    pub(super) preparations: Vec<Preparation>,
}

/// A folder of the data that is to be made before the first start.
#[derive(Clone)]
pub(crate) struct Preparation {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) limit: Duration,
    /// The data, where it is made there, and what it is called when it is whole.
    data: PathBuf,
    new: PathBuf,
    folder: PathBuf,
}

// An earlier version of the service has written into its data: nothing that it left there leads the core elsewhere.
impl Preparation {
    /// Makes room for it; what an earlier try left is gone then. Tells whether it has to be made.
    pub(crate) fn begin(&self) -> Result<bool, Failure> {
        let data = Beneath::open(&self.data)?;
        if data.has(&self.folder)? {
            return Ok(false);
        }
        data.make_above(&self.folder)?;
        data.remove(&self.new)?;
        Ok(true)
    }

    /// Gives it its name.
    pub(crate) fn complete(&self) -> Result<(), Failure> {
        Beneath::open(&self.data)?.rename(&self.new, &self.folder)
    }

    /// Drops what was begun.
    pub(crate) fn give_up(&self) -> Result<(), Failure> {
        Beneath::open(&self.data)?.remove(&self.new)
    }
}

/// What fills the holes of its manifest.
#[derive(Clone)]
struct Filling<'a> {
    settings: &'a ProgramSettings,
    data: Option<String>,
    run: Option<String>,
    module: Option<String>,
    /// As the program sees them.
    ports: &'a BTreeMap<PortName, u16>,
    /// The folder that is to be made, where one is.
    new: Option<String>,
}

impl<'a> Filling<'a> {
    /// With these folders of this machine; a container has its own names and numbers for what it gets.
    fn of(settings: &'a ProgramSettings, data: &Path, run: &Path) -> Result<Self, Failure> {
        Ok(match &settings.container {
            None => Self {
                settings,
                data: Some(text_of(data)?),
                run: Some(text_of(run)?),
                module: Some(settings.folder.clone()),
                ports: &settings.ports,
                new: None,
            },
            Some(container) => Self {
                settings,
                data: container.section.data.as_ref().map(ToString::to_string),
                run: container.section.run.as_ref().map(ToString::to_string),
                module: None,
                ports: &container.inner_ports,
                new: None,
            },
        })
    }

    fn text(&self, template: &Template) -> Result<String, Failure> {
        let filled = template.filled(|hole| match hole {
            Hole::Data => self.data.clone(),
            Hole::Run => self.run.clone(),
            Hole::Module => self.module.clone(),
            Hole::New => self.new.clone(),
            Hole::Port(name) => self.ports.get(name).map(u16::to_string),
            Hole::Peer(peer, port) => self.settings.connects.get(peer)?.get(port).map(u16::to_string),
        });
        filled.ok_or_else(|| Failure::internal(format!("nothing fills '{template}'")))
    }

    fn words(&self, templates: &[Template]) -> Result<Vec<OsString>, Failure> {
        templates.iter().map(|template| self.text(template).map(OsString::from)).collect()
    }

    fn port(&self, name: &PortName) -> Result<u16, Failure> {
        let missing = || Failure::internal(format!("no port '{name}'"));
        self.settings.ports.get(name).copied().ok_or_else(missing)
    }

    fn preparation(self, section: &PrepareSection) -> Result<Preparation, Failure> {
        let data = self.data.as_deref().ok_or_else(|| Failure::internal("prepared without data"))?;
        let data = PathBuf::from(data);
        let folder = tree::inside(&section.folder)?.to_owned();
        let mut name = OsString::from(".new-");
        name.push(folder.file_name().unwrap_or_default());
        let new = folder.with_file_name(name);
        let filling = Self { new: Some(text_of(&data.join(&new))?), ..self };
        Ok(Preparation {
            program: Path::new(&filling.settings.folder).join(tree::inside(&section.program)?),
            arguments: filling.words(&section.arguments)?,
            limit: Duration::from_secs(section.limit_seconds.into()),
            data,
            new,
            folder,
        })
    }

    fn check(&self, run: &Path, sandbox: &Sandbox, probe: &Probe) -> Result<Check, Failure> {
        Ok(match probe {
            Probe::Tcp { port } => Check::Tcp(self.port(port)?),
            Probe::Http { port, path } => Check::Http { port: self.port(port)?, path: path.clone() },
            Probe::Exec { program, arguments } if self.settings.container.is_some() => Check::Inside {
                program: program.clone(),
                arguments: arguments.iter().map(|word| self.text(word)).collect::<Result<_, _>>()?,
            },
            Probe::Exec { program, arguments } => Check::Exec {
                program: Path::new(&self.settings.folder).join(tree::inside(program)?),
                arguments: self.words(arguments)?,
                folder: run.to_owned(),
                sandbox: Box::new(sandbox.clone()),
            },
            Probe::Log { line } => Check::Log(Arc::new(Seen::new(line.clone()))),
        })
    }
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::io(path, std::io::ErrorKind::InvalidFilename.into()))
}

/// Lays its folders and files out, and looks whether its ports are free.
pub(super) fn prepare(
    home: &Home,
    helpers: &Helpers,
    name: &ServiceName,
    settings: &ProgramSettings,
) -> Result<Prepared, Failure> {
    for port in settings.ports.values() {
        ports::free(name, *port)?;
    }
    let (data, run) = (data::folder(home, name), super::run_folder(&home.service(name)));
    durable::make_dir(&data)?;
    passing::remove(&run)?;
    passing::make_dir(&run)?;
    let filling = Filling::of(settings, &data, &run)?;
    for (path, content) in &settings.service.files {
        let path = run.join(tree::inside(path)?);
        if let Some(folder) = path.parent() {
            passing::make_dir(folder)?;
        }
        passing::write_file(&path, filling.text(content)?.as_bytes(), Access::Private)?;
    }
    let sandbox = sandbox(helpers, settings, &data, &run);
    filled(name, run, sandbox, &filling)
}

/// The run that another core laid out.
pub(super) fn prepared_before(
    home: &Home,
    helpers: &Helpers,
    name: &ServiceName,
    settings: &ProgramSettings,
) -> Result<Prepared, Failure> {
    let (data, run) = (data::folder(home, name), super::run_folder(&home.service(name)));
    let filling = Filling::of(settings, &data, &run)?;
    let sandbox = sandbox(helpers, settings, &data, &run);
    filled(name, run, sandbox, &filling)
}

/// What it may see and do, where it is no container.
fn sandbox(helpers: &Helpers, settings: &ProgramSettings, data: &Path, run: &Path) -> Sandbox {
    let section = &settings.service.sandbox;
    Sandbox {
        ports: settings.ports.values().copied().collect(),
        peers: settings.connects.values().flat_map(BTreeMap::values).copied().collect(),
        network: section.network,
        gpu: section.gpu,
        at_least: section.at_least,
        ..Sandbox::of(helpers, vec![settings.folder.clone().into()], vec![data.into(), run.into()])
    }
}

/// The words and variables of a container, as its program gets them.
pub(crate) struct Inside {
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
}

/// What a container's program gets, without a start.
pub(crate) fn filled_inside(settings: &ProgramSettings) -> Result<Inside, Failure> {
    let filling = Filling::of(settings, Path::new("/"), Path::new("/"))?;
    let service = &settings.service;
    let arguments = service.arguments.iter().map(|word| filling.text(word));
    let environment = service.environment.iter();
    let environment = environment.map(|(name, value)| Ok((name.to_string(), filling.text(value)?)));
    Ok(Inside {
        arguments: arguments.collect::<Result<_, Failure>>()?,
        environment: environment.collect::<Result<_, Failure>>()?,
    })
}

fn filled(
    name: &ServiceName,
    run: PathBuf,
    sandbox: Sandbox,
    filling: &Filling<'_>,
) -> Result<Prepared, Failure> {
    let settings = filling.settings;
    let service = &settings.service;
    let preparations = service.prepare.iter().map(|one| filling.clone().preparation(one));
    let environment = service.environment.iter();
    let environment = environment.map(|(name, value)| Ok((name.to_string(), filling.text(value)?)));
    let asked = service.alive.as_ref().or(match &service.ready {
        Probe::Log { .. } => None,
        ready => Some(ready),
    });
    Ok(Prepared {
        name: name.clone(),
        arguments: filling.words(&service.arguments)?,
        environment: environment.collect::<Result<_, Failure>>()?,
        stopping: Stopping {
            signal: service.stop.signal,
            grace: Duration::from_secs(service.stop.grace_seconds.into()),
        },
        limits: service.limits.clone(),
        ports: settings.ports.clone(),
        ready: filling.check(&run, &sandbox, &service.ready)?,
        alive: asked.map(|probe| filling.check(&run, &sandbox, probe)).transpose()?,
        inner_ports: settings.container.as_ref().map(|container| container.inner_ports.clone()),
        watch: service.watch.clone(),
        preparations: preparations.collect::<Result<_, Failure>>()?,
        sandbox,
        run,
    })
}

impl Prepared {
    pub(super) fn watcher(&self) -> Watcher {
        match &self.ready {
            Check::Log(seen) => {
                let seen = Arc::clone(seen);
                Arc::new(move |line| seen.look(line))
            }
            _ => Arc::new(|_| {}),
        }
    }

    /// Waits until it answers, on ports that are its own.
    ///
    /// Codes: `port-taken` if another program answers on one; `io-failed` if it can't be told.
    pub(super) async fn become_ready(&self, process: &Supervised, told: Told<'_>) -> Result<(), Failure> {
        let limit = Duration::from_secs(self.watch.limit_seconds.into());
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let mut outcome = self.ready.passes(limit, process).await;
            if outcome.is_ok() && !self.has_its_ports(process).await? {
                outcome = Err(ProbeMiss::NoPort);
            }
            let passed = outcome.is_ok();
            told(outcome.err());
            if passed {
                return Ok(());
            }
        }
    }

    /// Whether each of its ports is its own; those of a container are if the container itself publishes them.
    async fn has_its_ports(&self, process: &Supervised) -> Result<bool, Failure> {
        match (process, &self.inner_ports) {
            (Supervised::Kept(kept), _) => self.holds_its_ports(&kept.family()).await,
            (Supervised::Contained(contained), Some(inner)) => {
                Ok(contained.publishes(inner, &self.ports).await)
            }
            (Supervised::Contained(_), None) => Ok(false),
        }
    }

    /// Whether each of its ports is held by it or by what it started; not yet, if nobody holds one.
    async fn holds_its_ports(&self, family: &Family) -> Result<bool, Failure> {
        let (name, ports, family) = (self.name.clone(), self.ports.clone(), family.clone());
        let look = move || {
            let own = family.pids()?;
            let mut all = true;
            for port in ports.into_values() {
                all &= ports::proved(&name, port, &own)?;
            }
            Ok(all)
        };
        blocking::run_unwatched(look).await
    }

    /// Comes back when it did not answer so many times in a row.
    pub(super) async fn hung(&self, process: &Supervised, told: Told<'_>) -> Failure {
        let Some(alive) = &self.alive else { return std::future::pending().await };
        let seconds = |number: u32| Duration::from_secs(number.max(1).into());
        let mut pace = tokio::time::interval(seconds(self.watch.every_seconds));
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        pace.tick().await; // the first is over at once: it has just answered
        let mut misses = 0;
        while misses < self.watch.misses.max(1) {
            pace.tick().await;
            let miss = alive.passes(seconds(self.watch.limit_seconds), process).await.err();
            misses = if miss.is_none() { 0 } else { misses + 1 };
            told(miss);
        }
        Failure::new(Code::ServiceHung).with("name", &self.name).with("misses", misses)
    }

    pub(super) fn clear(&self) -> Result<(), Failure> {
        passing::remove(&self.run)
    }
}
