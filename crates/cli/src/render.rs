//! How single values of the domain are shown.

mod pace;

pub(crate) use pace::{pace, pace_of};

use crate::context::View;
use crate::lines::Lines;
use las_api::ErrorBody;
use las_api::types::{
    ExecutionPlan, GenerationNumber, Installed, Intent, LaidOut, ModelFacts, Note, OperationState,
    ParameterCount, Phrase, PlanStep, Reason, ServiceState, ServiceStatus, StepAction, Timestamp,
};
use las_i18n::Words;
use std::fmt::Display;

/// A list of things in one line.
pub(crate) fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// Facts in one line.
pub(crate) fn in_line(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · ")
}

/// A moment in local time, to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What somebody wants, in words.
pub(crate) fn intent(intent: &Intent, view: &View<'_>) -> String {
    phrase(&intent.phrase(), view.words)
}

/// A phrase, in words.
pub(crate) fn phrase(phrase: &Phrase, words: &Words) -> String {
    words.text_with(&phrase.key, &phrase.args)
}

/// What a step does, in words.
pub(crate) fn step(step: &PlanStep, view: &View<'_>) -> String {
    let of = |kind: &str, item: &Installed| {
        let args = [
            ("name", item.name.as_str()),
            ("version", &*item.version.to_string()),
            ("size", &*item.size.to_string()),
        ];
        view.words.text(&format!("step-{kind}"), &args)
    };
    match &step.action {
        StepAction::StoreAdd { item, .. } => of("store_add", item),
        StepAction::StoreRemove { item } => of("store_remove", item),
        StepAction::BlobAdd { item, .. } => of("blob_add", item),
        StepAction::BlobRemove { item } => of("blob_remove", item),
        StepAction::ProgramVerify { item, .. } => of("program_verify", item),
        StepAction::GenerationWrite { generation } => {
            view.words.text("step-generation_write", &[("number", &*generation.number.to_string())])
        }
        StepAction::StrayRemove { path } => view.words.text("step-stray_remove", &[("path", path)]),
        StepAction::MachineRecord { .. } => view.word("step-machine_record"),
        StepAction::ServiceStart { spec } => {
            view.words.text("step-service_start", &[("name", spec.name.as_str())])
        }
        StepAction::ServiceStop { service, .. } => {
            view.words.text("step-service_stop", &[("name", service.as_str())])
        }
        StepAction::DataRemove { service } => {
            let size = step.bytes.to_string();
            view.words.text("step-data_remove", &[("name", service.as_str()), ("size", &size)])
        }
        StepAction::ViewAdd { item, view: laid } => laid_out("step-view_add", item, laid, view),
        StepAction::ViewRemove { item, view: laid } => laid_out("step-view_remove", item, laid, view),
        StepAction::ConfigWrite { path, .. } => view.words.text("step-config_write", &[("path", path)]),
    }
}

/// What a step does about a view.
fn laid_out(key: &str, item: &Installed, laid: &LaidOut, view: &View<'_>) -> String {
    let args = [
        ("name", item.name.as_str()),
        ("tool", laid.tool.as_str()),
        ("by", laid.by.as_str()),
        ("folder", &*laid.folder),
    ];
    view.words.text(key, &args)
}

/// A plan: title, steps with their undo, sums, what a person should know.
pub(crate) fn plan(plan: &ExecutionPlan, view: &View<'_>) -> String {
    let words = view.words;
    let mut text = format!("{}\n", view.paint.strong(&intent(&plan.intent, view)));
    let mut table = crate::table::Table::default();
    for one in &plan.steps {
        let undo = words.text("cli-plan-undo", &[("undo", &view.word(&format!("undo-{}", one.undo)))]);
        table.row([(one.index + 1).to_string(), step(one, view), view.paint.faint(&undo)]);
    }
    text += &table.render(2, view.paint);
    let totals = &plan.totals;
    let mut sums = vec![];
    for (key, size) in [
        ("cli-plan-download", totals.download),
        ("cli-plan-disk", totals.disk),
        ("cli-plan-freed", totals.freed),
        ("cli-plan-memory", totals.memory),
    ] {
        if size.bytes() > 0 {
            sums.push(words.text(key, &[("size", &size.to_string())]));
        }
    }
    if totals.download.bytes() == 0 {
        sums.push(view.word("cli-plan-no-download"));
    }
    sums.push(view.word(if plan.needs_administrator {
        "cli-plan-administrator"
    } else {
        "cli-plan-no-administrator"
    }));
    text.add_line(&joined(sums));
    for (key, list) in [
        ("cli-plan-hosts", joined(&plan.hosts)),
        ("cli-plan-ports", joined(&plan.ports)),
        ("cli-plan-licenses", joined(&plan.licenses)),
    ] {
        if !list.is_empty() {
            text.add_line(&words.text(key, &[("list", &list)]));
        }
    }
    for note in &plan.notes {
        text.add_line(&view.paint.caution(&told(note, view)));
    }
    text
}

