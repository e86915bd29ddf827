//! From directories, and from what was read of them before, to a registry.

use super::cache::{self, Bytes, Key, Row};
use super::discover::{Found, Listing, Stamp, discover};
use super::module::{Body, Module, Release};
use super::{Loaded, Registry, Rejected, Related, Root, Sources, Standing, check};
use crate::Artefacts;
use crate::signed::Verified;
use las_types::{Code, Digest, Failure, Manifest, ModuleName, Origin};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// So many manifests that were read anew are worth writing a cache; fewer are read faster than it is.
const WORTH_KEEPING: usize = 32;

impl Registry {
    /// Loads all directories. What the cache has of files that have not changed is taken from it.
    ///
    /// The second value is what the cache's file should hold from now on, if that is worth writing.
    pub fn gather(sources: &Sources<'_>) -> (Self, Option<Vec<u8>>) {
        let key = Key::new(sources.artefacts.fingerprint());
        let kept = sources.cache.and_then(Bytes::read);
        let table = kept.as_ref().and_then(|kept| kept.rows(&key)).unwrap_or_default();
        let mut loading = Loading { now: sources.now.as_second(), ..Loading::default() };
        let mut loaded = Vec::new();
        for (place, root) in sources.roots.iter().enumerate() {
            let known = root.path.to_str().and_then(|path| table.0.iter().position(|other| *other == path));
            // By registry and path, so those of one are together.
            let begin = table.1.partition_point(|row| Some(row.root) < known);
            let rows = if known.is_some() { table.1.get(begin..).unwrap_or_default() } else { &[] };
            let rows = &rows[..rows.partition_point(|row| Some(row.root) == known)];
            let (standing, verified, keys) = sources.standing(root);
            for (path, failure) in keys {
                let path = path.display().to_string();
                loading.rejected.push(Rejected { origin: root.origin, path, name: None, failure });
            }
            if !matches!(standing, Standing::Refused(_) | Standing::Absent) {
                loading.root(place, root, rows, verified.as_ref(), sources.artefacts);
            }
            loaded.push(Loaded { root: root.clone(), standing });
        }
        let fresh = loading.fresh.len();
        let cache = if sources.cache.is_some() && fresh >= WORTH_KEEPING {
            loading.cache(key, &sources.roots, kept.as_deref())
        } else {
            None
        };
        (Registry { roots: loaded, ..loading.finish(kept.as_ref()) }, cache)
    }
}

/// A manifest that was read from its file, to be kept.
struct Fresh {
    root: usize,
    path: String,
    stamp: Stamp,
    name: ModuleName,
    version: String,
    least: String,
    like: Release,
    json: Vec<u8>,
}

#[derive(Default)]
struct Loading<'a> {
    now: i64,
    modules: BTreeMap<ModuleName, Vec<(Release, Body)>>,
    rejected: Vec<Rejected>,
    fresh: Vec<Fresh>,
    /// Rows whose files are as they were.
    valid: Vec<(usize, &'a Row<'a>)>,
}

