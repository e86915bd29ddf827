//! The configuration: which keys there are, what each may be, and where a value in force came from.
//!
//! One table ([`CONFIG_KEYS`]) is the schema for the file, the environment, the command line and the page. Values
//! come from defaults, the file, the environment and flags, in that order. Reading them from there is the work of the
//! composition root; this module does no I/O.

mod hubs;
mod period;
mod setting;
mod sources;
mod store;
mod values;

#[cfg(test)]
mod tests;

pub use hubs::{FolderList, HostList, HubEndpoint};
pub use period::Period;
pub use setting::{ConfigOrigin, Effect, Setting};
pub use sources::{ListedSource, SourceList, SourcePlaces, UsualSource};
pub use store::{ConfigEdit, ConfigStore, ModeSettings, Verification};
pub use values::{
    Bandwidth, ConfigValue, EngineChoice, IdleTime, Language, LogFileSize, LogFilter, LogFormat,
    ModePreference, OptionalPath, PolicySet, Unfit,
};

use std::net::SocketAddr;

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct ConfigKey {
    /// Its name, the table before the dot: `log.level`. Its description is `config-<name>` in `locales/`, with `-`
    /// for `.` and `_`.
    pub name: &'static str,
    /// What holds when nobody says otherwise.
    pub default: &'static str,
    /// The environment variable that sets it.
    pub environment: &'static str,
    /// The flag that sets it for one command.
    pub flag: Option<&'static str>,
    /// When a change takes effect.
    pub effect: Effect,
    /// What a value looks like, in symbols: `text | json`.
    pub form: &'static str,
    /// Whether the file has it as `true` or `false`, without quotation marks.
    pub bare: bool,
    check: fn(&str) -> Result<String, Unfit>,
    schema: fn() -> serde_json::Value,
}

impl ConfigKey {
    /// A value as it is written by us, if this key can have it.
    pub fn read(&self, text: &str) -> Result<String, Unfit> {
        (self.check)(text)
    }

    /// The key of its description in `locales/`.
    pub fn text_key(&self) -> String {
        format!("config-{}", self.name.replace(['.', '_'], "-"))
    }
}

