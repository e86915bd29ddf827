//! What may be typed about models: those that are here, and those that can be had.

use super::Consent;
use clap::{Args, Subcommand};
use las_api::types::{
    ByteSize, CacheType, Digest, ModelIdError, ModelTool, ModuleName, RepositoryId, RepositoryPath, Revision,
    SourceName, SourceUrl, WeightsFormat,
};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelVerb {
    Fit(ModelFitArguments),
    Import {
        path: PathBuf,
        #[arg(long, conflicts_with = "reference")]
        copy: bool,
        #[arg(long)]
        reference: bool,
        #[arg(long = "name", id = "new_name", value_name = "NAME")]
        name: Option<ModuleName>,
        #[arg(long, value_name = "MODEL")]
        base: Option<ModuleName>,
        #[command(flatten)]
        consent: Consent,
    },
    List,
    Pull(ModelPullArguments),
    Scan(ModelScanArguments),
    Search(ModelSearchArguments),
    Show(ModelShowArguments),
    Template {
        name: ModuleName,
    },
    Verify {
        name: Option<ModuleName>,
    },
    #[command(subcommand)]
    View(ModelViewVerb),
    Repair {
        #[arg(required = true, value_name = "NAME")]
        names: Vec<ModuleName>,
        #[command(flatten)]
        consent: Consent,
    },
    Remove {
        #[arg(required = true, value_name = "NAME")]
        names: Vec<ModuleName>,
        #[command(flatten)]
        consent: Consent,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelViewVerb {
    Add {
        #[arg(id = "model", value_name = "NAME")]
        model: ModuleName,
        #[arg(long = "for", id = "view_tool", value_name = "TOOL", value_parser = tool)]
        tool: ModelTool,
        #[arg(long = "at", id = "view_folder", value_name = "FOLDER")]
        at: Option<PathBuf>,
        #[command(flatten)]
        consent: Consent,
    },
    List,
    Remove {
        #[arg(id = "model", value_name = "NAME")]
        model: ModuleName,
        #[arg(long = "for", id = "view_tool", value_name = "TOOL", value_parser = tool)]
        tool: Option<ModelTool>,
        #[arg(long = "at", id = "view_folder", value_name = "FOLDER")]
        at: Option<PathBuf>,
        #[command(flatten)]
        consent: Consent,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ModelSearchArguments {
    #[arg(id = "model_words", value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    #[arg(long, value_name = "NAME", id = "model_source")]
    pub(crate) source: Option<SourceName>,
    #[arg(long, value_name = "TASK")]
    pub(crate) task: Option<String>,
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(crate) format: Option<WeightsFormat>,
    #[arg(long, value_name = "LICENCE")]
    pub(crate) licence: Option<String>,
    #[arg(long, value_name = "SIZE")]
    pub(crate) at_most: Option<ByteSize>,
    #[arg(long)]
    pub(crate) fits: bool,
    #[arg(long = "limit", id = "found_limit", value_name = "N")]
    pub(crate) limit: Option<u64>,
    #[arg(long, value_name = "NEXT")]
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ModelFitArguments {
    #[arg(id = "fitting", value_name = "NAME|OWNER/NAME[:FILE]", value_parser = FittingId::parse)]
    pub(crate) what: FittingId,
    #[arg(long = "context", id = "fit_context", value_name = "N")]
    pub(crate) context: Option<u32>,
    #[arg(long, value_name = "TYPE", value_parser = cache)]
    pub(crate) kv: Option<CacheType>,
    #[arg(long, value_name = "NAME", id = "model_source")]
    pub(crate) source: Option<SourceName>,
    #[arg(long, value_name = "REVISION")]
    pub(crate) revision: Option<String>,
    #[arg(long = "measure", id = "fit_measure")]
    pub(crate) measure: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ModelShowArguments {
    #[arg(id = "repository", value_name = "OWNER/NAME")]
    pub(crate) id: String,
    #[arg(long, value_name = "NAME", id = "model_source")]
    pub(crate) source: Option<SourceName>,
    #[arg(long, value_name = "REVISION")]
    pub(crate) revision: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ModelPullArguments {
    #[arg(id = "pulled", value_name = "OWNER/NAME[:FILE]|URL", value_parser = Pulled::parse)]
    pub(crate) what: Pulled,
    #[arg(long, value_name = "NAME", id = "model_source")]
    pub(crate) source: Option<SourceName>,
    #[arg(long, value_name = "REVISION")]
    pub(crate) revision: Option<Revision>,
    #[arg(long, value_name = "HEX", value_parser = digest)]
    pub(crate) sha256: Option<Digest>,
    #[arg(long = "name", id = "new_name", value_name = "NAME")]
    pub(crate) name: Option<ModuleName>,
    #[command(flatten)]
    pub(crate) consent: Consent,
}

#[derive(Debug, Args)]
pub(crate) struct ModelScanArguments {
    #[arg(long = "in", id = "scan_folder", value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) adopt: Vec<PathBuf>,
    #[arg(long = "all", id = "adopt_all", conflicts_with = "adopt")]
    pub(crate) all: bool,
    #[arg(long = "name", id = "new_name", value_name = "NAME", requires = "adopt")]
    pub(crate) name: Option<ModuleName>,
    #[arg(long = "copy", id = "adopt_copy", conflicts_with = "adopt_reference")]
    pub(crate) copy: bool,
    #[arg(long = "reference", id = "adopt_reference")]
    pub(crate) reference: bool,
    #[command(flatten)]
    pub(crate) consent: Consent,
}

/// What is to be fetched.
#[derive(Clone, Debug)]
pub(crate) enum Pulled {
    /// Of a repository, and a file of it where one is named.
    Repository(RepositoryId, Option<RepositoryPath>),
    /// What lies behind an address.
    Address(SourceUrl),
}

impl Pulled {
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        if text.contains("://") {
            return Ok(Self::Address(text.parse()?));
        }
        let (id, file) = text.split_once(':').map_or((text, None), |(id, file)| (id, Some(file)));
        Ok(Self::Repository(id.parse()?, file.map(str::parse).transpose()?))
    }
}

/// A SHA-256 as people copy it, with or without what stands before it.
fn digest(text: &str) -> Result<Digest, <Digest as std::str::FromStr>::Err> {
    let text = text.trim();
    if text.starts_with("sha256:") { text.parse() } else { format!("sha256:{text}").parse() }
}

/// A model that is here, a well-known one, or a repository and a file of it where one is named.
#[derive(Clone, Debug)]
pub(crate) struct FittingId {
    pub(crate) id: String,
    pub(crate) file: Option<RepositoryPath>,
}

impl FittingId {
    fn parse(text: &str) -> Result<Self, ModelIdError> {
        let (id, file) = text.split_once(':').map_or((text, None), |(id, file)| (id, Some(file)));
        Ok(Self { id: id.to_owned(), file: file.map(str::parse).transpose()? })
    }
}

fn cache(text: &str) -> Result<CacheType, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
}

fn tool(text: &str) -> Result<ModelTool, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
}

fn format(text: &str) -> Result<WeightsFormat, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
}
