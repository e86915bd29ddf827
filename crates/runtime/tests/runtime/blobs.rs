//! Models: bytes once, names that point at them, references that are never touched.

use crate::bench::{Bench, put, step};
use las_types::{ByteSize, Category, Code, Digest, Executor, Installed, Placement, Source, StepAction};
use std::path::PathBuf;

const BYTES: &[u8] = b"GGUF and so on";

struct Model {
    item: Installed,
    add: StepAction,
    remove: StepAction,
    name: PathBuf,
}

fn model(bench: &Bench, name: &str, placement: Placement) -> Model {
    let file = bench.folder.path().join("model.gguf");
    if !file.exists() {
        put(&file, BYTES);
    }
    let source = Source::LocalFile { path: file.display().to_string(), adopted: None };
    let digest = Digest::of(BYTES);
    let version = format!("0.0.0+{}", digest.short());
    let item = Installed {
        name: name.parse().unwrap(),
        category: Category::Model,
        version: version.parse().unwrap(),
        digest,
        size: ByteSize::new(BYTES.len() as u64),
        placement,
        source: source.clone(),
        license: None,
        program: None,
        model: None,
        views: Vec::new(),
    };
    Model {
        add: StepAction::BlobAdd { item: item.clone(), source },
        remove: StepAction::BlobRemove { item: item.clone() },
        name: bench.home.models().join("local").join(name).join(version),
        item,
    }
}

#[tokio::test]
async fn bytes_shared_by_two_names_go_with_the_second() {
    let bench = Bench::new();
    let (a, b) = (model(&bench, "a", Placement::Blob), model(&bench, "b", Placement::Blob));
    let blob = PathBuf::from(bench.executor.path_of(&a.item, None));
    bench.execute(step(1, 0), &a.add).await.unwrap();
    bench.execute(step(1, 0), &a.add).await.unwrap();
    bench.execute(step(1, 1), &b.add).await.unwrap();
    assert_eq!(std::fs::read(&a.name).unwrap(), BYTES);
    // Undone, the second takes only its own name.
    bench.executor.undo(step(1, 1), &b.add).await.unwrap();
    assert!(blob.exists() && a.name.exists() && !b.name.exists());
    bench.execute(step(1, 1), &b.add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    assert_eq!(bench.stray(&[a.item.clone(), b.item.clone()]).await, [""; 0]);

    bench.execute(step(2, 0), &a.remove).await.unwrap();
    bench.executor.finish(step(2, 0).operation).await.unwrap();
    assert!(blob.exists() && !a.name.exists() && b.name.exists());
    bench.executor.verify(&b.item).await.unwrap();
    bench.execute(step(3, 0), &b.remove).await.unwrap();
    assert!(blob.exists());
    bench.executor.undo(step(3, 0), &b.remove).await.unwrap();
    bench.executor.verify(&b.item).await.unwrap();
    bench.execute(step(4, 0), &b.remove).await.unwrap();
    bench.executor.finish(step(4, 0).operation).await.unwrap();
    bench.executor.finish(step(4, 0).operation).await.unwrap();
    assert!(!blob.exists());
    assert_eq!(bench.stray(&[]).await, [""; 0]);
}

#[tokio::test]
async fn undoing_a_rename_brings_the_bytes_back() {
    let bench = Bench::new();
    let (a, b) = (model(&bench, "a", Placement::Blob), model(&bench, "b", Placement::Blob));
    bench.execute(step(1, 0), &a.add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    bench.execute(step(2, 0), &a.remove).await.unwrap();
    bench.execute(step(2, 1), &b.add).await.unwrap();
    bench.executor.undo(step(2, 1), &b.add).await.unwrap();
    bench.executor.undo(step(2, 0), &a.remove).await.unwrap();
    bench.executor.verify(&a.item).await.unwrap();
    assert_eq!(bench.stray(&[a.item]).await, [""; 0]);
}

#[tokio::test]
async fn wrong_bytes_never_get_the_name() {
    let bench = Bench::new();
    let a = model(&bench, "a", Placement::Blob);
    put(&bench.folder.path().join("model.gguf"), b"GGUF and so oN");
    let failure = bench.execute(step(1, 0), &a.add).await.unwrap_err();
    assert_eq!(failure.code, Code::ChecksumMismatch);
    assert!(!a.name.exists());
    bench.executor.undo(step(1, 0), &a.add).await.unwrap();
    assert_eq!(bench.stray(&[]).await, [""; 0]);
}

#[tokio::test]
async fn a_name_is_not_given_to_other_bytes() {
    let bench = Bench::new();
    let a = model(&bench, "a", Placement::Blob);
    bench.execute(step(1, 0), &a.add).await.unwrap();
    put(&bench.folder.path().join("model.gguf"), b"other");
    let mut other = a.item.clone();
    (other.digest, other.size) = (Digest::of(b"other"), ByteSize::new(5));
    let action = StepAction::BlobAdd { source: other.source.clone(), item: other };
    assert_eq!(bench.execute(step(2, 0), &action).await.unwrap_err().code, Code::ModelNameTaken);
    bench.executor.undo(step(2, 0), &action).await.unwrap();
    bench.executor.verify(&a.item).await.unwrap();
}

#[tokio::test]
async fn rotten_bytes_are_found_and_written_again() {
    let bench = Bench::new();
    let a = model(&bench, "a", Placement::Blob);
    bench.execute(step(1, 0), &a.add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    let blob = PathBuf::from(bench.executor.path_of(&a.item, None));
    // What a power cut makes of an unsynced file: the same size, or none.
    for rotten in [[0; BYTES.len()].as_slice(), b""] {
        put(&blob, rotten);
        assert_eq!(bench.executor.verify(&a.item).await.unwrap_err().code, Code::ChecksumMismatch);
        bench.execute(step(2, 0), &a.add).await.unwrap();
        bench.executor.verify(&a.item).await.unwrap();
    }
    std::fs::remove_file(&blob).unwrap();
    assert_eq!(bench.executor.verify(&a.item).await.unwrap_err().code, Code::ModelDamaged);
}

#[tokio::test]
async fn a_referenced_file_is_compared_and_left_alone() {
    let bench = Bench::new();
    let file = bench.folder.path().join("model.gguf");
    let a = model(&bench, "a", Placement::Reference { path: file.display().to_string() });
    bench.execute(step(1, 0), &a.add).await.unwrap();
    bench.executor.verify(&a.item).await.unwrap();
    assert_eq!(std::fs::read_dir(bench.home.blobs()).unwrap().count(), 0);
    bench.execute(step(2, 0), &a.remove).await.unwrap();
    bench.executor.finish(step(2, 0).operation).await.unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), BYTES);
    put(&file, b"changed");
    assert_eq!(bench.execute(step(3, 0), &a.add).await.unwrap_err().code, Code::ChecksumMismatch);
    assert_eq!(std::fs::read(&file).unwrap(), b"changed");
}
