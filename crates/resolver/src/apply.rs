//! From what is desired to the difference that the machine lacks.

use crate::change::Change;
use crate::solve::solve_alone;
use crate::{Draft, World};
use las_types::{Code, Failure, Installed, ModuleName, ModuleRequest, Source};

/// Installs of what is desired what is missing, with what it depends on, and removes everything else.
/// Chosen are the newest versions that are compatible, as if nothing were installed: two machines with
/// the same registry and the same wish come to hold the same. `models` are files that were looked at.
///
/// Codes: those of `install` and `import`; `model-name-taken` also where a module or another
/// file has the name of a model.
pub fn apply(
    world: &World<'_>,
    modules: &[ModuleRequest],
    models: &[(Installed, Source)],
) -> Result<Draft, Failure> {
    let solution = solve_alone(world, modules)?;
    let chosen = |name: &ModuleName| solution.iter().any(|chosen| chosen.name == name);
    let mut change = Change::default();
    change.follow(world, &solution)?;
    for (at, (item, source)) in models.iter().enumerate() {
        let again = models.iter().take(at).any(|(other, _)| other.name == item.name);
        if again || chosen(&item.name) {
            return Err(Failure::new(Code::ModelNameTaken).with("name", &item.name));
        }
        change.import(world, item.clone(), source.clone())?;
    }
    let wanted =
        |item: &Installed| chosen(&item.name) || models.iter().any(|(model, _)| model.name == item.name);
    change.gone.extend(world.installed.iter().filter(|item| !wanted(item)).cloned());
    change.draft(world)
}
