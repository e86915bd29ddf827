//! Where a set of policies is found.

use las_types::{ModuleName, Origin};
use std::path::PathBuf;

/// The folder of the first set of that name, and whose it is; `roots` in the order in which they count.
///
/// A set counts as a whole: nothing of a later one is added to it, so that it says by itself what holds. The last root
/// stands for a set that is nowhere; loading it then says so.
pub fn first_set(roots: &[(Origin, PathBuf)], set: &str) -> Option<(Origin, PathBuf)> {
    // A name with more in it than one safe path component leads nowhere.
    let named = set.parse::<ModuleName>().is_ok();
    let first = roots.iter().find(|(_, root)| named && root.join(set).is_dir());
    first.or(roots.last()).cloned()
}

#[cfg(test)]
mod tests {
    use super::first_set;
    use las_types::Origin;

    #[test]
    fn of_sets_with_one_name_the_first_counts_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let roots = [Origin::Organisation, Origin::User, Origin::Builtin]
            .map(|origin| (origin, folder.path().join(origin.as_str())));
        for path in ["builtin/default", "organisation/default", "organisation/lab", "user/mine"] {
            std::fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let found = |set: &str| first_set(&roots, set).unwrap().0;
        assert_eq!(found("default"), Origin::Organisation);
        assert_eq!((found("lab"), found("mine")), (Origin::Organisation, Origin::User));
        assert_eq!((found("nowhere"), found("../user")), (Origin::Builtin, Origin::Builtin));
    }
}
