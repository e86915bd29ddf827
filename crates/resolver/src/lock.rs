//! From a lock to the difference that the machine lacks: nothing is chosen here.

use crate::change::{Change, pins_hold};
use crate::steps::needs_first;
use crate::{Draft, World, admit, item};
use las_types::{
    Ability, Code, Detail, Failure, Installed, Kept, Lock, LockedItem, ModuleName, Placement, RuntimeMode,
    Source,
};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// The form of a lock that is read.
const SCHEMA: u32 = 1;

/// Brings the machine to exactly the content of a lock. `known` are items of this machine's past: a file that
/// somebody brought is found again by its digest, here or among what is installed.
///
/// Codes: `lock-invalid`; `lock-unavailable` and `lock-differs` name the first item that can't be had as it is
/// locked; `module-conflict` where an item lacks what it depends on; and the codes by which `install` refuses.
pub fn lock(world: &World<'_>, lock: &Lock, known: &[Installed]) -> Result<Draft, Failure> {
    check_form(lock)?;
    let mut wanted = Vec::with_capacity(lock.items.len());
    for locked in &lock.items {
        wanted.push(exactly(world, locked, known)?);
    }
    pins_hold(world, &wanted)?;
    for item in &wanted {
        has_its_needs(world, item, &wanted)?;
    }
    let mut change = Change::default();
    let stays = |item: &Installed| wanted.contains(item);
    change.gone = world.installed.iter().filter(|item| !stays(item)).cloned().collect();
    let lacks: Vec<Installed> =
        wanted.iter().filter(|item| !world.installed.contains(item)).cloned().collect();
    change.added = needs_first(world, &lacks)
        .into_iter()
        .map(|item| {
            let source = item.source.clone();
            (item, source)
        })
        .collect();
    change.draft(world)
}

fn invalid(detail: impl std::fmt::Display) -> Failure {
    Failure::new(Code::LockInvalid).with("path", "las.lock").with("line", 1).with("detail", detail)
}

fn check_form(lock: &Lock) -> Result<(), Failure> {
    if lock.schema != SCHEMA {
        return Err(invalid(format!("schema {} ≠ {SCHEMA}", lock.schema)));
    }
    let mut seen: BTreeSet<&ModuleName> = BTreeSet::new();
    match lock.items.iter().find(|item| !seen.insert(&item.name)) {
        Some(twice) => Err(invalid(format!("'{}' is there twice", twice.name))),
        None => Ok(()),
    }
}

/// The item of this machine that a locked one stands for.
fn exactly(world: &World<'_>, locked: &LockedItem, known: &[Installed]) -> Result<Installed, Failure> {
    if let Some(present) = world.installed(&locked.name)
        && LockedItem::from(present) == *locked
    {
        return Ok(present.clone());
    }
    let unavailable = || {
        Failure::new(Code::LockUnavailable)
            .with("name", &locked.name)
            .with("version", &locked.version)
            .with("digest", locked.digest)
    };
    let item = if let Some(source @ Source::Repository { .. }) = &locked.source {
        pulled(world, locked, source)?
    } else if locked.source.is_some() {
        let manifest = world.manifest(&locked.name, &locked.version).ok_or_else(unavailable)?;
        let mode = match &locked.source {
            Some(Source::Oci { .. }) => RuntimeMode::Container,
            _ => RuntimeMode::Native,
        };
        if !manifest.offered_modes().contains(&mode) {
            return Err(unavailable());
        }
        admit::admit_as(world, manifest, mode)?;
        item::installed_in(world, manifest, mode)?
    } else {
        let item = brought(world, locked, known).ok_or_else(unavailable)?;
        let facts = item.model.as_ref();
        if let Some(facts) = facts.filter(|facts| !facts.abilities.contains(&Ability::Adapter)) {
            admit::model_size(world.capabilities, facts.parameters)?;
        }
        item
    };
    same(&LockedItem::from(&item), locked)?;
    Ok(item)
}

