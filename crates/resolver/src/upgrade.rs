//! From what is installed to the newest versions that are compatible.

use crate::change::Change;
use crate::known::Floor;
use crate::solve::{Chosen, solve_above};
use crate::{Draft, World, item};
use las_types::{Code, Failure, Installed, ModuleName, ModuleRequest, Note, Requirement};

/// Brings the named modules, or all if none is named, to the newest versions that everything installed
/// and this machine allow. Nothing gets older, pinned modules stay as they are, and so does what somebody
/// imported.
///
/// Codes: `module-not-found` for what isn't installed, and those of `install`.
pub fn upgrade(world: &World<'_>, names: &[ModuleName]) -> Result<Draft, Failure> {
    let targets = targets(world, names)?;
    let at_least = |item: &&Installed| ModuleRequest {
        name: item.name.clone(),
        requirement: Requirement::at_least(&item.version),
    };
    let wish: Vec<ModuleRequest> = targets.iter().map(at_least).collect();
    let mut solution = solve_above(world, &wish, Floor::Installed)?;
    solution.retain(|chosen| !stays(world, chosen));
    let mut change = Change::default();
    change.follow(world, &solution)?;
    let mut draft = change.draft(world)?;
    if targets.iter().any(|item| world.pinned(&item.name).is_some()) {
        draft.notes.push(Note::new("pinned-stay"));
    }
    Ok(draft)
}

fn targets<'a>(world: &'a World<'_>, names: &[ModuleName]) -> Result<Vec<&'a Installed>, Failure> {
    let offered =
        |item: &&Installed| !item.source.is_brought() && !world.registry.versions(&item.name).is_empty();
    if names.is_empty() {
        return Ok(world.installed.iter().filter(offered).collect());
    }
    let installed = |name: &ModuleName| {
        world.installed(name).ok_or_else(|| Failure::new(Code::ModuleNotFound).with("name", name))
    };
    let items = names.iter().map(installed).collect::<Result<Vec<_>, _>>()?;
    Ok(items.into_iter().filter(offered).collect())
}

/// Whether what is chosen is what is there, and is not put there again: because it is pinned, or because
/// its bytes are not offered any more.
fn stays(world: &World<'_>, chosen: &Chosen<'_>) -> bool {
    let same = world.installed(chosen.name).is_some_and(|present| present.version == *chosen.version);
    let offered = || chosen.manifest.is_some_and(|manifest| item::installed(world, manifest).is_ok());
    same && (world.pinned(chosen.name).is_some() || !offered())
}
