//! Modules: installed, removed, undone, at each point where a stop can leave them.

use crate::bench::{Bench, DEMO, module, put, step};
use las_types::{Category, Code, Depth, Digest, DriftKind, Executor, Installed, Placement, StepAction};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

fn demo(bench: &Bench) -> (Installed, StepAction, PathBuf) {
    let item = module(&bench.folder.path().join("artefacts/demo"), Category::Tool);
    let Placement::Store { path } = &item.placement else { unreachable!() };
    let target = bench.home.store().join(path);
    (item.clone(), StepAction::StoreAdd { source: item.source.clone(), item }, target)
}

fn assert_complete(target: &Path) {
    for (path, bytes, executable) in DEMO {
        let file = target.join(path);
        assert_eq!(std::fs::read(&file).unwrap(), *bytes);
        let mode = if *executable { 0o755 } else { 0o644 };
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, mode, "{path}");
    }
}

fn staging_is_empty(bench: &Bench) -> bool {
    std::fs::read_dir(bench.home.staging()).unwrap().count() == 0
}

#[tokio::test]
async fn installing_twice_is_installing_once() {
    let bench = Bench::new();
    let (item, add, target) = demo(&bench);
    bench.execute(step(1, 0), &add).await.unwrap();
    assert_complete(&target);
    bench.execute(step(1, 0), &add).await.unwrap();
    assert_complete(&target);
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    assert!(staging_is_empty(&bench));
    bench.executor.verify(&item).await.unwrap();
    // Not this operation's work: undoing it in another leaves it.
    bench.execute(step(2, 0), &add).await.unwrap();
    bench.executor.undo(step(2, 0), &add).await.unwrap();
    assert_complete(&target);
}

#[tokio::test]
async fn what_a_stop_leaves_in_the_middle_is_finished_or_undone() {
    // Each case lays out what a kill at one point leaves, then goes on or back.
    type Leave = fn(&Bench, &Path);
    let cases: [(&str, Leave); 4] = [
        ("nothing", |_, _| {}),
        ("half a copy", |bench, _| {
            put(&bench.home.staging().join(step(1, 0).operation.to_string()).join("0/bin/run"), b"#!/b");
        }),
        ("a mark without a target", |bench, _| {
            put(&bench.home.staging().join(step(1, 0).operation.to_string()).join("placed-0"), b"");
        }),
        ("a target without its journal line", |bench, _| {
            put(&bench.home.staging().join(step(1, 0).operation.to_string()).join("placed-0"), b"");
        }),
    ];
    for (name, leave) in cases {
        for undone in [false, true] {
            let bench = Bench::new();
            let (item, add, target) = demo(&bench);
            if name.starts_with("a target") {
                bench.execute(step(1, 0), &add).await.unwrap();
            }
            leave(&bench, &target);
            if undone {
                bench.executor.undo(step(1, 0), &add).await.unwrap();
                bench.executor.undo(step(1, 0), &add).await.unwrap();
                assert!(!target.exists(), "{name}");
                assert_eq!(bench.stray(&[]).await, [""; 0], "{name}");
            } else {
                bench.execute(step(1, 0), &add).await.unwrap();
                assert_complete(&target);
                bench.executor.finish(step(1, 0).operation).await.unwrap();
                assert_eq!(bench.stray(&[item]).await, [""; 0], "{name}");
            }
        }
    }
}

#[tokio::test]
async fn wrong_bytes_are_named_and_nothing_is_installed() {
    let bench = Bench::new();
    let (_, add, target) = demo(&bench);
    put(&bench.folder.path().join("artefacts/demo/files/data"), b"five");
    let failure = bench.execute(step(1, 0), &add).await.unwrap_err();
    assert_eq!(failure.code, Code::ChecksumMismatch);
    assert!(failure.args["path"].ends_with("demo/files/data"));
    assert_eq!(failure.args["expected"], Digest::of(b"four").to_string());
    assert_eq!(failure.args["actual"], Digest::of(b"five").to_string());
    assert!(!target.exists());
    bench.executor.undo(step(1, 0), &add).await.unwrap();
    assert!(staging_is_empty(&bench));
}

#[tokio::test]
async fn a_link_in_the_source_is_not_followed() {
    let bench = Bench::new();
    let (_, add, target) = demo(&bench);
    let data = bench.folder.path().join("artefacts/demo/files/data");
    put(&bench.folder.path().join("elsewhere"), b"four");
    std::fs::remove_file(&data).unwrap();
    std::os::unix::fs::symlink(bench.folder.path().join("elsewhere"), &data).unwrap();
    assert!(bench.execute(step(1, 0), &add).await.is_err());
    assert!(!target.exists());
}

