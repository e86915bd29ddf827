//! What policies see of a machine.

use crate::bound::Rule;
use crate::field::{Field, Value};
use las_types::{ByteSize, Detail, HardwareProfile};
use std::collections::BTreeMap;

/// What policies see of a machine. GPUs that share main memory don't count as such: their memory is
/// the machine's, and would be counted twice; it is `unified_memory`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Memory of each GPU that has its own, largest first.
    gpus: Vec<ByteSize>,
    ram: ByteSize,
    nvlink: bool,
    /// A GPU works in main memory.
    unified: bool,
    /// Everything else that some rule bounds.
    more: BTreeMap<Field, Value>,
}

/// Whether GPUs are joined by NVLink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NvLink {
    Joined,
    Apart,
}

/// Whether a GPU works in main memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unified {
    Yes,
    No,
}

impl Machine {
    pub(crate) fn new(mut gpus: Vec<ByteSize>, ram: ByteSize, nvlink: NvLink) -> Self {
        gpus.retain(|vram| *vram > ByteSize::default());
        gpus.sort_unstable_by(|a, b| b.cmp(a));
        Self { gpus, ram, nvlink: nvlink == NvLink::Joined, ..Self::default() }
    }

    /// A machine as these rules see it.
    pub(crate) fn seen(profile: &HardwareProfile, rules: &[Rule<'_>]) -> Self {
        let joined = profile.gpus.iter().any(|gpu| !gpu.nvlink_peers.is_empty());
        let link = if joined { NvLink::Joined } else { NvLink::Apart };
        let gpus = profile.gpus.iter().map(|gpu| gpu.vram).collect();
        let more = further(rules).into_iter().map(|field| (field, field.of(profile))).collect();
        let unified = profile.gpus.iter().any(|gpu| gpu.unified_memory);
        Self { unified, more, ..Self::new(gpus, profile.memory.total, link) }
    }

    /// Memory of the largest GPU; zero without one.
    pub fn gpu_vram(&self) -> ByteSize {
        self.gpus.first().copied().unwrap_or_default()
    }

    /// How many GPUs have memory of their own.
    pub fn gpu_count(&self) -> u32 {
        self.gpus_from(ByteSize::default())
    }

    /// How many GPUs have at least this much memory of their own.
    pub fn gpus_from(&self, vram: ByteSize) -> u32 {
        u32::try_from(self.gpus.iter().filter(|own| **own >= vram).count()).unwrap_or(u32::MAX)
    }

    /// Main memory that may be used.
    pub fn ram(&self) -> ByteSize {
        self.ram
    }

    /// Main memory that a GPU works in; zero where none does.
    pub fn unified_memory(&self) -> ByteSize {
        if self.unified { self.ram } else { ByteSize::default() }
    }

    /// Whether GPUs are joined by NVLink.
    pub fn nvlink(&self) -> bool {
        self.nvlink
    }

    /// What there is of a field that is a number, a version or a flag.
    pub(crate) fn number(&self, field: Field) -> u64 {
        match field {
            Field::GpuVram => self.gpu_vram().bytes(),
            Field::GpuCount => self.gpu_count().into(),
            Field::Ram => self.ram.bytes(),
            Field::NvLink => self.nvlink.into(),
            Field::UnifiedMemory => self.unified_memory().bytes(),
            Field::GpuVramTotal => self.all_vram().bytes(),
            field => self.more.get(&field).map_or(0, Value::number),
        }
    }

    /// Whether a field has this name.
    pub(crate) fn has(&self, field: Field, name: &str) -> bool {
        self.more.get(&field).and_then(Value::names).is_some_and(|names| names.contains(name))
    }

    pub(crate) fn value(&self, field: Field) -> Value {
        match self.more.get(&field) {
            Some(value) => value.clone(),
            None => Value::Number(self.number(field)),
        }
    }

    /// Everything that a rule can bound beside the parts.
    pub(crate) fn more(&self) -> &BTreeMap<Field, Value> {
        &self.more
    }

    /// This machine with its `count` largest GPUs (added where it has fewer) brought to `vram`.
    pub(crate) fn with_gpus(&self, count: u32, vram: ByteSize) -> Self {
        let mut gpus = self.gpus.clone();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        gpus.resize(gpus.len().max(count), ByteSize::default());
        for own in gpus.iter_mut().take(count) {
            *own = vram.max(*own);
        }
        let graphics = Self::new(gpus, self.ram, self.link());
        Self { gpus: graphics.gpus, ..self.clone() }
    }

    pub(crate) fn with_ram(&self, ram: ByteSize) -> Self {
        Self { ram, ..self.clone() }
    }

    pub(crate) fn with_link(&self, link: NvLink) -> Self {
        Self { nvlink: link == NvLink::Joined, ..self.clone() }
    }

    pub(crate) fn with_unified(&self, unified: Unified) -> Self {
        Self { unified: unified == Unified::Yes, ..self.clone() }
    }

    pub(crate) fn with(&self, field: Field, value: Value) -> Self {
        let mut other = self.clone();
        other.more.insert(field, value);
        other
    }

    pub(crate) fn link(&self) -> NvLink {
        if self.nvlink { NvLink::Joined } else { NvLink::Apart }
    }

    /// Memory of all GPUs together.
    pub(crate) fn all_vram(&self) -> ByteSize {
        self.gpus.iter().copied().sum()
    }

    /// The machine in words: a sentence for each thing that these rules look at.
    pub(crate) fn told(&self, rules: &[Rule<'_>]) -> Vec<Detail> {
        let bounded = |fields: &[Field]| {
            rules.iter().flat_map(|rule| &rule.bounds).any(|bound| fields.contains(&bound.field))
        };
        let mut sizes: Vec<(ByteSize, usize)> = Vec::new();
        for vram in &self.gpus {
            match sizes.last_mut().filter(|(size, _)| size == vram) {
                Some((_, count)) => *count += 1,
                None => sizes.push((*vram, 1)),
            }
        }
        let mut all: Vec<Detail> = sizes
            .iter()
            .map(|(vram, count)| Detail::new("machine-gpus").with("count", count).with("vram", vram))
            .collect();
        if all.is_empty() && bounded(&[Field::GpuVram, Field::GpuCount, Field::GpuVramTotal]) {
            all.push(Detail::new("machine-no-gpu"));
        }
        if bounded(&[Field::Ram, Field::UnifiedMemory]) {
            all.push(Detail::new("machine-ram").with("size", self.ram));
        }
        if self.nvlink {
            all.push(Detail::new("machine-nvlink"));
        }
        if self.unified {
            all.push(Detail::new("machine-unified"));
        }
        let has = |(field, value): (&Field, &Value)| {
            let value = Some(field.show(value)).filter(|shown| !shown.is_empty());
            let shown = value.unwrap_or_else(|| "–".to_owned());
            Detail::new("machine-has").with("field", field.name()).with("value", shown)
        };
        all.extend(self.more.iter().map(has));
        all
    }
}

/// The fields that some rule bounds and that are no parts of [`Machine`].
pub(crate) fn further(rules: &[Rule<'_>]) -> Vec<Field> {
    let mut fields: Vec<Field> =
        rules.iter().flat_map(|rule| &rule.bounds).map(|bound| bound.field).collect();
    fields.sort_unstable();
    fields.dedup();
    fields.retain(|field| {
        !matches!(
            field,
            Field::GpuVram
                | Field::GpuCount
                | Field::Ram
                | Field::NvLink
                | Field::UnifiedMemory
                | Field::GpuVramTotal
        )
    });
    fields
}

#[cfg(test)]
mod tests;
