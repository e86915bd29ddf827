//! What may be typed. Texts are not here: they come from `locales/` (see `help`).

mod model;
mod operation;

pub(crate) use model::{
    ModelFitArguments, ModelScanArguments, ModelSearchArguments, ModelShowArguments, ModelVerb,
    ModelViewVerb, Pulled,
};
pub(crate) use operation::OperationVerb;

use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::Shell;
use las_api::types::{
    Category, ModuleName, ModuleRequest, ModuleVersion, RuntimeMode, SecretHandle, SourceUrl, WebOrigin,
};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Parser)]
#[command(
    name = "las",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[arg(long, global = true, value_name = "TAG")]
    pub(crate) lang: Option<String>,
    #[arg(long, short = 'h', global = true, action = ArgAction::Help)]
    help: Option<bool>,
    #[arg(long, short = 'V', action = ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Status,
    Doctor {
        #[arg(long)]
        repair: bool,
        #[arg(long, value_name = "N", conflicts_with = "repair")]
        schema: Option<i64>,
    },
    Hardware {
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
        #[arg(long)]
        measure: bool,
    },
    #[command(subcommand)]
    Policy(PolicyVerb),
    #[command(subcommand)]
    Override(OverrideVerb),
    #[command(subcommand)]
    Module(ModuleVerb),
    #[command(subcommand)]
    Registry(RegistryVerb),
    #[command(subcommand)]
    Service(ServiceVerb),
    #[command(subcommand)]
    Model(ModelVerb),
    Run(RunArguments),
    Plan {
        file: Option<PathBuf>,
    },
    Apply {
        #[arg(conflicts_with = "plan")]
        file: Option<PathBuf>,
        #[arg(long, value_name = "ID")]
        plan: Option<String>,
        #[arg(long, value_name = "KEY", requires = "plan")]
        idempotency_key: Option<String>,
        #[command(flatten)]
        consent: Consent,
    },
    #[command(subcommand)]
    Operation(OperationVerb),
    #[command(subcommand)]
    Generation(GenerationVerb),
    Serve {
        #[arg(long, value_name = "ADDRESS")]
        addr: Option<SocketAddr>,
        #[arg(long)]
        expose: bool,
    },
    #[command(subcommand)]
    Audit(AuditVerb),
    #[command(subcommand)]
    Token(TokenVerb),
    #[command(subcommand)]
    Secret(SecretVerb),
    #[command(subcommand)]
    Config(ConfigVerb),
    Completion {
        shell: Shell,
    },
}

/// A model, with or without one of its adapters switched on: `MODEL`, `MODEL:ADAPTER`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelChoice {
    /// The model itself.
    pub(crate) base: ModuleName,
    /// The adapter.
    pub(crate) adapter: Option<ModuleName>,
}

impl FromStr for ModelChoice {
    type Err = <ModuleName as FromStr>::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (base, adapter) = match text.split_once(':') {
            Some((base, adapter)) => (base, Some(adapter.parse()?)),
            None => (text, None),
        };
        Ok(Self { base: base.parse()?, adapter })
    }
}

/// As the endpoint wants it.
impl fmt::Display for ModelChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.adapter {
            Some(adapter) => write!(f, "{}:{adapter}", self.base),
            None => self.base.fmt(f),
        }
    }
}

