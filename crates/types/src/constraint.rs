//! Constraints on what lies below a module: `cuda>=12.1`.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// What a constraint can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// What the NVIDIA driver serves.
    Cuda,
    /// AMD's runtime.
    Rocm,
    /// A GPU's driver.
    Driver,
    /// An NVIDIA GPU's compute capability.
    ComputeCapability,
    /// The C library.
    Glibc,
    /// The kernel.
    Kernel,
}

impl Layer {
    const ALL: [(&'static str, Self); 6] = [
        ("cuda", Self::Cuda),
        ("rocm", Self::Rocm),
        ("driver", Self::Driver),
        ("compute-capability", Self::ComputeCapability),
        ("glibc", Self::Glibc),
        ("kernel", Self::Kernel),
    ];

    /// Whether it is something of a GPU: several such constraints must hold for the same one.
    pub fn is_of_a_gpu(self) -> bool {
        !matches!(self, Self::Glibc | Self::Kernel)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, layer)| layer == self).map_or("", |(name, _)| name))
    }
}

/// A version as systems number them: `550.54.14`, `2.36`; a missing part is zero.
#[derive(Clone, Debug)]
pub struct DottedVersion {
    text: String,
    parts: Vec<u64>,
}

impl DottedVersion {
    /// The numbers that a text begins with: `5.15.0-105-generic` is 5.15.0. None if it begins with no number.
    pub fn leading(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let text = text.get(..end).unwrap_or(text).trim_end_matches('.');
        let parts: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        Some(Self { text: text.to_owned(), parts: parts? })
    }

    fn significant(&self) -> &[u64] {
        let zeros = self.parts.iter().rev().take_while(|part| **part == 0).count();
        self.parts.get(..self.parts.len() - zeros).unwrap_or(&self.parts)
    }
}

impl PartialEq for DottedVersion {
    fn eq(&self, other: &Self) -> bool {
        self.significant() == other.significant()
    }
}
impl Eq for DottedVersion {}
impl PartialOrd for DottedVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for DottedVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.significant().cmp(other.significant())
    }
}
impl fmt::Display for DottedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A sign, and whether an order is what it asks for.
type Sign = (&'static str, fn(Ordering) -> bool);

/// How a version is compared; the longer signs first, so that `>=` isn't read as `>`.
const SIGNS: [Sign; 5] = [
    (">=", Ordering::is_ge),
    ("<=", Ordering::is_le),
    (">", Ordering::is_gt),
    ("<", Ordering::is_lt),
    ("=", Ordering::is_eq),
];

/// A constraint: a name and bounds that must all hold, `cuda>=12.1,<14`.
#[derive(Clone, Debug, PartialEq, Eq, ts_rs::TS)]
#[ts(type = "string")]
pub struct RuntimeConstraint {
    #[ts(skip)]
    layer: Layer,
    /// Places among the signs, and what to compare with.
    #[ts(skip)]
    bounds: Vec<(usize, DottedVersion)>,
}

impl RuntimeConstraint {
    /// What it is about.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// Whether a version meets it.
    pub fn holds(&self, version: &DottedVersion) -> bool {
        let holds = |sign: usize, bound: &DottedVersion| {
            SIGNS.get(sign).is_some_and(|(_, holds)| holds(version.cmp(bound)))
        };
        self.bounds.iter().all(|(sign, bound)| holds(*sign, bound))
    }
}

/// Why a text is not a constraint.
#[derive(Debug, thiserror::Error)]
pub enum ConstraintError {
    /// Not a name, a sign and a version.
    #[error("'{0}' is not a constraint: expected NAME>=VERSION")]
    Form(String),
    /// Nothing of that name is known.
    #[error("nothing is known of '{name}': did you mean '{suggestion}'?")]
    Unknown {
        /// As it was written.
        name: String,
        /// The closest that is known.
        suggestion: String,
    },
}

impl FromStr for RuntimeConstraint {
    type Err = ConstraintError;
    fn from_str(text: &str) -> Result<Self, ConstraintError> {
        let wrong = || ConstraintError::Form(text.to_owned());
        let end = text.find(['<', '>', '=']).ok_or_else(wrong)?;
        let (name, bounds) = text.split_at_checked(end).ok_or_else(wrong)?;
        let name = name.trim();
        let known = Layer::ALL.iter().find(|(known, _)| *known == name);
        let layer = known.ok_or_else(|| unknown(name))?.1;
        let bound = |text: &str| {
            let text = text.trim();
            let found = SIGNS.iter().enumerate().find_map(|(place, (sign, _))| {
                text.strip_prefix(sign).map(|version| (place, version.trim()))
            });
            let (sign, version) = found.ok_or_else(wrong)?;
            let read = DottedVersion::leading(version).filter(|read| read.text == version);
            Ok((sign, read.ok_or_else(wrong)?))
        };
        let bounds: Result<Vec<_>, ConstraintError> = bounds.split(',').map(bound).collect();
        Ok(Self { layer, bounds: bounds? })
    }
}

fn unknown(name: &str) -> ConstraintError {
    let distance = |known: &&(&str, Layer)| strsim::levenshtein(name, known.0);
    let closest = Layer::ALL.iter().min_by_key(distance).map_or("", |(known, _)| known);
    ConstraintError::Unknown { name: name.to_owned(), suggestion: closest.to_owned() }
}

impl fmt::Display for RuntimeConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layer.fmt(f)?;
        for (place, (sign, bound)) in self.bounds.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let sign = SIGNS.get(*sign).map_or("", |(sign, _)| sign);
            write!(f, "{comma}{sign}{bound}")?;
        }
        Ok(())
    }
}

