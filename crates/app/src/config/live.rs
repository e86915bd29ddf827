//! The configuration of a core that runs: what is in force, what holds from the next start on, and what is wrong
//! with the file meanwhile.

use super::file;
use super::layers::{ConfigSources, Loaded};
use las_api::{ConfigView, ErrorBody};
use las_types::{
    CONFIG_KEYS, Code, Config, ConfigEdit, ConfigKey, ConfigOrigin, ConfigStore, Effect, Event, Failure,
    ModeSettings, Reporter, Setting, Verification, config_key,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);

struct Now {
    /// The last that was accepted.
    loaded: Loaded,
    /// The file's text when it was looked at last.
    seen: Option<String>,
    /// Why that text can't be accepted.
    problems: Vec<ErrorBody>,
}

pub(crate) struct Configuration {
    sources: ConfigSources,
    start: Loaded,
    now: Mutex<Now>,
    changes: watch::Sender<Config>,
    reporter: Arc<dyn Reporter>,
}

impl Configuration {
    pub(crate) fn new(sources: ConfigSources, start: Loaded, reporter: Arc<dyn Reporter>) -> Arc<Self> {
        let now = Now { loaded: start.clone(), seen: start.text.clone(), problems: Vec::new() };
        let changes = watch::Sender::new(start.config().clone());
        Arc::new(Self { sources, start, now: Mutex::new(now), changes, reporter })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in force now and from now on.
    pub(crate) fn follow_changes(&self) -> watch::Receiver<Config> {
        self.changes.subscribe()
    }

    /// A key's value in force with its origin, and the one that holds from the next start on.
    fn setting(&self, key: &ConfigKey, now: &Now) -> Setting {
        let said = match key.effect {
            Effect::AtOnce => &now.loaded,
            Effect::AtNextStart => &self.start,
        };
        let value = said.text_of(key.name);
        let origin = said.values.get(key.name).map_or(ConfigOrigin::Default, |(_, origin)| origin.clone());
        let next = Some(now.loaded.text_of(key.name)).filter(|next| *next != value);
        Setting {
            key: key.name.to_owned(),
            value,
            origin,
            next,
            default: key.default.to_owned(),
            form: key.form.to_owned(),
            environment: key.environment.to_owned(),
            flag: key.flag.map(str::to_owned),
            effect: key.effect,
        }
    }

    pub(crate) fn view(&self) -> ConfigView {
        let now = self.now();
        ConfigView {
            path: self.sources.path().display().to_string(),
            exists: now.seen.is_some(),
            settings: CONFIG_KEYS.iter().map(|key| self.setting(key, &now)).collect(),
            problems: now.problems.clone(),
        }
    }

    /// Reads the file again if it isn't what it was.
    fn look(&self) {
        let read = self.sources.text();
        let mut now = self.now();
        match read {
            Ok(text) if text == now.seen => return,
            Ok(text) => now.seen = text,
            Err(failure) => {
                let problems = vec![ErrorBody::from(failure)];
                if now.problems == problems {
                    return;
                }
                now.problems = problems;
            }
        }
        match self.sources.load() {
            Ok(loaded) => {
                let text_of = |name: &'static str| match config_key(name).map(|key| key.effect) {
                    Some(Effect::AtOnce) => loaded.text_of(name),
                    _ => self.start.text_of(name),
                };
                if let Ok(config) = Config::read(text_of) {
                    self.changes.send_if_modified(|before| {
                        let changed = *before != config;
                        *before = config;
                        changed
                    });
                }
                now.loaded = loaded;
                now.problems = Vec::new();
                tracing::info!("the configuration was read again");
            }
            Err(problems) => {
                now.problems = problems.into_iter().map(ErrorBody::from).collect();
                for problem in &now.problems {
                    tracing::warn!(%problem, "the configuration can't be accepted; what was in force goes on");
                }
            }
        }
        drop(now);
        self.reporter.happened(Event::ConfigChanged {});
    }

    /// Looks at the file for as long as the core runs.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut pace = tokio::time::interval(LOOK);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let own = Arc::clone(&self);
            // The file may lie on a disk that does not answer.
            if tokio::task::spawn_blocking(move || own.look()).await.is_err() {
                tracing::error!("looking at the configuration failed by a defect of ours");
            }
        }
    }
}

impl ConfigStore for Configuration {
    fn edit(&self, key: &str, value: Option<&str>) -> Result<ConfigEdit, Failure> {
        let unknown = || {
            Failure::new(Code::ConfigKeyUnknown).with("key", key).with("suggestion", file::suggestion(key))
        };
        let key = config_key(key).ok_or_else(unknown)?;
        let place = key.flag.unwrap_or(key.name);
        let value = value
            .map(|given| key.read(given).map_err(|unfit| file::unfit(place, key, given, unfit)))
            .transpose()?;
        let path = self.sources.path();
        let before = self.sources.text()?;
        let text = before.clone().unwrap_or_default();
        // What is wrong with the rest of the file is put right first: its meaning is not known.
        if let Some(problem) = file::read(&path, &text).1.into_iter().next() {
            return Err(problem);
        }
        let origin = self.setting(key, &self.now()).origin;
        let after = file::edit(&path, &text, key, value.as_deref())?;
        Ok(ConfigEdit { path: path.display().to_string(), before, after, effect: key.effect, origin })
    }

    fn waiting(&self) -> (String, Vec<String>) {
        let ConfigView { path, settings, .. } = self.view();
        let waits = |setting: Setting| setting.next.is_some().then_some(setting.key);
        (path, settings.into_iter().filter_map(waits).collect())
    }

    fn modes(&self) -> ModeSettings {
        // The engine was chosen when this core started.
        let start = self.start.config();
        let has_socket = start.containers_socket.path().is_some();
        let prefer = self.now().loaded.config().runtime_prefer.mode();
        ModeSettings { prefer, engine: start.containers_engine, has_socket }
    }

    fn verification(&self) -> Verification {
        let now = self.changes.borrow();
        Verification {
            every: now.models_verify_every.every(),
            rate: now.models_verify_rate.bytes_per_second(),
        }
    }

    fn follow(&self) {
        self.look();
    }
}
