//! Models that other tools keep: find, adopt.

use crate::arguments::ModelScanArguments;
use crate::change;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::types::{Failure, ImportMode, Intent};
use las_api::{ErrorBody, ModelScanRequest, ModelScanView, ScannedModelView};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(crate) async fn run(context: &Context, asked: ModelScanArguments) -> Result<(), Stop> {
    let folder = asked.folder.as_deref().map(absolute).transpose()?;
    let mut paths = asked.adopt.iter().map(|path| absolute(path)).collect::<Result<Vec<_>, _>>()?;
    if paths.is_empty() {
        let found: ModelScanView = context.ask("model_scan", ModelScanRequest { folder }).await?;
        if !asked.all {
            return context.show(&found, scan_text);
        }
        for failure in &found.failures {
            context.output.note(&render::error(failure, &context.view()));
        }
        let open = |one: &&ScannedModelView| one.refusal.is_none() && one.scanned.installed.is_none();
        paths.extend(found.models.iter().filter(open).map(|one| one.scanned.path.clone()));
    }
    let mode = match (asked.copy, asked.reference) {
        (true, _) => Some(ImportMode::Copy),
        (false, true) => Some(ImportMode::Reference),
        (false, false) => None,
    };
    change::change(context, Intent::ModelAdopt { paths, name: asked.name, mode }, asked.consent).await
}

pub(super) fn absolute(path: &Path) -> Result<String, Stop> {
    let whole: PathBuf =
        std::path::absolute(path).map_err(|error| Stop::from(ErrorBody::from(Failure::io(path, error))))?;
    Ok(whole.display().to_string())
}

fn scan_text(found: &ModelScanView, view: &View<'_>) -> String {
    let mut text = String::new();
    for failure in &found.failures {
        let _ = writeln!(text, "{}", view.paint.caution(&render::error(failure, view)));
    }
    if found.models.is_empty() {
        let _ = writeln!(text, "{}", view.paint.faint(&view.word("cli-none")));
        return text;
    }
    let mut table = view.heading(&["tool", "name", "size", "quantisation", "state", "path"]);
    for one in &found.models {
        let scanned = &one.scanned;
        let named = || Path::new(&scanned.shown).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        table.row([
            view.value("model-tool", &scanned.tool),
            scanned.id.clone().or_else(named).unwrap_or_default(),
            scanned.size.to_string(),
            scanned.quantisation.clone().or_else(|| scanned.format.clone()).unwrap_or_else(render::dash),
            state(one, view),
            scanned.shown.clone(),
        ]);
    }
    text += &table.render(0, view.paint);
    for one in &found.models {
        if let Some(refusal) = &one.refusal {
            let _ = writeln!(text, "{}", view.paint.caution(&render::error(refusal, view)));
        }
    }
    text
}

/// Whether it is here, or how it would come.
fn state(one: &ScannedModelView, view: &View<'_>) -> String {
    match (&one.scanned.installed, &one.scanned.by) {
        (Some(name), _) => view.paint.good(&view.words.text("cli-model-here", &[("name", name.as_str())])),
        (None, Some(by)) if one.scanned.files > 1 => {
            let files = view.words.text("model-file-count", &[("count", &one.scanned.files.to_string())]);
            format!("{}, {files}", view.value("model-adoption", by))
        }
        (None, Some(by)) => view.value("model-adoption", by),
        (None, None) => view.paint.bad(&view.word("cli-model-not-adoptable")),
    }
}
