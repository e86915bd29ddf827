//! What can be asked of a set of rules.

use las_types::{Allowance, ParameterCount, Policy, Tier};
use std::fmt;

/// One capability.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    Tier,
    Runtime(String),
    Feature(String),
    /// The limit, or whether a model of this size is within it.
    ModelSize(Option<ParameterCount>),
    LoadedModels,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tier => f.write_str("tier"),
            Self::Runtime(name) => write!(f, "runtime:{name}"),
            Self::Feature(name) => write!(f, "feature:{name}"),
            Self::ModelSize(None) => f.write_str("model-size"),
            Self::ModelSize(Some(size)) => write!(f, "model-size:{size}"),
            Self::LoadedModels => f.write_str("loaded-models"),
        }
    }
}

impl Question {
    /// Reads a capability as people write it; a bare name is a runtime if a rule names it as one,
    /// otherwise a feature.
    pub(crate) fn read(text: &str, policies: &[Policy]) -> Self {
        match text.split_once(':') {
            Some(("runtime", name)) => return Self::Runtime(name.to_owned()),
            Some(("feature", name)) => return Self::Feature(name.to_owned()),
            Some(("model-size", size)) => {
                if let Ok(size) = size.parse() {
                    return Self::ModelSize(Some(size));
                }
            }
            _ => {}
        }
        match text {
            "tier" => Self::Tier,
            "model-size" => Self::ModelSize(None),
            "loaded-models" => Self::LoadedModels,
            name if runtimes(policies).any(|known| known == name) => Self::Runtime(name.to_owned()),
            name => Self::Feature(name.to_owned()),
        }
    }

    /// Every runtime and feature that some rule names, in order, each once.
    pub(crate) fn named(policies: &[Policy]) -> Vec<Self> {
        let features = policies.iter().flat_map(|rule| rule.allow.features.iter().flatten()).cloned();
        let denied = policies.iter().flat_map(|rule| &rule.deny).map(|text| Self::read(text, policies));
        let mut all: Vec<Self> = runtimes(policies).map(|name| Self::Runtime(name.clone())).collect();
        all.extend(features.map(Self::Feature));
        all.extend(denied);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a rule forbids it: by denial, by a list that lacks it, or by a smaller limit.
    pub(crate) fn forbidden_by(&self, rule: &Policy) -> bool {
        let lacks =
            |list: &Option<Vec<String>>, name: &String| list.as_ref().is_some_and(|l| !l.contains(name));
        match self {
            Self::Tier | Self::ModelSize(None) | Self::LoadedModels => false,
            Self::Runtime(name) => self.denied_by(rule, name) || lacks(&rule.allow.runtimes, name),
            Self::Feature(name) => self.denied_by(rule, name) || lacks(&rule.allow.features, name),
            Self::ModelSize(Some(size)) => rule.allow.max_model_size.is_some_and(|limit| limit < *size),
        }
    }

    /// A denial without `runtime:` or `feature:` before it denies whatever has that name.
    fn denied_by(&self, rule: &Policy, name: &str) -> bool {
        let whole = self.to_string();
        rule.deny.iter().any(|denied| denied == name || *denied == whole)
    }

    /// Whether a rule speaks of it and allows it.
    pub(crate) fn granted_by(&self, rule: &Policy) -> bool {
        let Allowance { max_model_size, runtimes, features, max_loaded_models } = &rule.allow;
        !self.forbidden_by(rule)
            && match self {
                Self::Tier => rule.tier.is_some(),
                Self::Runtime(_) => runtimes.is_some(),
                Self::Feature(_) => features.is_some(),
                Self::ModelSize(_) => max_model_size.is_some(),
                Self::LoadedModels => max_loaded_models.is_some(),
            }
    }

    /// The number that a rule sets, for capabilities that have one.
    pub(crate) fn limit_of(&self, rule: &Policy) -> Option<Limit> {
        match self {
            Self::ModelSize(_) => rule.allow.max_model_size.map(Limit::Size),
            Self::LoadedModels => rule.allow.max_loaded_models.map(Limit::Count),
            Self::Tier => rule.tier.map(Limit::Tier),
            Self::Runtime(_) | Self::Feature(_) => None,
        }
    }
}

/// A limit, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Limit {
    Size(ParameterCount),
    Count(u32),
    Tier(Tier),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => size.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Tier(tier) => tier.fmt(f),
        }
    }
}

fn runtimes(policies: &[Policy]) -> impl Iterator<Item = &String> {
    policies.iter().flat_map(|rule| rule.allow.runtimes.iter().flatten())
}
