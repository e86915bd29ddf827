//! Which model an adapter belongs to.

use las_types::{Ability, Digest, Installed, ModelFacts, Source};

/// Whether it changes another model and can't run alone.
pub(crate) fn is_adapter(facts: &ModelFacts) -> bool {
    facts.abilities.contains(&Ability::Adapter)
}

/// Whether an adapter names a base at all.
pub(crate) fn names_one(facts: &ModelFacts) -> bool {
    facts.adapter.as_ref().is_some_and(|said| said.base_name.is_some() || said.base_repository.is_some())
}

/// The digest of an adapter's base: the one that was named for it, else the one model here that it names itself.
///
/// What it says is a claim. It counts only where one model alone is meant, in the adapter's own format and of its
/// architecture: an adapter of another shape would keep its base from being loaded.
pub fn base_of(facts: &ModelFacts, installed: &[Installed]) -> Option<Digest> {
    if facts.base.is_some() || !is_adapter(facts) {
        return facts.base;
    }
    let said = facts.adapter.as_ref()?;
    let is_meant = |item: &&Installed| {
        let Some(of) = item.model.as_ref().filter(|of| !is_adapter(of)) else { return false };
        let alike = of.format == facts.format
            && (facts.architecture.is_empty() || facts.architecture == of.architecture);
        let repository = match &item.source {
            Source::Repository { origin, .. } => Some(&origin.id),
            _ => None,
        };
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let by_repository = said.base_repository.as_ref().zip(repository);
        let by_name = said.base_name.as_ref().zip(of.name.as_ref());
        alike
            && (by_repository.is_some_and(|(a, b)| same(a.as_str(), b.as_str()))
                || by_name.is_some_and(|(a, b)| same(a, b)))
    };
    let mut meant = installed.iter().filter(is_meant).map(|item| item.digest);
    let first = meant.next()?;
    meant.all(|other| other == first).then_some(first)
}
