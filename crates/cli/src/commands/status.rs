//! Everything on one screen.

use crate::commands::{doctor, model, operation, service};
use crate::context::{Context, View};
use crate::lines::Lines;
use crate::render;
use crate::stop::Stop;
use crate::table::Table;
use las_api::types::ProfileSource;
use las_api::{EndpointView, MachineSummary, NoArguments, ReadinessView, StatusView, Warning};

pub(crate) async fn show(context: &Context) -> Result<(), Stop> {
    let status: StatusView = context.ask("status_show", NoArguments {}).await?;
    let endpoint: EndpointView = context.ask("endpoint_show", NoArguments {}).await?;
    context.show(&status, |status, view| text(status, &endpoint, view))
}

fn text(status: &StatusView, endpoint: &EndpointView, view: &View<'_>) -> String {
    let words = view.words;
    let mut facts = Table::default();
    let mut fact = |key: &str, value: String| facts.row([view.paint.faint(&view.word(key)), value]);
    fact("cli-status-version", format!("LocalAIStack {}", status.version));
    fact("cli-status-machine", machine(&status.machine, view));
    let tier = status.tier.to_string();
    let name = words.known(&format!("tier-{tier}"), &[]).unwrap_or_default();
    fact("cli-status-tier", render::in_line(&[tier, name]));
    fact("cli-status-readiness", readiness(&status.readiness, view));
    fact("cli-status-home", status.home.clone());
    fact("cli-status-generation", status.generation.to_string());
    fact(
        "cli-status-endpoint",
        status
            .endpoint
            .clone()
            .or_else(|| endpoint.base_url.clone())
            .unwrap_or_else(|| view.word("cli-status-endpoint-closed")),
    );
    let mut text = facts.render(0, view.paint);
    let mut section = |key: &str, body: String| {
        text.add_line("");
        text.add_line(&view.paint.strong(&view.word(key)));
        text += &body;
    };
    section("cli-status-services", or_none(service::list_text(&status.services, view), view));
    section("cli-status-models", or_none(model::list_text(&status.models, view), view));
    if !status.operations.is_empty() {
        section("cli-status-operations", operation::list_text(&status.operations, view));
    }
    if let Some(last) = &status.last_operation {
        section("cli-status-last-operation", operation::list_text(std::slice::from_ref(last), view));
    }
    let drifted = status.reconciled.as_ref().map_or(&[][..], |reconciled| &reconciled.findings);
    if !drifted.is_empty() {
        section(
            "cli-status-drift",
            drifted.iter().map(|finding| doctor::finding(finding, view)).collect::<String>(),
        );
    }
    if !status.warnings.is_empty() {
        section(
            "cli-status-warnings",
            status.warnings.iter().map(|warning| self::warning(warning, view)).collect(),
        );
    }
    text
}

/// Ready, or which part isn't.
fn readiness(readiness: &ReadinessView, view: &View<'_>) -> String {
    if readiness.ready {
        return view.paint.good(&view.word("ready-yes"));
    }
    let missing = readiness.parts.iter().filter(|part| !part.ready);
    let parts = render::joined(missing.map(|part| view.value("ready-part", &part.part)));
    view.paint.bad(&view.words.text("ready-no", &[("parts", &parts)]))
}

fn or_none(text: String, view: &View<'_>) -> String {
    if text.is_empty() { format!("  {}\n", view.paint.faint(&view.word("cli-none"))) } else { text }
}

fn warning(warning: &Warning, view: &View<'_>) -> String {
    let details = crate::output::details_text(view.words, &warning.details);
    format!(
        "  {} {}\n{}",
        view.paint.caution("!"),
        view.words.text_with(&format!("warning-{}", warning.key), &warning.args),
        details.lines().map(|line| format!("  {line}\n")).collect::<String>()
    )
}

fn machine(machine: &MachineSummary, view: &View<'_>) -> String {
    let words = view.words;
    let mut parts = vec![
        machine.cpu.trim().to_owned(),
        words.text("cli-count-cores", &[("count", &machine.cores.to_string())]),
        words.text(
            "cli-machine-memory",
            &[("total", &machine.memory_total.to_string()), ("free", &machine.memory_available.to_string())],
        ),
    ];
    if machine.gpus.is_empty() {
        parts.push(view.word("cli-machine-no-gpu"));
    }
    parts.extend(
        machine
            .gpus
            .iter()
            .map(|(name, memory)| if memory.bytes() > 0 { format!("{name} {memory}") } else { name.clone() }),
    );
    parts.push(words.text("cli-machine-disk", &[("free", &machine.disk_free.to_string())]));
    if let ProfileSource::Recorded { path } = &machine.source {
        parts.push(view.paint.caution(&words.text("cli-machine-recorded", &[("path", path)])));
    }
    parts.retain(|part| !part.is_empty());
    render::in_line(&parts)
}
