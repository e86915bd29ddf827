//! Modules: see, find, plan, install, upgrade, hold, go back, remove.

use crate::arguments::ModuleVerb;
use crate::change;
use crate::context::{Context, View};
use crate::output::{Form, Output, details_text};
use crate::render;
use crate::stop::Stop;
use crate::table::Table;
use las_api::types::{Category, Intent, ModuleState, ModuleVersion, Origin, RuntimeMode, SourceUrl};
use las_api::{
    ByName, ModuleListRequest, ModuleSearchRequest, ModuleView, NoArguments, RegistryView, ReleaseView,
};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) async fn run(context: &Context, verb: ModuleVerb) -> Result<(), Stop> {
    match verb {
        ModuleVerb::List { installed, available, category } => {
            let wanted = match (installed, available) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            };
            list(context, wanted, category).await
        }
        ModuleVerb::Search { words } => {
            let language = Some(context.words.language().to_owned());
            let request = ModuleSearchRequest { words: words.join(" "), language };
            let modules: Vec<ModuleView> = context.ask("module_search", request).await?;
            context.show(&modules, |modules, view| list_text(modules, view))
        }
        ModuleVerb::Show { name } => {
            let module: ModuleView = context.ask("module_show", ByName { name }).await?;
            context.show(&module, show_text)
        }
        // Needs no core.
        ModuleVerb::Source { .. } => Ok(()),
        ModuleVerb::Plan { modules, mode } => {
            let plan = change::plan(context, Intent::ModuleInstall { modules, mode }).await?;
            change::show_plan(context, &plan)
        }
        ModuleVerb::Install { modules, mode, consent } => {
            change::change(context, Intent::ModuleInstall { modules, mode }, consent).await
        }
        ModuleVerb::Upgrade { names, consent } => {
            change::change(context, Intent::ModuleUpgrade { modules: names }, consent).await
        }
        ModuleVerb::Pin { module: ModuleVersion { name, version }, consent } => {
            change::change(context, Intent::ModulePin { module: name, version }, consent).await
        }
        ModuleVerb::Unpin { name, consent } => {
            change::change(context, Intent::ModuleUnpin { module: name }, consent).await
        }
        ModuleVerb::Rollback { name, consent } => {
            change::change(context, Intent::ModuleRollback { module: name }, consent).await
        }
        ModuleVerb::Remove { names, purge, consent } => {
            change::change(context, Intent::ModuleRemove { modules: names, purge }, consent).await
        }
    }
}

/// What the manifest of a module that comes from an archive says of it, as it is written there.
pub(crate) fn describe_source(
    output: Output,
    archive: &Path,
    folder: Option<String>,
    urls: Vec<SourceUrl>,
) -> Result<(), Stop> {
    let (source, integrity) = las_app::describe_archive(archive, folder, urls)?;
    let sections = serde_json::json!({ "source": source, "integrity": integrity });
    if output.form == Form::Json {
        return output.document(&sections);
    }
    let mut text = String::new();
    for (section, fields) in sections.as_object().into_iter().flatten() {
        let _ = writeln!(text, "{section}:"); // a text takes everything
        for (field, value) in fields.as_object().into_iter().flatten() {
            // What is said by being absent is not written.
            if !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()) {
                let _ = writeln!(text, "  {field}: {value}");
            }
        }
    }
    output.data(&text)
}

/// Lists modules; `installed` says which, if only some.
async fn list(context: &Context, installed: Option<bool>, category: Option<Category>) -> Result<(), Stop> {
    let mut modules: Vec<ModuleView> = context.ask("module_list", ModuleListRequest { category }).await?;
    modules.retain(|module| installed.is_none_or(|wanted| module.installed.is_some() == wanted));
    // What is missing from the list, and whom to thank for what is on it.
    let registries: Vec<RegistryView> = context.ask("registry_list", NoArguments {}).await?;
    context.show(&modules, |modules, view| {
        let warned = registries.iter().flat_map(|registry| super::registry::warnings(registry, view));
        let lines: String = warned.map(|line| format!("{line}\n")).collect();
        format!("{}{lines}", list_text(modules, view))
    })
}

