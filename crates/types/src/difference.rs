//! What differs between two sets of installed things.

use crate::{Digest, Installed, ModuleName, Version};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What became of one thing; text `difference-<kind>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// It was not there before.
    Came,
    /// It is not there afterwards.
    Went,
    /// It has another version.
    Version,
    /// It has the same version and other bytes.
    Digest,
    /// It is the same, and is laid out for other tools, or in other places.
    Views,
}

/// Which one of several versions, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exact {
    /// The version.
    pub version: Version,
    /// The digest.
    pub digest: Digest,
}

impl From<&Installed> for Exact {
    fn from(item: &Installed) -> Self {
        Self { version: item.version.clone(), digest: item.digest }
    }
}

/// One thing that is not the same before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Difference {
    /// Its name.
    pub name: ModuleName,
    /// What became of it.
    pub kind: DifferenceKind,
    /// What it was; none if it came.
    pub before: Option<Exact>,
    /// What it is; none if it went.
    pub after: Option<Exact>,
}

/// Everything that differs, sorted by name. Neither list has a name twice.
pub fn differences(before: &[Installed], after: &[Installed]) -> Vec<Difference> {
    let find = |list: &[Installed], name: &ModuleName| list.iter().find(|item| item.name == *name).cloned();
    let mut names: Vec<&ModuleName> = before.iter().chain(after).map(|item| &item.name).collect();
    names.sort();
    names.dedup();
    let differing = names.into_iter().filter_map(|name| {
        let (before, after) = (find(before, name), find(after, name));
        let kind = match (&before, &after) {
            (None, _) => DifferenceKind::Came,
            (_, None) => DifferenceKind::Went,
            (Some(old), Some(new)) if old.version != new.version => DifferenceKind::Version,
            (Some(old), Some(new)) if old.digest != new.digest => DifferenceKind::Digest,
            (Some(old), Some(new)) if old.views != new.views => DifferenceKind::Views,
            _ => return None,
        };
        let exact = |item: Option<Installed>| item.as_ref().map(Exact::from);
        Some(Difference { name: name.clone(), kind, before: exact(before), after: exact(after) })
    });
    differing.collect()
}

#[cfg(test)]
mod tests {
    use super::{DifferenceKind, differences};
    use crate::{ByteSize, Category, Digest, Installed, Placement, Source};

    fn item(name: &str, version: &str, bytes: &str) -> Installed {
        Installed {
            name: name.parse().unwrap(),
            category: Category::Tool,
            version: version.parse().unwrap(),
            digest: Digest::of(bytes.as_bytes()),
            size: ByteSize::new(1),
            placement: Placement::Blob,
            source: Source::LocalFile { path: "/x".to_owned(), adopted: None },
            license: None,
            program: None,
            model: None,
            views: Vec::new(),
        }
    }

    #[test]
    fn what_came_went_and_changed_is_named_and_nothing_else() {
        let before = [item("b", "1.0.0", "b"), item("c", "1.0.0", "c"), item("d", "1.0.0", "d")];
        let before = [&before[..], &[item("e", "1.0.0", "e")]].concat();
        let after = [item("a", "1.0.0", "a"), item("c", "2.0.0", "c"), item("d", "1.0.0", "other")];
        let after = [&after[..], &[item("e", "1.0.0", "e")]].concat();
        let found = differences(&before, &after);
        let told: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.kind)).collect();
        let expected = [
            ("a", DifferenceKind::Came),
            ("b", DifferenceKind::Went),
            ("c", DifferenceKind::Version),
            ("d", DifferenceKind::Digest),
        ];
        assert_eq!(told, expected);
        let back: Vec<_> =
            differences(&after, &before).into_iter().map(|one| (one.name, one.after, one.before)).collect();
        let there: Vec<_> = found.into_iter().map(|one| (one.name, one.before, one.after)).collect();
        assert_eq!(back, there, "seen from the other side it is the same");
        assert_eq!(differences(&before, &before), []);
    }
}
