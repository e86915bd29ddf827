//! What one run of a service needs, by its kind: an engine that serves a model, or a module's own program.

mod log;
mod ports;
mod probe;
mod program;

pub(crate) use log::read as read_log;
pub(crate) use ports::{Held, chosen, held, keep};
pub(crate) use program::{Preparation, Told, filled_inside};

use crate::engine::{self, Engine, EngineConnection, Loaded, LogReport};
use crate::helpers::Helpers;
use crate::home::Home;
use crate::keeper::Watcher;
use crate::process::{Launch, Stopping};
use crate::supervised::Supervised;
use las_types::{Code, Failure, Serves, ServiceSpec};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One run, laid out and not begun.
pub(crate) struct Prepared {
    kind: Kind,
}

enum Kind {
    Engine { prepared: Box<engine::Prepared>, report: Arc<LogReport> },
    Program(Box<program::Prepared>),
}

/// Lays out what a start needs: files, links, a key.
///
/// Codes: `port-taken` if another program has a port of it; `io-failed` and its like.
pub(crate) fn prepare(home: &Home, helpers: &Helpers, spec: &ServiceSpec) -> Result<Prepared, Failure> {
    let kind = match &spec.serves {
        Serves::Model { model, settings } => {
            let engine =
                Engine { name: &spec.name, model, settings, program: Path::new(&spec.program), helpers };
            Kind::Engine { prepared: Box::new(engine::prepare(home, engine)?), report: Arc::default() }
        }
        Serves::Program { runs } => {
            Kind::Program(Box::new(program::prepare(home, helpers, &spec.name, runs)?))
        }
    };
    Ok(Prepared { kind })
}

/// What lasts as long as one run lies here, in the folder of a service; beside it lies what is no business of its program.
pub(crate) fn run_folder(service: &Path) -> PathBuf {
    service.join("run")
}

/// What it is called when a service of this kind does not start.
pub(crate) fn not_started(spec: &ServiceSpec) -> Code {
    if spec.engine().is_some() { Code::EngineStartFailed } else { Code::ProgramStartFailed }
}

/// The failure of a service that ended by itself.
pub(crate) fn ended(spec: &ServiceSpec) -> Failure {
    let code = if spec.engine().is_some() { Code::EngineStopped } else { Code::ServiceEnded };
    Failure::new(code).with("name", &spec.name)
}

/// What a run has that another core laid out and that goes on; nothing is written.
///
/// Codes: `io-failed` and its like if something of it is gone.
pub(crate) fn prepared_before(
    home: &Home,
    helpers: &Helpers,
    spec: &ServiceSpec,
) -> Result<Prepared, Failure> {
    let kind = match &spec.serves {
        Serves::Model { model, settings } => {
            let engine =
                Engine { name: &spec.name, model, settings, program: Path::new(&spec.program), helpers };
            Kind::Engine {
                prepared: Box::new(engine::prepared_before(home, engine)?),
                report: Arc::default(),
            }
        }
        Serves::Program { runs } => {
            Kind::Program(Box::new(program::prepared_before(home, helpers, &spec.name, runs)?))
        }
    };
    Ok(Prepared { kind })
}

impl Prepared {
    /// What is started.
    pub(crate) fn launch<'a>(&'a self, spec: &'a ServiceSpec) -> Launch<'a> {
        let program = Path::new(&spec.program);
        match &self.kind {
            Kind::Engine { prepared, .. } => Launch {
                program,
                arguments: &prepared.arguments,
                environment: &[],
                folder: &prepared.folder,
                stopping: Stopping::default(),
                limits: None,
                sandbox: Some(&prepared.sandbox),
            },
            Kind::Program(prepared) => Launch {
                program,
                arguments: &prepared.arguments,
                environment: &prepared.environment,
                folder: &prepared.run,
                stopping: prepared.stopping,
                limits: Some(&prepared.limits),
                sandbox: Some(&prepared.sandbox),
            },
        }
    }

    /// What has to be made before the first start.
    pub(crate) fn preparations(&self) -> &[Preparation] {
        match &self.kind {
            Kind::Engine { .. } => &[],
            Kind::Program(prepared) => &prepared.preparations,
        }
    }

    /// Who is shown every line.
    pub(crate) fn watcher(&self) -> Watcher {
        match &self.kind {
            Kind::Engine { report, .. } => {
                let report = Arc::clone(report);
                Arc::new(move |line| report.line(line))
            }
            Kind::Program(prepared) => prepared.watcher(),
        }
    }

    /// How its engine is reached; none of a program.
    pub(crate) fn connection(&self) -> Option<&EngineConnection> {
        match &self.kind {
            Kind::Engine { prepared, .. } => Some(&prepared.connection),
            Kind::Program(_) => None,
        }
    }

    /// Waits until it serves; an engine says what it loaded. The caller bounds the time and watches the process.
    pub(crate) async fn become_ready(
        &self,
        spec: &ServiceSpec,
        process: &Supervised,
        told: Told<'_>,
    ) -> Result<Option<Loaded>, Failure> {
        match &self.kind {
            Kind::Engine { prepared, report } => {
                let pid = process.pid().ok_or_else(|| ended(spec))?;
                engine::become_ready(spec, &prepared.connection, pid, report).await.map(Some)
            }
            Kind::Program(prepared) => prepared.become_ready(process, told).await.map(|()| None),
        }
    }

    /// Comes back when it serves no more although its process goes on; an engine is not asked.
    pub(crate) async fn hung(&self, process: &Supervised, told: Told<'_>) -> Failure {
        match &self.kind {
            Kind::Engine { .. } => std::future::pending().await,
            Kind::Program(prepared) => prepared.hung(process, told).await,
        }
    }

    /// Drops what was laid out.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        match &self.kind {
            Kind::Engine { prepared, .. } => engine::clear(prepared),
            Kind::Program(prepared) => prepared.clear(),
        }
    }
}
