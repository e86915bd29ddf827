//! What a person should know of a version before it is installed.

use crate::desire::undesired;
use crate::solve::Chosen;
use crate::{World, connect, mode};
use las_types::{Code, Installed, Manifest, Note, Origin, Privilege};

/// Notes on a version that comes: that it should not be chosen any more, for which need it was
/// chosen, and that it comes from another registry than the application's.
pub(crate) fn of(world: &World<'_>, chosen: &Chosen<'_>, manifest: &Manifest) -> Vec<Note> {
    let note = |key: &str| Note::new(key).with("name", &manifest.name).with("version", &manifest.version);
    let mut notes: Vec<Note> = mode::note(world, manifest).into_iter().collect();
    let least = world.registry.least_useful(&manifest.name);
    if let Some(deprecation) = &manifest.deprecation {
        let key = if deprecation.superseded_by.is_some() { "superseded" } else { "deprecated" };
        let told = note(key).with("since", deprecation.since).with("reason", &deprecation.reason);
        notes.push(match &deprecation.superseded_by {
            Some(next) => told.with("next", next),
            None => told,
        });
    } else if let Some(failure) = undesired(manifest, least).filter(|one| one.code == Code::ModuleOutdated) {
        notes.extend(failure.args.get("least").map(|least| note("outdated").with("least", least)));
    }
    notes.extend(chosen.provides.iter().map(|request| note("provides").with("request", request)));
    let releases = world.registry.releases(&manifest.name);
    if let Some(release) = releases.iter().find(|release| release.version == manifest.version)
        && release.origin != Origin::Builtin
    {
        let hides = release.hides.first().map_or("none", |origin| origin.as_str());
        let told = note("from-registry").with("origin", release.origin.as_str());
        notes.push(told.with("path", &release.path).with("hides", hides));
    }
    notes
}

/// What an item may do beside what every module may, each by a note.
pub fn privileges(world: &World<'_>, item: &Installed) -> Vec<Note> {
    let Some(manifest) = world.manifest(&item.name, &item.version) else { return Vec::new() };
    let note = |one| {
        let note = Note::new("privilege").with("name", &item.name).with("privilege", one);
        match world.service(item) {
            Some(service) if one == Privilege::Connects => connect::told(note, service),
            _ => note,
        }
    };
    Privilege::of(manifest, item.mode()).into_iter().map(note).collect()
}
