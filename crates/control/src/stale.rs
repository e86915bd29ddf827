//! What came between a plan and its approval.

use crate::ControlPlane;
use las_types::{Detail, Failure, Generation, GenerationNumber, Installed};

/// More generations than a person reads of.
const GENERATIONS_MAX: usize = 5;

impl ControlPlane {
    /// What was done since a generation, and what is different by it.
    pub(crate) async fn since(&self, base: GenerationNumber) -> Result<Vec<Detail>, Failure> {
        let all = self.generations().await?;
        let items = |generation: Option<&Generation>| {
            generation.map(|generation| generation.items.clone()).unwrap_or_default()
        };
        let before = items(all.iter().find(|generation| generation.number == base));
        let after = items(all.iter().max_by_key(|generation| generation.number));
        let newer: Vec<&Generation> = all.iter().filter(|generation| generation.number > base).collect();
        let mut details: Vec<Detail> =
            newer.iter().rev().take(GENERATIONS_MAX).rev().map(|generation| made(generation)).collect();
        details.extend(lacking(&before, &after).map(|item| named("since-added", item)));
        details.extend(lacking(&after, &before).map(|item| named("since-removed", item)));
        Ok(details)
    }
}

fn made(generation: &Generation) -> Detail {
    let operation = generation.operation.map(|id| id.to_string()).unwrap_or_default();
    Detail::new("generation-made")
        .with("number", generation.number)
        .with("what", &generation.command)
        .with("operation", operation)
}

fn named(key: &str, item: &Installed) -> Detail {
    Detail::new(key).with("name", &item.name).with("version", &item.version)
}

/// What of `after` is not in `before`.
fn lacking<'a>(before: &'a [Installed], after: &'a [Installed]) -> impl Iterator<Item = &'a Installed> {
    let same =
        |a: &Installed, b: &Installed| a.name == b.name && a.version == b.version && a.digest == b.digest;
    after.iter().filter(move |item| !before.iter().any(|other| same(other, item)))
}
