//! What a machine would need for another outcome: the nearest larger machine that has it.

use crate::Machine;
use crate::bound::{Bound, Field, bounds};
use crate::machine::NvLink;
use las_types::{ByteSize, Comparison, Policy, Reason};

/// No machine holds more GPUs; keeps a mistyped bound from being searched GPU by GPU.
pub(crate) const MOST_GPUS: u32 = 64;

/// Every machine that differs from this one by reaching bounds which some rule names, nearest
/// first: fewest parts to change, then smallest relative growth.
pub(crate) fn larger_machines(machine: &Machine, policies: &[Policy]) -> Vec<Machine> {
    let all: Vec<Bound<'_>> = policies.iter().flat_map(bounds).collect();
    let values = |field: Field| {
        let mut values: Vec<u64> = all.iter().filter(|b| b.field == field).map(|b| b.value).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let mut graphics = vec![machine.clone()];
    let mut counts: Vec<u32> = values(Field::GpuCount)
        .into_iter()
        .filter_map(|count| u32::try_from(count).ok())
        .filter(|count| *count <= MOST_GPUS)
        .collect();
    counts.extend([1, machine.gpu_count()]);
    let mut sizes: Vec<ByteSize> = values(Field::GpuVram).into_iter().map(ByteSize::new).collect();
    sizes.push(machine.gpu_vram());
    for count in &counts {
        graphics.extend(sizes.iter().map(|vram| machine.with_gpus(*count, *vram)));
    }
    graphics.dedup();
    let mut memories: Vec<ByteSize> = values(Field::Ram).into_iter().map(ByteSize::new).collect();
    memories.retain(|ram| *ram > machine.ram());
    memories.push(machine.ram());
    let links = match values(Field::NvLink).as_slice() {
        [] => vec![machine.link()],
        _ => vec![NvLink::Apart, NvLink::Joined],
    };
    let mut found: Vec<Machine> = Vec::new();
    for gpus in &graphics {
        for ram in &memories {
            found.extend(links.iter().map(|link| gpus.with_ram(*ram).with_link(*link)));
        }
    }
    found.retain(|other| other != machine);
    found.sort_by_cached_key(|other| distance(machine, other));
    found
}

/// Parts to change, then growth in thousandths of the larger machine's parts.
fn distance(from: &Machine, to: &Machine) -> (u8, u128) {
    let growth = |from: u64, to: u64| u128::from(to.saturating_sub(from)) * 1000 / u128::from(to.max(1));
    let graphics = growth(from.all_vram().bytes(), to.all_vram().bytes());
    let memory = growth(from.ram().bytes(), to.ram().bytes());
    let parts = u8::from(graphics > 0) + u8::from(memory > 0) + u8::from(from.nvlink() != to.nvlink());
    (parts, graphics + memory)
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
                    Comparison::Below => bound.value < other.value,
                    _ => bound.value > other.value,
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