impl Serialize for RuntimeConstraint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RuntimeConstraint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for RuntimeConstraint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuntimeConstraint".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names = Layer::ALL.map(|(name, _)| name).join("|");
        let bound = "\\s*(>=|<=|>|<|=)\\s*[0-9]+(\\.[0-9]+)*\\s*";
        schemars::json_schema!({ "type": "string", "pattern": format!("^({names}){bound}(,{bound})*$") })
    }
}

#[cfg(test)]
mod tests {
    use super::{DottedVersion, RuntimeConstraint};

    #[test]
    fn bounds_hold_by_number_and_not_by_letter() {
        for (constraint, version, holds) in [
            ("cuda>=12.1", "12.8", true),
            ("cuda>=12.1", "12.10", true),
            ("cuda>=12.1", "12.0", false),
            ("cuda >= 12.1, < 13", "13.0", false),
            ("cuda>=12.1,<13", "12.9.1", true),
            ("driver>=535.129.03", "535.129.3", true),
            ("driver>550", "550.0.0", false),
            ("glibc=2.36", "2.36.0", true),
            ("kernel>=5.15", "5.15.0-105-generic", true),
            ("kernel<=5.15", "6.1.0-13-amd64", false),
            ("compute-capability>=8.0", "7.5", false),
            ("rocm<7", "6.4.1-83", true),
        ] {
            let constraint: RuntimeConstraint = constraint.parse().unwrap();
            assert_eq!(constraint.holds(&DottedVersion::leading(version).unwrap()), holds, "{constraint}");
            assert_eq!(constraint.to_string().parse::<RuntimeConstraint>().unwrap(), constraint);
        }
        assert!(DottedVersion::leading("unknown").is_none());
    }

    #[test]
    fn what_is_no_constraint_is_refused_with_a_suggestion() {
        let error = |text: &str| text.parse::<RuntimeConstraint>().unwrap_err().to_string();
        assert!(error("cudda>=12").ends_with("did you mean 'cuda'?"), "{}", error("cudda>=12"));
        assert!(error("compute_capability>=8").contains("'compute-capability'"));
        for bad in
            ["cuda", "cuda>=", "cuda>=twelve", "cuda>=12.", "cuda>=12.x", "cuda>=12,", "cuda=>12", ">=1"]
        {
            assert!(bad.parse::<RuntimeConstraint>().is_err(), "{bad}");
        }
    }
}
