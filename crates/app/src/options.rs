//! What an application is opened with, and where that comes from.

use crate::{ConfigSources, Loaded};
use las_runtime::Helpers;
use las_types::{Checkpoint, Code, Failure, NoCheckpoint};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an application is opened with.
#[derive(Clone)]
pub struct Options {
    /// The data directory.
    pub home: PathBuf,
    /// The application's own files: `builtin/`, `registry/`, `policies/`, `ui/`.
    pub resources: PathBuf,
    /// What the organisation has set up for every user of the machine: `registry/`, `trusted-keys/`,
    /// `policies/`.
    pub organisation: PathBuf,
    /// Where a service manager laid credentials for this process.
    pub credentials: Option<PathBuf>,
    /// Where the configuration comes from.
    pub sources: ConfigSources,
    /// What it is.
    pub configuration: Loaded,
    /// Put a damaged database aside and the last copy in its place.
    pub repair_state: bool,
    /// Told at each point where a stop must lose nothing; tests end the process there.
    pub checkpoint: Arc<dyn Checkpoint>,
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

impl Options {
    /// From `LAS_HOME`, `LAS_RESOURCES` and `LAS_ORGANISATION`, else the XDG data directory, the folder that lies
    /// beside the program, and `/etc/localaistack`; everything else from the configuration, of which `flags` are
    /// keys with their values.
    pub fn from_environment(home: Option<PathBuf>, flags: Vec<(String, String)>) -> Result<Self, Failure> {
        let sources = ConfigSources::from_environment(home.as_deref(), flags)?;
        // One is enough to say that it can't be used; `las config validate` tells them all.
        let first = |problems: Vec<Failure>| {
            problems.into_iter().next().unwrap_or_else(|| Failure::internal("refused without a reason"))
        };
        Ok(Self {
            home: Self::home_directory(home)?,
            resources: resources()?,
            organisation: variable("LAS_ORGANISATION").unwrap_or_else(|| "/etc/localaistack".into()),
            credentials: variable("CREDENTIALS_DIRECTORY"),
            configuration: sources.load().map_err(first)?,
            sources,
            repair_state: false,
            checkpoint: Arc::new(NoCheckpoint),
        })
    }

    /// The data directory: the one given, `LAS_HOME`, or `localaistack` under the XDG data directory.
    pub fn home_directory(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
        let chosen = given.or_else(|| variable("LAS_HOME"));
        let home = match chosen {
            Some(home) => home,
            None => match variable("XDG_DATA_HOME") {
                Some(data) => data.join("localaistack"),
                None => Self::user_directory()?.join(".local/share/localaistack"),
            },
        };
        std::path::absolute(&home).map_err(|error| Failure::io(&home, error))
    }

    /// The programs that are run beside this one. `LAS_BWRAP` names `bwrap` where it does not lie where distributions have
    /// it; a name of nothing says that it is not to be used.
    pub(crate) fn helpers(&self) -> Helpers {
        let helpers = Helpers::of_the_system(self.keeper());
        match std::env::var_os("LAS_BWRAP") {
            Some(path) => {
                Helpers { bwrap: Some(PathBuf::from(path)).filter(|path| path.is_file()), ..helpers }
            }
            None => helpers,
        }
    }

    /// The program that keeps services: among the application's own files, or beside this program.
    fn keeper(&self) -> PathBuf {
        const NAME: &str = "las-keeper";
        let own = self.resources.join(NAME);
        if own.is_file() {
            return own;
        }
        let program = std::env::current_exe().unwrap_or_default();
        let beside = program.ancestors().skip(1).take(2).map(|folder| folder.join(NAME));
        beside.into_iter().find(|path| path.is_file()).unwrap_or(own)
    }

    /// The user's own directory.
    pub(crate) fn user_directory() -> Result<PathBuf, Failure> {
        let missing = || Failure::new(Code::ResourceMissing).with("part", "HOME").with("path", "$HOME");
        variable("HOME").ok_or_else(missing)
    }

    /// Where the core of a data directory listens: `core.sock` under the user's runtime directory for the
    /// default data directory, else within the data directory itself.
    /// A path too long for a socket is replaced by a short private one.
    pub fn socket(home: &Path) -> Result<PathBuf, Failure> {
        let default =
            Self::home_directory(None).is_ok_and(|default| default == home) && variable("LAS_HOME").is_none();
        match variable("XDG_RUNTIME_DIR") {
            Some(runtime) if default && runtime.is_dir() => Ok(runtime.join("localaistack/core.sock")),
            _ => las_runtime::socket_path(home, "core.sock"),
        }
    }
}

fn resources() -> Result<PathBuf, Failure> {
    if let Some(given) = variable("LAS_RESOURCES") {
        return if given.is_dir() { Ok(given) } else { Err(missing(&given)) };
    }
    let program = std::env::current_exe().map_err(Failure::internal)?;
    let beside = program.parent().unwrap_or(Path::new("/")).join("../lib/localaistack");
    if beside.is_dir() { Ok(beside) } else { Err(missing(&beside)) }
}

fn missing(path: &Path) -> Failure {
    Failure::new(Code::ResourceMissing).with("part", "resources").with("path", path.display())
}
