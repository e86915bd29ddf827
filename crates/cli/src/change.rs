//! Changes: plan first, then consent, then the operation.

use crate::arguments::Consent;
use crate::context::Context;
use crate::follow::{Telling, carry_out};
use crate::output::{Form, Verbosity};
use crate::render;
use crate::stop::Stop;
use las_api::PlanRequest;
use las_api::types::{Code, ExecutionPlan, ExitStatus, Intent, Operation, OperationState};
use std::io::BufRead;

/// The plan for an intent.
pub(crate) async fn plan(context: &Context, intent: Intent) -> Result<ExecutionPlan, Stop> {
    context.ask("plan_create", PlanRequest { intent }).await
}

/// Shows a plan and how it can be run as it is.
pub(crate) fn show_plan(context: &Context, plan: &ExecutionPlan) -> Result<(), Stop> {
    context.show(plan, |plan, view| {
        if plan.is_empty() {
            return format!("{}\n", view.word("cli-nothing-to-do"));
        }
        let hint = view.words.text("cli-plan-id", &[("id", &plan.id.to_string())]);
        format!("{}{}\n", render::plan(plan, view), view.paint.faint(&hint))
    })
}

/// Plans an intent, shows the plan, gets consent where a person must approve it, and runs it.
pub(crate) async fn change(context: &Context, intent: Intent, consent: Consent) -> Result<(), Stop> {
    let plan = plan(context, intent).await?;
    if plan.is_empty() {
        return nothing_to_do(context, &plan);
    }
    // What is taken up again is asked for as what it was for.
    if plan.intent.needs_approval() {
        agree(context, &plan, consent)?;
    }
    run(context, &plan, None).await
}

/// Runs a plan that was shown before.
pub(crate) async fn apply(
    context: &Context,
    plan: &ExecutionPlan,
    key: Option<String>,
    consent: Consent,
) -> Result<(), Stop> {
    if plan.is_empty() {
        return nothing_to_do(context, plan);
    }
    // Naming the plan is consent where nobody can be asked.
    let named = Consent { yes: consent.yes || !context.output.can_ask() };
    agree(context, plan, named)?;
    run(context, plan, key).await
}

fn nothing_to_do(context: &Context, plan: &ExecutionPlan) -> Result<(), Stop> {
    if context.output.form == Form::Json {
        return context.output.document(plan);
    }
    context.output.note(&context.word("cli-nothing-to-do"));
    Ok(())
}

/// Shows the plan and gets consent, or stops with the plan's id.
fn agree(context: &Context, plan: &ExecutionPlan, consent: Consent) -> Result<(), Stop> {
    let output = context.output;
    if output.form == Form::Text && !(consent.yes && output.verbosity == Verbosity::Quiet) {
        output.data(&render::plan(plan, &context.view()))?;
    }
    if consent.yes {
        return Ok(());
    }
    if output.can_ask() {
        output.ask(&format!("{} ", context.word("cli-plan-question")));
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if read.is_ok() && is_yes(&answer, &context.word("cli-plan-question-yes")) {
            return Ok(());
        }
        output.note(&context.word("cli-plan-declined"));
        return Err(Stop::Status(ExitStatus::NeedsApproval));
    }
    let error = las_api::ErrorBody::new(Code::ApprovalNeeded).with("id", plan.id);
    if output.form == Form::Text {
        return Err(error.into());
    }
    // With JSON the plan is the document; what is missing is said beside it.
    output.document(plan)?;
    output.note(&crate::output::error_text(&context.words, &error));
    Err(Stop::Status(ExitStatus::NeedsApproval))
}

/// Whether an answer is one of the accepted ones (separated by spaces) in any case.
fn is_yes(answer: &str, accepted: &str) -> bool {
    let answer = answer.trim().to_lowercase();
    accepted.split_whitespace().any(|word| word.to_lowercase() == answer)
}

async fn run(context: &Context, plan: &ExecutionPlan, key: Option<String>) -> Result<(), Stop> {
    let operation = carry_out(context, plan, key, Telling::Everything).await?;
    conclude(context, &operation)
}

/// Says how an operation ended; one that did not succeed ends the command with its code.
pub(crate) fn conclude(context: &Context, operation: &Operation) -> Result<(), Stop> {
    let view = context.view();
    if context.output.form == Form::Json {
        context.output.json_line(operation)?;
    }
    match (operation.state, las_api::ErrorBody::of(operation)) {
        (OperationState::Succeeded, _) => {
            if context.output.form == Form::Text {
                let what = render::intent(&operation.intent, &view);
                let text = match operation.generation {
                    Some(number) => context.words.text(
                        "cli-operation-done-generation",
                        &[("what", &what), ("number", &number.to_string())],
                    ),
                    None => context.words.text("cli-operation-done", &[("what", &what)]),
                };
                context.output.line(&view.paint.good(&text))?;
            }
            Ok(())
        }
        (state, failure) => {
            let error = failure.unwrap_or_else(|| {
                let code = match state {
                    OperationState::Cancelled => Code::OperationCancelled,
                    OperationState::Paused => Code::OperationPaused,
                    _ => Code::Internal,
                };
                las_api::ErrorBody::new(code).with("id", operation.id)
            });
            let status = error.code.exit_status();
            context.output.tell_failure(&context.words, &error);
            if state == OperationState::Paused {
                return Err(Stop::Status(status));
            }
            context
                .output
                .note(&context.words.text("cli-operation-left", &[("id", &operation.id.to_string())]));
            Err(Stop::Status(status))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        for answer in ["y\n", "Yes", " YES \n"] {
            assert!(is_yes(answer, "y yes"), "{answer:?}");
        }
        for answer in ["", "\n", "n", "yess", "y e s"] {
            assert!(!is_yes(answer, "y yes"), "{answer:?}");
        }
    }
}
