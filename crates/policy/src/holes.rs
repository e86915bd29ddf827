//! Machines that no tier rule speaks of.

use crate::Machine;
use crate::bound::{Bound, Rule, Wanted};
use crate::field::{Field, Unit, Value};
use crate::lift::MOST_GPUS;
use crate::machine::{NvLink, Unified, further};
use las_types::{ByteSize, Detail, Policy};
use std::collections::BTreeSet;

/// More combinations are not tried: a set that needs them says too much to be looked through.
const COMBINATIONS_MAX: usize = 500_000;

/// Machines with less main memory are rare.
const SEEN: ByteSize = ByteSize::new(1_000_000_000);

/// What was found of a set's completeness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every machine gets a tier from some rule.
    Complete,
    /// This one doesn't: sentences that describe it.
    Hole(Vec<Detail>),
    /// The rules bound too many things for all combinations to be tried; none of those tried is a hole.
    Untold,
}

/// Whether every machine gets a tier from some rule, with an example of one that doesn't.
pub fn coverage(policies: &[Policy]) -> Coverage {
    let rules = tier_rules(policies);
    let (machines, whole) = machines(&rules);
    let mut fallen = machines.filter(|machine| !rules.iter().any(|rule| rule.matches(machine))).peekable();
    let first = fallen.peek().cloned();
    // One without memory is an example that nobody has seen; most holes have others.
    match fallen.find(|machine| machine.ram() >= SEEN).or(first) {
        Some(machine) => Coverage::Hole(machine.told(&rules)),
        None if whole => Coverage::Complete,
        None => Coverage::Untold,
    }
}

/// Example machines that get no tier from any rule; empty for a complete set. Tries every
/// combination of the bounds in use: at each, just below it, zero and beyond the last, with GPUs
/// all alike and of two sizes (not of three), names alone, together and none; at most half a million.
pub fn holes(policies: &[Policy]) -> Vec<Machine> {
    let rules = tier_rules(policies);
    let mut found: Vec<Machine> = Vec::new();
    for machine in machines(&rules).0 {
        if !rules.iter().any(|rule| rule.matches(&machine)) && !found.contains(&machine) {
            found.push(machine);
        }
    }
    found
}

fn tier_rules(policies: &[Policy]) -> Vec<Rule<'_>> {
    let mut rules = Rule::all(policies);
    rules.retain(|rule| rule.policy.tier.is_some());
    rules
}

/// The machines to try, and whether they are all.
fn machines(rules: &[Rule<'_>]) -> (impl Iterator<Item = Machine>, bool) {
    let all: Vec<&Bound<'_>> = rules.iter().flat_map(|rule| &rule.bounds).collect();
    let bounded = |field: Field| all.iter().any(|bound| bound.field == field);
    let links: &[NvLink] =
        if bounded(Field::NvLink) { &[NvLink::Apart, NvLink::Joined] } else { &[NvLink::Apart] };
    let kinds: &[Unified] =
        if bounded(Field::UnifiedMemory) { &[Unified::No, Unified::Yes] } else { &[Unified::No] };
    let memories = samples(&all, &[Field::Ram, Field::UnifiedMemory]);
    let mut bases = Vec::new();
    for gpus in graphics(&all) {
        for ram in &memories {
            for link in links {
                let machine = Machine::new(gpus.clone(), ByteSize::new(*ram), *link);
                bases.extend(kinds.iter().map(|kind| machine.with_unified(*kind)));
            }
        }
    }
    let more: Vec<(Field, Vec<Value>)> =
        further(rules).into_iter().map(|field| (field, values(&all, field))).collect();
    let combinations = more.iter().fold(bases.len(), |count, (_, values)| count.saturating_mul(values.len()));
    let machines = (0..combinations.min(COMBINATIONS_MAX)).filter_map(move |number| {
        let mut rest = number / bases.len();
        let mut machine = bases.get(number % bases.len())?.clone();
        for (field, values) in &more {
            machine = machine.with(*field, values.get(rest % values.len())?.clone());
            rest /= values.len();
        }
        Some(machine)
    });
    (machines, combinations <= COMBINATIONS_MAX)
}

/// What to try of a field that is no part of [`Machine`].
fn values(all: &[&Bound<'_>], field: Field) -> Vec<Value> {
    match field.unit() {
        Unit::Flag => vec![Value::Number(0), Value::Number(1)],
        Unit::Names => names(all, field),
        Unit::Bytes | Unit::Rate | Unit::Count | Unit::Release => {
            samples(all, &[field]).into_iter().map(Value::Number).collect()
        }
    }
}

/// None of the names that rules mention, each alone, all but each, and all of them.
fn names(all: &[&Bound<'_>], field: Field) -> Vec<Value> {
    let mentioned: BTreeSet<String> = all
        .iter()
        .filter(|bound| bound.field == field)
        .filter_map(|bound| match bound.value {
            Wanted::Names(names) => Some(names),
            Wanted::Number(_) => None,
        })
        .flatten()
        .cloned()
        .collect();
    let mut sets = vec![BTreeSet::new(), mentioned.clone()];
    for name in &mentioned {
        sets.push([name.clone()].into());
        sets.push(mentioned.iter().filter(|other| *other != name).cloned().collect());
    }
    sets.sort_unstable();
    sets.dedup();
    sets.into_iter().map(Value::Names).collect()
}

/// Zero, each bound and just below it, and beyond the largest.
fn samples(all: &[&Bound<'_>], fields: &[Field]) -> Vec<u64> {
    let mut values = vec![0];
    for bound in all.iter().filter(|bound| fields.contains(&bound.field)) {
        if let Wanted::Number(value) = bound.value {
            values.extend([value.saturating_sub(1), value]);
        }
    }
    values.sort_unstable();
    values.dedup();
    values.push(values.last().map_or(1, |last| last.saturating_mul(2).max(1)));
    values
}

fn graphics(all: &[&Bound<'_>]) -> Vec<Vec<ByteSize>> {
    let sizes = samples(all, &[Field::GpuVram, Field::GpuVramTotal]);
    let sizes: Vec<ByteSize> = sizes.into_iter().filter(|size| *size > 0).map(ByteSize::new).collect();
    let counts = samples(all, &[Field::GpuCount]);
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

#[cfg(test)]
mod tests;
