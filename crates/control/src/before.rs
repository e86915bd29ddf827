//! Which version a module had before.

use crate::ControlPlane;
use las_types::{Code, Failure, Generation, ModuleName, ModuleRequest, Requirement, Version};

/// The version that a module had in the latest generation with another than the last one has. Generations
/// are given oldest first; none if the module isn't installed now or never was in another version.
pub fn version_before(generations: &[Generation], module: &ModuleName) -> Option<Version> {
    let has = |generation: &Generation| {
        generation.items.iter().find(|item| item.name == *module).map(|item| item.version.clone())
    };
    let (current, earlier) = generations.split_last()?;
    let now = has(current)?;
    earlier.iter().rev().find_map(|generation| has(generation).filter(|version| *version != now))
}

impl ControlPlane {
    /// The request for that version; what it depends on is chosen again. Codes: `module-not-found` for what
    /// isn't installed, `module-no-earlier`.
    pub(crate) async fn request_before(
        &self,
        current: &Generation,
        module: &ModuleName,
    ) -> Result<ModuleRequest, Failure> {
        let missing = |code: Code| Failure::new(code).with("name", module);
        if !current.items.iter().any(|item| item.name == *module) {
            return Err(missing(Code::ModuleNotFound));
        }
        let before = version_before(&self.generations().await?, module)
            .ok_or_else(|| missing(Code::ModuleNoEarlier))?;
        Ok(ModuleRequest { name: module.clone(), requirement: Requirement::exactly(&before) })
    }
}
