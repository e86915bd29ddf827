//! What this machine may do, and why.

use crate::arguments::PolicyVerb;
use crate::context::{Context, View};
use crate::lines::Lines;
use crate::render;
use crate::stop::Stop;
use las_api::types::{Reason, Verdict};
use las_api::{CapabilityRequest, NoArguments, PolicyView};

pub(crate) async fn run(context: &Context, verb: PolicyVerb) -> Result<(), Stop> {
    match verb {
        PolicyVerb::Show => {
            let policy: PolicyView = context.ask("policy_show", NoArguments {}).await?;
            context.show(&policy, show_text)
        }
        PolicyVerb::Explain { capability } => {
            let verdict: Verdict = context.ask("policy_explain", CapabilityRequest { capability }).await?;
            context.show(&verdict, explain_text)
        }
    }
}

fn show_text(policy: &PolicyView, view: &View<'_>) -> String {
    let words = view.words;
    let set = &policy.capabilities;
    let tier = set.tier.to_string();
    let name = words.known(&format!("tier-{tier}"), &[]).unwrap_or_default();
    let title = render::in_line(&[words.text("tier", &[("tier", &tier)]), name]);
    let mut text = format!("{}\n", view.paint.strong(&title));
    let origin = view.word(&format!("registry-origin-{}", policy.origin.as_str()));
    text.add_line(&words.text("cli-policy-set", &[("set", &set.set), ("origin", &origin)]));
    for warning in &policy.warnings {
        text.add_line(
            &view.paint.caution(&words.text_with(&format!("warning-{}", warning.key), &warning.args)),
        );
        text += &crate::output::details_text(words, &warning.details);
    }
    if set.in_a_hole {
        text.add_line(&view.paint.caution(&view.word("warning-in-a-hole")));
    }
    text += &list("cli-policy-because", &set.reasons, render::reason, view);
    text += &list("cli-policy-next-tier", &set.next_tier, render::lift, view);
    let limit = |key: &str, value: Option<String>| {
        let value = value.unwrap_or_else(|| view.word("cli-policy-unlimited"));
        format!("{}\n", words.text(key, &[("limit", &value)]))
    };
    text += &limit("cli-policy-model-size", set.max_model_size.map(|size| size.to_string()));
    text += &limit("cli-policy-loaded-models", set.max_loaded_models.map(|count| count.to_string()));
    // Limits that most sets don't have.
    let mut some = |key: &str, value: Option<String>| text.extend(value.map(|value| limit(key, Some(value))));
    some("cli-policy-parallel", set.max_parallel.map(|count| count.to_string()));
    some("cli-policy-memory", set.max_memory.map(|size| size.to_string()));
    some("cli-policy-vram", set.max_vram.map(|size| size.to_string()));
    let mut table = view.heading(&["capability", "verdict", "because"]);
    for verdict in &set.verdicts {
        let overridden = verdict.reasons.first().is_some_and(|reason| reason.overridden_by.is_some());
        let own = verdict.allowed || overridden;
        let why = if own { &verdict.reasons } else { &verdict.lifted_by };
        let why = if own {
            why.first().map(|reason| place(reason, view)).unwrap_or_default()
        } else {
            words.text(
                "cli-policy-lifted-by",
                &[("list", &render::joined(why.iter().map(|reason| render::lift(reason, view))))],
            )
        };
        table.row([verdict.capability.clone(), allowed(verdict, view), why]);
    }
    text + "\n" + &table.render(0, view.paint)
}

/// Where a verdict comes from, in a table.
fn place(reason: &Reason, view: &View<'_>) -> String {
    match &reason.overridden_by {
        Some(_) => view.paint.caution(&render::reason(reason, view)),
        None => format!("{}:{}", reason.file, reason.line),
    }
}

fn allowed(verdict: &Verdict, view: &View<'_>) -> String {
    match (verdict.allowed, &verdict.limit) {
        (true, Some(limit)) => {
            view.paint.good(&view.words.text("cli-policy-allowed-limit", &[("limit", limit)]))
        }
        (true, None) => view.paint.good(&view.word("cli-policy-allowed")),
        (false, _) => view.paint.bad(&view.word("cli-policy-denied")),
    }
}

fn explain_text(verdict: &Verdict, view: &View<'_>) -> String {
    let mut text = format!("{}: {}\n", view.paint.strong(&verdict.capability), allowed(verdict, view));
    text += &list("cli-policy-because", &verdict.reasons, render::reason, view);
    text + &list("cli-policy-would-lift", &verdict.lifted_by, render::lift, view)
}

fn list(key: &str, reasons: &[Reason], render: fn(&Reason, &View<'_>) -> String, view: &View<'_>) -> String {
    if reasons.is_empty() {
        return String::new();
    }
    let lines: String = reasons.iter().map(|reason| format!("  - {}\n", render(reason, view))).collect();
    format!("{}\n{lines}", view.word(key))
}
