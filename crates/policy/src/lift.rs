//! What a machine would need for another outcome: the nearest larger machine that has it.

use crate::Machine;
use crate::bound::{Bound, Rule, Wanted, bounds};
use crate::field::{Field, Unit, Value};
use crate::machine::NvLink;
use las_types::{ByteSize, Comparison, Policy, Reason};

/// No machine holds more GPUs; keeps a mistyped bound from being searched GPU by GPU.
pub(crate) const MOST_GPUS: u32 = 64;

/// More ways to change what is no part of a machine are not tried together.
const CHANGES_MAX: usize = 64;

/// Every machine that differs from this one by reaching bounds which some rule names, nearest
/// first: fewest parts to change, then smallest relative growth.
pub(crate) fn larger_machines(machine: &Machine, rules: &[Rule<'_>]) -> Vec<Machine> {
    let all: Vec<&Bound<'_>> = rules.iter().flat_map(|rule| &rule.bounds).collect();
    let values = |fields: &[Field]| {
        let mut values: Vec<u64> =
            all.iter().filter(|b| fields.contains(&b.field)).filter_map(|b| b.number()).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let mut graphics = vec![machine.clone()];
    let mut counts: Vec<u32> = values(&[Field::GpuCount])
        .into_iter()
        .filter_map(|count| u32::try_from(count).ok())
        .filter(|count| *count <= MOST_GPUS)
        .collect();
    counts.extend([1, machine.gpu_count()]);
    let sizes = values(&[Field::GpuVram, Field::GpuVramTotal]);
    let mut sizes: Vec<ByteSize> = sizes.into_iter().map(ByteSize::new).collect();
    sizes.push(machine.gpu_vram());
    for count in &counts {
        graphics.extend(sizes.iter().map(|vram| machine.with_gpus(*count, *vram)));
    }
    graphics.dedup();
    let bounded = if machine.unified_memory() > ByteSize::default() {
        values(&[Field::Ram, Field::UnifiedMemory])
    } else {
        values(&[Field::Ram])
    };
    let mut memories: Vec<ByteSize> = bounded.into_iter().map(ByteSize::new).collect();
    memories.retain(|ram| *ram > machine.ram());
    memories.push(machine.ram());
    let links = match values(&[Field::NvLink]).as_slice() {
        [] => vec![machine.link()],
        _ => vec![NvLink::Apart, NvLink::Joined],
    };
    let mut found: Vec<Machine> = Vec::new();
    for gpus in &graphics {
        for ram in &memories {
            for link in &links {
                found.extend(changed(&gpus.with_ram(*ram).with_link(*link), &all));
            }
        }
    }
    found.retain(|other| other != machine);
    found.sort_by_cached_key(|other| distance(machine, other));
    found
}

/// The machine, and with what is no part of it as some rule asks.
fn changed(machine: &Machine, all: &[&Bound<'_>]) -> Vec<Machine> {
    let mut found = vec![machine.clone()];
    for (field, own) in machine.more() {
        let mut wanted: Vec<Value> = Vec::new();
        for bound in all.iter().filter(|bound| bound.field == *field) {
            let value = match bound.value {
                Wanted::Number(number) if field.unit() == Unit::Flag => Value::Number(number),
                Wanted::Number(number) => Value::Number(number.max(own.number())),
                Wanted::Names(names) => {
                    let own = own.names().into_iter().flatten().cloned();
                    let asked = names.iter().take(if field.needs_all() { names.len() } else { 1 });
                    Value::Names(own.chain(asked.cloned()).collect())
                }
            };
            if value != *own && !wanted.contains(&value) {
                wanted.push(value);
            }
        }
        let before = found.len();
        for value in wanted.iter().take(CHANGES_MAX / before) {
            let changed: Vec<_> =
                found.iter().take(before).map(|one| one.with(*field, value.clone())).collect();
            found.extend(changed);
        }
    }
    found
}

/// Parts to change, then growth in thousandths of the larger machine's parts.
fn distance(from: &Machine, to: &Machine) -> (usize, u128) {
    let growth = |from: u64, to: u64| u128::from(to.saturating_sub(from)) * 1000 / u128::from(to.max(1));
    let graphics = growth(from.all_vram().bytes(), to.all_vram().bytes());
    let memory = growth(from.ram().bytes(), to.ram().bytes());
    let parts = [graphics > 0, memory > 0, from.nvlink() != to.nvlink()];
    let others = from.more().iter().filter(|(field, value)| to.more().get(field) != Some(value)).count();
    (parts.into_iter().filter(|changed| *changed).count() + others, graphics + memory)
}

/// The bounds that stand between two machines: those of `gains` that `from` doesn't meet, and the
/// way out of `losses`, which held `from` and don't hold `to`. One per field, the strictest.
pub(crate) fn difference(from: &Machine, to: &Machine, gains: &[&Policy], losses: &[&Policy]) -> Vec<Reason> {
    let mut needed: Vec<Bound<'_>> = Vec::new();
    for rule in gains {
        needed.extend(bounds(rule).into_iter().filter(|bound| !bound.holds(from) && bound.holds(to)));
    }
    for rule in losses {
        let left = bounds(rule).into_iter().filter(|bound| bound.holds(from) && !bound.holds(to));
        needed.extend(left.map(Bound::opposite));
    }
    let mut kept: Vec<Bound<'_>> = Vec::new();
    for bound in needed {
        match kept.iter_mut().find(|other| other.field == bound.field && other.side == bound.side) {
            // A floor is strict when it is high, a ceiling when it is low; the rule that grants
            // comes first and stays on a tie.
            Some(other) => {
                let stricter = match bound.side {
                    Comparison::Below => bound.number() < other.number(),
                    _ => bound.number() > other.number(),
                };
                if stricter {
                    *other = bound;
                }
            }
            None => kept.push(bound),
        }
    }
    kept.sort_by_key(|bound| bound.field);
    kept.iter().map(|bound| bound.reason(from)).collect()
}

#[cfg(test)]
mod tests;
