//! Modules: what there is, what is installed, and why something can't be.

use super::search::Wanted;
use crate::App;
use las_api::{ByName, ErrorBody, ModuleListRequest, ModuleSearchRequest, ModuleView, ReleaseView};
use las_registry::Release;
use las_state::ModuleRecord;
use las_types::{
    Category, Code, Failure, Generation, Installed, Manifest, ModuleName, ModuleRequest, ModuleState, Pin,
    Provided, Requirement,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) async fn list(app: &Arc<App>, request: ModuleListRequest) -> Result<Vec<ModuleView>, Failure> {
    let kept = Kept::of(app).await?;
    let mut views = views(app, &kept, &known(app, &kept)).await?;
    views.retain(|view| request.category.is_none_or(|category| category == view.category));
    Ok(views)
}

pub(super) async fn search(app: &Arc<App>, request: ModuleSearchRequest) -> Result<Vec<ModuleView>, Failure> {
    let kept = Kept::of(app).await?;
    let wanted = Wanted::new(&request.words, request.language.as_deref());
    let mut found = Vec::new();
    for name in known(app, &kept) {
        let newest = app.control.registry().versions(&name).first();
        let Some(category) = category(newest, kept.item(&name)) else { continue };
        if let Some(fit) = wanted.fit(&name, category, newest) {
            found.push((fit, name));
        }
    }
    found.sort();
    let names: Vec<ModuleName> = found.into_iter().map(|(_, name)| name).collect();
    views(app, &kept, &names).await
}

pub(super) async fn show(app: &Arc<App>, request: ByName) -> Result<ModuleView, Failure> {
    let views = views(app, &Kept::of(app).await?, std::slice::from_ref(&request.name)).await?;
    match views.into_iter().next() {
        Some(view) => Ok(view),
        // A manifest that was rejected says why.
        None => Err(match app.control.registry().find(&any(&request.name)) {
            Err(failure) => failure,
            Ok(_) => Failure::new(Code::ModuleNotFound).with("name", &request.name),
        }),
    }
}

/// Every module of the registries and every one that is installed, by name.
fn known(app: &App, kept: &Kept) -> Vec<ModuleName> {
    let known = app.control.registry().modules().map(|manifest| manifest.name.clone());
    let all: BTreeSet<ModuleName> =
        known.chain(kept.installed().iter().map(|item| item.name.clone())).collect();
    all.into_iter().collect()
}

/// What a module is for, as far as anybody knows it.
fn category(newest: Option<&Manifest>, item: Option<&Installed>) -> Option<Category> {
    newest.map(|manifest| manifest.category).or_else(|| item.map(|item| item.category))
}

fn any(name: &ModuleName) -> ModuleRequest {
    ModuleRequest { name: name.clone(), requirement: Requirement::any() }
}

/// What is installed, what was before, where each module is in its life, and what is held.
struct Kept {
    /// Oldest first; the last is the current one.
    generations: Vec<Generation>,
    records: Vec<ModuleRecord>,
    pins: Vec<Pin>,
}

impl Kept {
    async fn of(app: &App) -> Result<Self, Failure> {
        Ok(Self {
            generations: app.control.generations().await?,
            records: app.control.modules().await?,
            pins: app.control.pins_in_force().await?,
        })
    }

    fn installed(&self) -> &[Installed] {
        self.generations.last().map_or(&[], |current| &current.items)
    }

    fn item(&self, name: &ModuleName) -> Option<&Installed> {
        self.installed().iter().find(|item| item.name == *name)
    }
}

/// The modules of these names that anybody knows. Plans that are never approved tell whether, and why not, they
/// could be installed; all of them look at the machine as it is at one moment.
async fn views(app: &Arc<App>, kept: &Kept, names: &[ModuleName]) -> Result<Vec<ModuleView>, Failure> {
    let registry = app.control.registry();
    let open = |name: &&ModuleName| kept.item(name).is_none() && !registry.versions(name).is_empty();
    let open: Vec<ModuleRequest> = names.iter().filter(open).map(any).collect();
    let refusals = app.control.would_refuse(&open).await?;
    let refusals: BTreeMap<ModuleName, Failure> = open
        .into_iter()
        .zip(refusals)
        .filter_map(|(request, refusal)| Some((request.name, refusal?)))
        .collect();
    Ok(names.iter().filter_map(|name| view(app, kept, name, refusals.get(name))).collect())
}

fn view(app: &App, kept: &Kept, name: &ModuleName, refusal: Option<&Failure>) -> Option<ModuleView> {
    let manifests = app.control.registry().versions(name);
    let item = kept.item(name);
    let newest: Option<&Manifest> = manifests.first();
    // What is installed counts, as far as the registry has it; else what would be.
    let own = item.and_then(|item| manifests.iter().find(|manifest| manifest.version == item.version));
    let described = own.or(newest);
    let least = app.control.registry().least_useful(name);
    Some(ModuleView {
        name: name.clone(),
        category: category(newest, item)?,
        description: newest.map(|manifest| manifest.description.clone()).unwrap_or_default(),
        license: newest
            .map_or_else(|| item.and_then(|item| item.license.clone()), |manifest| manifest.license.clone()),
        versions: manifests.iter().map(|manifest| manifest.version.clone()).collect(),
        installed: item.map(|item| item.version.clone()),
        pinned: kept.pins.iter().find(|pin| pin.module == *name).map(|pin| pin.version.clone()),
        previous: las_control::version_before(&kept.generations, name),
        state: kept
            .records
            .iter()
            .find(|record| record.name == *name)
            .map_or(ModuleState::Available, |record| record.state),
        refusal: refusal.map(ErrorBody::from),
        modes: described.map(Manifest::offered_modes).unwrap_or_default(),
        mode: item.map(Installed::mode),
        provides: newest.map(provided).unwrap_or_default(),
        conflicts: newest.map(|manifest| manifest.conflicts.clone()).unwrap_or_default(),
        deprecation: described.and_then(|manifest| manifest.deprecation.clone()),
        minimum_useful_version: least.cloned(),
        releases: app.control.registry().releases(name).iter().map(release).collect(),
    })
}

fn provided(manifest: &Manifest) -> Vec<Provided> {
    manifest.interfaces.provides.clone()
}

fn release(release: &Release) -> ReleaseView {
    ReleaseView {
        version: release.version.clone(),
        origin: release.origin,
        path: release.path.clone(),
        hides: release.hides.clone(),
    }
}
