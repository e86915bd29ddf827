//! In which mode a module runs, and what decided it.

use crate::World;
use crate::admit::admit_in;
use las_types::{Code, Failure, Installed, Manifest, ModuleName, ModuleRequest, Note, RuntimeMode};

/// What a choice of modes looks at beside manifests, policies and what is installed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modes<'a> {
    /// What somebody asks for.
    pub wish: Option<Wish<'a>>,
    /// What the configuration prefers.
    pub prefer: Option<RuntimeMode>,
    /// Whether there is a container engine.
    pub engine: bool,
}

/// A mode that modules are to have.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Which.
    pub modules: &'a [ModuleRequest],
    /// The mode.
    pub mode: RuntimeMode,
    /// Where that comes from.
    pub from: Decision,
}

/// What decided a mode, the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Somebody asked for it.
    Asked,
    /// It was so in the generation that is gone back to.
    Before,
    /// It is installed so.
    Installed,
    /// The configuration prefers it.
    Configured,
    /// A policy denies the other.
    Policy,
    /// The machine has no container engine.
    Machine,
    /// Its makers prefer it.
    Manifest,
    /// Nothing speaks for another: a process of this machine needs nothing else.
    Default,
}

impl Decision {
    /// Its name in a note.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Before => "before",
            Self::Installed => "installed",
            Self::Configured => "configured",
            Self::Policy => "policy",
            Self::Machine => "machine",
            Self::Manifest => "manifest",
            Self::Default => "default",
        }
    }
}

impl Wish<'_> {
    fn means(&self, manifest: &Manifest) -> bool {
        let provides = |name: &ModuleName| manifest.interfaces.provides.iter().any(|one| one.name == *name);
        self.modules.iter().any(|request| request.name == manifest.name || provides(&request.name))
    }
}

/// The mode that a module would have, whether or not it is admitted in it.
///
/// Codes: `runtime-mode-unsupported` if it has none; `runtime-mode-not-offered` if it hasn't the one that is asked for.
pub(crate) fn choose(world: &World<'_>, manifest: &Manifest) -> Result<(RuntimeMode, Decision), Failure> {
    let offered = manifest.offered_modes();
    let failure = |code| Failure::new(code).with("name", &manifest.name).with("version", &manifest.version);
    if offered.is_empty() {
        return Err(failure(Code::RuntimeModeUnsupported));
    }
    if let Some(wish) = world.modes.wish.filter(|wish| wish.means(manifest)) {
        if offered.contains(&wish.mode) {
            return Ok((wish.mode, wish.from));
        }
        return Err(failure(Code::RuntimeModeNotOffered).with("mode", wish.mode));
    }
    let installed = world.installed(&manifest.name).map(Installed::mode);
    if let Some(mode) = installed.filter(|mode| offered.contains(mode)) {
        return Ok((mode, Decision::Installed));
    }
    if let [only] = offered.as_slice() {
        return Ok((*only, Decision::Default));
    }
    let mut allowed = offered.clone();
    allowed.retain(|mode| admit_in(world, manifest, *mode).is_ok());
    let mut able = allowed.clone();
    able.retain(|mode| *mode != RuntimeMode::Container || world.modes.engine);
    let among = |mode: Option<RuntimeMode>| mode.filter(|mode| able.contains(mode));
    if let Some(mode) = among(world.modes.prefer) {
        return Ok((mode, Decision::Configured));
    }
    if let [only] = allowed.as_slice() {
        return Ok((*only, Decision::Policy));
    }
    if let [only] = able.as_slice() {
        return Ok((*only, Decision::Machine));
    }
    Ok(match among(manifest.runtime.preferred) {
        Some(mode) => (mode, Decision::Manifest),
        None => (RuntimeMode::Native, Decision::Default),
    })
}

/// What is told of the choice, where there was one.
pub(crate) fn note(world: &World<'_>, manifest: &Manifest) -> Option<Note> {
    let (mode, decision) = choose(world, manifest).ok()?;
    let chosen = manifest.offered_modes().len() > 1;
    let note = Note::new("mode").with("name", &manifest.name).with("mode", mode);
    chosen.then(|| note.with("by", decision.as_str()))
}

/// Refuses an outcome in which something that is there has not the mode that was asked for: the registry has dropped its
/// version, so that nothing is known of another mode.
///
/// Code: `runtime-mode-not-offered`.
pub(crate) fn fulfilled(world: &World<'_>, outcome: &[Installed]) -> Result<(), Failure> {
    let Some(wish) = world.modes.wish else { return Ok(()) };
    let other = |item: &&Installed| {
        item.mode() != wish.mode && wish.modules.iter().any(|request| request.name == item.name)
    };
    match outcome.iter().find(other) {
        Some(item) => Err(Failure::new(Code::RuntimeModeNotOffered)
            .with("name", &item.name)
            .with("version", &item.version)
            .with("mode", wish.mode)),
        None => Ok(()),
    }
}
