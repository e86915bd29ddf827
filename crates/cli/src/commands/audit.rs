//! The ledger: one line for every operation that ended.

use crate::arguments::AuditVerb;
use crate::context::{Context, View};
use crate::output::Form;
use crate::render;
use crate::stop::Stop;
use crate::table::Table;
use las_api::types::{ExitStatus, Timestamp};
use las_api::{AuditLine, AuditVerification, BySequence, NoArguments};

pub(crate) async fn run(context: &Context, verb: AuditVerb) -> Result<(), Stop> {
    match verb {
        AuditVerb::List => {
            let lines = lines(context).await?;
            context.show(&lines, |lines, view| list_text(lines, view))
        }
        AuditVerb::Show { sequence } => {
            let line: AuditLine = context.ask("audit_show", BySequence { sequence }).await?;
            context.show(&line, show_text)
        }
        AuditVerb::Verify => {
            let verification = verify(context).await?;
            if context.output.form == Form::Json {
                context.output.document(&verification)?;
            } else if verification.ok {
                context.output.line(&verified(&verification, &context.view()))?;
            }
            conclude(context, &verification)
        }
        AuditVerb::Export => {
            for line in lines(context).await? {
                context.output.json_line(&line)?;
            }
            // What is damaged is exported as it is, and said to be so.
            conclude(context, &verify(context).await?)
        }
    }
}

async fn lines(context: &Context) -> Result<Vec<AuditLine>, Stop> {
    context.ask("audit_list", NoArguments {}).await
}

async fn verify(context: &Context) -> Result<AuditVerification, Stop> {
    context.ask("audit_verify", NoArguments {}).await
}

/// A ledger that is not whole ends the command as a failed integrity check.
fn conclude(context: &Context, verification: &AuditVerification) -> Result<(), Stop> {
    match &verification.failure {
        None => Ok(()),
        Some(failure) => {
            context.output.tell_failure(&context.words, failure);
            Err(Stop::Status(ExitStatus::Integrity))
        }
    }
}

fn verified(verification: &AuditVerification, view: &View<'_>) -> String {
    let head = verification.head.clone().unwrap_or_else(render::dash);
    let count = verification.count.to_string();
    view.paint.good(&view.words.text("cli-audit-verified", &[("count", &count), ("head", &head)]))
}

/// The moment of a line; as it is stored where that is not one.
fn moment(line: &AuditLine) -> String {
    line.at.parse::<Timestamp>().map_or_else(|_| line.at.clone(), render::moment)
}

fn list_text(lines: &[AuditLine], view: &View<'_>) -> String {
    if lines.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut table = view.heading(&["sequence", "at", "command", "outcome", "generation", "by", "hash"]);
    for line in lines {
        table.row([
            line.sequence.to_string(),
            moment(line),
            line.command.clone(),
            outcome(line, view),
            render::generation(line.generation),
            line.actor.clone(),
            line.hash.chars().take(19).collect(),
        ]);
    }
    table.render(0, view.paint)
}

/// The state in words, and why where that is said.
fn outcome(line: &AuditLine, view: &View<'_>) -> String {
    let state = line.outcome.split(' ').next().unwrap_or_default();
    let known = view.words.known(&format!("operation-state-{state}"), &[]);
    match (known, &line.failure) {
        (Some(state), Some(failure)) => format!("{state}: {}", render::error(failure, view)),
        (Some(state), None) if !line.outcome.contains(' ') => state,
        _ => line.outcome.clone(),
    }
}

fn show_text(line: &AuditLine, view: &View<'_>) -> String {
    let mut table = Table::default();
    let mut fact = |key: &str, value: String| table.row([view.paint.faint(&view.word(key)), value]);
    fact("cli-column-sequence", line.sequence.to_string());
    fact("cli-column-at", moment(line));
    fact("cli-column-command", line.command.clone());
    fact("cli-column-outcome", outcome(line, view));
    fact("cli-column-generation", render::generation(line.generation));
    fact("cli-column-by", line.actor.clone());
    fact("cli-column-operation", line.operation.clone());
    fact("cli-column-plan", line.plan_digest.clone());
    fact("cli-column-previous", line.previous.clone());
    fact("cli-column-hash", line.hash.clone());
    table.render(0, view.paint)
}