fn list_text(modules: &[ModuleView], view: &View<'_>) -> String {
    if modules.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut table = view.heading(&["name", "version", "category", "state", "description"]);
    for module in modules {
        let version = module
            .installed
            .as_ref()
            .or(module.versions.first())
            .map_or_else(render::dash, ToString::to_string);
        table.row([
            module.name.to_string(),
            match &module.pinned {
                Some(_) => view.words.text("cli-module-held", &[("version", &version)]),
                None => version,
            },
            view.value("category", &module.category),
            state(module, view),
            module.description.clone(),
        ]);
    }
    table.render(0, view.paint)
}

fn state(module: &ModuleView, view: &View<'_>) -> String {
    if module.refusal.is_some() && module.installed.is_none() {
        return view.paint.bad(&view.word("cli-module-refused"));
    }
    let word = view.value("module-state", &module.state);
    match module.state {
        ModuleState::Running | ModuleState::Installed => view.paint.good(&word),
        ModuleState::Failed => view.paint.bad(&word),
        _ => word,
    }
}

/// Where a version comes from, and what it hides.
fn from(release: &ReleaseView, view: &View<'_>) -> String {
    let origin = view.value("registry-origin", &release.origin);
    let version = release.version.to_string();
    let hides: Vec<String> = release.hides.iter().map(|one| view.value("registry-origin", one)).collect();
    let hidden = render::joined(&hides);
    let key = if hides.is_empty() { "module-from" } else { "module-from-hiding" };
    let args = [("version", &*version), ("origin", &*origin), ("path", &*release.path), ("hidden", &*hidden)];
    view.words.text(key, &args)
}

fn show_text(module: &ModuleView, view: &View<'_>) -> String {
    let mut table = Table::default();
    let mut fact = |key: &str, value: String| table.row([view.paint.faint(&view.word(key)), value]);
    fact("cli-column-category", view.value("category", &module.category));
    fact("cli-column-state", state(module, view));
    fact("cli-module-installed", module.installed.as_ref().map_or_else(render::dash, ToString::to_string));
    if let Some(pinned) = &module.pinned {
        fact("cli-module-pinned", view.paint.caution(&pinned.to_string()));
    }
    if let Some(previous) = &module.previous {
        fact("cli-module-previous", previous.to_string());
    }
    fact("cli-module-versions", render::joined(&module.versions));
    if module.modes.len() > 1 {
        let mode = |mode: &RuntimeMode| view.value("mode", mode);
        fact("cli-module-modes", render::joined(module.modes.iter().map(mode)));
    }
    if let Some(mode) = module.mode.filter(|_| module.modes.len() > 1) {
        fact("cli-module-mode", view.value("mode", &mode));
    }
    fact("cli-column-license", module.license.clone().unwrap_or_else(render::dash));
    for (key, list) in [
        ("cli-module-provides", render::joined(&module.provides)),
        ("cli-module-conflicts", render::joined(&module.conflicts)),
        ("cli-module-least", module.minimum_useful_version.iter().map(ToString::to_string).collect()),
    ] {
        if !list.is_empty() {
            fact(key, list);
        }
    }
    for release in module.releases.iter().filter(|one| one.origin != Origin::Builtin || !one.hides.is_empty())
    {
        fact("cli-module-from", from(release, view));
    }
    if let Some(deprecation) = &module.deprecation {
        let since = deprecation.since.to_string();
        let args = [("since", since.as_str()), ("reason", deprecation.reason.as_str())];
        fact("cli-module-deprecated", view.paint.caution(&view.words.text("module-deprecated-since", &args)));
        if let Some(next) = &deprecation.superseded_by {
            fact("cli-module-successor", next.to_string());
        }
    }
    if let Some(refusal) = &module.refusal {
        fact("cli-module-refusal", view.paint.bad(&render::error(refusal, view)));
        if let Some(remedy) =
            view.words.attribute_with(&format!("error-{}", refusal.code), "remedy", &refusal.args)
        {
            fact("cli-module-remedy", remedy);
        }
    }
    let details = module.refusal.as_ref().map(|refusal| details_text(view.words, &refusal.details));
    format!(
        "{}\n{}\n{}{}",
        view.paint.strong(module.name.as_str()),
        module.description,
        table.render(0, view.paint),
        details.unwrap_or_default()
    )
}
