//! Overrides: where a person decided otherwise than the policies, on this machine only.

use crate::{ByteSize, ModuleName, OverrideId, ParameterCount, Privilege, RuntimeMode, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The longest reason, in characters: it is shown beside every verdict that it changes.
const LONGEST_REASON: usize = 300;

/// One decision against the policies, with its reason. It is never deleted: taken back, it keeps
/// the moment of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Override {
    /// Its id.
    pub id: OverrideId,
    /// What it is about: `model-size`, `loaded-models`, `parallel`, `memory`, `vram`, `runtime:NAME`,
    /// `feature:NAME`, `privilege:NAME` or `mode:NAME`.
    pub capability: String,
    /// What holds instead: a size of model, a number, or `allow` and `deny`.
    pub value: String,
    /// Why, in the words of whoever set it.
    pub reason: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// Who approved it: `cli`, `window`, `api`.
    pub actor: String,
    /// When it was taken back or replaced; none while it holds.
    pub reverted_at: Option<Timestamp>,
}

impl Override {
    /// What it says; none if this version doesn't know its capability.
    pub fn ruling(&self) -> Option<Ruling> {
        Ruling::read(&self.capability, &self.value).ok()
    }
}

/// What an override changed, in the reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OverrideNote {
    /// The override.
    pub id: OverrideId,
    /// Why it was set.
    pub reason: String,
    /// What holds by it.
    pub value: String,
    /// What the policies alone would say; none for no limit.
    pub before: Option<String>,
}

/// Which part of an override can't be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverridePart {
    /// Nothing that can be overridden.
    Capability,
    /// Not a value of that capability.
    Value,
    /// Empty, too long, or with control characters.
    Reason,
}

impl OverridePart {
    /// Its name in the arguments of an error.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capability => "capability",
            Self::Value => "value",
            Self::Reason => "reason",
        }
    }
}

/// Whether something may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Allow,
    /// It may not.
    Deny,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

/// What an override says, read from its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The largest model.
    ModelSize(ParameterCount),
    /// Models loaded at once.
    LoadedModels(u32),
    /// Conversations at once with one model.
    Parallel(u32),
    /// Main memory that loaded models take together.
    Memory(ByteSize),
    /// GPU memory that loaded models take together.
    Vram(ByteSize),
    /// Whether an engine may run.
    Runtime(ModuleName, Permission),
    /// Whether a feature may be used.
    Feature(ModuleName, Permission),
    /// Whether a module may have a privilege.
    Privilege(Privilege, Permission),
    /// Whether modules may run in a mode.
    Mode(RuntimeMode, Permission),
}

impl Ruling {
    /// Reads a capability and its value as people write them.
    pub fn read(capability: &str, value: &str) -> Result<Self, OverridePart> {
        let value = value.trim();
        let permission = || match value {
            "allow" => Ok(Permission::Allow),
            "deny" => Ok(Permission::Deny),
            _ => Err(OverridePart::Value),
        };
        let name = |name: &str| name.parse::<ModuleName>().map_err(|_| OverridePart::Capability);
        match capability.trim().split_once(':') {
            Some(("runtime", runtime)) => Ok(Self::Runtime(name(runtime)?, permission()?)),
            Some(("feature", feature)) => Ok(Self::Feature(name(feature)?, permission()?)),
            Some(("privilege", one)) => {
                Ok(Self::Privilege(one.parse().map_err(|_| OverridePart::Capability)?, permission()?))
            }
            Some(("mode", mode)) => {
                Ok(Self::Mode(mode.parse().map_err(|_| OverridePart::Capability)?, permission()?))
            }
            None => Self::limit(capability.trim(), value),
            _ => Err(OverridePart::Capability),
        }
    }

