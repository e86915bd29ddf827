//! The ledger: one line for every operation that ended.

use crate::arguments::AuditVerb;
use crate::context::{Context, View};
use crate::output::{Form, Output};
use crate::render;
use crate::stop::Stop;
use crate::table::Table;
use las_api::types::{Code, ExitStatus, Timestamp};
use las_api::{AuditLine, AuditListRequest, AuditVerification, BySequence, ErrorBody, NoArguments};
use las_i18n::Words;
use std::path::Path;

pub(crate) async fn run(context: &Context, verb: AuditVerb) -> Result<(), Stop> {
    match verb {
        AuditVerb::List { limit, before } => {
            let lines = lines(context, AuditListRequest { limit, before }).await?;
            context.show(&lines, |lines, view| list_text(lines, view))
        }
        AuditVerb::Show { sequence } => {
            let line: AuditLine = context.ask("audit_show", BySequence { sequence }).await?;
            context.show(&line, show_text)
        }
        AuditVerb::Verify { .. } => report(&context.words, context.output, &verify(context).await?),
        AuditVerb::Export => {
            for line in lines(context, AuditListRequest::default()).await? {
                context.output.json_line(&line)?;
            }
            let verification = verify(context).await?;
            for checkpoint in &verification.checkpoints {
                context.output.json_line(checkpoint)?;
            }
            // What is damaged is exported as it is, and said to be so.
            conclude(&context.words, context.output, &verification)
        }
    }
}

async fn lines(context: &Context, request: AuditListRequest) -> Result<Vec<AuditLine>, Stop> {
    context.ask("audit_list", request).await
}

async fn verify(context: &Context) -> Result<AuditVerification, Stop> {
    context.ask("audit_verify", NoArguments {}).await
}

/// Checks a ledger that was exported: needs no core.
pub(crate) fn verify_file(words: &Words, output: Output, path: &Path) -> Result<(), Stop> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let code = if missing { Code::FileNotFound } else { Code::IoFailed };
        let args = [("path".to_owned(), name.clone()), ("detail".to_owned(), error.to_string())];
        ErrorBody { args: args.into(), ..ErrorBody::new(code) }
    })?;
    report(words, output, &las_app::verify_export(&name, &text))
}

fn report(words: &Words, output: Output, verification: &AuditVerification) -> Result<(), Stop> {
    if output.form == Form::Json {
        output.document(verification)?;
    } else if verification.ok {
        output.data(&verified(verification, &View { words, paint: output.paint() }))?;
    }
    conclude(words, output, verification)
}

/// A ledger that is not whole ends the command as a failed integrity check.
fn conclude(words: &Words, output: Output, verification: &AuditVerification) -> Result<(), Stop> {
    match &verification.failure {
        None => Ok(()),
        Some(failure) => {
            output.tell_failure(words, failure);
            Err(Stop::Status(ExitStatus::Integrity))
        }
    }
}

/// What was checked, and what could not be.
fn verified(verification: &AuditVerification, view: &View<'_>) -> String {
    let head = verification.head.clone().unwrap_or_else(render::dash);
    let count = verification.count.to_string();
    let whole = view.words.text("cli-audit-verified", &[("count", &count), ("head", &head)]);
    let anchor = match (verification.anchored, verification.anchor_signed) {
        (None, _) => view.word("cli-audit-anchor-none"),
        (Some(lines), true) => view.words.text("cli-audit-anchor-signed", &[("count", &lines.to_string())]),
        (Some(lines), false) => view.words.text("cli-audit-anchor-plain", &[("count", &lines.to_string())]),
    };
    let signed = [
        ("count", verification.checkpoints.len().to_string()),
        ("keys", if verification.keys.is_empty() { render::dash() } else { verification.keys.join(", ") }),
    ];
    let signed = signed.each_ref().map(|(name, value)| (*name, value.as_str()));
    let checkpoints = view.words.text("cli-audit-checkpoints", &signed);
    format!("{}\n{anchor}\n{checkpoints}\n", view.paint.good(&whole))
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
