//! One bound of one rule, held against one machine.

use crate::Machine;
use las_types::{ByteSize, Comparison, Policy, Reason};

/// What a bound is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    GpuVram,
    GpuCount,
    Ram,
    NvLink,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::GpuVram => "gpu_vram",
            Self::GpuCount => "gpu_count",
            Self::Ram => "ram",
            Self::NvLink => "nvlink",
        }
    }
}

/// One bound; values are bytes, numbers of GPUs, or 0 and 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a> {
    pub(crate) rule: &'a Policy,
    pub(crate) field: Field,
    pub(crate) side: Comparison,
    pub(crate) value: u64,
}

/// The bounds of a rule; empty for one that holds for every machine.
pub(crate) fn bounds(rule: &Policy) -> Vec<Bound<'_>> {
    use Comparison::{AtLeast, Below, Is};
    let c = &rule.conditions;
    let bytes = |size: Option<ByteSize>| size.map(ByteSize::bytes);
    let count = |count: Option<u32>| count.map(u64::from);
    [
        (Field::GpuVram, AtLeast, bytes(c.gpu_vram_min)),
        (Field::GpuVram, Below, bytes(c.gpu_vram_max)),
        (Field::GpuCount, AtLeast, count(c.gpu_count_min)),
        (Field::GpuCount, Below, count(c.gpu_count_max)),
        (Field::Ram, AtLeast, bytes(c.ram_min)),
        (Field::Ram, Below, bytes(c.ram_max)),
        (Field::NvLink, Is, c.nvlink.map(u64::from)),
    ]
    .into_iter()
    .filter_map(|(field, side, value)| Some(Bound { rule, field, side, value: value? }))
    .collect()
}

/// Whether all conditions of a rule hold.
pub(crate) fn matches(rule: &Policy, machine: &Machine) -> bool {
    bounds(rule).iter().all(|bound| bound.holds(machine))
}

/// Why a rule applies: each of its bounds, or that it has none.
pub(crate) fn reasons(rule: &Policy, machine: &Machine) -> Vec<Reason> {
    let bounds = bounds(rule);
    // A rule that doesn't match is applied only in a hole, whatever its numbers say.
    if bounds.is_empty() || !matches(rule, machine) {
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
    fn have(&self, machine: &Machine) -> u64 {
        match self.field {
            Field::GpuVram => machine.gpu_vram().bytes(),
            Field::GpuCount => u64::from(machine.gpus_from(self.counted_from())),
            Field::Ram => machine.ram().bytes(),
            Field::NvLink => u64::from(machine.nvlink()),
        }
    }

    /// A rule counts the GPUs that meet its own memory bound: a large card beside a small one is
    /// not two large cards.
    fn counted_from(&self) -> ByteSize {
        self.rule.conditions.gpu_vram_min.unwrap_or_default()
    }

    pub(crate) fn holds(&self, machine: &Machine) -> bool {
        let have = self.have(machine);
        match self.side {
            Comparison::AtLeast => have >= self.value,
            Comparison::Below => have < self.value,
            Comparison::Is => have == self.value,
            Comparison::Always => true,
        }
    }

    /// The bound that a machine must meet for this one not to hold.
    pub(crate) fn opposite(self) -> Self {
        match self.side {
            Comparison::AtLeast => Self { side: Comparison::Below, ..self },
            Comparison::Below => Self { side: Comparison::AtLeast, ..self },
            Comparison::Is => Self { value: 1 - self.value.min(1), ..self },
            Comparison::Always => self,
        }
    }

    pub(crate) fn reason(&self, machine: &Machine) -> Reason {
        Reason {
            rule: self.rule.name.clone(),
            file: self.rule.file.clone(),
            line: self.rule.line,
            field: self.field.name().to_owned(),
            comparison: self.side,
            have: self.show(self.have(machine)),
            bound: self.show(self.value),
            overridden_by: None,
        }
    }

    fn show(&self, value: u64) -> String {
        match self.field {
            Field::GpuVram | Field::Ram => ByteSize::new(value).to_string(),
            Field::GpuCount => match self.rule.conditions.gpu_vram_min {
                Some(vram) => format!("{value} × ≥{vram}"),
                None => value.to_string(),
            },
            Field::NvLink => (value == 1).to_string(),
        }
    }
}
