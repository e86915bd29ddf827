//! The single changes to what is installed.

use crate::solve::{Solution, solve};
use crate::steps::{draft, draft_to, needs_first};
use crate::{Draft, World, admit, connect, item, mode, notes};
use las_types::{
    Ability, Code, Detail, Failure, Generation, Installed, ModuleName, ModuleRequest, Note, Source,
};

/// Installs modules, model packages included, with what they depend on.
///
/// Codes: `module-not-found`; `runtime-mode-not-offered`; `module-conflict` with the derivation or the circle;
/// `hardware-insufficient`; `policy-denied`; `model-name-taken` where a model that somebody
/// imported has the name; `module-in-use` where an adapter would lose its base; `service-port-missing`; and the reason why
/// a manifest was set aside.
pub fn install(world: &World<'_>, requests: &[ModuleRequest]) -> Result<Draft, Failure> {
    let solution = solve(world, requests)?;
    let mut change = Change::default();
    change.follow(world, &solution)?;
    let draft = change.draft(world)?;
    mode::fulfilled(world, &draft.outcome)?;
    Ok(draft)
}

/// What goes and what comes.
#[derive(Default)]
pub(crate) struct Change {
    pub(crate) gone: Vec<Installed>,
    pub(crate) added: Vec<(Installed, Source)>,
    /// What a person should know of it.
    pub(crate) notes: Vec<Note>,
}

impl Change {
    /// What a solution asks for and the machine lacks, and what it replaces.
    pub(crate) fn follow(&mut self, world: &World<'_>, solution: &Solution<'_>) -> Result<(), Failure> {
        for chosen in solution {
            // Chosen and without a manifest: installed already, and the registry has dropped it.
            let Some(manifest) = chosen.manifest else { continue };
            let name = &manifest.name;
            let wanted = item::installed(world, manifest)?;
            match world.installed(name) {
                Some(present) if present.version == wanted.version && present.digest == wanted.digest => {
                    continue;
                }
                // What somebody brought here is not ours to replace.
                Some(present) if present.source.is_brought() => {
                    return Err(Failure::new(Code::ModelNameTaken).with("name", name));
                }
                Some(present) => self.gone.push(present.clone()),
                None => {}
            }
            self.notes.extend(notes::of(world, chosen, manifest));
            let source = wanted.source.clone();
            self.added.push((wanted, source));
        }
        Ok(())
    }

    /// What makes a file known as a model, unless it is already and is kept so.
    pub(crate) fn import(
        &mut self,
        world: &World<'_>,
        item: Installed,
        source: Source,
    ) -> Result<(), Failure> {
        let present = world.installed(&item.name);
        if present.is_some_and(|present| present.digest != item.digest) {
            return Err(Failure::new(Code::ModelNameTaken).with("name", &item.name));
        }
        if present.is_some_and(|present| present.placement == item.placement) {
            return Ok(());
        }
        let facts = item.model.as_ref();
        if let Some(facts) = facts.filter(|facts| !facts.abilities.contains(&Ability::Adapter)) {
            admit::model_size(world.capabilities, facts.parameters)?;
        }
        self.gone.extend(present.cloned());
        self.added.push((item, source));
        Ok(())
    }

    /// The draft, unless it takes the base away from an adapter that stays.
    pub(crate) fn draft(self, world: &World<'_>) -> Result<Draft, Failure> {
        let mut draft = draft(world, &self.gone, self.added);
        draft.notes.extend(self.notes);
        keeps_bases(world, &draft)?;
        connect::hold(world, &draft.outcome)?;
        Ok(draft)
    }
}

/// Refuses other versions of what is held. Code: `module-pinned`.
pub(crate) fn pins_hold(world: &World<'_>, items: &[Installed]) -> Result<(), Failure> {
    for item in items {
        if let Some(pinned) = world.pinned(&item.name).filter(|pinned| **pinned != item.version) {
            let asked = Detail::new("asked").with("request", format!("{}@={}", item.name, item.version));
            return Err(Failure::new(Code::ModulePinned)
                .with("name", format!("{} {pinned}", item.name))
                .detailed([asked]));
        }
    }
    Ok(())
}

