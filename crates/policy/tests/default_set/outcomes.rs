//! What the default policies say of every profile, beside what they said before.

use crate::shipped::{default_set, profile, root};
use las_policy::evaluate;
use las_types::{CapabilitySet, Comparison, Reason};
use std::fmt::Write as _;

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("tests/profiles")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort_unstable();
    names
}

/// Without lines, so that a comment in a policy changes nothing here.
fn reason(reason: &Reason) -> String {
    let Reason { rule, field, have, bound, .. } = reason;
    match reason.comparison {
        Comparison::Always => format!("{rule}: always"),
        Comparison::AtLeast => format!("{rule}: {field} {have} >= {bound}"),
        Comparison::Below => format!("{rule}: {field} {have} < {bound}"),
        Comparison::Is => format!("{rule}: {field} {have} = {bound}"),
        Comparison::OneOf | Comparison::AllOf => format!("{rule}: {field} {have} in {bound}"),
        Comparison::NoneOf => format!("{rule}: {field} {have} not in {bound}"),
    }
}

fn reasons(list: &[Reason]) -> String {
    list.iter().map(reason).collect::<Vec<_>>().join(", ")
}

fn block(name: &str, outcome: &CapabilitySet) -> String {
    let size = outcome.max_model_size.map_or("any".to_owned(), |size| size.to_string());
    let loaded = outcome.max_loaded_models.map_or("any".to_owned(), |count| count.to_string());
    let mut text = format!("{name}: tier {}, models up to {size}, {loaded} loaded\n", outcome.tier);
    let _ = writeln!(text, "  because {}", reasons(&outcome.reasons));
    if !outcome.next_tier.is_empty() {
        let _ = writeln!(text, "  next tier needs {}", reasons(&outcome.next_tier));
    }
    for verdict in &outcome.verdicts {
        let answer = if verdict.allowed { "yes" } else { "no" };
        let _ = write!(text, "  {} {answer}: {}", verdict.capability, reasons(&verdict.reasons));
        if !verdict.lifted_by.is_empty() {
            let _ = write!(text, "; lifted by {}", reasons(&verdict.lifted_by));
        }
        text.push('\n');
    }
    text
}

/// Run with `LAS_UPDATE_OUTCOMES=1` after a change that is meant, and read the difference.
#[test]
fn every_profile_is_judged_as_before() {
    let set = default_set();
    let blocks = names().into_iter().map(|name| {
        let outcome = evaluate(&profile(&name), "default", &set, &[]);
        assert!(!outcome.in_a_hole, "{name}");
        block(&name, &outcome)
    });
    let current = blocks.collect::<Vec<_>>().join("\n");
    let path = root().join("crates/policy/tests/default_set/outcomes.txt");
    if std::env::var_os("LAS_UPDATE_OUTCOMES").is_some() {
        #[expect(clippy::disallowed_methods, reason = "regenerates a file of the source tree")]
        std::fs::write(&path, &current).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap();
    let differs = before.lines().zip(current.lines()).find(|(before, current)| before != current);
    assert!(
        before == current,
        "run with LAS_UPDATE_OUTCOMES=1 if this is meant; first difference: {differs:#?}"
    );
}
