//! Models: import, see, verify, remove.

use crate::arguments::{ModelVerb, Pulled};
use crate::change;
use crate::commands::{fit, hub, scan, view};
use crate::context::{Context, View};
use crate::lines::Lines;
use crate::output::details_text;
use crate::render;
use crate::stop::Stop;
use las_api::types::{Code, ExitStatus, Failure, ImportMode, Intent, ModelFacts};
use las_api::{
    ByName, ChatTemplateView, ErrorBody, ModelVerification, ModelView, NoArguments, VerifyRequest,
};

pub(crate) async fn run(context: &Context, verb: ModelVerb) -> Result<(), Stop> {
    match verb {
        ModelVerb::Import { path, copy, name, base, consent, .. } => {
            let path = std::path::absolute(&path)
                .map_err(|error| Stop::from(ErrorBody::from(Failure::io(&path, error))))?;
            let mode = if copy { ImportMode::Copy } else { ImportMode::Reference };
            let intent = Intent::ModelImport { path: path.display().to_string(), mode, name, base };
            change::change(context, intent, consent).await
        }
        ModelVerb::List => {
            let models: Vec<ModelView> = context.ask("model_list", NoArguments {}).await?;
            context.show(&models, |models, view| {
                let text = list_text(models, view);
                if text.is_empty() { format!("{}\n", view.paint.faint(&view.word("cli-none"))) } else { text }
            })
        }
        ModelVerb::Pull(asked) => {
            let (source, revision, name, digest) = (asked.source, asked.revision, asked.name, asked.sha256);
            let invalid = |detail: &str| {
                Stop::from(ErrorBody::from(Failure::new(Code::RequestInvalid).with("detail", detail)))
            };
            let intent = match asked.what {
                Pulled::Repository(..) if digest.is_some() => {
                    return Err(invalid("--sha256: only with an address"));
                }
                Pulled::Repository(id, file) => Intent::ModelPull { id, file, source, revision, name },
                Pulled::Address(_) if source.is_some() || revision.is_some() => {
                    return Err(invalid("--source, --revision: not with an address"));
                }
                Pulled::Address(url) => Intent::ModelPullAddress { url, digest, name },
            };
            change::change(context, intent, asked.consent).await
        }
        ModelVerb::Scan(asked) => scan::run(context, asked).await,
        ModelVerb::View(verb) => view::run(context, verb).await,
        ModelVerb::Fit(asked) => fit::show(context, asked).await,
        ModelVerb::Search(asked) => hub::search(context, asked).await,
        ModelVerb::Show(asked) => hub::show(context, asked).await,
        ModelVerb::Template { name } => {
            let templates: Vec<ChatTemplateView> = context.ask("model_template", ByName { name }).await?;
            context.show(&templates, |templates, view| templates_text(templates, view))
        }
        ModelVerb::Verify { name } => {
            let results: Vec<ModelVerification> = context.ask("model_verify", VerifyRequest { name }).await?;
            context.show(&results, |results, view| verify_text(results, view))?;
            match worst(&results) {
                Some(status) => Err(Stop::Status(status)),
                None => Ok(()),
            }
        }
        ModelVerb::Repair { names, consent } => {
            let intent = Intent::DoctorRepair { modules: names, others: Vec::new() };
            change::change(context, intent, consent).await
        }
        ModelVerb::Remove { names, consent } => {
            change::change(context, Intent::ModuleRemove { modules: names, purge: false }, consent).await
        }
    }
}

