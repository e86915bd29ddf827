//! Everything on one screen, and what a new machine could do first.

use super::doctor::drifted;
use super::models;
use crate::App;
use las_api::types::ProfileSource;
use las_api::{
    EndpointView, MachineSummary, NoArguments, ReconcileView, RepairedView, SetupGoal, SetupView, StatusView,
    Warning,
};
use las_control::Reconciled;
use las_types::{
    Ability, ByteSize, Code, Executor, Failure, Installed, Intent, ModelFacts, ModuleName, ModuleRequest,
    Requirement,
};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

fn base_url(app: &App) -> Option<String> {
    app.base_url.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pub(super) async fn endpoint(app: &Arc<App>, _: NoArguments) -> Result<EndpointView, Failure> {
    Ok(EndpointView {
        base_url: base_url(app),
        socket: crate::Options::socket(&app.home)?.display().to_string(),
    })
}

pub(super) async fn show(app: &Arc<App>, _: NoArguments) -> Result<StatusView, Failure> {
    let control = &app.control;
    let profile = control.current_profile();
    let current = control.current().await?;
    Ok(StatusView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        home: app.home.display().to_string(),
        machine: MachineSummary {
            cores: profile.cpu.cores,
            cpu: profile.cpu.model.clone(),
            memory_total: profile.memory.total,
            memory_available: profile.memory.available,
            gpus: profile.gpus.iter().map(|gpu| (gpu.model.clone(), gpu.vram)).collect(),
            disk_free: disk_free(app).await,
            source: profile.source.clone(),
        },
        tier: control.capabilities().tier,
        generation: current.number,
        services: super::machine::all_services(app).await?,
        models: models::views(app).await?,
        operations: [control.running(), control.paused()].concat(),
        last_operation: control.operations(1).await?.into_iter().find(|operation| operation.state.is_final()),
        endpoint: base_url(app),
        warnings: warnings(app, &current.items, &profile.source),
        reconciled: control.reconciled().map(|reconciled| reconcile_view(&reconciled)),
        readiness: app.readiness().await,
    })
}

/// A disk that is gone has no space, and is named as a drift: everything else is still shown.
async fn disk_free(app: &App) -> ByteSize {
    app.executor.free_space().await.unwrap_or_else(|failure| {
        tracing::debug!(%failure, "the data directory's disk can't be asked");
        ByteSize::default()
    })
}

fn reconcile_view(reconciled: &Reconciled) -> ReconcileView {
    ReconcileView {
        at: reconciled.at,
        checked: reconciled.checked,
        findings: reconciled.drifts.iter().filter(|drift| drift.is_open()).map(drifted).collect(),
        repaired: reconciled
            .repaired
            .iter()
            .map(|(at, drift)| RepairedView { at: *at, finding: drifted(drift) })
            .collect(),
    }
}

fn warning(key: &str, args: &[(&str, String)]) -> Warning {
    let args: BTreeMap<_, _> = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Warning { key: key.to_owned(), args, details: Vec::new() }
}

fn answers(facts: &ModelFacts) -> bool {
    facts.abilities.contains(&Ability::Chat)
}

fn warnings(app: &App, items: &[Installed], source: &ProfileSource) -> Vec<Warning> {
    let capabilities = app.control.capabilities();
    let mut all = Vec::new();
    if let ProfileSource::Recorded { path } = source {
        all.push(warning("recorded-profile", &[("path", path.clone())]));
    }
    if let Some(reading) = &app.reading {
        let cause = reading.cause();
        let path = cause.args.get("path").cloned().unwrap_or_default();
        all.push(warning("reading-only", &[("path", path), ("code", cause.code.to_string())]));
    }
    if capabilities.in_a_hole {
        all.push(warning("in-a-hole", &[("tier", capabilities.tier.to_string())]));
    }
    all.extend(super::machine::coverage(app));
    let overrides = app.control.overrides_in_force().len();
    if overrides > 0 {
        all.push(warning("override-active", &[("count", overrides.to_string())]));
    }
    for rejected in app.control.registry().rejected() {
        let args = [("path", rejected.path.clone()), ("code", rejected.failure.code.to_string())];
        all.push(warning("manifest-rejected", &args));
    }
    let mut chat_models =
        items.iter().filter_map(|item| item.model.as_ref()).filter(|facts| answers(facts)).peekable();
    if chat_models.peek().is_some() && chat_models.all(|facts| facts.demonstration) {
        let size = capabilities.max_model_size.map_or_else(|| "none".to_owned(), |size| size.to_string());
        all.push(warning("demonstration-only", &[("size", size)]));
    }
    all
}

/// The first run's offer: the engine and the shipped chat model.
pub(super) async fn setup(app: &Arc<App>, _: NoArguments) -> Result<SetupView, Failure> {
    let installed = app.control.installed().await?;
    let registry = app.control.registry();
    let engine: ModuleName = "llama.cpp".parse().map_err(Failure::internal)?;
    let shipped = registry.models().find(|manifest| {
        manifest.model.as_ref().is_some_and(|model| model.abilities.contains(&Ability::Chat))
    });
    let shipped = shipped.ok_or_else(|| Failure::new(Code::ModelNotFound).with("name", "chat"))?;
    let model = shipped.name.clone();
    let has = |name: &ModuleName| installed.iter().any(|item| item.name == *name);
    let done = has(&engine) && has(&model);
    let any = |name: ModuleName| ModuleRequest { name, requirement: Requirement::any() };
    let goal = SetupGoal {
        id: "chat".to_owned(),
        intent: Intent::ModuleInstall { modules: vec![any(engine), any(model.clone())], mode: None },
        model,
        demonstration: shipped.model.as_ref().is_some_and(|model| model.demonstration),
        done,
    };
    Ok(SetupView { needed: installed.is_empty(), goals: vec![goal] })
}
