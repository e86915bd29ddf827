//! What overrides change of a verdict.

use crate::question::Question;
use las_types::{Comparison, Override, OverrideNote, Permission, Reason, Ruling, Verdict};

/// What an override is about; none if this version doesn't know it.
pub(crate) fn questioned(one: &Override) -> Option<Question> {
    Some(match one.ruling()? {
        Ruling::ModelSize(_) => Question::ModelSize(None),
        Ruling::LoadedModels(_) => Question::LoadedModels,
        Ruling::Parallel(_) => Question::Parallel,
        Ruling::Memory(_) => Question::Memory,
        Ruling::Vram(_) => Question::Vram,
        Ruling::Runtime(name, _) => Question::Runtime(name.to_string()),
        Ruling::Feature(name, _) => Question::Feature(name.to_string()),
        Ruling::Privilege(privilege, _) => Question::Privilege(privilege),
        Ruling::Mode(mode, _) => Question::Mode(mode),
    })
}

/// The override that is about this, and what it says. Of several the last one counts.
pub(crate) fn ruled<'a>(overrides: &'a [Override], asked: &Question) -> Option<(&'a Override, Ruling)> {
    let limit = match asked {
        Question::ModelSize(_) => &Question::ModelSize(None),
        other => other,
    };
    let own = |one: &&Override| one.reverted_at.is_none() && questioned(one).as_ref() == Some(limit);
    let found = overrides.iter().rfind(own)?;
    Some((found, found.ruling()?))
}

/// A verdict of the policies as it is with the overrides. One that they don't change stays as it was.
pub(crate) fn overridden(verdict: Verdict, asked: &Question, overrides: &[Override]) -> Verdict {
    let Some((by, ruling)) = ruled(overrides, asked) else { return verdict };
    let (allowed, limit, before) = match &ruling {
        Ruling::ModelSize(most) => {
            let within = match asked {
                Question::ModelSize(Some(size)) => size <= most,
                _ => true,
            };
            (within, Some(most.to_string()), verdict.limit.clone())
        }
        Ruling::LoadedModels(most) | Ruling::Parallel(most) => {
            (true, Some(most.to_string()), verdict.limit.clone())
        }
        Ruling::Memory(most) | Ruling::Vram(most) => (true, Some(most.to_string()), verdict.limit.clone()),
        Ruling::Runtime(_, permission)
        | Ruling::Feature(_, permission)
        | Ruling::Privilege(_, permission)
        | Ruling::Mode(_, permission) => {
            let before = if verdict.allowed { Permission::Allow } else { Permission::Deny };
            (*permission == Permission::Allow, None, Some(before.to_string()))
        }
    };
    // Two limits can read the same and differ, so one that is overridden always says so.
    if limit.is_none() && allowed == verdict.allowed {
        return verdict;
    }
    let mut reasons = vec![reason(by, before)];
    reasons.extend(verdict.reasons);
    // Larger hardware lifts what a rule refused, not what a person did.
    Verdict { capability: verdict.capability, allowed, limit, reasons, lifted_by: Vec::new() }
}

fn reason(by: &Override, before: Option<String>) -> Reason {
    Reason {
        rule: String::new(),
        file: String::new(),
        line: 0,
        field: String::new(),
        comparison: Comparison::Always,
        have: String::new(),
        bound: String::new(),
        overridden_by: Some(OverrideNote {
            id: by.id,
            reason: by.reason.clone(),
            value: by.value.clone(),
            before,
        }),
    }
}
