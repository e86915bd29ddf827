//! The types of values. Each reads what people write; a value that exists can be used.

use crate::{ByteSize, RuntimeMode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Why a text is not a value of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It can't be read.
    Form,
    /// It can be read, and is too small or too large.
    Range,
    /// What stands from one byte of it to another can't be read.
    Part(usize, usize),
    /// What stands there is said a second time.
    Twice(usize, usize),
}

impl Unfit {
    /// Its name in the arguments of an error.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form | Self::Part(..) => "form",
            Self::Range => "range",
            Self::Twice(..) => "twice",
        }
    }

    /// What of a text it is that doesn't fit.
    pub fn part_of(self, text: &str) -> &str {
        match self {
            Self::Form | Self::Range => text,
            Self::Part(from, to) | Self::Twice(from, to) => text.get(from..to).unwrap_or(text).trim(),
        }
    }
}

/// A type of value.
pub trait ConfigValue: Sized {
    /// What a value looks like, in symbols.
    const FORM: &'static str;
    /// Whether the file has it without quotation marks.
    const BARE: bool = false;
    /// Reads it.
    fn read(text: &str) -> Result<Self, Unfit>;
    /// As it is written by us; reads as the same value.
    fn written(&self) -> String;
    /// Its JSON schema.
    fn schema() -> Value;
}

impl ConfigValue for bool {
    const FORM: &'static str = "true | false";
    const BARE: bool = true;
    fn read(text: &str) -> Result<Self, Unfit> {
        match text.trim() {
            // In an environment, 1 and 0 are what people write.
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(Unfit::Form),
        }
    }
    fn written(&self) -> String {
        self.to_string()
    }
    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl ConfigValue for SocketAddr {
    const FORM: &'static str = "IP:PORT";
    fn read(text: &str) -> Result<Self, Unfit> {
        text.trim().parse().map_err(|_| Unfit::Form)
    }
    fn written(&self) -> String {
        self.to_string()
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": r"^(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]):\d+$" })
    }
}

/// A language, or the system's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(Option<String>);

impl Language {
    /// The tag as it was written; none for the system's.
    pub fn tag(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl ConfigValue for Language {
    const FORM: &'static str = "system | BCP 47";
    fn read(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        // As the environment writes it, too: `zh_CN.UTF-8`. Which languages there are is not known here.
        let shaped = text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.len() <= 64
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'));
        match text {
            "system" => Ok(Self(None)),
            _ if shaped => Ok(Self(Some(text.to_owned()))),
            _ => Err(Unfit::Form),
        }
    }
    fn written(&self) -> String {
        self.0.clone().unwrap_or_else(|| "system".to_owned())
    }
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": 64, "pattern": r"^[A-Za-z][A-Za-z0-9_.@-]*$" })
    }
}

/// What a log says: a level, or levels by target (`warn,las_runtime=debug`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl LogFilter {
    /// The filter's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ConfigValue for LogFilter {
    const FORM: &'static str = "off | error | warn | info | debug | trace | TARGET=LEVEL,…";
    fn read(text: &str) -> Result<Self, Unfit> {
        let part = |part: &str| {
            let (target, level) = part.split_once('=').unwrap_or(("x", part));
            let named = !target.is_empty()
                && target.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'));
            named && LEVELS.contains(&level)
        };
        let text = text.trim().to_lowercase();
        if text.split(',').all(|one| part(one.trim())) {
            Ok(Self(text.replace(' ', "")))
        } else {
            Err(Unfit::Form)
        }
    }
    fn written(&self) -> String {
        self.0.clone()
    }
    fn schema() -> Value {
        let level = LEVELS.join("|");
        json!({ "type": "string", "pattern": format!("^(([A-Za-z0-9_:]+=)?({level})(,|$))+$") })
    }
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people, one line an event.
    Text,
    /// For programs, one JSON document a line.
    Json,
}

impl ConfigValue for LogFormat {
    const FORM: &'static str = "text | json";
    fn read(text: &str) -> Result<Self, Unfit> {
        match text.trim() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(Unfit::Form),
        }
    }
    fn written(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Json => "json".to_owned(),
        }
    }
    fn schema() -> Value {
        json!({ "type": "string", "enum": ["text", "json"] })
    }
}

/// The size at which a log is rotated; two files of it are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFileSize(ByteSize, String);

impl LogFileSize {
    /// The size.
    pub fn size(&self) -> ByteSize {
        self.0
    }
}

impl ConfigValue for LogFileSize {
    const FORM: &'static str = "64KiB … 1GiB";
    fn read(text: &str) -> Result<Self, Unfit> {
        let size: ByteSize = text.parse().map_err(|_| Unfit::Form)?;
        let fits = ((64 << 10)..=(1 << 30)).contains(&size.bytes());
        // As it was written: rounded for people it could leave the range.
        if fits { Ok(Self(size, text.trim().to_owned())) } else { Err(Unfit::Range) }
    }
    fn written(&self) -> String {
        self.1.clone()
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": r"^\d+(\.\d+)? ?(B|[KMGT]i?B)$" })
    }
}