/// What a person should know of a plan.
fn told(note: &Note, view: &View<'_>) -> String {
    let args: Vec<(&str, &str)> =
        note.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    view.words.text(&format!("note-{}", note.key), &args)
}

/// Why: one number against one rule.
pub(crate) fn reason(reason: &Reason, view: &View<'_>) -> String {
    about_bound("reason", reason, view)
}

/// What would have to be different.
pub(crate) fn lift(reason: &Reason, view: &View<'_>) -> String {
    about_bound("lift", reason, view)
}

fn about_bound(prefix: &str, reason: &Reason, view: &View<'_>) -> String {
    if let Some(by) = &reason.overridden_by {
        let before = by.before.as_deref().unwrap_or("none");
        let id = by.id.to_string();
        let args = [("id", &*id), ("reason", &*by.reason), ("value", &*by.value), ("before", before)];
        return view.words.text("reason-override", &args);
    }
    let comparison = crate::context::wire_name(&reason.comparison);
    let key = if reason.field.is_empty() {
        format!("{prefix}-always")
    } else {
        format!("{prefix}-{}-{comparison}", reason.field)
    };
    let line = reason.line.to_string();
    let args = [
        ("have", &*reason.have),
        ("bound", &*reason.bound),
        ("rule", &*reason.rule),
        ("file", &*reason.file),
        ("line", &*line),
    ];
    // What has no text of its own is told by the field's name.
    let general = format!("{prefix}-{comparison}");
    let args = [&args[..], &[("field", &*reason.field)]].concat();
    view.words.known(&key, &args).unwrap_or_else(|| view.words.text(&general, &args))
}

/// An error in one sentence.
pub(crate) fn error(error: &ErrorBody, view: &View<'_>) -> String {
    crate::output::error_text(view.words, error)
}

/// Where an operation is, coloured.
pub(crate) fn operation_state(state: OperationState, view: &View<'_>) -> String {
    let word = view.value("operation-state", &state);
    match state {
        OperationState::Succeeded => view.paint.good(&word),
        OperationState::Failed => view.paint.bad(&word),
        OperationState::Running
        | OperationState::Undoing
        | OperationState::Paused
        | OperationState::Cancelled => view.paint.caution(&word),
    }
}

/// Where a service is, coloured.
pub(crate) fn service_state(state: ServiceState, view: &View<'_>) -> String {
    let word = view.value("service-state", &state);
    match state {
        ServiceState::Ready => view.paint.good(&word),
        ServiceState::Failed => view.paint.bad(&word),
        ServiceState::Starting | ServiceState::Restarting => view.paint.caution(&word),
        ServiceState::Stopped => word,
    }
}

/// Where a service is, with a word of its own for one that serves with less than was planned.
pub(crate) fn service_standing(service: &ServiceStatus, view: &View<'_>) -> String {
    if service.is_degraded() {
        return view.paint.caution(&view.word("service-state-degraded"));
    }
    service_state(service.state, view)
}

/// A generation's number, or a dash.
pub(crate) fn generation(number: Option<GenerationNumber>) -> String {
    number.map_or_else(dash, |number| number.to_string())
}

/// Nothing, in a table.
pub(crate) fn dash() -> String {
    "–".to_owned()
}

/// What a model can do.
pub(crate) fn abilities(facts: &ModelFacts, view: &View<'_>) -> String {
    joined(facts.abilities.iter().map(|ability| view.value("ability", ability)))
}

/// A number of parameters; a dash for none.
pub(crate) fn parameters(count: ParameterCount) -> String {
    if count.parameters() == 0 { dash() } else { count.to_string() }
}

#[cfg(test)]
mod tests;
