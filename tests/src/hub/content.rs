//! The repositories of a hub.

use las_types::Digest;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// From this size on a file lies on the second host.
pub const LFS_FROM: usize = 64;

/// Who gets a repository's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Gated {
    /// Everybody.
    #[default]
    Open,
    /// Whose token is among those that were let in; everybody sees that it is there.
    Closed,
    /// The same, and nobody else sees that it is there.
    Private,
}

/// What a hub knows of a repository: its `.hub.json`, all of whose fields may be absent.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// `gated`: `true`, or `private`: `true`.
    pub(super) gated: Gated,
    /// `tokens`: who was let in.
    pub(super) tokens: Vec<String>,
    /// `task`.
    pub(super) task: Option<String>,
    /// `license`.
    pub(super) license: Option<String>,
    /// `tags`.
    pub(super) tags: Vec<String>,
    /// `downloads`.
    pub(super) downloads: u64,
    /// `context`.
    pub(super) context: Option<u64>,
    /// `versions`: names of tags; each stands for the first commit.
    pub(super) versions: Vec<String>,
}

/// A repository.
pub(super) struct Repository {
    pub(super) id: String,
    pub(super) about: About,
    snapshots: Vec<Snapshot>,
}

/// Its files at one commit.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) commit: String,
    pub(super) files: BTreeMap<String, Arc<[u8]>>,
}

/// All repositories.
pub(super) struct Content {
    folder: PathBuf,
    repositories: BTreeMap<String, Repository>,
}

impl Content {
    pub(super) fn read(folder: &Path) -> Self {
        let mut content = Self { folder: folder.to_owned(), repositories: BTreeMap::new() };
        content.reload();
        content
    }

    pub(super) fn reload(&mut self) {
        for owner in folders(&self.folder) {
            for place in folders(&owner) {
                let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
                let id = format!("{}/{}", name(&owner), name(&place));
                let snapshot = Snapshot::read(&place);
                let known = self.repositories.entry(id.clone()).or_insert_with(|| Repository {
                    id,
                    about: About::default(),
                    snapshots: Vec::new(),
                });
                known.about = About::read(&place);
                if known.snapshots.last().is_none_or(|last| last.commit != snapshot.commit) {
                    known.snapshots.push(snapshot);
                }
            }
        }
    }

    pub(super) fn repository(&self, id: &str) -> Option<&Repository> {
        self.repositories.get(id)
    }

    /// All of them, what was fetched most often first.
    pub(super) fn by_downloads(&self) -> Vec<&Repository> {
        let mut all: Vec<_> = self.repositories.values().collect();
        all.sort_by_key(|repository| (std::cmp::Reverse(repository.about.downloads), &repository.id));
        all
    }

    /// The file with that digest, of whichever repository.
    pub(super) fn stored(&self, sha256: &str) -> Option<Arc<[u8]>> {
        let snapshots = self.repositories.values().flat_map(|repository| &repository.snapshots);
        snapshots
            .flat_map(|snapshot| snapshot.files.values())
            .find(|bytes| sha256_of(bytes) == sha256)
            .cloned()
    }
}

impl Repository {
    pub(super) fn newest(&self) -> &Snapshot {
        self.snapshots.last().expect("a repository has a commit")
    }

    /// The files at a branch, a tag or a commit.
    pub(super) fn at(&self, revision: &str, branch: &str) -> Option<&Snapshot> {
        if revision == branch {
            return Some(self.newest());
        }
        if self.about.versions.iter().any(|version| version == revision) {
            return self.snapshots.first();
        }
        self.snapshots.iter().find(|snapshot| snapshot.commit == revision)
    }

    /// Whether somebody gets its files.
    pub(super) fn lets_in(&self, token: Option<&str>) -> bool {
        self.about.gated == Gated::Open
            || token.is_some_and(|token| self.about.tokens.iter().any(|known| known == token))
    }

    /// Whether somebody sees that it is there.
    pub(super) fn shows_to(&self, token: Option<&str>) -> bool {
        self.about.gated != Gated::Private || self.lets_in(token)
    }
}

impl Snapshot {
    fn read(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        gather(folder, "", &mut files);
        let listed: String =
            files.iter().map(|(path, bytes)| format!("{path} {}\n", sha256_of(bytes))).collect();
        Self { commit: sha256_of(listed.as_bytes())[..40].to_owned(), files }
    }
}

impl About {
    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(".hub.json")).unwrap_or_else(|_| "{}".to_owned());
        let value: Value = serde_json::from_str(&text).unwrap();
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let texts = |name: &str| {
            let list = value[name].as_array().cloned().unwrap_or_default();
            list.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        let gated = match (&value["private"], &value["gated"]) {
            (Value::Bool(true), _) => Gated::Private,
            (_, Value::Bool(true)) => Gated::Closed,
            _ => Gated::Open,
        };
        Self {
            gated,
            tokens: texts("tokens"),
            task: text("task"),
            license: text("license"),
            tags: texts("tags"),
            downloads: value["downloads"].as_u64().unwrap_or(0),
            context: value["context"].as_u64(),
            versions: texts("versions"),
        }
    }
}

/// A file's digest, without prefix.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    Digest::of(bytes).hex()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn gather(folder: &Path, before: &str, files: &mut BTreeMap<String, Arc<[u8]>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            gather(&path, &format!("{before}{name}/"), files);
        } else if name != ".hub.json" {
            files.insert(format!("{before}{name}"), std::fs::read(&path).unwrap().into());
        }
    }
}
