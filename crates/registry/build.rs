//! A digest over the sources that decide which manifests are accepted and how they are kept: what an
//! older build remembered of a registry means nothing to a newer one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

fn hash(folder: &Path, into: &mut DefaultHasher) -> std::io::Result<()> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            hash(&path, into)?;
        } else {
            path.file_name().hash(into);
            std::fs::read(&path)?.hash(into);
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for folder in ["src", "../types/src"] {
        println!("cargo:rerun-if-changed={folder}");
        hash(Path::new(folder), &mut hasher)?;
    }
    println!("cargo:rustc-env=LAS_REGISTRY_SOURCES={:016x}", hasher.finish());
    Ok(())
}