/// How fast is fetched at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bandwidth(ByteSize, String);

impl Bandwidth {
    /// Bytes a second; 0 for as fast as it goes.
    pub fn bytes_per_second(&self) -> u64 {
        self.0.bytes()
    }
}

impl ConfigValue for Bandwidth {
    const FORM: &'static str = "0 | 1KiB … 1TiB (per second)";
    fn read(text: &str) -> Result<Self, Unfit> {
        if text.trim() == "0" {
            return Ok(Self(ByteSize::new(0), "0".to_owned()));
        }
        let size: ByteSize = text.parse().map_err(|_| Unfit::Form)?;
        let fits = ((1 << 10)..=(1 << 40)).contains(&size.bytes());
        if fits { Ok(Self(size, text.trim().to_owned())) } else { Err(Unfit::Range) }
    }
    fn written(&self) -> String {
        self.1.clone()
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": r"^(0|\d+(\.\d+)? ?(B|[KMGT]i?B))$" })
    }
}

/// How long something may go unused; or for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleTime(Option<Duration>);

impl IdleTime {
    /// The time; none for ever.
    pub fn limit(self) -> Option<Duration> {
        self.0
    }
}

const SHORTEST_IDLE: i64 = 1;
const LONGEST_IDLE: i64 = 30 * 24 * 3600;

impl ConfigValue for IdleTime {
    const FORM: &'static str = "never | 1s … 720h";
    fn read(text: &str) -> Result<Self, Unfit> {
        if text.trim() == "never" {
            return Ok(Self(None));
        }
        let span: jiff::SignedDuration = text.trim().parse().map_err(|_| Unfit::Form)?;
        if !(SHORTEST_IDLE..=LONGEST_IDLE).contains(&span.as_secs()) {
            return Err(Unfit::Range);
        }
        Ok(Self(Some(Duration::from_secs(span.as_secs().unsigned_abs()))))
    }
    fn written(&self) -> String {
        match self.0 {
            None => "never".to_owned(),
            Some(limit) => {
                let seconds = i64::try_from(limit.as_secs()).unwrap_or(LONGEST_IDLE);
                format!("{:#}", jiff::SignedDuration::from_secs(seconds))
            }
        }
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": r"^(never|\d+ ?[a-z]+( ?\d+ ?[a-z]+)*)$" })
    }
}

/// The name of a set of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySet(String);

impl PolicySet {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ConfigValue for PolicySet {
    const FORM: &'static str = "a-z 0-9 -";
    fn read(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        let shaped = !text.is_empty() && text.len() <= 64 && !text.starts_with('-');
        let named = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        // A name that leaves its folder can't be written.
        if shaped && named { Ok(Self(text.to_owned())) } else { Err(Unfit::Form) }
    }
    fn written(&self) -> String {
        self.0.clone()
    }
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": 64, "pattern": "^[a-z0-9][a-z0-9-]*$" })
    }
}

/// A path, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionalPath(Option<String>);

impl OptionalPath {
    /// The path.
    pub fn path(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl ConfigValue for OptionalPath {
    const FORM: &'static str = "none | PATH";
    fn read(text: &str) -> Result<Self, Unfit> {
        match text {
            "none" => Ok(Self(None)),
            _ if text.trim().is_empty() || text.chars().any(char::is_control) => Err(Unfit::Form),
            path => Ok(Self(Some(path.to_owned()))),
        }
    }
    fn written(&self) -> String {
        self.0.clone().unwrap_or_else(|| "none".to_owned())
    }
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1 })
    }
}

/// Which container engine is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineChoice {
    /// The first that is there.
    #[default]
    Auto,
    /// Docker's.
    Docker,
    /// Podman's.
    Podman,
}

impl ConfigValue for EngineChoice {
    const FORM: &'static str = "auto | docker | podman";
    fn read(text: &str) -> Result<Self, Unfit> {
        match text.trim() {
            "auto" => Ok(Self::Auto),
            "docker" => Ok(Self::Docker),
            "podman" => Ok(Self::Podman),
            _ => Err(Unfit::Form),
        }
    }
    fn written(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Docker => "docker".to_owned(),
            Self::Podman => "podman".to_owned(),
        }
    }
    fn schema() -> Value {
        json!({ "type": "string", "enum": ["auto", "docker", "podman"] })
    }
}

/// How modules run that offer several modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModePreference(Option<RuntimeMode>);

impl ModePreference {
    /// The mode; none where it is chosen by what else is known.
    pub const fn mode(self) -> Option<RuntimeMode> {
        self.0
    }
}

impl ConfigValue for ModePreference {
    const FORM: &'static str = "auto | native | container";
    fn read(text: &str) -> Result<Self, Unfit> {
        match text.trim() {
            "auto" => Ok(Self(None)),
            mode => mode.parse().map(|mode| Self(Some(mode))).map_err(|_| Unfit::Form),
        }
    }
    fn written(&self) -> String {
        self.0.map_or_else(|| "auto".to_owned(), |mode| mode.to_string())
    }
    fn schema() -> Value {
        json!({ "type": "string", "enum": ["auto", "native", "container"] })
    }
}
