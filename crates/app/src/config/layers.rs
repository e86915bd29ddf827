//! The layers: defaults, file, environment, flags; the later wins.

use super::file;
use crate::Options;
use las_types::{CONFIG_KEYS, Code, Config, ConfigOrigin, Failure, config_key};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of more bytes is none of ours.
const LARGEST: u64 = 1 << 20;

/// Where values come from besides the defaults.
#[derive(Clone, Debug)]
pub struct ConfigSources {
    path: PathBuf,
    /// Key and value of each flag that was given.
    flags: Vec<(String, String)>,
    environment: fn(&str) -> Option<String>,
}

/// What the sources said when they were read.
#[derive(Clone, Debug)]
pub struct Loaded {
    config: Config,
    /// Value and origin of each key.
    pub(super) values: BTreeMap<&'static str, (String, ConfigOrigin)>,
    /// The file's text; none if there is no file.
    pub(super) text: Option<String>,
}

impl Loaded {
    /// The values, each of its own type.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// One value as it is written.
    pub(super) fn text_of(&self, key: &str) -> String {
        self.values.get(key).map(|(value, _)| value.clone()).unwrap_or_default()
    }
}

/// A variable that says something; an empty one says nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

impl ConfigSources {
    /// The file is `config.toml` in the data directory where one was named (`home`, `LAS_HOME`), else
    /// `localaistack/config.toml` in the XDG configuration directory. `flags` are keys with their values.
    pub fn from_environment(home: Option<&Path>, flags: Vec<(String, String)>) -> Result<Self, Failure> {
        let named = home.map(Path::to_owned).or_else(|| variable("LAS_HOME").map(PathBuf::from));
        let folder = match named {
            Some(home) => home,
            None => match variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
                Some(config) => config.join("localaistack"),
                None => Options::user_directory()?.join(".config/localaistack"),
            },
        };
        let path =
            std::path::absolute(folder.join("config.toml")).map_err(|error| Failure::io(&folder, error))?;
        Ok(Self { path, flags, environment: variable })
    }

    /// These sources, for tests.
    #[cfg(test)]
    pub(super) fn new(
        path: PathBuf,
        flags: Vec<(String, String)>,
        environment: fn(&str) -> Option<String>,
    ) -> Self {
        Self { path, flags, environment }
    }

    /// The file, with links followed.
    pub fn path(&self) -> PathBuf {
        // A link that leads nowhere yet is written to where it stands.
        std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone())
    }

    /// The file's text; none if there is no file.
    pub(super) fn text(&self) -> Result<Option<String>, Failure> {
        let failed = |error| Failure::io(&self.path, error);
        match std::fs::metadata(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
            Ok(found) if found.len() > LARGEST => Err(failed(std::io::ErrorKind::FileTooLarge.into())),
            Ok(_) => std::fs::read_to_string(&self.path).map(Some).map_err(failed),
        }
    }

    /// Reads all of them. Everything that can't be accepted is told, each with its place.
    pub fn load(&self) -> Result<Loaded, Vec<Failure>> {
        let text = self.text().map_err(|failure| vec![failure])?;
        let (entries, mut problems) = file::read(&self.path, text.as_deref().unwrap_or_default());
        let mut values: BTreeMap<_, _> = CONFIG_KEYS
            .iter()
            .map(|key| (key.name, (key.default.to_owned(), ConfigOrigin::Default)))
            .collect();
        for entry in entries {
            let origin = ConfigOrigin::File { path: self.path.display().to_string(), line: entry.line };
            values.insert(entry.key.name, (entry.value, origin));
        }
        for key in CONFIG_KEYS {
            let Some(given) = (self.environment)(key.environment) else { continue };
            match key.read(&given) {
                Ok(value) => {
                    let origin = ConfigOrigin::Environment { name: key.environment.to_owned() };
                    values.insert(key.name, (value, origin));
                }
                Err(unfit) => problems.push(file::unfit(key.environment, key, &given, unfit)),
            }
        }
        for (name, given) in &self.flags {
            let Some(key) = config_key(name) else {
                problems.push(Failure::internal("a flag of no key"));
                continue;
            };
            let flag = key.flag.unwrap_or(key.name);
            match key.read(given) {
                Ok(value) => {
                    values.insert(key.name, (value, ConfigOrigin::Flag { name: flag.to_owned() }));
                }
                Err(unfit) => problems.push(file::unfit(flag, key, given, unfit)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let text_of = |name| values.get(name).map(|(value, _)| value.clone()).unwrap_or_default();
        let config =
            Config::read(text_of).map_err(|(key, _)| vec![Failure::new(Code::Internal).with("key", key)])?;
        Ok(Loaded { config, values, text })
    }
}
