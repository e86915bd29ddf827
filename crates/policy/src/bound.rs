//! One bound of one rule, held against one machine.

mod read;
#[cfg(test)]
mod tests;

use crate::Machine;
use crate::field::{Field, Value};
use las_types::{ByteSize, Comparison, Policy, Reason};
pub(crate) use read::bounds;

/// What a bound asks for; a flag is 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    Number(u64),
    Names(&'a [String]),
}

/// One bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a> {
    pub(crate) rule: &'a Policy,
    pub(crate) field: Field,
    pub(crate) side: Comparison,
    pub(crate) value: Wanted<'a>,
}

/// A rule with its bounds, read once: a verdict holds them against many machines.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) bounds: Vec<Bound<'a>>,
}

impl<'a> Rule<'a> {
    pub(crate) fn all(policies: &'a [Policy]) -> Vec<Self> {
        policies.iter().map(|policy| Self { policy, bounds: bounds(policy) }).collect()
    }

    /// Whether all conditions of the rule hold.
    pub(crate) fn matches(&self, machine: &Machine) -> bool {
        self.bounds.iter().all(|bound| bound.holds(machine))
    }
}

/// Why a rule applies: each of its bounds, or that it has none.
pub(crate) fn reasons(rule: &Policy, machine: &Machine) -> Vec<Reason> {
    let bounds = bounds(rule);
    // A rule that doesn't match is applied only in a hole, whatever its numbers say.
    if bounds.is_empty() || !bounds.iter().all(|bound| bound.holds(machine)) {
        return vec![Reason {
            rule: rule.name.clone(),
            file: rule.file.clone(),
            line: rule.line,
            field: String::new(),
            comparison: Comparison::Always,
            have: String::new(),
            bound: String::new(),
            overridden_by: None,
        }];
    }
    bounds.iter().map(|bound| bound.reason(machine)).collect()
}

impl Bound<'_> {
    /// What it asks for, if that is a number.
    pub(crate) fn number(&self) -> Option<u64> {
        match self.value {
            Wanted::Number(number) => Some(number),
            Wanted::Names(_) => None,
        }
    }

    /// A rule counts the GPUs that meet its own memory bound: a large card beside a small one is
    /// not two large cards.
    fn counted_from(&self) -> ByteSize {
        self.rule.conditions.gpu_vram_min.unwrap_or_default()
    }

    fn have(&self, machine: &Machine) -> Value {
        match self.field {
            Field::GpuCount => Value::Number(machine.gpus_from(self.counted_from()).into()),
            field => machine.value(field),
        }
    }

    pub(crate) fn holds(&self, machine: &Machine) -> bool {
        match self.value {
            Wanted::Number(wanted) => {
                let have = match self.field {
                    Field::GpuCount => machine.gpus_from(self.counted_from()).into(),
                    field => machine.number(field),
                };
                match self.side {
                    Comparison::AtLeast => have >= wanted,
                    Comparison::Below => have < wanted,
                    _ => have == wanted,
                }
            }
            Wanted::Names(wanted) => {
                let has = |name: &String| machine.has(self.field, name);
                match self.side {
                    Comparison::AllOf => wanted.iter().all(has),
                    Comparison::NoneOf if self.field.needs_all() => !wanted.iter().all(has),
                    Comparison::NoneOf => !wanted.iter().any(has),
                    _ => wanted.iter().any(has),
                }
            }
        }
    }

    /// The bound that a machine must meet for this one not to hold.
    pub(crate) fn opposite(self) -> Self {
        let (side, value) = match (self.side, self.value) {
            (Comparison::AtLeast, value) => (Comparison::Below, value),
            (Comparison::Below, value) => (Comparison::AtLeast, value),
            (Comparison::Is, Wanted::Number(value)) => (Comparison::Is, Wanted::Number(1 - value.min(1))),
            (Comparison::OneOf | Comparison::AllOf, value) => (Comparison::NoneOf, value),
            (side, value) => (side, value),
        };
        Self { side, value, ..self }
    }

    pub(crate) fn reason(&self, machine: &Machine) -> Reason {
        Reason {
            rule: self.rule.name.clone(),
            file: self.rule.file.clone(),
            line: self.rule.line,
            field: self.field.name().to_owned(),
            comparison: self.side,
            have: self.show(&self.have(machine)),
            bound: match self.value {
                Wanted::Number(wanted) => self.show(&Value::Number(wanted)),
                Wanted::Names(wanted) => wanted.join(", "),
            },
            overridden_by: None,
        }
    }

    fn show(&self, value: &Value) -> String {
        match (self.field, self.rule.conditions.gpu_vram_min) {
            (Field::GpuCount, Some(vram)) => format!("{} × ≥{vram}", value.number()),
            (field, _) => field.show(value),
        }
    }
}
