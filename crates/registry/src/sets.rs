//! Where a set of policies is found.

use las_types::{ModuleName, Origin};
use std::path::PathBuf;

/// The folder of the nearest set of that name, and whose it is; `roots` from the nearest to the farthest.
///
/// A set counts as a whole: nothing of a farther one is added to it, so that it says by itself what holds. The last root
/// stands for a set that is nowhere; loading it then says so.
pub fn nearest_set(roots: &[(Origin, PathBuf)], set: &str) -> Option<(Origin, PathBuf)> {
    // A name with more in it than one safe path component leads nowhere.
    let named = set.parse::<ModuleName>().is_ok();
    let nearest = roots.iter().find(|(_, root)| named && root.join(set).is_dir());
    nearest.or(roots.last()).cloned()
}

#[cfg(test)]
mod tests {
    use super::nearest_set;
    use las_types::Origin;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]
    fn of_sets_with_one_name_the_nearest_counts_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let roots = [Origin::User, Origin::Organisation, Origin::Builtin]
            .map(|origin| (origin, folder.path().join(origin.as_str())));
        for path in ["builtin/default", "organisation/default", "organisation/lab", "user/mine"] {
            std::fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let found = |set: &str| nearest_set(&roots, set).unwrap().0;
        assert_eq!(found("default"), Origin::Organisation);
        assert_eq!((found("lab"), found("mine")), (Origin::Organisation, Origin::User));
        assert_eq!((found("nowhere"), found("../user")), (Origin::Builtin, Origin::Builtin));
    }
}
