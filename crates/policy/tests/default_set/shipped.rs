//! What ships: the default policies and the profiles of `tests/profiles`.

use las_types::{Allowance, Conditions, HardwareProfile, Policy, Tier};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct File {
    #[serde(rename = "version")]
    _version: u32,
    policies: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    description: String,
    tier: Option<Tier>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    allow: Allowance,
    #[serde(default)]
    deny: Vec<String>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn default_set() -> Vec<Policy> {
    let mut all = Vec::new();
    for file in ["default/limits.yaml", "default/tiers.yaml"] {
        let text = std::fs::read_to_string(root().join("policies").join(file)).unwrap();
        let read: File = serde_yaml::from_str(&text).unwrap();
        all.extend(read.policies.into_iter().map(|rule| Policy {
            line: u32::try_from(text.lines().position(|l| l.ends_with(&rule.name)).unwrap() + 1).unwrap(),
            name: rule.name,
            description: rule.description,
            tier: rule.tier,
            conditions: rule.conditions,
            allow: rule.allow,
            deny: rule.deny,
            file: file.to_owned(),
        }));
    }
    all
}

pub(crate) fn profile(name: &str) -> HardwareProfile {
    let path = root().join("tests/profiles").join(name).with_extension("json");
    serde_json::from_str(
        &std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())),
    )
    .unwrap()
}