/// A table, or nothing if there are none.
pub(crate) fn list_text(models: &[ModelView], view: &View<'_>) -> String {
    if models.is_empty() {
        return String::new();
    }
    let mut table = view.heading(&[
        "name",
        "parameters",
        "quantisation",
        "context",
        "size",
        "abilities",
        "placement",
        "verified",
        "loaded",
    ]);
    for model in models {
        let facts = &model.facts;
        let mut name = model.name.to_string();
        if facts.demonstration {
            name.push(' ');
            name += &view.paint.caution(&view.word("cli-model-demonstration"));
        }
        if facts.code.is_some() {
            name.push(' ');
            name += &view.paint.caution(&view.word("cli-model-code"));
        }
        if let Some(base) = &model.base {
            name += " → ";
            name += base.as_str();
        } else if let Some(base) = claimed_base(facts) {
            name += " → ";
            name += &view.paint.caution(&view.words.text("cli-model-base-absent", &[("base", base)]));
        }
        table.row([
            name,
            render::parameters(facts.parameters),
            facts.quantisation.clone(),
            if facts.context == 0 { render::dash() } else { facts.context.to_string() },
            model.size.to_string(),
            render::abilities(facts, view),
            placement(model, view),
            last_read(model, view),
            model.loaded.map_or_else(render::dash, |state| render::service_state(state, view)),
        ]);
    }
    table.render(2, view.paint)
}

/// Each template under its name and digest. It was written by strangers: what would act on a terminal is shown as it is written.
fn templates_text(templates: &[ChatTemplateView], view: &View<'_>) -> String {
    if templates.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut text = String::new();
    for template in templates {
        text.add_line(&view.paint.strong(&format!("{}  {}", template.name, template.digest)));
        for line in template.text.lines() {
            text.add_line(&shown_plainly(line));
        }
    }
    text
}

fn shown_plainly(line: &str) -> String {
    let plain = |sign: char| sign == '\t' || !sign.is_control();
    line.chars()
        .map(|sign| if plain(sign) { sign.to_string() } else { sign.escape_default().to_string() })
        .collect()
}

/// The base that an adapter names and that is not here.
fn claimed_base(facts: &ModelFacts) -> Option<&str> {
    let said = facts.adapter.as_ref()?;
    said.base_repository.as_ref().map(las_api::types::RepositoryId::as_str).or(said.base_name.as_deref())
}

/// When its bytes were last read, or what was found.
pub(crate) fn last_read(model: &ModelView, view: &View<'_>) -> String {
    match model.last_read {
        None => view.paint.faint(&view.word("cli-model-never-read")),
        Some(last) if last.whole => render::moment(last.at),
        Some(_) => view.paint.bad(&view.word("cli-model-damaged")),
    }
}

fn placement(model: &ModelView, view: &View<'_>) -> String {
    use las_api::types::{Arrival, Placement};
    if let Arrival::Adopted { adoption, .. } = &model.package.arrival {
        return view.value("model-adoption", &adoption.by);
    }
    match &model.placement {
        Placement::Store { .. } => view.word("placement-store"),
        Placement::Blob => view.word("placement-blob"),
        Placement::Reference { .. } => view.word("placement-reference"),
    }
}

fn verify_text(results: &[ModelVerification], view: &View<'_>) -> String {
    if results.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut table = view.heading(&["name", "state"]);
    for result in results {
        let state = match &result.failure {
            None => view.paint.good(&view.word("cli-model-verified")),
            Some(failure) => view.paint.bad(&render::error(failure, view)),
        };
        table.row([result.name.to_string(), state]);
    }
    let damaged = results.iter().filter_map(|result| result.failure.as_ref());
    let details: String = damaged.map(|failure| details_text(view.words, &failure.details)).collect();
    table.render(0, view.paint) + &details
}

/// The status of the first failure.
fn worst(results: &[ModelVerification]) -> Option<ExitStatus> {
    results.iter().find_map(|result| result.failure.as_ref()).map(|failure| failure.code.exit_status())
}

#[cfg(test)]
mod tests {
    use super::worst;
    use las_api::types::{Code, ExitStatus};
    use las_api::{ErrorBody, ModelVerification};

    #[test]
    fn one_damaged_model_is_a_failed_integrity_check() {
        let result = |code: Option<Code>| ModelVerification {
            name: "a".parse().unwrap(),
            failure: code.map(ErrorBody::new),
        };
        assert_eq!(worst(&[result(None)]), None);
        assert_eq!(worst(&[result(None), result(Some(Code::ModelDamaged))]), Some(ExitStatus::Integrity));
    }
}