    /// Reads a limit; none of them can be nothing.
    fn limit(capability: &str, value: &str) -> Result<Self, OverridePart> {
        let count = || value.parse::<u32>().ok().filter(|count| *count > 0).ok_or(OverridePart::Value);
        let size = || {
            let size = value.parse::<ByteSize>().ok().filter(|size| *size > ByteSize::default());
            size.ok_or(OverridePart::Value)
        };
        match capability {
            "model-size" => {
                let size: ParameterCount = value.parse().map_err(|_| OverridePart::Value)?;
                (size.parameters() > 0).then_some(Self::ModelSize(size)).ok_or(OverridePart::Value)
            }
            "loaded-models" => count().map(Self::LoadedModels),
            "parallel" => count().map(Self::Parallel),
            "memory" => size().map(Self::Memory),
            "vram" => size().map(Self::Vram),
            _ => Err(OverridePart::Capability),
        }
    }

    /// The capability, as it is written.
    pub fn capability(&self) -> String {
        match self {
            Self::ModelSize(_) => "model-size".to_owned(),
            Self::LoadedModels(_) => "loaded-models".to_owned(),
            Self::Parallel(_) => "parallel".to_owned(),
            Self::Memory(_) => "memory".to_owned(),
            Self::Vram(_) => "vram".to_owned(),
            Self::Runtime(name, _) => format!("runtime:{name}"),
            Self::Feature(name, _) => format!("feature:{name}"),
            Self::Privilege(privilege, _) => privilege.capability(),
            Self::Mode(mode, _) => format!("mode:{mode}"),
        }
    }
}

/// A reason without the space around it, if it can be shown in one line and says something.
pub fn override_reason(text: &str) -> Result<String, OverridePart> {
    let text = text.trim();
    let shown = !text.is_empty() && text.chars().count() <= LONGEST_REASON;
    if shown && !text.chars().any(char::is_control) { Ok(text.to_owned()) } else { Err(OverridePart::Reason) }
}

#[cfg(test)]
mod tests {
    use super::{OverridePart, Ruling, override_reason};

    #[test]
    fn what_can_be_overridden_is_read_and_the_rest_named() {
        let cases = [
            ("model-size", "14B", Ok("model-size")),
            (" model-size ", " 0.5B ", Ok("model-size")),
            ("loaded-models", "3", Ok("loaded-models")),
            ("parallel", "4", Ok("parallel")),
            ("memory", "16GB", Ok("memory")),
            ("vram", "8GiB", Ok("vram")),
            ("memory", "0GB", Err(OverridePart::Value)),
            ("parallel", "16GB", Err(OverridePart::Value)),
            ("runtime:vllm", "allow", Ok("runtime:vllm")),
            ("feature:chat", "deny", Ok("feature:chat")),
            ("privilege:network", "allow", Ok("privilege:network")),
            ("privilege:root", "allow", Err(OverridePart::Capability)),
            ("mode:container", "deny", Ok("mode:container")),
            ("mode:vm", "deny", Err(OverridePart::Capability)),
            ("model-size", "0B", Err(OverridePart::Value)),
            ("model-size", "large", Err(OverridePart::Value)),
            ("loaded-models", "0", Err(OverridePart::Value)),
            ("loaded-models", "-1", Err(OverridePart::Value)),
            ("runtime:vllm", "yes", Err(OverridePart::Value)),
            ("runtime:../x", "allow", Err(OverridePart::Capability)),
            ("model-size:14B", "allow", Err(OverridePart::Capability)),
            ("tier", "3", Err(OverridePart::Capability)),
            ("", "3", Err(OverridePart::Capability)),
        ];
        for (capability, value, expected) in cases {
            let read = Ruling::read(capability, value).map(|ruling| ruling.capability());
            assert_eq!(read, expected.map(str::to_owned), "{capability} {value}");
        }
    }

    #[test]
    fn a_reason_says_something_in_one_line() {
        assert_eq!(override_reason("  tried it ").unwrap(), "tried it");
        for text in ["", "  ", "two\nlines", "\u{1b}[31mred", &"x".repeat(301)] {
            assert_eq!(override_reason(text), Err(OverridePart::Reason), "{text:?}");
        }
    }
}
