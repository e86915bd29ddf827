//! Models that can be had: find, show.

use crate::arguments::{ModelSearchArguments, ModelShowArguments};
use crate::commands::model::last_read;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::types::{FoundModel, Gate, ModelFit};
use las_api::{
    ErrorBody, FoundModelView, ModelRepositoryView, ModelSearchRequest, ModelSearchView, ModelShowRequest,
    ModelView, NoArguments,
};
use std::fmt::{Display, Write as _};

pub(crate) async fn search(context: &Context, asked: ModelSearchArguments) -> Result<(), Stop> {
    let request = ModelSearchRequest {
        words: asked.words.join(" "),
        source: asked.source,
        task: asked.task,
        format: asked.format,
        licence: asked.licence,
        at_most: asked.at_most.map(las_api::types::ByteSize::bytes),
        fits: asked.fits,
        limit: asked.limit,
        cursor: asked.cursor,
    };
    let found: ModelSearchView = context.ask("model_search", request).await?;
    context.show(&found, search_text)
}

pub(crate) async fn show(context: &Context, asked: ModelShowArguments) -> Result<(), Stop> {
    let request = ModelShowRequest { id: asked.id, source: asked.source, revision: asked.revision };
    let shown: ModelRepositoryView = context.ask("model_show", request).await?;
    let here: Vec<ModelView> = if shown.installed.is_empty() {
        Vec::new()
    } else {
        context.ask("model_list", NoArguments {}).await?
    };
    context.show(&shown, |shown, view| show_text(shown, &here, view))
}

fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(render::dash, |value| value.to_string())
}

/// That it is what is known without a network, and why sources did not answer.
pub(crate) fn notes(offline: bool, failures: &[ErrorBody], view: &View<'_>) -> String {
    let mut text = String::new();
    for failure in failures {
        let _ = writeln!(text, "{}", view.paint.caution(&render::error(failure, view)));
    }
    if offline {
        let _ = writeln!(text, "{}", view.paint.caution(&view.word("cli-model-offline")));
    }
    text
}

fn search_text(found: &ModelSearchView, view: &View<'_>) -> String {
    let mut text = notes(found.offline, &found.failures, view);
    if found.models.is_empty() {
        let _ = writeln!(text, "{}", view.paint.faint(&view.word("cli-none")));
        return text;
    }
    let mut table = view.heading(&[
        "name",
        "origin",
        "parameters",
        "size",
        "fit",
        "formats",
        "license",
        "downloads",
        "access",
    ]);
    for FoundModelView { found: model, fit } in &found.models {
        table.row([
            model.id.to_string(),
            model.source.to_string(),
            model.parameters.map_or_else(render::dash, render::parameters),
            or_dash(model.size),
            fit.map_or_else(render::dash, |fit| fitting(fit, view)),
            formats(model),
            or_dash(model.licence.as_ref()),
            or_dash(model.downloads),
            gate(model.gate, view),
        ]);
    }
    text += &table.render(0, view.paint);
    if let Some(next) = &found.next {
        let _ = writeln!(text, "{}", view.paint.faint(&view.words.text("cli-model-next", &[("next", next)])));
    }
    text
}

fn formats(model: &FoundModel) -> String {
    let all = render::joined(model.formats.iter().map(|format| format.as_str()));
    if all.is_empty() { render::dash() } else { all }
}

/// The verdict in a word.
pub(crate) fn fitting(fit: ModelFit, view: &View<'_>) -> String {
    let word = view.value("model-fit", &fit);
    match fit {
        ModelFit::Fits => view.paint.good(&word),
        ModelFit::Limits => view.paint.caution(&word),
        ModelFit::TooLarge => view.paint.bad(&word),
    }
}

fn gate(gate: Gate, view: &View<'_>) -> String {
    let word = view.value("model-gate", &gate);
    if gate == Gate::Open { word } else { view.paint.caution(&word) }
}

fn show_text(shown: &ModelRepositoryView, here: &[ModelView], view: &View<'_>) -> String {
    let repository = &shown.repository;
    let model = &repository.model;
    let mut text = notes(shown.offline, &shown.failures, view);
    let facts = [
        model.id.to_string(),
        model.source.to_string(),
        model.task.clone().unwrap_or_default(),
        model.parameters.map(render::parameters).unwrap_or_default(),
        model.licence.clone().unwrap_or_default(),
        gate(model.gate, view),
    ];
    let _ = writeln!(text, "{}", render::in_line(&facts));
    let commit = repository.commit.as_ref().map(ToString::to_string).unwrap_or_default();
    let context = repository.context.map(|context| context.to_string());
    let context = context.map(|tokens| view.words.text("cli-model-context", &[("tokens", &tokens)]));
    let _ = writeln!(
        text,
        "{}",
        render::in_line(&[repository.revision.to_string(), commit, context.unwrap_or_default()])
    );
    let mut table = view.heading(&["path", "size", "digest"]);
    for file in &repository.files {
        table.row([file.path.to_string(), or_dash(file.size), or_dash(file.sha256)]);
    }
    text += &table.render(2, view.paint);
    for package in &shown.installed {
        let args = [("name", package.name.as_str()), ("version", &*package.version.to_string())];
        let _ = writeln!(text, "{}", view.paint.good(&view.words.text("cli-model-installed", &args)));
        for model in here.iter().filter(|model| model.name == package.name) {
            let when = last_read(model, view);
            let _ = writeln!(text, "{}", view.words.text("cli-model-last-read", &[("when", &when)]));
        }
    }
    text
}
