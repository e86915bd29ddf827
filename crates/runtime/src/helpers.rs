//! Programs that the runtime itself runs.

use std::path::{Path, PathBuf};

/// Where they lie.
#[derive(Clone, Debug)]
pub struct Helpers {
    /// `las-keeper`, which keeps services, and puts programs into their sandbox.
    pub keeper: PathBuf,
    /// `bwrap`, which gives programs namespaces of their own; without it they are held less well.
    pub bwrap: Option<PathBuf>,
}

impl Helpers {
    /// With the `bwrap` of the system, where distributions have it, if it has one.
    pub fn of_the_system(keeper: PathBuf) -> Self {
        const BWRAP: [&str; 3] = ["/usr/bin/bwrap", "/bin/bwrap", "/run/current-system/sw/bin/bwrap"];
        let bwrap = BWRAP.iter().map(Path::new).find(|path| path.is_file());
        Self { keeper, bwrap: bwrap.map(Path::to_path_buf) }
    }
}
