//! Metadata values: kept where they are small, measured where they are not.

use super::limit;
use super::source::Source;
use crate::ModelError;
use std::io::{Read, Seek};

const TEXT_BYTES_MAX: u64 = 64 << 20;
/// Longer texts are measured and not kept: the longest that is looked at is a chat template.
const TEXT_BYTES_KEPT: u64 = 1 << 20;
/// Lists up to this length are kept if they hold whole numbers: one per layer is common.
const NUMBERS_KEPT: u64 = 4_096;
const NESTING_MAX: u32 = 4;

/// A metadata value, as far as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number that is not negative.
    Unsigned(u64),
    /// A negative whole number.
    Negative(i64),
    /// A fraction.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A text; bytes that are not UTF-8 are replaced.
    Text(String),
    /// A text too long to keep, by its length in bytes.
    LongText(u64),
    /// A list; of whole numbers, or of yes (1) and no (0), a short one keeps them (negative ones as 0).
    List {
        /// How many entries it has.
        length: u64,
        /// The entries, if they were kept.
        numbers: Option<Vec<u64>>,
    },
}

const TEXT: u32 = 8;
const LIST: u32 = 9;

/// Bytes of one value of a kind that has a fixed size.
fn fixed_size(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

pub(super) fn read_value<R: Read + Seek>(
    source: &mut Source<'_, R>,
    kind: u32,
    key: &str,
) -> Result<Value, ModelError> {
    let whole = |number: i64| u64::try_from(number).map_or(Value::Negative(number), Value::Unsigned);
    Ok(match kind {
        0 => Value::Unsigned(u64::from(source.array::<1>()?[0])),
        1 => whole(i64::from(i8::from_le_bytes(source.array()?))),
        2 => Value::Unsigned(u64::from(u16::from_le_bytes(source.array()?))),
        3 => whole(i64::from(i16::from_le_bytes(source.array()?))),
        4 => Value::Unsigned(u64::from(source.u32()?)),
        5 => whole(i64::from(i32::from_le_bytes(source.array()?))),
        6 => Value::Float(f64::from(f32::from_le_bytes(source.array()?))),
        7 => match source.array::<1>()?[0] {
            0 => Value::Bool(false),
            1 => Value::Bool(true),
            other => return Err(ModelError::malformed(format!("'{key}' is a truth value of {other}"))),
        },
        TEXT => {
            let length = source.count()?;
            limit("bytes of a text", length, TEXT_BYTES_MAX)?;
            if length > TEXT_BYTES_KEPT {
                source.skip(length)?;
                Value::LongText(length)
            } else {
                let bytes = source.bytes(length)?;
                let wrong = |_| ModelError::malformed(format!("'{key}' is a template that is not UTF-8"));
                // A digest of a template must be that of its bytes; elsewhere what can't be read is replaced.
                if super::is_template(key) {
                    Value::Text(String::from_utf8(bytes).map_err(wrong)?)
                } else {
                    Value::Text(String::from_utf8_lossy(&bytes).into_owned())
                }
            }
        }
        LIST => read_list(source, key)?,
        10 => Value::Unsigned(source.u64()?),
        11 => whole(i64::from_le_bytes(source.array()?)),
        12 => Value::Float(f64::from_le_bytes(source.array()?)),
        other => return Err(ModelError::malformed(format!("'{key}' has the unknown type {other}"))),
    })
}

fn read_list<R: Read + Seek>(source: &mut Source<'_, R>, key: &str) -> Result<Value, ModelError> {
    let kind = source.u32()?;
    let length = source.count()?;
    if length <= NUMBERS_KEPT && matches!(kind, 0..=5 | 7 | 10 | 11) {
        source.must_hold(length, fixed_size(kind).unwrap_or(1))?;
        let mut numbers = Vec::new();
        for _ in 0..length {
            numbers.push(match read_value(source, kind, key)? {
                Value::Unsigned(number) => number,
                Value::Bool(yes) => u64::from(yes),
                _ => 0,
            });
        }
        return Ok(Value::List { length, numbers: Some(numbers) });
    }
    skip_list(source, kind, length, key, 1)?;
    Ok(Value::List { length, numbers: None })
}

fn skip_list<R: Read + Seek>(
    source: &mut Source<'_, R>,
    kind: u32,
    length: u64,
    key: &str,
    depth: u32,
) -> Result<(), ModelError> {
    if depth > NESTING_MAX {
        return Err(ModelError::malformed(format!(
            "'{key}' holds lists within lists deeper than {NESTING_MAX}"
        )));
    }
    if let Some(size) = fixed_size(kind) {
        source.must_hold(length, size)?;
        return source.skip(length.saturating_mul(size)); // must_hold has seen that it fits
    }
    match kind {
        TEXT => {
            source.must_hold(length, source.width())?;
            for _ in 0..length {
                let bytes = source.count()?;
                limit("bytes of a text", bytes, TEXT_BYTES_MAX)?;
                source.skip(bytes)?;
            }
        }
        LIST => {
            source.must_hold(length, source.width() + 4)?;
            for _ in 0..length {
                let inner = source.u32()?;
                let inner_length = source.count()?;
                skip_list(source, inner, inner_length, key, depth + 1)?;
            }
        }
        other => return Err(ModelError::malformed(format!("'{key}' is a list of the unknown type {other}"))),
    }
    Ok(())
}