/// Refuses a draft that takes the base away from an adapter that stays.
fn keeps_bases(world: &World<'_>, draft: &Draft) -> Result<(), Failure> {
    for user in &draft.outcome {
        let Some(base) = user.model.as_ref().and_then(|model| model.base) else { continue };
        let had = world.installed.iter().find(|item| item.digest == base);
        if let Some(had) = had
            && !draft.outcome.iter().any(|item| item.digest == base)
        {
            return Err(Failure::new(Code::ModuleInUse).with("name", &had.name).with("user", &user.name));
        }
    }
    Ok(())
}

/// Removes modules or models. Services that use them are stopped first.
///
/// Codes: `module-not-found` for what isn't installed, `module-in-use` if something that stays
/// depends on it.
pub fn remove(world: &World<'_>, names: &[ModuleName]) -> Result<Draft, Failure> {
    let mut gone: Vec<Installed> = Vec::new();
    for name in names {
        let item =
            world.installed(name).ok_or_else(|| Failure::new(Code::ModuleNotFound).with("name", name))?;
        if !gone.iter().any(|other| other.name == *name) {
            gone.push(item.clone());
        }
    }
    let stays = |item: &&Installed| !names.contains(&item.name);
    for user in world.installed.iter().filter(stays) {
        let is_met = |need: &&ModuleRequest| {
            world.installed.iter().filter(stays).any(|item| world.seen(item).meets(need))
        };
        let lost = |need: &ModuleRequest| {
            let meets = |name: &&ModuleName| {
                need.name == **name || world.installed(name).is_some_and(|item| world.seen(item).meets(need))
            };
            names.iter().find(meets)
        };
        let mut needs = world.dependencies(user).filter(|need| !is_met(need));
        if let Some(used) = needs.find_map(lost) {
            return Err(Failure::new(Code::ModuleInUse).with("name", used).with("user", &user.name));
        }
    }
    Change { gone, ..Change::default() }.draft(world)
}

/// Makes a file known as a model. The item says where its bytes will lie, the source where they are.
///
/// Codes: `model-name-taken` if something else has the name, `policy-denied` for a model larger
/// than the machine may run.
pub fn import(world: &World<'_>, item: Installed, source: Source) -> Result<Draft, Failure> {
    let mut change = Change::default();
    change.import(world, item, source)?;
    change.draft(world)
}

/// Makes files of other tools known as models, all of them or none.
///
/// Codes: those of [`import`].
pub fn adopt(world: &World<'_>, models: Vec<(Installed, Source)>) -> Result<Draft, Failure> {
    let mut change = Change::default();
    for (item, source) in models {
        change.import(world, item, source)?;
    }
    change.draft(world)
}

/// Goes back to what was installed in a generation. Each item's bytes come from where they came
/// from then; whether they are still there is found when they are fetched.
///
/// Codes: `module-pinned` if another version of something pinned would come back; `policy-denied` and `override-denies` if
/// what comes back asks for a privilege that is denied; `service-port-missing`.
pub fn rollback(world: &World<'_>, target: &Generation) -> Result<Draft, Failure> {
    pins_hold(world, &target.items)?;
    let same =
        |a: &Installed, b: &Installed| a.name == b.name && a.digest == b.digest && a.placement == b.placement;
    let lacks = |items: &[Installed], item: &Installed| !items.iter().any(|other| same(other, item));
    let gone: Vec<Installed> =
        world.installed.iter().filter(|item| lacks(&target.items, item)).cloned().collect();
    let missing: Vec<Installed> =
        target.items.iter().filter(|item| lacks(world.installed, item)).cloned().collect();
    missing.iter().try_for_each(|item| admit::admit_privileges(world, item))?;
    let added = needs_first(world, &missing).into_iter().map(|item| {
        let source = item.source.clone();
        (item, source)
    });
    connect::hold(world, &target.items)?;
    // The records of then, also for what stays: they may name another version of the same bytes.
    let mut outcome = target.items.clone();
    outcome.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(draft_to(world, &gone, added.collect(), outcome))
}
