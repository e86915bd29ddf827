//! Models as other tools lay them out, and what of a file shows that nobody touched it.

use las_types::Digest;
use serde_json::json;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Puts a model into a folder as Ollama does, under the digest that is said; gives the blob.
pub fn ollama_model(models: &Path, name: &str, tag: &str, digest: &str, bytes: &[u8]) -> PathBuf {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "digest": Digest::of(b"{}").to_string(),
            "size": 2,
        },
        "layers": [
            { "mediaType": "application/vnd.ollama.image.model", "digest": digest, "size": bytes.len() },
            { "mediaType": "application/vnd.ollama.image.template", "digest": Digest::of(b"t").to_string(), "size": 1 },
        ],
    });
    let folder = models.join("manifests/registry.ollama.ai/library").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(tag), manifest.to_string()).unwrap();
    let blobs = models.join("blobs");
    std::fs::create_dir_all(&blobs).unwrap();
    let blob = blobs.join(digest.replace(':', "-"));
    if digest.parse::<Digest>().is_ok() {
        std::fs::write(&blob, bytes).unwrap();
    }
    blob
}

/// What of a file would tell that somebody touched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untouched {
    /// The same file.
    pub inode: (u64, u64),
    /// Its rights, owner and group.
    pub rights: (u32, u32, u32),
    /// When it was written last.
    pub written: (i64, i64),
    /// Its bytes.
    pub digest: Digest,
}

impl Untouched {
    /// How it is now.
    pub fn of(path: &Path) -> Self {
        let found = path.metadata().unwrap();
        Self {
            inode: (found.dev(), found.ino()),
            rights: (found.mode(), found.uid(), found.gid()),
            written: (found.mtime(), found.mtime_nsec()),
            digest: Digest::of(&std::fs::read(path).unwrap()),
        }
    }
}
