//! What commands take. Every form is closed: an unknown argument is refused.

use las_types::{Category, GenerationNumber, Intent, ModuleName, ServiceName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoArguments {}

/// A thing by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ById {
    /// The id.
    pub id: String,
}

/// A module or model by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ByName {
    /// The name.
    pub name: ModuleName,
}

/// A generation by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ByNumber {
    /// The number.
    #[serde(deserialize_with = "generation_number")]
    pub number: GenerationNumber,
}

/// Two generations by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DiffRequest {
    /// The one before.
    #[serde(deserialize_with = "generation_number")]
    pub from: GenerationNumber,
    /// The one after; it may be the older one.
    #[serde(deserialize_with = "generation_number")]
    pub to: GenerationNumber,
}

/// A line of the ledger by its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BySequence {
    /// The place, from 1.
    #[serde(deserialize_with = "number_or_text")]
    pub sequence: u64,
}

fn generation_number<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<GenerationNumber, D::Error> {
    number_or_text(deserializer).map(GenerationNumber)
}

/// A number, or (in a path) its digits.
fn number_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u64),
        Text(String),
    }
    match Form::deserialize(deserializer)? {
        Form::Number(number) => Ok(number),
        Form::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

/// Which lines of the ledger to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct AuditListRequest {
    /// At most so many, the latest of them; all if absent.
    #[serde(deserialize_with = "number_if_any")]
    pub limit: Option<u64>,
    /// Only lines before this one.
    #[serde(deserialize_with = "number_if_any")]
    pub before: Option<u64>,
}

/// Which lines of a service's log to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ServiceLogRequest {
    /// The service.
    pub name: ServiceName,
    /// At most so many, the last of them; 200 if absent.
    #[serde(default, deserialize_with = "number_if_any")]
    #[ts(optional)]
    pub lines: Option<u64>,
    /// Only lines after those of an answer: its `next`.
    #[serde(default)]
    #[ts(optional)]
    pub after: Option<String>,
    /// Only lines whose text contains this.
    #[serde(default)]
    #[ts(optional)]
    pub contains: Option<String>,
    /// Wait so many seconds at most for a line, if there is none yet; 30 is the most.
    #[serde(default, deserialize_with = "number_if_any")]
    #[ts(optional)]
    pub wait: Option<u64>,
}

/// A number or its digits, if there is one.
pub(crate) fn number_if_any<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Number(#[serde(deserialize_with = "number_or_text")] u64);
    Ok(Option::<Number>::deserialize(deserializer)?.map(|number| number.0))
}

/// A yes or no; in a query it is a text.
pub(crate) fn yes_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Yes(bool),
        Text(String),
    }
    match Given::deserialize(deserializer)? {
        Given::Yes(yes) => Ok(yes),
        Given::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

/// Which capability to explain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CapabilityRequest {
    /// `tier`, `model-size`, `runtime:NAME`, `feature:NAME`, `privilege:NAME` or `mode:NAME`.
    pub capability: String,
}

/// Which modules to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ModuleListRequest {
    /// Only this category.
    pub category: Option<Category>,
}

/// What modules to look for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ModuleSearchRequest {
    /// Words, each of which must be found; no letter's case counts.
    pub words: String,
    /// The language of the asker, in which the words may be as well (BCP 47); English if absent.
    #[serde(default)]
    pub language: Option<String>,
}

/// What to plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// What is wanted.
    pub intent: Intent,
}

/// The text of a `las.yaml` or of a `las.lock`, to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DesiredText {
    /// The text.
    pub text: String,
    /// Where it lies, absolute; none for a text that was pasted.
    #[serde(default)]
    pub path: Option<String>,
}

/// Which plan to run, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlanApproval {
    /// The plan.
    pub id: String,
    /// `cli`, `window`, `tray` or `api`; written to the ledger.
    #[serde(default)]
    pub actor: Option<String>,
    /// The same key begins one operation, however often it is asked and by whichever core: 1 to 255 visible
    /// ASCII characters. Over HTTP also the header `Idempotency-Key`.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// Whether to repair what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct DoctorRequest {
    /// Repair what can be repaired without loss.
    pub repair: bool,
}

/// Which models to verify.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct VerifyRequest {
    /// Only this one.
    pub name: Option<ModuleName>,
}

/// A token for a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for, shown in lists.
    pub label: String,
}