#[tokio::test]
async fn a_damaged_module_is_found_replaced_and_put_back_by_undo() {
    let bench = Bench::new();
    let (item, add, target) = demo(&bench);
    bench.execute(step(1, 0), &add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    put(&target.join("data"), b"fouR");
    let failure = bench.executor.verify(&item).await.unwrap_err();
    assert_eq!(failure.code, Code::ChecksumMismatch);
    assert!(failure.args["path"].ends_with("/data"));
    bench.execute(step(2, 0), &add).await.unwrap();
    bench.executor.verify(&item).await.unwrap();
    bench.executor.undo(step(2, 0), &add).await.unwrap();
    assert_eq!(std::fs::read(target.join("data")).unwrap(), b"fouR");
    assert!(staging_is_empty(&bench));
    bench.execute(step(3, 0), &add).await.unwrap();
    bench.executor.finish(step(3, 0).operation).await.unwrap();
    bench.executor.verify(&item).await.unwrap();
    std::fs::remove_file(target.join("bin/run")).unwrap();
    assert!(bench.executor.verify(&item).await.unwrap_err().args["path"].ends_with("bin/run"));
}

#[tokio::test]
async fn removal_is_undone_or_made_final() {
    let bench = Bench::new();
    let (item, add, target) = demo(&bench);
    let remove = StepAction::StoreRemove { item: item.clone() };
    bench.execute(step(1, 0), &add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    for _ in 0..2 {
        bench.execute(step(2, 0), &remove).await.unwrap();
        bench.execute(step(2, 0), &remove).await.unwrap();
        assert!(!target.exists());
        bench.executor.undo(step(2, 0), &remove).await.unwrap();
        bench.executor.undo(step(2, 0), &remove).await.unwrap();
        assert_complete(&target);
        assert!(staging_is_empty(&bench));
    }
    bench.execute(step(3, 0), &remove).await.unwrap();
    bench.executor.finish(step(3, 0).operation).await.unwrap();
    assert!(staging_is_empty(&bench) && std::fs::read_dir(bench.home.store()).unwrap().count() == 0);
    assert!(bench.executor.verify(&item).await.is_err());
}

#[tokio::test]
async fn cancellation_stops_between_chunks_and_progress_ends_at_the_size() {
    let bench = Bench::shipped();
    let item = module(&crate::bench::resources().join("llama.cpp"), Category::Runtime);
    let add = StepAction::StoreAdd { source: item.source.clone(), item: item.clone() };
    bench.reporter.cancel_at.store(4 << 20, Ordering::SeqCst);
    let failure = bench.execute(step(1, 0), &add).await.unwrap_err();
    assert_eq!(failure.code, Code::OperationCancelled);
    let stopped = *bench.reporter.progress.lock().unwrap().last().unwrap();
    assert!(stopped < item.size.bytes() / 2, "{stopped} of {}", item.size);
    bench.executor.undo(step(1, 0), &add).await.unwrap();
    assert_eq!(bench.stray(&[]).await, [""; 0]);

    let bench = Bench::shipped();
    bench.execute(step(1, 0), &add).await.unwrap();
    let progress = bench.reporter.progress.lock().unwrap().clone();
    assert!(progress.is_sorted() && progress.len() > 10);
    assert_eq!(progress.last(), Some(&item.size.bytes()));
}

#[tokio::test]
async fn a_program_that_fails_is_told_with_its_last_lines() {
    let bench = Bench::new();
    let (item, add, target) = demo(&bench);
    let verify = StepAction::ProgramVerify { item, program: "bin/run".into(), proof: Vec::new() };
    bench.execute(step(1, 0), &add).await.unwrap();
    bench.execute(step(1, 1), &verify).await.unwrap();
    put(&target.join("bin/run"), b"#!/bin/sh\necho \"given $1\"; echo broken >&2; env; exit 3\n");
    let failure = bench.execute(step(1, 1), &verify).await.unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::ProgramStartFailed, "demo"));
    let lines: Vec<_> = failure.args["detail"].lines().collect();
    assert!(lines.contains(&"given --version") && lines.contains(&"broken"), "{lines:?}");
    // Nothing of this process's environment, which has much more, reaches the program.
    let names: Vec<_> = lines.iter().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let from_shell = ["PWD", "OLDPWD", "SHLVL", "_"];
    assert!(
        names.iter().all(|name| ["PATH", "HOME", "LANG", "LAS_FAMILY"].contains(name)
            || from_shell.contains(name)
            || name.ends_with("_VISIBLE_DEVICES")),
        "{names:?}"
    );
}

