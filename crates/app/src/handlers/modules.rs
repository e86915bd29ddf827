//! Modules: what there is, what is installed, and why something can't be.

use crate::App;
use las_api::{ByName, ErrorBody, ModuleListRequest, ModuleView, ReleaseView};
use las_registry::Release;
use las_state::ModuleRecord;
use las_types::{
    Code, Failure, Generation, Installed, Intent, Manifest, ModuleName, ModuleRequest, ModuleState, Pin,
    Provided, Requirement,
};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) async fn list(app: &Arc<App>, request: ModuleListRequest) -> Result<Vec<ModuleView>, Failure> {
    let kept = Kept::of(app).await?;
    let known = app.control.registry().modules().map(|manifest| manifest.name.clone());
    let names: BTreeSet<ModuleName> =
        known.chain(kept.installed().iter().map(|item| item.name.clone())).collect();
    let mut views = Vec::new();
    for name in names {
        if let Some(view) = view(app, &kept, &name).await {
            views.push(view);
        }
    }
    views.retain(|view| request.category.is_none_or(|category| category == view.category));
    Ok(views)
}

pub(super) async fn show(app: &Arc<App>, request: ByName) -> Result<ModuleView, Failure> {
    match view(app, &Kept::of(app).await?, &request.name).await {
        Some(view) => Ok(view),
        // A manifest that was rejected says why.
        None => Err(match app.control.registry().find(&any(&request.name)) {
            Err(failure) => failure,
            Ok(_) => Failure::new(Code::ModuleNotFound).with("name", &request.name),
        }),
    }
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
}

async fn view(app: &Arc<App>, kept: &Kept, name: &ModuleName) -> Option<ModuleView> {
    let manifests = app.control.registry().versions(name);
    let item = kept.installed().iter().find(|item| item.name == *name);
    let newest: Option<&Manifest> = manifests.first();
    // What is installed counts, as far as the registry has it; else what would be.
    let own = item.and_then(|item| manifests.iter().find(|manifest| manifest.version == item.version));
    let described = own.or(newest);
    let least = app.control.registry().least_useful(name);
    // A plan that is never approved tells whether, and why not, it could be installed.
    let refusal = match (item, newest) {
        (None, Some(_)) => {
            let intent = Intent::ModuleInstall { modules: vec![any(name)] };
            app.control.would_refuse(&intent).await.map(|failure| ErrorBody::from(&failure))
        }
        _ => None,
    };
    Some(ModuleView {
        name: name.clone(),
        category: newest.map(|manifest| manifest.category).or_else(|| item.map(|item| item.category))?,
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
        refusal,
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
