//! What can be asked of a set of rules.

use las_types::{Allowance, ByteSize, ParameterCount, Policy, Privilege, Ruling, RuntimeMode, Tier};
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
    /// Conversations at once with one model.
    Parallel,
    /// Main memory that loaded models take together.
    Memory,
    /// GPU memory that loaded models take together.
    Vram,
    /// Whether a module may have what its manifest asks for beside what every module has.
    Privilege(Privilege),
    /// Whether modules may run so.
    Mode(RuntimeMode),
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
            Self::Parallel => f.write_str("parallel"),
            Self::Memory => f.write_str("memory"),
            Self::Vram => f.write_str("vram"),
            Self::Privilege(privilege) => f.write_str(&privilege.capability()),
            Self::Mode(mode) => write!(f, "mode:{mode}"),
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
            Some(("privilege", name)) => {
                if let Ok(privilege) = name.parse() {
                    return Self::Privilege(privilege);
                }
            }
            Some(("mode", name)) => {
                if let Ok(mode) = name.parse() {
                    return Self::Mode(mode);
                }
            }
            _ => {}
        }
        match text {
            "tier" => Self::Tier,
            "model-size" => Self::ModelSize(None),
            "loaded-models" => Self::LoadedModels,
            "parallel" => Self::Parallel,
            "memory" => Self::Memory,
            "vram" => Self::Vram,
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

    /// The limits that every verdict names, and those that some rule sets.
    pub(crate) fn limited(policies: &[Policy]) -> Vec<Self> {
        let mut all = vec![Self::ModelSize(None), Self::LoadedModels];
        let set = |asked: &Self| policies.iter().any(|rule| asked.limit_of(rule).is_some());
        all.extend([Self::Parallel, Self::Memory, Self::Vram].into_iter().filter(set));
        all
    }

    /// Whether a rule forbids it: by denial, by a list that lacks it, or by a smaller limit.
    pub(crate) fn forbidden_by(&self, rule: &Policy) -> bool {
        let lacks =
            |list: &Option<Vec<String>>, name: &String| list.as_ref().is_some_and(|l| !l.contains(name));
        match self {
            Self::Tier
            | Self::ModelSize(None)
            | Self::LoadedModels
            | Self::Parallel
            | Self::Memory
            | Self::Vram => false,
            Self::Runtime(name) => self.denied_by(rule, name) || lacks(&rule.allow.runtimes, name),
            Self::Feature(name) => self.denied_by(rule, name) || lacks(&rule.allow.features, name),
            Self::ModelSize(Some(size)) => rule.allow.max_model_size.is_some_and(|limit| limit < *size),
            // Only by its whole name: what is called `network` or `native` beside may be anything.
            Self::Privilege(_) | Self::Mode(_) => rule.deny.contains(&self.to_string()),
        }
    }

    /// A denial without `runtime:` or `feature:` before it denies whatever has that name.
    fn denied_by(&self, rule: &Policy, name: &str) -> bool {
        let whole = self.to_string();
        rule.deny.iter().any(|denied| denied == name || *denied == whole)
    }

    /// Whether a rule speaks of it and allows it.
    pub(crate) fn granted_by(&self, rule: &Policy) -> bool {
        let Allowance {
            max_model_size,
            runtimes,
            features,
            max_loaded_models,
            max_parallel,
            max_memory,
            max_vram,
        } = &rule.allow;
        !self.forbidden_by(rule)
            && match self {
                Self::Tier => rule.tier.is_some(),
                Self::Runtime(_) => runtimes.is_some(),
                Self::Feature(_) => features.is_some(),
                Self::ModelSize(_) => max_model_size.is_some(),
                Self::LoadedModels => max_loaded_models.is_some(),
                Self::Parallel => max_parallel.is_some(),
                Self::Memory => max_memory.is_some(),
                Self::Vram => max_vram.is_some(),
                Self::Privilege(_) | Self::Mode(_) => false,
            }
    }

    /// The number that a rule sets, for capabilities that have one.
    pub(crate) fn limit_of(&self, rule: &Policy) -> Option<Limit> {
        match self {
            Self::ModelSize(_) => rule.allow.max_model_size.map(Limit::Size),
            Self::LoadedModels => rule.allow.max_loaded_models.map(Limit::Count),
            Self::Parallel => rule.allow.max_parallel.map(Limit::Count),
            Self::Memory => rule.allow.max_memory.map(Limit::Bytes),
            Self::Vram => rule.allow.max_vram.map(Limit::Bytes),
            Self::Tier => rule.tier.map(Limit::Tier),
            Self::Runtime(_) | Self::Feature(_) | Self::Privilege(_) | Self::Mode(_) => None,
        }
    }
}

/// A limit, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Limit {
    Size(ParameterCount),
    Count(u32),
    Bytes(ByteSize),
    Tier(Tier),
}

impl Limit {
    /// The limit that an override sets; none for one that allows or denies.
    pub(crate) fn of(ruling: &Ruling) -> Option<Self> {
        match ruling {
            Ruling::ModelSize(size) => Some(Self::Size(*size)),
            Ruling::LoadedModels(count) | Ruling::Parallel(count) => Some(Self::Count(*count)),
            Ruling::Memory(size) | Ruling::Vram(size) => Some(Self::Bytes(*size)),
            Ruling::Runtime(..) | Ruling::Feature(..) | Ruling::Privilege(..) | Ruling::Mode(..) => None,
        }
    }

    pub(crate) fn size(self) -> Option<ParameterCount> {
        if let Self::Size(size) = self { Some(size) } else { None }
    }

    pub(crate) fn count(self) -> Option<u32> {
        if let Self::Count(count) = self { Some(count) } else { None }
    }

    pub(crate) fn bytes(self) -> Option<ByteSize> {
        if let Self::Bytes(size) = self { Some(size) } else { None }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => size.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Bytes(size) => size.fmt(f),
            Self::Tier(tier) => tier.fmt(f),
        }
    }
}

fn runtimes(policies: &[Policy]) -> impl Iterator<Item = &String> {
    policies.iter().flat_map(|rule| rule.allow.runtimes.iter().flatten())
}

#[cfg(test)]
mod tests;
