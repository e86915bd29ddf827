//! Reading that nobody waits for, and what is known of files that were read.

use crate::bench::{Bench, put, step};
use async_trait::async_trait;
use las_types::{
    ByteSize, Category, Depth, Digest, DriftKind, Executor, Installed, Patience, Placement, Source,
    StepAction, Timestamp,
};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// Long enough to be read in pieces.
const LENGTH: usize = 3 << 20;

/// A model of somebody's own file, added.
async fn added(bench: &Bench) -> (Installed, PathBuf) {
    let file = bench.folder.path().join("model.gguf");
    put(&file, &vec![7; LENGTH]);
    let path = file.display().to_string();
    let source = Source::LocalFile { path: path.clone(), adopted: None };
    let digest = Digest::of(&vec![7; LENGTH]);
    let item = Installed {
        name: "a".parse().unwrap(),
        category: Category::Model,
        version: format!("0.0.0+{}", digest.short()).parse().unwrap(),
        digest,
        size: ByteSize::new(LENGTH as u64),
        placement: Placement::Reference { path },
        source: source.clone(),
        license: None,
        program: None,
        model: None,
        views: Vec::new(),
    };
    bench.execute(step(1, 0), &StepAction::BlobAdd { item: item.clone(), source }).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    (item, file)
}

/// Counts what is read.
#[derive(Default)]
struct Counting(AtomicU64);

#[async_trait]
impl Patience for Counting {
    async fn read(&self, bytes: ByteSize) {
        self.0.fetch_add(bytes.bytes(), Ordering::SeqCst);
    }
}

/// Says that a piece was read, and never goes on.
#[derive(Default)]
struct Halting(Notify);

#[async_trait]
impl Patience for Halting {
    async fn read(&self, _: ByteSize) {
        self.0.notify_one();
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn when_a_file_was_read_and_what_was_found_is_known_as_long_as_it_stays_so() {
    let bench = Bench::new();
    let (item, file) = added(&bench).await;
    assert_eq!(bench.executor.last_read(&item).await, None, "nobody has read it since it is here");
    bench.executor.verify(&item).await.unwrap();
    assert!(bench.executor.last_read(&item).await.unwrap().whole);
    put(&file, &vec![8; LENGTH]);
    assert_eq!(bench.executor.last_read(&item).await, None, "it is another file now");
    bench.executor.verify(&item).await.unwrap_err();
    let found = bench.executor.last_read(&item).await.unwrap();
    assert!(!found.whole);
    // What was found damaged is named without being read again, as long as it stays so.
    let (depth, patience) = (Depth::Changed { proven_since: Timestamp::MIN }, Counting::default());
    let drifts = bench.executor.inspect_patiently(&item, depth, &patience).await.unwrap();
    assert!(drifts.iter().any(|drift| drift.kind == DriftKind::ItemDamaged), "{drifts:?}");
    assert_eq!((patience.0.load(Ordering::SeqCst), bench.executor.last_read(&item).await), (0, Some(found)));
}

#[tokio::test]
async fn what_nobody_waits_for_is_read_in_pieces() {
    let bench = Bench::new();
    let (item, _) = added(&bench).await;
    let patience = Counting::default();
    assert_eq!(bench.executor.inspect_patiently(&item, Depth::Full, &patience).await.unwrap(), []);
    let told = patience.0.load(Ordering::SeqCst);
    assert!(told > 0 && told <= LENGTH as u64, "{told}");
    assert!(bench.executor.last_read(&item).await.unwrap().whole);
}

#[tokio::test]
async fn a_reading_that_is_dropped_counts_for_nothing() {
    let bench = Bench::new();
    let (item, _) = added(&bench).await;
    let patience = Halting::default();
    tokio::select! {
        _ = bench.executor.inspect_patiently(&item, Depth::Full, &patience) => panic!("it goes on"),
        () = patience.0.notified() => {}
    }
    assert_eq!(bench.executor.last_read(&item).await, None);
    bench.executor.verify(&item).await.unwrap();
}
