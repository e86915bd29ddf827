//! Operations: see, follow, pause, cancel, take up again.

use crate::arguments::OperationVerb;
use crate::change::{self, conclude};
use crate::context::{Context, View};
use crate::follow::{follow, resume};
use crate::lines::Lines;
use crate::output::Form;
use crate::render;
use crate::stop::Stop;
use las_api::types::{Code, Intent, Operation, OperationState};
use las_api::{ById, ErrorBody, NoArguments, OperationView};

pub(crate) async fn run(context: &Context, verb: OperationVerb) -> Result<(), Stop> {
    match verb {
        OperationVerb::List => {
            let operations: Vec<Operation> = context.ask("operation_list", NoArguments {}).await?;
            context.show(&operations, |operations, view| {
                if operations.is_empty() {
                    format!("{}\n", view.paint.faint(&view.word("cli-none")))
                } else {
                    list_text(operations, view)
                }
            })
        }
        OperationVerb::Show { id } => {
            let operation: OperationView = context.ask("operation_show", ById { id }).await?;
            context.show(&operation, show_text)
        }
        OperationVerb::Follow { id } => {
            let operation = follow(context, &id).await?;
            conclude(context, &operation)
        }
        OperationVerb::Pause { id } => {
            let operation: Operation = context.ask("operation_pause", ById { id }).await?;
            if operation.state != OperationState::Paused {
                // It ended first.
                return conclude(context, &operation);
            }
            context.show(&operation, |operation, view| {
                view.words.text("cli-operation-is-paused", &[("id", &operation.id.to_string())]) + "\n"
            })
        }
        OperationVerb::Resume { id, consent } => {
            let shown: OperationView = context.ask("operation_show", ById { id: id.clone() }).await?;
            if shown.operation.state == OperationState::Paused {
                // It goes on by the plan that was approved.
                return conclude(context, &resume(context, &id).await?);
            }
            // What is no id names nothing.
            let missing = |_| ErrorBody::new(Code::OperationNotFound).with("id", &id);
            let intent = Intent::OperationResume { id: id.parse().map_err(missing)? };
            change::change(context, intent, consent).await
        }
        OperationVerb::Cancel { id } => {
            let answer: serde_json::Value = context.ask("operation_cancel", ById { id }).await?;
            if context.output.form == Form::Json {
                return context.output.document(&answer);
            }
            context.output.note(&context.word("cli-operation-cancelling"));
            Ok(())
        }
    }
}

/// A table of operations.
pub(crate) fn list_text(operations: &[Operation], view: &View<'_>) -> String {
    let mut table = view.heading(&["what", "state", "begun", "generation", "by", "id"]);
    for operation in operations {
        table.row([
            render::intent(&operation.intent, view),
            render::operation_state(operation.state, view),
            render::moment(operation.started_at),
            render::generation(operation.generation),
            operation.actor.clone(),
            operation.id.to_string(),
        ]);
    }
    table.render(2, view.paint)
}

fn show_text(shown: &OperationView, view: &View<'_>) -> String {
    let mut text = list_text(std::slice::from_ref(&shown.operation), view);
    let pace = render::pace(&shown.operation.progress, view);
    if !pace.is_empty() {
        text.add_line(&format!("  {pace}"));
    }
    if let Some(failure) = ErrorBody::of(&shown.operation) {
        text.add_line(&format!("  {}", view.paint.bad(&render::error(&failure, view))));
    }
    if let Some(resumed) = shown.operation.resumes {
        text.add_line(&format!(
            "  {}",
            view.words.text("cli-operation-resumes", &[("id", &resumed.to_string())])
        ));
    }
    let mut table = view.heading(&["step", "phase", "at", "code"]);
    for entry in &shown.journal {
        table.row([
            (entry.step + 1).to_string(),
            view.value("journal-phase", &entry.phase),
            render::moment(entry.at),
            entry.code.map(|code| code.to_string()).unwrap_or_default(),
        ]);
    }
    text + "\n" + &table.render(2, view.paint)
}
