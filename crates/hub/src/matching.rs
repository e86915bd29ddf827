//! Whether a model fits a query, for sources that can't be asked so exactly.

use las_types::{FoundModel, FoundPage, ModelQuery};

/// Whether it fits all that is asked but for the words.
pub(crate) fn fits(model: &FoundModel, query: &ModelQuery) -> bool {
    let same = |wanted: Option<&String>, had: Option<&String>| {
        wanted.is_none_or(|wanted| had.is_some_and(|had| had.eq_ignore_ascii_case(wanted)))
    };
    same(query.task.as_ref(), model.task.as_ref())
        && same(query.licence.as_ref(), model.licence.as_ref())
        && query.format.is_none_or(|format| model.formats.contains(&format))
        && query.at_most.is_none_or(|most| model.size.is_none_or(|size| size <= most))
}

/// Whether every word stands in one of these texts.
pub(crate) fn holds(words: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    words.to_lowercase().split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// A page of a list that is there as a whole; its cursor is the number of those before.
pub(crate) fn page(all: Vec<FoundModel>, query: &ModelQuery) -> FoundPage {
    let from: usize = query.cursor.as_ref().and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let limit = usize::try_from(query.page()).unwrap_or(usize::MAX);
    let end = from.saturating_add(limit);
    let next = (end < all.len()).then(|| end.to_string());
    FoundPage { models: all.into_iter().skip(from).take(limit).collect(), next }
}
