//! What is said of things in words, the same in every shell.

use crate::{Intent, Progress};
use std::collections::BTreeMap;
use std::fmt;

/// Something said to a person: a key of `locales/`, and what its text needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The key.
    pub key: String,
    /// What the text needs, by name.
    pub args: BTreeMap<String, String>,
}

impl Phrase {
    fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), args: BTreeMap::new() }
    }

    fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

impl Progress {
    /// How far it is, how fast it moves, and what is left of it, each where it is known:
    /// `1.2 GB of 4.7 GB`, `94 MB/s`, `0:38 left`.
    pub fn phrases(&self) -> Vec<Phrase> {
        let bytes = || Phrase::new("progress-bytes").with("done", self.done).with("total", self.total);
        let known = [
            (self.total.bytes() > 0).then(bytes),
            self.speed.map(|speed| Phrase::new("progress-speed").with("speed", speed)),
            self.left.map(|left| Phrase::new("progress-left").with("time", clock(left))),
        ];
        known.into_iter().flatten().collect()
    }

    /// How much is done of the steps in work; nothing where they count no bytes.
    pub fn percent(&self) -> Option<Phrase> {
        let percent = u128::from(self.done.bytes()) * 100 / u128::from(self.total.bytes().max(1));
        (self.total.bytes() > 0).then(|| Phrase::new("progress-percent").with("percent", percent.min(100)))
    }
}

impl Intent {
    /// What somebody wants.
    pub fn phrase(&self) -> Phrase {
        let what = match self {
            Self::ModuleInstall { modules, mode: None } => joined(modules),
            Self::ModuleInstall { modules, mode: Some(mode) } => {
                let phrase = Phrase::new("intent-module_install-mode").with("what", joined(modules));
                return phrase.with("mode", mode.as_str());
            }
            Self::DoctorRepair { modules, others } => {
                joined(modules.iter().map(ToString::to_string).chain(others.iter().map(ToString::to_string)))
            }
            Self::ModuleUpgrade { modules } if modules.is_empty() => {
                return Phrase::new("intent-module_upgrade-all");
            }
            Self::ModuleUpgrade { modules } | Self::ModuleRemove { modules, purge: false } => joined(modules),
            Self::ModuleRemove { modules, purge: true } => {
                return Phrase::new("intent-module_remove-purge").with("what", joined(modules));
            }
            Self::ModulePin { module, version } => format!("{module} {version}"),
            Self::ModuleUnpin { module } | Self::ModuleRollback { module } => module.to_string(),
            Self::OperationResume { id } => id.to_string(),
            Self::ModelImport { path, name, .. } => {
                name.as_ref().map_or_else(|| path.clone(), ToString::to_string)
            }
            Self::ModelAdopt { name: Some(name), .. } => name.to_string(),
            Self::ModelAdopt { paths, name: None, .. } => joined(paths),
            Self::ModelPull { id, file: Some(file), .. } => format!("{id}:{file}"),
            Self::ModelPull { id, file: None, .. } => id.to_string(),
            // Its command is that of any pull.
            Self::ModelPullAddress { url, .. } => {
                return Phrase::new("intent-model_pull_address").with("what", url);
            }
            Self::ModelViewAdd { model, tool, .. } => format!("{model} → {}", tool.as_str()),
            Self::ModelLoad { model } | Self::ModelViewRemove { model, .. } => model.to_string(),
            Self::ServiceStart { service }
            | Self::ServiceRestart { service }
            | Self::ServiceStop { service } => service.to_string(),
            Self::OverrideSet { capability, value, reason } => format!("{capability} → {value} ({reason})"),
            Self::OverrideRevert { id } => id.to_string(),
            Self::ConfigSet { key, value } => format!("{key} = {value}"),
            Self::ConfigUnset { key } => key.clone(),
            Self::GenerationRollback { to: Some(number) } => number.to_string(),
            Self::StateApply { desired } => {
                let modules = desired.modules.iter().map(ToString::to_string);
                let models = desired
                    .models
                    .iter()
                    .map(|model| model.name.as_ref().map_or_else(|| model.path.clone(), ToString::to_string));
                any(joined(modules.chain(models)))
            }
            Self::LockApply { lock } => {
                any(joined(lock.items.iter().map(|item| format!("{} {}", item.name, item.version))))
            }
            Self::GenerationRollback { to: None } => {
                return Phrase::new("intent-generation_rollback-previous");
            }
        };
        Phrase::new(format!("intent-{}", self.command())).with("what", what)
    }
}

fn joined<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// A dash where there is nothing.
fn any(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

/// Seconds as on a clock: `0:41`, `12:05`, `3:00:12`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::clock;
    use crate::{ByteSize, Progress};

    #[test]
    fn time_is_told_as_on_a_clock() {
        assert_eq!([0, 41, 725, 10_812].map(clock), ["0:00", "0:41", "12:05", "3:00:12"]);
    }

    #[test]
    fn percents_are_of_the_bytes_in_work_and_never_more_than_all() {
        let mut progress = Progress::of(2);
        let percent = |progress: &Progress| Some(progress.percent()?.args["percent"].clone());
        assert_eq!(percent(&progress), None);
        progress.begin(0, ByteSize::new(3_000));
        progress.advance(0, ByteSize::new(1_999));
        assert_eq!(percent(&progress).as_deref(), Some("66"));
        progress.advance(0, ByteSize::new(9_000));
        assert_eq!(percent(&progress).as_deref(), Some("100"), "more came than was said");
    }
}
