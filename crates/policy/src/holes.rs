//! Machines that no tier rule speaks of.

use crate::Machine;
use crate::bound::{Bound, Field, bounds, matches};
use crate::lift::MOST_GPUS;
use crate::machine::NvLink;
use las_types::{ByteSize, Policy};

/// Example machines that get no tier from any rule; empty for a complete set. Tries every
/// combination of the bounds in use: at each, just below it, zero and beyond the last, with GPUs
/// all alike and of two sizes (not of three).
pub fn holes(policies: &[Policy]) -> Vec<Machine> {
    let rules: Vec<&Policy> = policies.iter().filter(|rule| rule.tier.is_some()).collect();
    let all: Vec<Bound<'_>> = rules.iter().flat_map(|rule| bounds(rule)).collect();
    let links: &[NvLink] = if all.iter().any(|bound| bound.field == Field::NvLink) {
        &[NvLink::Apart, NvLink::Joined]
    } else {
        &[NvLink::Apart]
    };
    let mut found: Vec<Machine> = Vec::new();
    for gpus in graphics(&all) {
        for ram in samples(&all, Field::Ram) {
            for link in links {
                let machine = Machine::new(gpus.clone(), ByteSize::new(ram), *link);
                if !rules.iter().any(|rule| matches(rule, &machine)) && !found.contains(&machine) {
                    found.push(machine);
                }
            }
        }
    }
    found
}

/// Zero, each bound and just below it, and beyond the largest.
fn samples(all: &[Bound<'_>], field: Field) -> Vec<u64> {
    let mut values = vec![0];
    for bound in all.iter().filter(|bound| bound.field == field) {
        values.extend([bound.value.saturating_sub(1), bound.value]);
    }
    values.sort_unstable();
    values.dedup();
    values.push(values.last().map_or(1, |last| last.saturating_mul(2).max(1)));
    values
}

fn graphics(all: &[Bound<'_>]) -> Vec<Vec<ByteSize>> {
    let sizes: Vec<ByteSize> =
        samples(all, Field::GpuVram).into_iter().filter(|v| *v > 0).map(ByteSize::new).collect();
    let counts = samples(all, Field::GpuCount);
    let mut found = vec![Vec::new()];
    for count in counts.into_iter().chain([1]).filter(|count| (1..=u64::from(MOST_GPUS)).contains(count)) {
        let count = usize::try_from(count).unwrap_or(0);
        for large in &sizes {
            found.push(vec![*large; count]);
            for small in sizes.iter().filter(|small| *small < large) {
                for larger in 1..count {
                    let mut gpus = vec![*large; larger];
                    gpus.resize(count, *small);
                    found.push(gpus);
                }
            }
        }
    }
    found
}
