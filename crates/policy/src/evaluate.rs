//! The outcome of all policies for one machine.

use crate::Machine;
use crate::bound::{bounds, reasons};
use crate::judgement::{Judgement, judge};
use crate::lift::{difference, larger_machines};
use crate::overriding::{overridden, questioned, ruled};
use crate::question::Question;
use las_types::{CapabilitySet, HardwareProfile, Override, Policy, Reason, Ruling, Verdict};

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
    asked.retain(|asked| !matches!(asked, Question::ModelSize(_) | Question::LoadedModels));
    asked.sort_unstable();
    asked.dedup();
    asked.extend([Question::ModelSize(None), Question::LoadedModels]);
    let verdicts = asked.iter().map(|asked| overridden(case.verdict(asked), asked, overrides)).collect();
    let rules = &case.judgement.rules;
    let max_model_size = match ruled(overrides, &Question::ModelSize(None)) {
        Some((_, Ruling::ModelSize(size))) => Some(size),
        _ => rules.iter().filter_map(|rule| rule.allow.max_model_size).min(),
    };
    let max_loaded_models = match ruled(overrides, &Question::LoadedModels) {
        Some((_, Ruling::LoadedModels(count))) => Some(count),
        _ => rules.iter().filter_map(|rule| rule.allow.max_loaded_models).min(),
    };
    CapabilitySet {
        set: set.to_owned(),
        tier: case.judgement.tier,
        reasons: case.tier_reasons(),
        next_tier: case.next_tier(),
        in_a_hole: case.judgement.decided_by.is_none(),
        max_model_size,
        max_loaded_models,
        verdicts,
    }
}

/// The verdict on one capability: `tier`, `runtime:NAME`, `feature:NAME`, `model-size`,
/// `model-size:14B` (may a model of that size run?), `loaded-models`, or a bare name. The set's
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
    policies: &'a [Policy],
    judgement: Judgement<'a>,
    /// Nearest first.
    larger: Vec<Machine>,
}

impl<'a> Case<'a> {
    fn new(profile: &HardwareProfile, policies: &'a [Policy]) -> Self {
        let machine = Machine::from(profile);
        let judgement = judge(&machine, policies);
        let larger = larger_machines(&machine, policies);
        Self { machine, policies, judgement, larger }
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
            let then = judge(other, self.policies);
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
        let Some(next) = self.policies.iter().filter_map(|rule| rule.tier).filter(|tier| *tier > own).min()
        else {
            return Vec::new();
        };
        for other in &self.larger {
            let then = judge(other, self.policies);
            if let Some(rule) = then.decided_by.filter(|rule| rule.tier == Some(next)) {
                let held = self.judgement.rules.iter().copied();
                let losses: Vec<&Policy> =
                    held.filter(|rule| rule.tier.is_some_and(|tier| tier < next)).collect();
                return difference(&self.machine, other, &[rule], &losses);
            }
        }
        let unmet = |rule: &'a Policy| -> Vec<Reason> {
            let missed = bounds(rule).into_iter().filter(|bound| !bound.holds(&self.machine));
            missed.map(|bound| bound.reason(&self.machine)).collect()
        };
        let candidates = self.policies.iter().filter(|rule| rule.tier == Some(next)).map(unmet);
        candidates.min_by_key(Vec::len).unwrap_or_default()
    }
}
