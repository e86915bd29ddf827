//! The outcome of all policies for one machine.

use crate::Machine;
use crate::bound::{Rule, reasons};
use crate::judgement::{Judgement, judge};
use crate::lift::{difference, larger_machines};
use crate::overriding::{overridden, questioned, ruled};
use crate::question::{Limit, Question};
use las_types::{CapabilitySet, HardwareProfile, Override, Policy, Reason, Verdict};

/// Judges a machine by a set of policies and the overrides that are in force on it.
pub fn evaluate(
    profile: &HardwareProfile,
    set: &str,
    policies: &[Policy],
    overrides: &[Override],
) -> CapabilitySet {
    let case = Case::new(profile, policies);
    let mut asked = Question::named(policies);
    asked.extend(overrides.iter().filter_map(questioned));
    asked.extend(Question::limited(policies));
    asked.sort_unstable();
    asked.dedup();
    let verdicts = asked.iter().map(|asked| overridden(case.verdict(asked), asked, overrides)).collect();
    let limit = |asked: &Question| {
        let rules = case.judgement.rules.iter();
        let by_rules = || rules.filter_map(|rule| asked.limit_of(rule)).min();
        ruled(overrides, asked).and_then(|(_, ruling)| Limit::of(&ruling)).or_else(by_rules)
    };
    CapabilitySet {
        set: set.to_owned(),
        tier: case.judgement.tier,
        reasons: case.tier_reasons(),
        next_tier: case.next_tier(),
        in_a_hole: case.judgement.decided_by.is_none(),
        max_model_size: limit(&Question::ModelSize(None)).and_then(Limit::size),
        max_loaded_models: limit(&Question::LoadedModels).and_then(Limit::count),
        max_parallel: limit(&Question::Parallel).and_then(Limit::count),
        max_memory: limit(&Question::Memory).and_then(Limit::bytes),
        max_vram: limit(&Question::Vram).and_then(Limit::bytes),
        verdicts,
    }
}

/// The verdict on one capability: `tier`, `runtime:NAME`, `feature:NAME`, `model-size`,
/// `model-size:14B` (may a model of that size run?), `loaded-models`, `parallel`, `memory`, `vram`, `privilege:NAME`,
/// `mode:NAME`, or a bare name. The set's
/// name is part of each reason's file, and adds nothing to the verdict.
pub fn explain(
    profile: &HardwareProfile,
    _set: &str,
    policies: &[Policy],
    overrides: &[Override],
    capability: &str,
) -> Verdict {
    let asked = Question::read(capability, policies);
    overridden(Case::new(profile, policies).verdict(&asked), &asked, overrides)
}

/// One machine before one set of policies.
struct Case<'a> {
    machine: Machine,
    rules: Vec<Rule<'a>>,
    judgement: Judgement<'a>,
    /// Nearest first.
    larger: Vec<Machine>,
}

impl<'a> Case<'a> {
    fn new(profile: &HardwareProfile, policies: &'a [Policy]) -> Self {
        let rules = Rule::all(policies);
        let machine = Machine::seen(profile, &rules);
        let judgement = judge(&machine, &rules);
        let larger = larger_machines(&machine, &rules);
        Self { machine, rules, judgement, larger }
    }

    fn verdict(&self, asked: &Question) -> Verdict {
        let rules = &self.judgement.rules;
        let forbidding: Vec<&Policy> =
            rules.iter().copied().filter(|rule| asked.forbidden_by(rule)).collect();
        let allowed = forbidding.is_empty();
        let limit = match asked {
            Question::Tier => Some(self.judgement.tier.to_string()),
            _ => rules.iter().filter_map(|rule| asked.limit_of(rule)).min().map(|limit| limit.to_string()),
        };
        let reasons = match asked {
            Question::Tier => self.tier_reasons(),
            _ if allowed => self.reasons_of(&self.granting(asked)),
            _ => self.reasons_of(&forbidding),
        };
        let lifted_by = match asked {
            Question::Tier => self.next_tier(),
            _ if allowed => Vec::new(),
            _ => self.lifted_by(asked, &forbidding),
        };
        Verdict { capability: asked.to_string(), allowed, limit, reasons, lifted_by }
    }

    /// The rules that grant something; where it has a limit, those that set the smallest.
    fn granting(&self, asked: &Question) -> Vec<&'a Policy> {
        let rules = &self.judgement.rules;
        let smallest = rules.iter().filter_map(|rule| asked.limit_of(rule)).min();
        rules
            .iter()
            .copied()
            .filter(|rule| asked.granted_by(rule) && asked.limit_of(rule) == smallest)
            .collect()
    }

    fn reasons_of(&self, rules: &[&Policy]) -> Vec<Reason> {
        rules.iter().flat_map(|rule| reasons(rule, &self.machine)).collect()
    }

    fn tier_reasons(&self) -> Vec<Reason> {
        self.judgement.decided_by.map(|rule| reasons(rule, &self.machine)).unwrap_or_default()
    }

    fn lifted_by(&self, asked: &Question, forbidding: &[&Policy]) -> Vec<Reason> {
        let lifted = self.larger.iter().find_map(|other| {
            let then = judge(other, &self.rules);
            (!then.rules.iter().any(|rule| asked.forbidden_by(rule))).then_some((other, then))
        });
        let Some((other, then)) = lifted else { return Vec::new() };
        let gains: Vec<&Policy> = then.rules.into_iter().filter(|rule| asked.granted_by(rule)).collect();
        difference(&self.machine, other, &gains, forbidding)
    }

    /// What the nearest higher tier asks. Where no larger machine gets there (its rules want less
    /// of something), the rule of that tier which the machine misses by the fewest bounds.
    fn next_tier(&self) -> Vec<Reason> {
        let own = self.judgement.tier;
        let tiers = self.rules.iter().filter_map(|rule| rule.policy.tier);
        let Some(next) = tiers.filter(|tier| *tier > own).min() else {
            return Vec::new();
        };
        for other in &self.larger {
            let then = judge(other, &self.rules);
            if let Some(rule) = then.decided_by.filter(|rule| rule.tier == Some(next)) {
                let held = self.judgement.rules.iter().copied();
                let losses: Vec<&Policy> =
                    held.filter(|rule| rule.tier.is_some_and(|tier| tier < next)).collect();
                return difference(&self.machine, other, &[rule], &losses);
            }
        }
        let unmet = |rule: &Rule<'_>| -> Vec<Reason> {
            let missed = rule.bounds.iter().filter(|bound| !bound.holds(&self.machine));
            missed.map(|bound| bound.reason(&self.machine)).collect()
        };
        let candidates = self.rules.iter().filter(|rule| rule.policy.tier == Some(next)).map(unmet);
        candidates.min_by_key(Vec::len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
