//! Which rules apply to a machine, and which tier follows.

use crate::Machine;
use crate::bound::Rule;
use las_types::{Policy, Tier};

/// The rules that apply to one machine.
#[derive(Debug)]
pub(crate) struct Judgement<'a> {
    pub(crate) tier: Tier,
    /// The rule that gave the tier; none in a hole.
    pub(crate) decided_by: Option<&'a Policy>,
    /// The matching rules; in a hole also those of the lowest tier, so that nothing is open there.
    pub(crate) rules: Vec<&'a Policy>,
}

pub(crate) fn judge<'a>(machine: &Machine, all: &[Rule<'a>]) -> Judgement<'a> {
    let matching = all.iter().filter(|rule| rule.matches(machine));
    let mut rules: Vec<&Policy> = matching.map(|rule| rule.policy).collect();
    let mut decided_by: Option<&Policy> = None;
    for rule in &rules {
        // Of several rules of one tier the first decides, so that the order of the files does.
        if rule.tier.is_some() && decided_by.is_none_or(|best| rule.tier < best.tier) {
            decided_by = Some(rule);
        }
    }
    if let Some(tier) = decided_by.and_then(|rule| rule.tier) {
        return Judgement { tier, decided_by, rules };
    }
    let lowest = all.iter().filter_map(|rule| rule.policy.tier).min();
    let safest = all.iter().map(|rule| rule.policy);
    rules.extend(safest.filter(|rule| rule.tier.is_some() && rule.tier == lowest));
    Judgement { tier: lowest.unwrap_or(Tier(1)), decided_by: None, rules }
}