#[tokio::test]
async fn the_name_of_a_module_that_is_missing_is_not_stray() {
    let bench = Bench::new();
    let (item, add, target) = demo(&bench);
    bench.execute(step(1, 0), &add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    std::fs::remove_dir_all(&target).unwrap();
    assert_eq!(bench.stray(std::slice::from_ref(&item)).await, [""; 0]);
    assert_eq!(bench.stray(&[]).await, ["store/demo"]);
}

#[tokio::test]
async fn strays_are_named_and_removed() {
    let bench = Bench::new();
    let (item, add, _) = demo(&bench);
    bench.execute(step(1, 0), &add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    put(&bench.home.store().join("old/1.0.0-abc/file"), b"x");
    put(&bench.home.blobs().join("00"), b"x");
    put(&bench.home.models().join("local/gone/1.0.0"), b"x");
    put(&bench.home.staging().join("left/0/file"), b"x");
    let expected =
        ["store/old/1.0.0-abc", "models/local/gone/1.0.0", "models/blobs/sha256/00", "staging/left"];
    assert_eq!(bench.stray(std::slice::from_ref(&item)).await, expected);
    let remove = |path: &str| StepAction::StrayRemove { path: path.to_owned() };
    for path in expected {
        bench.execute(step(2, 0), &remove(path)).await.unwrap();
        bench.executor.undo(step(2, 0), &remove(path)).await.unwrap();
    }
    assert_eq!(bench.stray(std::slice::from_ref(&item)).await, expected, "undone");
    for (path, number) in expected.iter().zip(0..) {
        bench.execute(step(3, number), &remove(path)).await.unwrap();
    }
    bench.executor.finish(step(3, 0).operation).await.unwrap();
    for outside in ["state.db", "store", "../x", "store/../state.db"] {
        assert!(bench.execute(step(4, 0), &remove(outside)).await.is_err(), "{outside}");
    }
    assert_eq!(bench.stray(std::slice::from_ref(&item)).await, [""; 0]);
    bench.executor.verify(&item).await.unwrap();
}

#[tokio::test]
async fn a_generation_is_written_as_it_is() {
    let bench = Bench::new();
    let (item, ..) = demo(&bench);
    let generation = las_types::Generation {
        schema: 1,
        number: las_types::GenerationNumber(7),
        operation: None,
        made_at: las_types::Timestamp::UNIX_EPOCH,
        command: "module_install".into(),
        items: vec![item],
    };
    bench.executor.write_generation(&generation).await.unwrap();
    let text = std::fs::read(bench.home.generations().join("7.lock")).unwrap();
    assert_eq!(serde_json::from_slice::<las_types::Generation>(&text).unwrap(), generation);
    assert!(bench.executor.free_space().await.unwrap().bytes() > 0);
}

/// A pass asks often: what it has read once it reads again only if something changed, also of a module whose list of
/// files is no longer shipped.
#[tokio::test]
async fn a_tree_whose_list_is_gone_is_read_once_and_again_when_something_changed() {
    let bench = Bench::new();
    let (item, add, target) = demo(&bench);
    bench.execute(step(1, 0), &add).await.unwrap();
    bench.executor.finish(step(1, 0).operation).await.unwrap();
    std::fs::remove_dir_all(bench.folder.path().join("artefacts/demo")).unwrap();
    let changed = Depth::Changed { proven_since: las_types::Timestamp::MIN };
    // Each reading is written down with its moment.
    let readings = || std::fs::read(bench.home.root().join("proven.json")).unwrap_or_default();
    assert_eq!(bench.executor.inspect(&item, changed).await.unwrap(), []);
    let first = readings();
    assert!(!first.is_empty());
    assert_eq!(bench.executor.inspect(&item, changed).await.unwrap(), []);
    assert_eq!(readings(), first, "nothing was read again");
    // What is asked to be read again is read again.
    let now = las_types::Timestamp::MAX;
    assert_eq!(bench.executor.inspect(&item, Depth::Changed { proven_since: now }).await.unwrap(), []);
    assert_ne!(readings(), first);
    let kinds = async || {
        let found = bench.executor.inspect(&item, changed).await.unwrap();
        found.into_iter().map(|drift| drift.kind).collect::<Vec<_>>()
    };
    put(&target.join("more"), b"x");
    assert_eq!(kinds().await, [DriftKind::ItemDamaged]);
    std::fs::remove_file(target.join("more")).unwrap();
    assert_eq!(kinds().await, []);
    put(&target.join("data"), b"FOUR");
    assert_eq!(kinds().await, [DriftKind::ItemDamaged]);
    std::fs::remove_file(target.join("data")).unwrap();
    assert_eq!(kinds().await, [DriftKind::ItemDamaged]);
}
