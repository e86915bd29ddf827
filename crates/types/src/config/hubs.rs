//! Where models come from.

use super::{ConfigValue, Unfit};
use crate::SourceUrl;
use serde_json::{Value, json};
use std::path::Path;

/// The address of a hub, or that it is not to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubEndpoint(Option<SourceUrl>);

impl HubEndpoint {
    /// The address; none if it is not to be asked.
    pub fn url(&self) -> Option<&SourceUrl> {
        self.0.as_ref()
    }
}

impl ConfigValue for HubEndpoint {
    const FORM: &'static str = "off | https://HOST";
    fn read(text: &str) -> Result<Self, Unfit> {
        match text.trim() {
            "off" => Ok(Self(None)),
            text => {
                let url: SourceUrl = text.parse().map_err(|_| Unfit::Form)?;
                // A directory has a key of its own.
                if url.host().is_some() { Ok(Self(Some(url))) } else { Err(Unfit::Form) }
            }
        }
    }
    fn written(&self) -> String {
        let written = |url: &SourceUrl| url.as_str().trim_end_matches('/').to_owned();
        self.0.as_ref().map_or_else(|| "off".to_owned(), written)
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(off|https?://[^#]+)$" })
    }
}

/// Hosts by name or address, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostList(Vec<String>);

impl HostList {
    /// The hosts.
    pub fn hosts(&self) -> &[String] {
        &self.0
    }
}

impl ConfigValue for HostList {
    const FORM: &'static str = "none | HOST,…";
    fn read(text: &str) -> Result<Self, Unfit> {
        if text.trim() == "none" {
            return Ok(Self(Vec::new()));
        }
        // As an address has it, so that both can be compared.
        let host =
            |host: &str| url::Host::parse(host.trim()).map(|host| host.to_string()).map_err(|_| Unfit::Form);
        text.split(',').map(host).collect::<Result<_, _>>().map(Self)
    }
    fn written(&self) -> String {
        if self.0.is_empty() { "none".to_owned() } else { self.0.join(",") }
    }
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1 })
    }
}

/// Folders of this machine, absolute, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderList(Vec<String>);

impl FolderList {
    /// The folders.
    pub fn paths(&self) -> &[String] {
        &self.0
    }
}

impl ConfigValue for FolderList {
    const FORM: &'static str = "none | /PATH,…";
    fn read(text: &str) -> Result<Self, Unfit> {
        if text.trim() == "none" {
            return Ok(Self(Vec::new()));
        }
        let folder = |path: &str| {
            let path = path.trim();
            let fits = Path::new(path).is_absolute() && !path.chars().any(char::is_control);
            if fits { Ok(path.to_owned()) } else { Err(Unfit::Form) }
        };
        text.split(',').map(folder).collect::<Result<_, _>>().map(Self)
    }
    fn written(&self) -> String {
        if self.0.is_empty() { "none".to_owned() } else { self.0.join(",") }
    }
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1 })
    }
}
