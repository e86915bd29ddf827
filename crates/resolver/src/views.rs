//! Views of models for other tools: what is laid out, and what is taken away.

use crate::steps::draft_to;
use crate::{Draft, World};
use las_types::{Installed, LaidOut};

/// Records other views of what is installed, and makes the difference.
pub fn lay_out(world: &World<'_>, outcome: Vec<Installed>) -> Draft {
    draft_to(world, &[], Vec::new(), outcome)
}

/// The views of some that others don't have, each with its model. One of other bytes is another one.
pub(crate) fn lacking(some: &[Installed], others: &[Installed]) -> Vec<(Installed, LaidOut)> {
    let is_it = |one: &Installed, other: &Installed| {
        (&one.name, one.digest, &one.placement) == (&other.name, other.digest, &other.placement)
    };
    let has = |item: &Installed, view: &LaidOut| {
        others.iter().any(|other| is_it(item, other) && other.views.contains(view))
    };
    let of = |item: &Installed| {
        let lacking = item.views.iter().filter(|view| !has(item, view));
        lacking.map(|view| (item.bare(), view.clone())).collect::<Vec<_>>()
    };
    some.iter().flat_map(of).collect()
}
