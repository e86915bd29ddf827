//! One module's versions, read when they are asked for.

use super::cache::Bytes;
use las_types::{Category, Digest, Manifest, ModuleName, Origin, Version};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// One version of a module, and where its manifest comes from.
#[derive(Clone, Debug)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// What it is for.
    pub category: Category,
    /// Whose registry it comes from.
    pub origin: Origin,
    /// Its file, relative to the registry's root if that is the application's.
    pub path: String,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Names that it provides.
    pub provides: Vec<ModuleName>,
    /// Names that it conflicts with.
    pub conflicts: Vec<ModuleName>,
    /// The oldest version of the module that is of use, by this manifest.
    pub least: Option<Version>,
    /// Whose registries have the same version too; this one comes before them.
    pub hides: Vec<Origin>,
}

/// A manifest, read or to be read.
#[derive(Debug)]
pub(super) enum Body {
    Read(Box<Manifest>),
    /// In the cache, at that place.
    Kept(Range<usize>),
}

/// Every version of one module, newest first.
#[derive(Debug, Default)]
pub struct Module {
    releases: Vec<Release>,
    least: Option<Version>,
    /// For each release, where the cache has it; empty if all were read.
    kept: Vec<Range<usize>>,
    cache: Option<Arc<Bytes>>,
    manifests: OnceLock<Vec<Manifest>>,
}

impl Module {
    /// Of releases in any order.
    pub(super) fn new(mut entries: Vec<(Release, Body)>, cache: Option<&Arc<Bytes>>) -> Self {
        entries.sort_by(|(a, _), (b, _)| b.version.cmp(&a.version));
        let mut module = Self { cache: cache.cloned(), ..Self::default() };
        let all_kept = entries.iter().all(|(_, body)| matches!(body, Body::Kept(_)));
        let mut read = Vec::new();
        for (release, body) in entries {
            match body {
                Body::Kept(place) if all_kept => module.kept.push(place),
                Body::Kept(place) => read.extend(module.read(&place)),
                Body::Read(manifest) => read.push(*manifest),
            }
            module.releases.push(release);
        }
        module.least = module.releases.iter().filter_map(|release| release.least.clone()).max();
        if !all_kept {
            module.manifests = OnceLock::from(read);
        }
        module
    }

    fn read(&self, place: &Range<usize>) -> Option<Manifest> {
        self.cache.as_ref()?.manifest(place)
    }

    /// Where each version comes from.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The oldest version that is of use, by any of the manifests.
    pub fn least_useful(&self) -> Option<&Version> {
        self.least.as_ref()
    }

    /// Each version's manifest, in the same order; read now if they were not asked for yet.
    pub fn manifests(&self) -> &[Manifest] {
        self.manifests.get_or_init(|| self.kept.iter().filter_map(|place| self.read(place)).collect())
    }
}