impl<'a> Loading<'a> {
    fn root(
        &mut self,
        place: usize,
        root: &Root,
        rows: &'a [Row<'a>],
        verified: Option<&Verified>,
        artefacts: &Artefacts,
    ) {
        let Listing { files, failed } = discover(&root.path);
        for (path, failure) in failed {
            self.reject(root, &path, None, failure);
        }
        let mut missing: BTreeSet<&str> = verified.map(|index| index.files().collect()).unwrap_or_default();
        let mut rows = rows.iter().peekable();
        for file in files {
            while rows.next_if(|row| *row.path < *file.path).is_some() {}
            let row = rows.next_if(|row| *row.path == *file.path);
            missing.remove(&*file.path);
            let expected = match verified.map(|index| index.digest(&file.path)) {
                Some(None) => {
                    let failure = Failure::new(Code::ManifestUnlisted).with("path", shown(root, &file.path));
                    self.reject(root, &file.path, None, failure);
                    continue;
                }
                Some(expected) => expected,
                None => None,
            };
            let row = row.filter(|row| Some(row.stamp) == file.stamp);
            let row = row.filter(|row| expected.is_none_or(|digest| *digest.bytes() == row.digest));
            match row.and_then(|row| self.kept(root, row)) {
                Some(row) => self.valid.push((place, row)),
                None => self.read((place, root), file, expected, artefacts),
            }
        }
        for path in missing {
            let failure = Failure::new(Code::FileNotFound).with("path", shown(root, path));
            self.reject(root, path, None, failure);
        }
    }

    /// Takes a manifest from the cache.
    fn kept(&mut self, root: &Root, row: &'a Row<'a>) -> Option<&'a Row<'a>> {
        let release = Release {
            version: row.version.parse().ok()?,
            category: row.category,
            origin: root.origin,
            path: shown(root, row.path),
            digest: Digest::from_bytes(row.digest),
            least: if row.least.is_empty() { None } else { Some(row.least.parse().ok()?) },
            provides: names(&row.provides)?,
            conflicts: names(&row.conflicts)?,
            hides: Vec::new(),
        };
        self.add(row.name.parse().ok()?, release, Body::Kept(row.body.clone()));
        Some(row)
    }

    /// Reads a manifest from its file.
    fn read(
        &mut self,
        (place, root): (usize, &Root),
        file: Found,
        expected: Option<Digest>,
        artefacts: &Artefacts,
    ) {
        let shown = shown(root, &file.path);
        let (manifest, digest) = match check::read(&root.path.join(&file.path), &shown, expected, artefacts) {
            Ok(read) => read,
            Err((name, failure)) => return self.reject(root, &file.path, name, failure),
        };
        let release = release(&manifest, root.origin, shown, digest);
        if let Some(stamp) = file.stamp.filter(|stamp| stamp.is_settled(self.now))
            && let Some(json) = cache::encode(&manifest)
        {
            let (name, version) = (manifest.name.clone(), manifest.version.to_string());
            let least = release.least.as_ref().map(ToString::to_string).unwrap_or_default();
            let (path, like) = (file.path, release.clone());
            self.fresh.push(Fresh { root: place, path, stamp, name, version, least, like, json });
        }
        self.add(manifest.name.clone(), release, Body::Read(Box::new(manifest)));
    }

    fn reject(&mut self, root: &Root, path: &str, name: Option<ModuleName>, failure: Failure) {
        let path = shown(root, path);
        self.rejected.push(Rejected { origin: root.origin, path, name, failure });
    }

    fn add(&mut self, name: ModuleName, release: Release, body: Body) {
        let entries = self.modules.entry(name.clone()).or_default();
        // `1.2` and `1.2.0` are one version, and so are two groups' files of the same name.
        match entries.iter_mut().find(|(other, _)| other.version == release.version) {
            Some((first, _)) if first.origin != release.origin => first.hides.push(release.origin),
            Some(_) => {
                let detail = format!("{name} {} is described by another file too", release.version);
                let failure = check::invalid(&release.path, 1, detail);
                let Release { origin, path, .. } = release;
                self.rejected.push(Rejected { origin, path, name: Some(name), failure });
            }
            None => entries.push((release, body)),
        }
    }

    /// What was found valid and what was read anew, as the cache's file.
    fn cache(&self, key: Key, roots: &[Root], kept: Option<&Bytes>) -> Option<Vec<u8>> {
        let paths: Option<Vec<&str>> = roots.iter().map(|root| root.path.to_str()).collect();
        let mut bodies = Vec::new();
        let mut put = |json: &[u8]| -> Range<usize> {
            let start = bodies.len();
            bodies.extend_from_slice(json);
            start..bodies.len()
        };
        let mut rows: Vec<Row<'_>> = Vec::with_capacity(self.valid.len() + self.fresh.len());
        for (root, row) in &self.valid {
            rows.push(Row { root: *root, body: put(kept?.body(&row.body)), ..(*row).clone() });
        }
        for fresh in &self.fresh {
            rows.push(Row {
                root: fresh.root,
                path: &fresh.path,
                stamp: fresh.stamp,
                digest: *fresh.like.digest.bytes(),
                name: fresh.name.as_str(),
                version: &fresh.version,
                category: fresh.like.category,
                least: &fresh.least,
                provides: fresh.like.provides.iter().map(ModuleName::as_str).collect(),
                conflicts: fresh.like.conflicts.iter().map(ModuleName::as_str).collect(),
                body: put(&fresh.json),
            });
        }
        rows.sort_by(|a, b| (a.root, a.path).cmp(&(b.root, b.path)));
        cache::write(key, paths?, rows, &bodies)
    }

    fn finish(self, kept: Option<&Arc<Bytes>>) -> Registry {
        let (mut providers, mut opponents) = (Related::new(), Related::new());
        for (name, entries) in &self.modules {
            for (release, _) in entries {
                for (names, related) in
                    [(&release.provides, &mut providers), (&release.conflicts, &mut opponents)]
                {
                    for other in names {
                        related.entry(other.clone()).or_default().insert(name.clone());
                    }
                }
            }
        }
        let module = |(name, entries)| (name, Module::new(entries, kept));
        let modules = self.modules.into_iter().map(module).collect();
        Registry { modules, providers, opponents, rejected: self.rejected, roots: Vec::new() }
    }
}

fn names(texts: &[&str]) -> Option<Vec<ModuleName>> {
    texts.iter().map(|text| text.parse().ok()).collect()
}

fn release(manifest: &Manifest, origin: Origin, path: String, digest: Digest) -> Release {
    let mut conflicts: Vec<ModuleName> = manifest.conflicts.iter().map(|one| one.name.clone()).collect();
    conflicts.sort_unstable();
    conflicts.dedup();
    Release {
        version: manifest.version.clone(),
        category: manifest.category,
        origin,
        path,
        digest,
        least: manifest.minimum_useful_version.clone(),
        provides: manifest.interfaces.provides.iter().map(|provided| provided.name.clone()).collect(),
        conflicts,
        hides: Vec::new(),
    }
}

/// A file as people find it: that of a foreign registry with its whole path.
fn shown(root: &Root, path: &str) -> String {
    match root.origin {
        Origin::Builtin => path.to_owned(),
        Origin::User | Origin::Organisation => root.path.join(path).display().to_string(),
    }
}

/// A registry of manifests that were not read from files here: nothing is checked but that a
/// version is there once. Their order makes no difference to what is found.
impl FromIterator<Manifest> for Registry {
    fn from_iter<I: IntoIterator<Item = Manifest>>(manifests: I) -> Self {
        let mut loading = Loading::default();
        for manifest in manifests {
            let path = format!("{}/{}", manifest.name, manifest.version);
            let release = release(&manifest, Origin::Builtin, path, Digest::from_bytes([0; 32]));
            loading.add(manifest.name.clone(), release, Body::Read(Box::new(manifest)));
        }
        loading.finish(None)
    }
}
