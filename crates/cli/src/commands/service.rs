//! Services: see, start, stop, hear.

use crate::arguments::Consent;
use crate::arguments::ServiceVerb;
use crate::change;
use crate::context::{Context, Core, View};
use crate::lines::Lines;
use crate::output::Form;
use crate::render;
use crate::stop::Stop;
use las_api::types::{
    Code, Exit, Intent, LimitsSection, LogLine, LogPage, LogStream, ModuleName, ProbeMiss, ServiceName,
    ServiceStatus, Shortfall,
};
use las_api::{ErrorBody, NoArguments, ServiceLogRequest};

pub(crate) async fn run(context: &Context, verb: ServiceVerb) -> Result<(), Stop> {
    // What runs needs no consent: nothing is installed or removed.
    let consent = Consent { yes: true };
    match verb {
        ServiceVerb::List => {
            let services: Vec<ServiceStatus> = context.ask("service_list", NoArguments {}).await?;
            context.show(&services, |services, view| {
                let text = list_text(services, view);
                if text.is_empty() { format!("{}\n", view.paint.faint(&view.word("cli-none"))) } else { text }
            })
        }
        ServiceVerb::Start { name } => {
            change::change(context, Intent::ServiceStart { service: named(&name)? }, consent).await?;
            stay(context).await
        }
        ServiceVerb::Restart { name } => {
            change::change(context, Intent::ServiceRestart { service: named(&name)? }, consent).await?;
            stay(context).await
        }
        ServiceVerb::Stop { name } => {
            change::change(context, Intent::ServiceStop { service: named(&name)? }, consent).await
        }
        ServiceVerb::Health { name } => {
            let services: Vec<ServiceStatus> = context.ask("service_list", NoArguments {}).await?;
            let found = services.into_iter().find(|service| service.name.as_str() == name.as_str());
            let missing = || Stop::from(ErrorBody::new(Code::ServiceNotFound).with("name", &name));
            let service = found.ok_or_else(missing)?;
            context.show(&service, health_text)
        }
        ServiceVerb::Logs { name, follow, lines, contains } => {
            let request = ServiceLogRequest { name: named(&name)?, lines, after: None, contains, wait: None };
            if !follow {
                let page: LogPage = context.ask("service_logs", request).await?;
                return context
                    .show(&page, |page, view| page.lines.iter().map(|line| shown(line, view)).collect());
            }
            tokio::select! {
                ended = keep_showing(context, request) => ended,
                interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Stop::defect),
            }
        }
    }
}

/// How one service is, a fact a line, and its last moments.
fn health_text(service: &ServiceStatus, view: &View<'_>) -> String {
    let mut table = view.heading(&[]);
    let mut fact = |key: &str, value: String| {
        table.row([view.paint.faint(&view.word(key)), value]);
    };
    fact(
        "health-state",
        format!("{} {}", render::service_standing(service, view), render::moment(service.since)),
    );
    for (what, remedy) in service.degraded.iter().map(|short| lacking(short, view)) {
        fact("health-degraded", what);
        fact("health-remedy", remedy);
    }
    if !service.ports.is_empty() {
        fact("health-ports", render::joined(service.ports.values()));
    }
    if let Some(taken) = service.taken {
        fact("health-memory", taken.memory.to_string());
        fact("health-processes", taken.processes.to_string());
        fact("health-cpu", format!("{}.{:03} s", taken.cpu_ms / 1000, taken.cpu_ms % 1000));
    }
    if !service.limited_to.is_empty() {
        let held = service.limits.map(|level| format!(" ({})", view.value("limit-level", &level)));
        fact("health-limits", render::joined(limits(&service.limited_to, view)) + &held.unwrap_or_default());
    }
    if let Some(level) = service.sandbox {
        fact("health-sandbox", view.value("sandbox-level", &level));
    }
    if let Some(probe) = &service.probe {
        let said = match &probe.miss {
            None => view.paint.good(&view.word("probe-passed")),
            Some(miss) => view.paint.bad(&probe_miss(miss, view)),
        };
        fact("health-probe", format!("{said} {}", render::moment(probe.at)));
    }
    fact("health-restarts", service.restarts.to_string());
    for moment in &service.moments {
        let state = render::service_state(moment.state, view);
        let why = moment.code.map(|code| format!(" {}", cause(code, view))).unwrap_or_default();
        let how = moment.exit.map(|exit| format!(" ({})", self::exit(exit, view))).unwrap_or_default();
        table.row([render::moment(moment.at), state + &why + &how]);
    }
    table.render(0, view.paint)
}

