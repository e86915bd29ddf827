//! Quantities with units: bytes and parameter counts.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// A number of bytes. Text takes decimal (`8GB` = 8·10⁹) and binary (`8GiB` = 8·2³⁰) units; the
/// wire carries the plain integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct ByteSize(u64);

/// A number of model parameters; text takes `135M`, `0.5B`, `14B`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct ParameterCount(u64);

/// Why a text is not a quantity.
#[derive(Debug, thiserror::Error)]
pub enum QuantityError {
    /// Not a number followed by a known unit.
    #[error("'{text}' is not a quantity: expected a number and one of {units}")]
    Form {
        /// The text as given.
        text: String,
        /// The units that are known.
        units: &'static str,
    },
    /// Larger than 64 bits can hold.
    #[error("'{0}' is larger than can be counted")]
    Overflow(String),
}

const BYTE_UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];
const PARAMETER_UNITS: &[(&str, u64)] =
    &[("K", 1_000), ("M", 1_000_000), ("B", 1_000_000_000), ("T", 1_000_000_000_000)];

fn parse(text: &str, units: &[(&str, u64)], names: &'static str) -> Result<u64, QuantityError> {
    let trimmed = text.trim();
    let wrong = || QuantityError::Form { text: text.to_owned(), units: names };
    let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
    let (number, unit) = trimmed.split_at(split);
    let factor = units.iter().find(|(name, _)| *name == unit.trim()).ok_or_else(wrong)?.1;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty()
        || fraction.len() > 9
        || fraction.contains('.')
        || (number.contains('.') && fraction.is_empty())
    {
        return Err(wrong());
    }
    let overflow = || QuantityError::Overflow(text.to_owned());
    let mut value = whole.parse::<u64>().map_err(|_| overflow())?.checked_mul(factor).ok_or_else(overflow)?;
    if !fraction.is_empty() {
        // At most nine digits, so neither the product (in 128 bits) nor the power overflows.
        let digits = u128::from(fraction.parse::<u64>().map_err(|_| wrong())?);
        let scale = 10_u128.pow(u32::try_from(fraction.len()).map_err(|_| wrong())?);
        let part = u64::try_from(digits * u128::from(factor) / scale).map_err(|_| overflow())?;
        value = value.checked_add(part).ok_or_else(overflow)?;
    }
    Ok(value)
}

/// A number with at most one decimal and the largest decimal unit that keeps it at least 1.
fn display(value: u64, units: &[(&str, u64)], space: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut best = None;
    for (name, factor) in units.iter().filter(|(name, _)| !name.contains('i')) {
        if value >= *factor {
            best = Some((*name, *factor));
        }
    }
    match best {
        Some((name, factor)) if factor > 1 => {
            let tenths = u128::from(value) * 10 / u128::from(factor);
            if tenths % 10 == 0 || tenths >= 1000 {
                write!(f, "{}{space}{name}", tenths / 10)
            } else {
                write!(f, "{}.{}{space}{name}", tenths / 10, tenths % 10)
            }
        }
        _ => write!(
            f,
            "{value}{space}{}",
            match units.first() {
                Some((name, 1)) => *name,
                _ => "",
            }
        ),
    }
}

macro_rules! quantity {
    ($name:ident, $units:ident, $names:literal, $space:literal, $getter:ident, $getter_doc:literal) => {
        impl $name {
            #[doc = $getter_doc]
            pub const fn $getter(self) -> u64 {
                self.0
            }
            /// From the plain number.
            pub const fn new(value: u64) -> Self {
                Self(value)
            }
            /// The sum, at most the largest countable number.
            #[must_use]
            pub const fn saturating_add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
            /// The difference, at least zero.
            #[must_use]
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl FromStr for $name {
            type Err = QuantityError;
            fn from_str(text: &str) -> Result<Self, QuantityError> {
                parse(text, $units, $names).map(Self)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                display(self.0, $units, $space, f)
            }
        }
        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold(Self(0), Self::saturating_add)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(untagged)]
                enum Form {
                    Number(u64),
                    Text(String),
                }
                match Form::deserialize(deserializer)? {
                    Form::Number(number) => Ok(Self(number)),
                    Form::Text(text) => text.parse().map_err(serde::de::Error::custom),
                }
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "description": $names }]
                })
            }
        }
    };
}

quantity!(ByteSize, BYTE_UNITS, "B, KB, MB, GB, TB, KiB, MiB, GiB, TiB", " ", bytes, "The number of bytes.");
quantity!(ParameterCount, PARAMETER_UNITS, "K, M, B, T", "", parameters, "The number of parameters.");

#[cfg(test)]
mod tests {
    use super::{ByteSize, ParameterCount};

    #[test]
    fn sizes_are_read_with_their_unit_or_refused() {
        let cases = [
            ("8GB", Some(8_000_000_000)),
            ("8GiB", Some(8_589_934_592)),
            ("1.5 GB", Some(1_500_000_000)),
            ("0B", Some(0)),
            ("512", None),
            ("512m", None),
            ("99999999999TB", None),
            ("-1GB", None),
            ("1.GB", None),
            ("GB", None),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<ByteSize>().ok().map(ByteSize::bytes), expected, "{text}");
        }
        assert_eq!("0.5B".parse::<ParameterCount>().unwrap().parameters(), 500_000_000);
    }

    #[test]
    fn sizes_are_shown_short() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (7_901_920, "7.9 MB"),
            (8_000_000_000, "8 GB"),
            (128_500_000_000, "128 GB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(ByteSize::new(bytes).to_string(), text);
        }
        assert_eq!(ParameterCount::new(1_967_808).to_string(), "1.9M");
    }
}
