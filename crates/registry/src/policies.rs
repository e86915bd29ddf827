//! Capability policies, from their files.

#[cfg(test)]
mod tests;

use crate::files::{entries, read_text, relative};
use crate::yaml::{line_of, parse};
use las_types::{
    Allowance, Code, Conditions, Failure, ModuleName, Policy, Privilege, Release, RuntimeMode, Tier,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use serde_yaml::Spanned;
use std::collections::BTreeSet;
use std::path::Path;

const POLICY_BYTES_MAX: u64 = 256 << 10;

/// The version of the form that is read.
const VERSION: u32 = 1;

/// A document of policies, as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PolicyFile<R> {
    /// Version of this form; 1.
    #[serde(default)]
    version: Option<u32>,
    /// The rules, in any order.
    policies: Vec<R>,
}

/// A rule as it is written; file and line are added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// Its name, once in a set.
    name: String,
    /// One sentence.
    description: String,
    /// The tier of a machine that meets the conditions, from 1 upward; the lowest that a set names is the safest.
    /// Without one, the rule only narrows.
    #[serde(default)]
    #[schemars(with = "Option<u8>", range(min = 1, max = 255))]
    tier: Option<Tier>,
    /// On which machines it holds; without any, on all.
    #[serde(default)]
    conditions: Conditions,
    /// What such a machine may do at most.
    #[serde(default)]
    allow: Allowance,
    /// What such a machine may not do: `runtime:NAME`, `feature:NAME`, `privilege:NAME`, `mode:NAME` or a bare name; beats
    /// every `allow`.
    #[serde(default)]
    deny: Vec<String>,
}

/// The JSON schema of a document of policies, as published in `registry/schema/policy.schema.json`.
pub fn policy_schema() -> serde_json::Value {
    schemars::schema_for!(PolicyFile<Rule>).to_value()
}

fn invalid(path: &str, line: u64, detail: impl std::fmt::Display) -> Failure {
    Failure::new(Code::PolicyInvalid).with("path", path).with("line", line).with("detail", detail)
}

/// The rules of `<root>/<set>/*.yaml`, files by name and rules in their order.
///
/// Code: `policy-invalid` for a file that can't be accepted, and for a set without any rule: a
/// machine without policies would be one without limits.
pub fn load_policies(root: &Path, set: &str) -> Result<Vec<Policy>, Failure> {
    // The same alphabet as a module's name: one safe path component.
    if set.parse::<ModuleName>().is_err() {
        return Err(invalid(set, 1, "not the name of a set of policies"));
    }
    let mut policies = Vec::new();
    let mut names = BTreeSet::new();
    for path in entries(&root.join(set))? {
        let holds_rules = path.file_name().is_none_or(|name| name != crate::reconcile::FILE);
        if holds_rules && path.extension().is_some_and(|extension| extension == "yaml") {
            read_file(&path, &relative(root, &path), &mut names, &mut policies)?;
        }
    }
    if policies.is_empty() {
        return Err(invalid(set, 1, "the set has no rules"));
    }
    Ok(policies)
}

fn read_file(
    path: &Path,
    file: &str,
    names: &mut BTreeSet<String>,
    policies: &mut Vec<Policy>,
) -> Result<(), Failure> {
    let text = read_text(path, POLICY_BYTES_MAX)?;
    let content: PolicyFile<Spanned<Rule>> =
        parse(&text).map_err(|error| invalid(file, error.line, error.detail))?;
    if content.version.is_some_and(|version| version != VERSION) {
        return Err(invalid(file, line_of(&text, "version"), format!("only version {VERSION} is known")));
    }
    for Spanned { value: rule, referenced, .. } in content.policies {
        let line = referenced.line().max(1);
        check(&rule).map_err(|detail| invalid(file, line, detail))?;
        if !names.insert(rule.name.clone()) {
            return Err(invalid(file, line, format!("the rule '{}' is there twice", rule.name)));
        }
        policies.push(Policy {
            name: rule.name,
            description: rule.description,
            tier: rule.tier,
            conditions: rule.conditions,
            allow: rule.allow,
            deny: rule.deny,
            file: file.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        });
    }
    Ok(())
}

/// What the form alone can't say.
fn check(rule: &Rule) -> Result<(), String> {
    if rule.name.trim().is_empty() {
        return Err("a rule needs a name".to_owned());
    }
    if let Some(tier) = rule.tier
        && tier.0 == 0
    {
        return Err(format!("there is no tier {tier}"));
    }
    check_denials(&rule.deny)?;
    check_conditions(&rule.conditions)
}

/// A privilege or a mode that there isn't would be denied in vain.
fn check_denials(deny: &[String]) -> Result<(), String> {
    for denied in deny {
        match denied.split_once(':') {
            Some(("privilege", name)) => {
                let known: Vec<&str> = Privilege::all().map(Privilege::as_str).collect();
                name.parse::<Privilege>().map_err(|error| format!("{error}, only {}", known.join(", ")))?;
            }
            Some(("mode", name)) => {
                name.parse::<RuntimeMode>().map_err(|error| error.to_string())?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Names that a list may hold, where there are only so many.
const KNOWN: &[(&str, &[&str])] = &[
    ("gpu_vendor", &["nvidia", "amd", "intel"]),
    ("disk_kind", &["nvme", "ssd", "hdd", "network", "memory", "unknown"]),
    ("cgroup", &["v1", "hybrid", "v2", "unknown"]),
    ("network", &["online", "local", "offline", "unknown"]),
    ("container_engine", &["docker", "podman"]),
];

/// That some machine can meet them.
fn check_conditions(conditions: &Conditions) -> Result<(), String> {
    let Ok(Value::Object(bounds)) = serde_json::to_value(conditions) else { return Ok(()) };
    for (key, value) in &bounds {
        // A `max` is exclusive: with both bounds the same, no machine is left.
        if let Some(field) = key.strip_suffix("_min")
            && let Some(max) = bounds.get(&format!("{field}_max"))
            && number(value).zip(number(max)).is_some_and(|(min, max)| min >= max)
        {
            return Err(format!("no machine can meet the bounds of {field}"));
        }
        let names: Vec<&str> = match value {
            Value::String(name) if !key.ends_with("_min") && !key.ends_with("_max") => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        if names.is_empty() {
            return Err(format!("{key} names nothing"));
        }
        let known = KNOWN.iter().find(|(field, _)| field == key).map_or(&[][..], |(_, known)| *known);
        if let Some(unknown) = names.iter().find(|name| !known.is_empty() && !known.contains(name)) {
            return Err(format!("{key} can't be '{unknown}', only one of {}", known.join(", ")));
        }
    }
    Ok(())
}

/// A bound as a number: a size, a count or a version.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse::<Release>().ok().map(Release::number))
}