/// What a service has less of than was planned, and what would help.
fn lacking(short: &Shortfall, view: &View<'_>) -> (String, String) {
    let key = format!("error-{}", short.code);
    let remedy = view.words.attribute_with(&key, "remedy", &short.args);
    (view.words.text_with(&key, &short.args), remedy.unwrap_or_default())
}

/// What a service may take at most, one text each.
fn limits(to: &LimitsSection, view: &View<'_>) -> Vec<String> {
    let count =
        |key: &str, of: Option<u32>| of.map(|of| view.words.text(key, &[("count", &*of.to_string())]));
    let memory = to.memory.map(|size| view.words.text("limit-memory", &[("size", &*size.to_string())]));
    let cpu =
        to.cpu_percent.map(|percent| view.words.text("limit-cpu", &[("percent", &*percent.to_string())]));
    let all = [memory, cpu, count("limit-processes", to.processes), count("limit-files", to.files)];
    all.into_iter().flatten().collect()
}

/// Why a service did not go on, in a few words.
fn cause(code: Code, view: &View<'_>) -> String {
    let known = matches!(
        code,
        Code::ServiceEnded
            | Code::EngineStopped
            | Code::ServiceHung
            | Code::ProgramStartFailed
            | Code::EngineStartFailed
            | Code::EngineProjectorRefused
            | Code::PortTaken
            | Code::GpuUnavailable
            | Code::LimitsUnavailable
            | Code::SandboxUnavailable
    );
    view.word(&if known { format!("cause-{}", code.as_str()) } else { "cause-other".to_owned() })
}

/// How its program ended.
fn exit(exit: Exit, view: &View<'_>) -> String {
    match exit {
        Exit::Status { number } => view.words.text("exit-status", &[("number", &*number.to_string())]),
        Exit::Signal { number } => view.words.text("exit-signal", &[("number", &*number.to_string())]),
    }
}

fn probe_miss(miss: &ProbeMiss, view: &View<'_>) -> String {
    match miss {
        ProbeMiss::Late { seconds } => view.words.text("probe-late", &[("seconds", &*seconds.to_string())]),
        ProbeMiss::Unreachable { detail } => {
            view.words.text("probe-unreachable", &[("detail", detail.as_str())])
        }
        ProbeMiss::Status { status } => view.words.text("probe-status", &[("status", &*status.to_string())]),
        ProbeMiss::Exit { detail } => view.words.text("probe-exit", &[("detail", detail.as_str())]),
        ProbeMiss::NoLine => view.word("probe-no_line"),
        ProbeMiss::NoPort => view.word("probe-no_port"),
    }
}

/// A line as it is in the log.
fn shown(line: &LogLine, view: &View<'_>) -> String {
    if line.stream == LogStream::Note {
        let text = view.words.text("log-left-out", &[("count", line.text.as_str())]);
        return format!("{}\n", view.paint.caution(&text));
    }
    let text = line.to_string();
    let (before, said) = text.split_at(text.len() - line.text.len());
    format!("{}{said}\n", view.paint.faint(before))
}

/// Shows lines as they come.
async fn keep_showing(context: &Context, mut request: ServiceLogRequest) -> Result<(), Stop> {
    const WAIT: u64 = 20;
    loop {
        let page: LogPage = context.ask("service_logs", request.clone()).await?;
        if page.missed {
            context.output.note(&context.word("log-missed"));
        }
        for line in &page.lines {
            match context.output.form {
                Form::Json => context.output.json_line(line)?,
                Form::Text => context.output.data(&shown(line, &context.view()))?,
            }
        }
        (request.after, request.wait, request.lines) = (Some(page.next), Some(WAIT), Some(u64::MAX));
    }
}