/// A model of a repository: the lock says all of it, so that it can be fetched again.
fn pulled(world: &World<'_>, locked: &LockedItem, source: &Source) -> Result<Installed, Failure> {
    if let Some(facts) = &locked.model {
        admit::model_size(world.capabilities, facts.parameters)?;
    }
    let path = || format!("{}/{}-{}", locked.name, locked.version, locked.digest.short());
    Ok(Installed {
        name: locked.name.clone(),
        category: locked.category,
        version: locked.version.clone(),
        digest: locked.digest,
        size: locked.size,
        placement: if locked.kept == Kept::Store {
            Placement::Store { path: path() }
        } else {
            Placement::Blob
        },
        source: source.clone(),
        license: locked.license.clone(),
        program: locked.program.clone(),
        model: locked.model.clone(),
        views: Vec::new(),
    })
}

/// A file that somebody brought to this machine, under the name that the lock gives it.
fn brought(world: &World<'_>, locked: &LockedItem, known: &[Installed]) -> Option<Installed> {
    let kept = |item: &Installed| match (&item.placement, locked.kept) {
        (Placement::Reference { path }, Kept::Reference) => Some(Placement::Reference { path: path.clone() }),
        (_, Kept::Store) if matches!(item.source, Source::LocalFiles { .. }) => {
            let path = format!("{}/{}-{}", locked.name, locked.version, locked.digest.short());
            Some(Placement::Store { path })
        }
        // Bytes that lie here can be copied, wherever they are kept now.
        (_, Kept::Blob) => Some(Placement::Blob),
        _ => None,
    };
    let is_it = |item: &&Installed| {
        item.digest == locked.digest
            && matches!(item.source, Source::LocalFile { .. } | Source::LocalFiles { .. })
            && kept(item).is_some()
    };
    let found = world.installed.iter().chain(known).find(is_it)?;
    Some(Installed {
        name: locked.name.clone(),
        version: locked.version.clone(),
        placement: kept(found)?,
        ..found.clone()
    })
}

/// Names the first field in which what is to be had isn't what is locked.
fn same(have: &LockedItem, wanted: &LockedItem) -> Result<(), Failure> {
    fn differs(name: &ModuleName, field: &str, wanted: &dyn Debug, have: &dyn Debug) -> Failure {
        Failure::new(Code::LockDiffers)
            .with("name", name)
            .with("field", field)
            .with("wanted", format!("{wanted:?}").trim_matches('"'))
            .with("have", format!("{have:?}").trim_matches('"'))
    }
    let text = |value: &dyn std::fmt::Display| value.to_string();
    let fields: [(&str, &dyn Debug, &dyn Debug); 9] = [
        ("category", &wanted.category, &have.category),
        ("version", &text(&wanted.version), &text(&have.version)),
        ("digest", &text(&wanted.digest), &text(&have.digest)),
        ("size", &text(&wanted.size), &text(&have.size)),
        ("kept", &wanted.kept, &have.kept),
        ("source", &wanted.source, &have.source),
        ("license", &wanted.license, &have.license),
        ("program", &wanted.program, &have.program),
        ("model", &wanted.model, &have.model),
    ];
    if have == wanted {
        return Ok(());
    }
    let first = fields.into_iter().find(|(_, wanted, have)| format!("{wanted:?}") != format!("{have:?}"));
    // Sizes are written rounded: two that differ may read the same.
    let (field, wanted, have_it) = first.unwrap_or(("size", &wanted.size, &have.size));
    Err(differs(&have.name, field, wanted, have_it))
}

/// A lock that was written by hand may leave out what an item needs.
fn has_its_needs(world: &World<'_>, item: &Installed, all: &[Installed]) -> Result<(), Failure> {
    let seen = world.seen(item);
    for need in world.dependencies(item) {
        if !all.iter().any(|other| world.seen(other).meets(need)) {
            let needs = Detail::new("needs").with("name", &item.name).with("versions", &item.version);
            return Err(Failure::new(Code::ModuleConflict)
                .with("name", &item.name)
                .detailed([needs.with("count", 1).with("request", need)]));
        }
    }
    if let Some(other) = all.iter().find(|other| seen.opposes(&world.seen(other))) {
        let opposes = Detail::new("opposes").with("name", &item.name).with("versions", &item.version);
        return Err(Failure::new(Code::ModuleConflict)
            .with("name", &item.name)
            .detailed([opposes.with("count", 1).with("request", &other.name)]));
    }
    let base = item.model.as_ref().and_then(|model| model.base);
    if base.is_some_and(|base| !all.iter().any(|other| other.digest == base)) {
        return Err(Failure::new(Code::AdapterBaseMissing).with("name", &item.name));
    }
    Ok(())
}
