//! Capability policies, from their files.

#[cfg(test)]
mod tests;

use crate::files::{entries, read_text, relative};
use crate::yaml::parse;
use las_types::{Allowance, Code, Conditions, Failure, ModuleName, Policy, Tier};
use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeSet;
use std::path::Path;

const POLICY_BYTES_MAX: u64 = 256 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    policies: Vec<Spanned<Rule>>,
}

/// A rule as it is written; file and line are added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    description: String,
    #[serde(default)]
    tier: Option<Tier>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    allow: Allowance,
    #[serde(default)]
    deny: Vec<String>,
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
    let content: PolicyFile = parse(&text).map_err(|error| invalid(file, error.line, error.detail))?;
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
        && !(1..=3).contains(&tier.0)
    {
        return Err(format!("there is no tier {tier}"));
    }
    let conditions = &rule.conditions;
    // A `max` is exclusive: with both bounds the same, no machine is left.
    let empty = |min: Option<u64>, max: Option<u64>| min.zip(max).is_some_and(|(min, max)| min >= max);
    let bytes = |size: Option<las_types::ByteSize>| size.map(las_types::ByteSize::bytes);
    let bounds = [
        ("gpu_vram", bytes(conditions.gpu_vram_min), bytes(conditions.gpu_vram_max)),
        ("gpu_count", conditions.gpu_count_min.map(u64::from), conditions.gpu_count_max.map(u64::from)),
        ("ram", bytes(conditions.ram_min), bytes(conditions.ram_max)),
    ];
    match bounds.into_iter().find(|(_, min, max)| empty(*min, *max)) {
        Some((field, ..)) => Err(format!("no machine can meet the bounds of {field}")),
        None => Ok(()),
    }
}