/// How a change is approved.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Consent {
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    Show,
    Explain { capability: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum OverrideVerb {
    List,
    Set {
        #[arg(id = "overridden", value_name = "CAPABILITY")]
        capability: String,
        value: String,
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        consent: Consent,
    },
    Revert {
        id: String,
        #[command(flatten)]
        consent: Consent,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryVerb {
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModuleVerb {
    List {
        #[arg(long, conflicts_with = "available")]
        installed: bool,
        #[arg(long)]
        available: bool,
        #[arg(long, value_parser = category)]
        category: Option<Category>,
    },
    Search {
        #[arg(required = true, value_name = "WORD")]
        words: Vec<String>,
    },
    Show {
        name: ModuleName,
    },
    Source {
        #[arg(value_name = "ARCHIVE")]
        archive: PathBuf,
        #[arg(long)]
        folder: Option<String>,
        #[arg(long = "url", id = "urls", value_name = "URL")]
        urls: Vec<SourceUrl>,
    },
    Plan {
        #[arg(required = true, value_name = "NAME[@VERSION]")]
        modules: Vec<ModuleRequest>,
        #[arg(long = "mode", id = "run_mode", value_name = "MODE")]
        mode: Option<RuntimeMode>,
    },
    Install {
        #[arg(required = true, value_name = "NAME[@VERSION]")]
        modules: Vec<ModuleRequest>,
        #[arg(long = "mode", id = "run_mode", value_name = "MODE")]
        mode: Option<RuntimeMode>,
        #[command(flatten)]
        consent: Consent,
    },
    Upgrade {
        #[arg(value_name = "NAME", id = "upgraded")]
        names: Vec<ModuleName>,
        #[command(flatten)]
        consent: Consent,
    },
    Pin {
        #[arg(id = "pinned", value_name = "NAME@VERSION")]
        module: ModuleVersion,
        #[command(flatten)]
        consent: Consent,
    },
    Unpin {
        name: ModuleName,
        #[command(flatten)]
        consent: Consent,
    },
    Rollback {
        name: ModuleName,
        #[command(flatten)]
        consent: Consent,
    },
    Remove {
        #[arg(required = true, value_name = "NAME")]
        names: Vec<ModuleName>,
        #[arg(long)]
        purge: bool,
        #[command(flatten)]
        consent: Consent,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceVerb {
    List,
    Start {
        name: ModuleName,
    },
    Restart {
        name: ModuleName,
    },
    Stop {
        name: ModuleName,
    },
    Health {
        name: ModuleName,
    },
    Logs {
        name: ModuleName,
        #[arg(long)]
        follow: bool,
        #[arg(long = "lines", id = "log_lines", value_name = "N")]
        lines: Option<u64>,
        #[arg(long, value_name = "TEXT")]
        contains: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    pub(crate) model: ModelChoice,
    pub(crate) prompt: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub(crate) tools: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) json_schema: Option<PathBuf>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u32>,
    #[arg(long, value_name = "T")]
    pub(crate) temperature: Option<f64>,
    #[arg(long, value_name = "N")]
    pub(crate) max_tokens: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GenerationVerb {
    List,
    Show {
        number: u64,
    },
    Diff {
        #[arg(value_name = "A")]
        before: u64,
        #[arg(value_name = "B")]
        after: u64,
    },
    Export {
        number: Option<u64>,
    },
    Rollback {
        number: Option<u64>,
        #[command(flatten)]
        consent: Consent,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditVerb {
    List {
        #[arg(long, value_name = "N")]
        limit: Option<u64>,
        #[arg(long = "before", id = "earlier_than", value_name = "LINE")]
        before: Option<u64>,
    },
    Show {
        sequence: u64,
    },
    Verify {
        #[arg(long = "file", id = "exported", value_name = "FILE")]
        file: Option<PathBuf>,
    },
    Export,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    List,
    Create { label: String },
    Revoke { id: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecretVerb {
    List,
    Set {
        #[arg(id = "secret", value_name = "NAME")]
        name: SecretHandle,
        #[arg(long = "origin", id = "bound_to", value_name = "URL")]
        origin: WebOrigin,
    },
    Remove {
        #[arg(id = "secret", value_name = "NAME")]
        name: SecretHandle,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    Show,
    Get {
        key: String,
    },
    Set {
        key: String,
        #[arg(id = "setting", value_name = "VALUE", allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        consent: Consent,
    },
    Unset {
        key: String,
        #[command(flatten)]
        consent: Consent,
    },
    Validate,
}

/// A category by its name on the wire.
fn category(text: &str) -> Result<Category, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
}
