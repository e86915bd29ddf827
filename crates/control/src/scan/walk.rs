//! Going through a folder of somebody else: bounded, and never out of it.

use las_types::{Code, Failure};
use std::fs::FileType;
use std::path::{Path, PathBuf};

/// How many names are looked at below one folder, at most.
const ENTRIES_MAX: usize = 100_000;
/// How deep.
const DEPTH_MAX: usize = 12;

/// A file below the folder.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The steps from where the going through began.
    pub(super) steps: Vec<String>,
    /// Its name there; it may be a link.
    pub(super) shown: PathBuf,
    /// The file itself, with no links on the way.
    pub(super) real: PathBuf,
}

/// One folder, as long as it is looked at.
pub(super) struct Walk {
    root: PathBuf,
    left: usize,
    cut: bool,
    /// What could not be looked at.
    pub(super) failures: Vec<Failure>,
}

impl Walk {
    /// Begins below a folder.
    pub(super) fn open(root: &Path) -> Result<Self, Failure> {
        let real = std::fs::canonicalize(root).map_err(|error| Failure::io(root, error))?;
        Ok(Self { root: real, left: ENTRIES_MAX, cut: false, failures: Vec::new() })
    }

    /// The folder, with no links on the way.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What lies directly in a folder, sorted. One that can't be read is told; one that is not there is empty.
    pub(super) fn entries(&mut self, folder: &Path) -> Vec<(String, PathBuf, FileType)> {
        let mut found = Vec::new();
        match std::fs::read_dir(folder) {
            Ok(entries) => {
                for entry in entries {
                    if self.left == 0 {
                        self.cut_off();
                        break;
                    }
                    self.left -= 1;
                    let seen =
                        entry.and_then(|entry| Ok((entry.file_name(), entry.path(), entry.file_type()?)));
                    match seen {
                        // What has no name in Unicode can't be named by anybody here.
                        Ok((name, path, kind)) => {
                            found.extend(name.into_string().ok().map(|name| (name, path, kind)));
                        }
                        Err(error) => self.failures.push(Failure::io(folder, error)),
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.failures.push(Failure::io(folder, error)),
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// Where a name really leads, if that is within; otherwise it is told.
    pub(super) fn within(&mut self, path: &Path) -> Option<PathBuf> {
        match std::fs::canonicalize(path) {
            Ok(real) if real.starts_with(&self.root) => Some(real),
            Ok(real) => {
                let failure = Failure::new(Code::ModelLinkOut);
                self.failures.push(failure.with("path", path.display()).with("to", real.display()));
                None
            }
            Err(error) => {
                self.failures.push(Failure::io(path, error));
                None
            }
        }
    }

    /// Every file below a folder whose name is wanted. A link to a folder is not followed: what it leads to within is found
    /// by its own name, and what lies outside is told.
    pub(super) fn files(&mut self, folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<Seen> {
        let mut found = Vec::new();
        self.gather(folder, &mut Vec::new(), wanted, &mut found);
        found
    }

    fn gather(
        &mut self,
        folder: &Path,
        steps: &mut Vec<String>,
        wanted: &dyn Fn(&str) -> bool,
        found: &mut Vec<Seen>,
    ) {
        if steps.len() >= DEPTH_MAX {
            return self.cut_off();
        }
        for (name, shown, kind) in self.entries(folder) {
            steps.push(name);
            if kind.is_dir() {
                self.gather(&shown, steps, wanted, found);
            } else if steps.last().is_some_and(|name| wanted(name)) {
                let real = self.within(&shown);
                let file = real.filter(|real| !real.is_dir());
                found.extend(file.map(|real| Seen { steps: steps.clone(), shown, real }));
            } else if kind.is_symlink() && shown.is_dir() {
                self.within(&shown);
            }
            steps.pop();
        }
    }

    fn cut_off(&mut self) {
        if !std::mem::replace(&mut self.cut, true) {
            let failure = Failure::new(Code::ModelScanCut).with("path", self.root.display());
            self.failures.push(failure.with("most", ENTRIES_MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Walk;
    use las_types::Code;
    use std::os::unix::fs::symlink;

    fn below(folder: &std::path::Path) -> (Vec<String>, Vec<Code>) {
        let mut walk = Walk::open(folder).unwrap();
        let root = walk.root().to_owned();
        let found = walk
            .files(&root, &|name| std::path::Path::new(name).extension().is_some_and(|end| end == "gguf"));
        let names = found.iter().map(|seen| seen.steps.join("/")).collect();
        (names, walk.failures.iter().map(|failure| failure.code).collect())
    }

    #[test]
    fn nothing_is_followed_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, outer) = (folder.path().join("inner"), folder.path().join("outer"));
        for one in [&inner.join("a"), &outer] {
            std::fs::create_dir_all(one).unwrap();
            std::fs::File::create(one.join("m.gguf")).unwrap();
        }
        assert_eq!(below(&inner), (vec!["a/m.gguf".to_owned()], vec![]));
        symlink(inner.join("a/m.gguf"), inner.join("same.gguf")).unwrap();
        symlink(&inner, inner.join("a/loop")).unwrap();
        symlink("self.gguf", inner.join("self.gguf")).unwrap();
        symlink(&outer, inner.join("elsewhere")).unwrap();
        symlink(outer.join("m.gguf"), inner.join("other.gguf")).unwrap();
        let (names, codes) = below(&inner);
        assert_eq!(names, ["a/m.gguf", "same.gguf"]);
        assert_eq!(codes, [Code::ModelLinkOut, Code::ModelLinkOut, Code::IoFailed]);
    }

    #[test]
    fn what_is_too_deep_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/".repeat(20));
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::File::create(deep.join("m.gguf")).unwrap();
        assert_eq!(below(folder.path()), (vec![], vec![Code::ModelScanCut]));
    }
}