macro_rules! keys {
    ($($(#[doc = $doc:literal])* $field:ident: $type:ty = $name:literal, $default:literal, $environment:literal, $flag:expr, $effect:ident;)*) => {
        /// Every key, in the order in which they are shown.
        pub const CONFIG_KEYS: &[ConfigKey] = &[$(ConfigKey {
            name: $name,
            default: $default,
            environment: $environment,
            flag: $flag,
            effect: Effect::$effect,
            form: <$type as ConfigValue>::FORM,
            bare: <$type as ConfigValue>::BARE,
            check: |text| <$type as ConfigValue>::read(text).map(|value| value.written()),
            schema: <$type as ConfigValue>::schema,
        },)*];

        /// What is configured, each value of its own type.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Config {
            $($(#[doc = $doc])* pub $field: $type,)*
        }

        impl Config {
            /// Reads every key's value with `text_of`; the name of the first key that can't have its own.
            pub fn read(text_of: impl Fn(&'static str) -> String) -> Result<Self, (&'static str, Unfit)> {
                Ok(Self {
                    $($field: <$type as ConfigValue>::read(&text_of($name)).map_err(|unfit| ($name, unfit))?,)*
                })
            }
        }
    };
}

keys! {
    /// The language of texts; none for the system's.
    language: Language = "language", "system", "LAS_LANG", Some("--lang"), AtOnce;
    /// What the log on standard error says.
    log_level: LogFilter = "log.level", "warn", "LAS_LOG", None, AtOnce;
    /// How both logs are written.
    log_format: LogFormat = "log.format", "text", "LAS_LOG_FORMAT", None, AtNextStart;
    /// What the log in the data directory says.
    log_file_level: LogFilter = "log.file_level", "info", "LAS_LOG_FILE_LEVEL", None, AtOnce;
    /// The size at which that log is rotated.
    log_file_size: LogFileSize = "log.file_size", "4MiB", "LAS_LOG_FILE_SIZE", None, AtNextStart;
    /// Where programs and the page reach the core.
    server_address: SocketAddr = "server.address", "127.0.0.1:11811", "LAS_ADDRESS", Some("--addr"), AtNextStart;
    /// Whether that may be an address that other machines reach.
    server_expose: bool = "server.expose", "false", "LAS_EXPOSE", Some("--expose"), AtNextStart;
    /// After which time without a request a model is unloaded.
    engine_idle_unload: IdleTime = "engine.idle_unload", "never", "LAS_IDLE_UNLOAD", None, AtOnce;
    /// Which set of policies holds.
    policy_set: PolicySet = "policy.set", "default", "LAS_POLICY_SET", None, AtNextStart;
    /// A recorded hardware profile that replaces detection.
    hardware_profile: OptionalPath = "hardware.profile", "none", "LAS_PROFILE", None, AtNextStart;
    /// Which container engine is used.
    containers_engine: EngineChoice = "containers.engine", "auto", "LAS_CONTAINERS_ENGINE", None, AtNextStart;
    /// The socket of the container engine; none for the usual places.
    containers_socket: OptionalPath = "containers.socket", "none", "LAS_CONTAINERS_SOCKET", None, AtNextStart;
    /// How fast is fetched at most, all of it together; 0 for as fast as it goes.
    fetch_bandwidth: Bandwidth = "fetch.bandwidth", "0", "LAS_FETCH_BANDWIDTH", None, AtOnce;
    /// Where Hugging Face or a mirror of it is asked for models.
    models_hugging_face: HubEndpoint = "models.hugging_face", "https://huggingface.co", "LAS_HUGGING_FACE", None, AtOnce;
    /// Where ModelScope or a mirror of it is asked for models.
    models_model_scope: HubEndpoint = "models.model_scope", "https://modelscope.cn", "LAS_MODEL_SCOPE", None, AtOnce;
    /// Which sources of models are asked, in which order; those that are named alone are where their own keys say.
    models_sources: SourceList = "models.sources", "hugging-face; model-scope; directory", "LAS_MODELS_SOURCES", None, AtOnce;
    /// A directory with models; none if there is none.
    models_directory: OptionalPath = "models.directory", "none", "LAS_MODELS_DIRECTORY", None, AtOnce;
    /// Hosts of this network to which these may send on for files.
    models_file_hosts: HostList = "models.file_hosts", "none", "LAS_MODELS_FILE_HOSTS", None, AtOnce;
    /// Folders besides those of known tools in which a scan looks for models.
    models_scan: FolderList = "models.scan", "none", "LAS_MODELS_SCAN", None, AtOnce;
    /// After which time a model's bytes are read again by a core that lives long; or never.
    models_verify_every: Period = "models.verify_every", "30d", "LAS_MODELS_VERIFY_EVERY", None, AtOnce;
    /// How fast they are read for that at most; 0 for as fast as it goes.
    models_verify_rate: Bandwidth = "models.verify_rate", "100MB", "LAS_MODELS_VERIFY_RATE", None, AtOnce;
    /// How modules run that offer several modes.
    runtime_prefer: ModePreference = "runtime.prefer", "auto", "LAS_RUNTIME_PREFER", None, AtOnce;
}

/// The key of that name.
pub fn config_key(name: &str) -> Option<&'static ConfigKey> {
    CONFIG_KEYS.iter().find(|key| key.name == name)
}

/// The JSON schema of the file, as published in `registry/schema/config.schema.json`.
pub fn config_schema() -> serde_json::Value {
    let mut whole = serde_json::Map::new();
    for key in CONFIG_KEYS {
        let mut schema = (key.schema)();
        if let Some(fields) = schema.as_object_mut() {
            let default = if key.bare { (key.default == "true").into() } else { key.default.into() };
            fields.insert("default".to_owned(), default);
            fields.insert("x-environment".to_owned(), key.environment.into());
            fields.insert("x-takes-effect".to_owned(), serde_json::json!(key.effect));
        }
        match key.name.split_once('.') {
            None => drop(whole.insert(key.name.to_owned(), schema)),
            Some((table, name)) => {
                let closed = || serde_json::json!({ "type": "object", "additionalProperties": false, "properties": {} });
                let table = whole.entry(table).or_insert_with(closed);
                if let Some(fields) = table.get_mut("properties").and_then(|fields| fields.as_object_mut()) {
                    fields.insert(name.to_owned(), schema);
                }
            }
        }
    }
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "config.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": whole,
    })
}
