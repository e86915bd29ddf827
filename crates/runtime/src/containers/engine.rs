//! A container engine that answers.

use super::gpus::{self, Nvidia};
use bollard::{API_DEFAULT_VERSION, Docker, errors::Error};
use las_types::{Code, EngineChoice, Failure, LimitLevel, LimitsSection};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an engine may take for one answer; to start a container on a machine under load takes seconds.
const PATIENCE: u64 = 120;
/// How long it may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);

/// Whose engine it is; they differ in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    Docker,
    Podman,
}

/// What an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nature {
    pub(crate) maker: Maker,
    /// It runs as this user: the administrator in a container is this user outside.
    pub(crate) rootless: bool,
}

/// Which limits it can hold.
#[derive(Clone, Copy, Debug)]
struct Holds {
    memory: bool,
    cpu: bool,
    processes: bool,
}

/// An engine that answered.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) docker: Docker,
    socket: PathBuf,
    nature: Nature,
    holds: Holds,
    version: String,
    /// Whether it has NVIDIA's own part.
    nvidia: bool,
}

impl Engine {
    /// Codes: `container-engine-missing` if nobody answers there, `container-engine-refused`.
    pub(crate) async fn connect(socket: &Path) -> Result<Self, Failure> {
        let missing = || Failure::new(Code::ContainerEngineMissing).with("tried", socket.display());
        if let Err(error) = tokio::net::UnixStream::connect(socket).await {
            let denied = error.kind() == std::io::ErrorKind::PermissionDenied;
            return Err(if denied {
                said_no(socket, &error).because(error)
            } else {
                missing().because(error)
            });
        }
        let text = socket.to_str().ok_or_else(missing)?;
        let docker = Docker::connect_with_unix(text, PATIENCE, API_DEFAULT_VERSION).map_err(|_| missing())?;
        let failed = |error| refused(socket, error);
        let greeted = tokio::time::timeout(GREETING, docker.negotiate_version()).await;
        let docker = greeted.map_err(|_| missing())?.map_err(failed)?;
        let version = docker.version().await.map_err(failed)?;
        let info = docker.info().await.map_err(failed)?;
        let parts = version.components.unwrap_or_default();
        let podman = parts.iter().any(|part| part.name.contains("Podman"));
        let security = info.security_options.unwrap_or_default();
        let nature = Nature {
            maker: if podman { Maker::Podman } else { Maker::Docker },
            rootless: security.iter().any(|option| option.contains("name=rootless")),
        };
        let holds = Holds {
            memory: info.memory_limit == Some(true),
            cpu: info.cpu_cfs_quota == Some(true),
            processes: info.pids_limit == Some(true),
        };
        let nvidia = info.runtimes.is_some_and(|runtimes| runtimes.contains_key("nvidia"));
        let version = version.version.unwrap_or_default();
        Ok(Self { docker, socket: socket.to_owned(), nature, holds, version, nvidia })
    }

    /// How it hands out GPUs of NVIDIA's, where `described` says that the machine has a description of them; none if it
    /// can't.
    pub(crate) fn nvidia(&self, described: bool) -> Option<Nvidia> {
        gpus::nvidia(self.nature.maker, self.nvidia, described, &self.version)
    }

    pub(crate) fn nature(&self) -> Nature {
        self.nature
    }

    /// Whether it is the one that is wished for.
    pub(crate) fn is(&self, wish: EngineChoice) -> bool {
        match wish {
            EngineChoice::Auto => true,
            EngineChoice::Docker => self.nature.maker == Maker::Docker,
            EngineChoice::Podman => self.nature.maker == Maker::Podman,
        }
    }

    pub(crate) async fn answers(&self) -> bool {
        matches!(tokio::time::timeout(GREETING, self.docker.ping()).await, Ok(Ok(_)))
    }

    /// What an error of it means.
    pub(crate) fn failure(&self, error: Error) -> Failure {
        refused(&self.socket, error)
    }

    /// How well it holds these limits; none without limits.
    pub(crate) fn level(&self, limits: &LimitsSection) -> Option<LimitLevel> {
        let Holds { memory, cpu, processes } = self.holds;
        let held = (memory || limits.memory.is_none())
            && (cpu || limits.cpu_percent.is_none())
            && (processes || limits.processes.is_none());
        (!limits.is_empty()).then_some(if held { LimitLevel::Group } else { LimitLevel::Partly })
    }
}

/// What an error of an engine means: nobody answers, or it says no.
fn refused(socket: &Path, error: Error) -> Failure {
    let (code, detail) = match &error {
        Error::DockerResponseServerError { message, .. } => {
            (Code::ContainerEngineRefused, message.trim().to_owned())
        }
        Error::DockerStreamError { error } => (Code::ContainerEngineRefused, error.trim().to_owned()),
        Error::HyperLegacyError { err } if err.is_connect() => (Code::ContainerEngineMissing, String::new()),
        Error::SocketNotFoundError(_) => (Code::ContainerEngineMissing, String::new()),
        other => (Code::ContainerEngineRefused, other.to_string()),
    };
    let failure = match code {
        Code::ContainerEngineMissing => Failure::new(code).with("tried", socket.display()),
        _ => said_no(socket, detail),
    };
    failure.because(error)
}

fn said_no(socket: &Path, detail: impl std::fmt::Display) -> Failure {
    let failure = Failure::new(Code::ContainerEngineRefused).with("socket", socket.display());
    failure.with("detail", detail)
}

/// Whether an engine says that there is no such thing.
pub(super) fn is_absent(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { status_code: 404, .. })
}