fn named(module: &ModuleName) -> Result<ServiceName, Stop> {
    module.as_str().parse().map_err(|_| Stop::code(Code::ServiceNotFound))
}

/// Without a core elsewhere the service lives as long as this command: on a terminal that is until
/// it is interrupted, in a script it ends now, and that is said.
async fn stay(context: &Context) -> Result<(), Stop> {
    if context.core == Core::Elsewhere {
        return Ok(());
    }
    if context.output.form == Form::Text && context.output.can_ask() {
        context.output.note(&context.word("cli-service-until-interrupted"));
        return tokio::signal::ctrl_c().await.map_err(Stop::defect);
    }
    context.output.note(&context.word("cli-service-ends-with-command"));
    Ok(())
}

/// A table, or nothing if there are none.
pub(crate) fn list_text(services: &[ServiceStatus], view: &View<'_>) -> String {
    if services.is_empty() {
        return String::new();
    }
    let mut table = view.heading(&["name", "state", "since", "program", "ports", "restarts", "memory"]);
    for service in services {
        let engine = match service.report.as_ref().map(|report| report.version.as_str()) {
            Some(version) if !version.is_empty() => format!("{} {version}", service.module),
            _ => service.module.to_string(),
        };
        table.row([
            service.name.to_string(),
            render::service_standing(service, view),
            render::moment(service.since),
            engine,
            if service.ports.is_empty() { render::dash() } else { render::joined(service.ports.values()) },
            service.restarts.to_string(),
            service.memory.map_or_else(render::dash, |size| size.to_string()),
        ]);
    }
    let mut text = table.render(2, view.paint);
    for (what, remedy) in
        services.iter().flat_map(|service| &service.degraded).map(|short| lacking(short, view))
    {
        text.add_line(&format!("  {} {what}", view.paint.caution("!")));
        text.add_line(
            &view.paint.faint(&format!("  {}", view.words.text("cli-remedy-line", &[("remedy", &*remedy)]))),
        );
    }
    for service in services.iter().filter(|service| !service.last_lines.is_empty()) {
        text.add_line(&format!(
            "  {}",
            view.words.text("cli-service-last-lines", &[("name", service.name.as_str())])
        ));
        text += &service.last_lines.iter().map(|line| format!("    {line}\n")).collect::<String>();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{health_text, list_text};
    use crate::context::View;
    use crate::output::Paint;
    use las_api::types::{Code, ServiceState, ServiceStatus, Shortfall, Timestamp};
    use las_i18n::Words;

    fn degraded() -> ServiceStatus {
        let name = "talk".parse().unwrap();
        let module = "llama.cpp".parse().unwrap();
        let short = Shortfall::new(Code::EngineLayersShort)
            .with("name", "talk")
            .with("on_gpu", 0)
            .with("of", 25)
            .with("planned", 25)
            .with("reason", "no-library")
            .with("detail", "");
        let idle = ServiceStatus::new(name, module, ServiceState::Ready, Timestamp::UNIX_EPOCH);
        ServiceStatus { degraded: vec![short], ..idle }
    }

    #[test]
    fn a_service_with_less_than_planned_says_what_why_and_what_to_do() {
        let words = Words::for_user(Some("en"));
        let view = View { words: &words, paint: Paint { on: false } };
        for text in [list_text(&[degraded()], &view), health_text(&degraded(), &view)] {
            for part in
                ["degraded", "0 of 25 layers on the GPU", "the driver library is missing", "Install the"]
            {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert!(!text.contains(" ready"), "{text}");
        }
        let finding = view.words.text_with("finding-engine-layers-short", &degraded().degraded[0].args);
        assert!(finding.contains("0 of 25 layers on the GPU"), "{finding}");
    }
}
