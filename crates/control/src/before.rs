//! Which version a module had before.

use crate::ControlPlane;
use las_types::{Code, Failure, Generation, ModuleName, ModuleRequest, Requirement, RuntimeMode, Version};

/// The version that a module had in the latest generation with another, or another mode, than the last one has. Generations
/// are given oldest first; none if the module isn't installed now or never was otherwise.
pub fn version_before(generations: &[Generation], module: &ModuleName) -> Option<Version> {
    before(generations, module).map(|(version, _)| version)
}

fn before(generations: &[Generation], module: &ModuleName) -> Option<(Version, RuntimeMode)> {
    let has = |generation: &Generation| {
        let item = generation.items.iter().find(|item| item.name == *module)?;
        Some((item.version.clone(), item.mode()))
    };
    let (current, earlier) = generations.split_last()?;
    let now = has(current)?;
    earlier.iter().rev().find_map(|generation| has(generation).filter(|other| *other != now))
}

impl ControlPlane {
    /// The request for that version, and the mode; what it depends on is chosen again. Codes: `module-not-found` for what
    /// isn't installed, `module-no-earlier`.
    pub(crate) async fn request_before(
        &self,
        current: &Generation,
        module: &ModuleName,
    ) -> Result<(ModuleRequest, RuntimeMode), Failure> {
        let missing = |code: Code| Failure::new(code).with("name", module);
        if !current.items.iter().any(|item| item.name == *module) {
            return Err(missing(Code::ModuleNotFound));
        }
        let (version, mode) =
            before(&self.generations().await?, module).ok_or_else(|| missing(Code::ModuleNoEarlier))?;
        Ok((ModuleRequest { name: module.clone(), requirement: Requirement::exactly(&version) }, mode))
    }
}
