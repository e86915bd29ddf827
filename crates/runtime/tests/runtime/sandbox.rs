//! What a service's program sees of the machine and may do to it, with namespaces and without.

use crate::bench::{Bench, put, start, step};
use crate::services::{line, script_with};
use las_types::{Code, Executor, SandboxLevel, SandboxSection, ServiceState};

/// What a script says after `words`, once the service is ready.
async fn said(bench: &mut Bench, text: &str) -> Vec<String> {
    let spec = script_with(bench, text, line("ready"), SandboxSection::default());
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    bench.until(ServiceState::Ready).await;
    let log = std::fs::read_to_string(bench.home.logs().join("notes/current.log")).unwrap();
    log.lines().map(str::to_owned).collect()
}

fn has(lines: &[String], words: &str) -> bool {
    lines.iter().any(|line| line.ends_with(words))
}

/// Tries what a program has no business to do; each says `no` where it fails.
const TRIES: &str = "
    home=$(cd ../../.. && pwd)
    (echo x > /etc/made) 2>/dev/null && echo made-etc || echo no-etc
    (echo x > $home/made; echo x > ../process.json; echo x > ../keeper.sock) 2>/dev/null
    (cat $home/secret) 2>/dev/null && echo read-home || echo no-secret
    (cat /etc/shadow >/dev/null) 2>/dev/null && echo read-shadow || echo no-shadow
    (echo x > /tmp/las-sandbox-made-$$) 2>/dev/null; echo tmp-tried
    (echo x > own) 2>/dev/null && echo own-run || echo no-run
    (echo x > ../data/own) 2>/dev/null && echo own-data || echo no-data
    (kill -0 $KILL) 2>/dev/null && echo signalled || echo no-signal
    (unshare -r true) 2>/dev/null && echo unshared || echo no-unshare
    (mount -t tmpfs none /mnt) 2>/dev/null && echo mounted || echo no-mount
    echo gpu=$CUDA_VISIBLE_DEVICES
    echo ready; exec sleep 600";

async fn holds(mut bench: Bench, level: SandboxLevel) {
    put(&bench.home.root().join("secret"), b"secret");
    let own = std::process::id().to_string();
    let lines = said(&mut bench, &TRIES.replace("$KILL", &own)).await;
    for words in ["no-etc", "no-secret", "no-shadow", "no-signal", "no-unshare", "no-mount"] {
        assert!(has(&lines, words), "{words}: {lines:#?}");
    }
    assert!(has(&lines, "own-run") && has(&lines, "own-data") && has(&lines, "gpu=-1"), "{lines:#?}");
    // What it wrote under these names, if anything, is nowhere but in its own view.
    let folder = bench.home.services().join("notes");
    assert!(!bench.home.root().join("made").exists());
    assert_ne!(std::fs::read(folder.join("process.json")).unwrap(), b"x\n");
    let left = std::fs::read_dir("/tmp").unwrap().flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().starts_with("las-sandbox-made"));
    assert_eq!(left.count(), 0);
    assert_eq!(bench.executor.services().pop().unwrap().sandbox, Some(level));
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn with_namespaces_a_program_has_only_what_is_its_own() {
    holds(Bench::with_namespaces(), SandboxLevel::Whole).await;
}

#[tokio::test]
async fn without_namespaces_it_can_change_nothing_else_all_the_same() {
    holds(Bench::new(), SandboxLevel::Partly).await;
}

#[tokio::test]
async fn a_manifest_that_demands_more_than_there_is_is_not_started() {
    let bench = Bench::new();
    let section = SandboxSection { at_least: Some(SandboxLevel::Whole), ..SandboxSection::default() };
    let spec = script_with(&bench, "echo ready; exec sleep 600", line("ready"), section);
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    let args = ["name", "wanted", "level"].map(|name| failure.args[name].clone());
    assert_eq!(
        (failure.code, args),
        (Code::SandboxUnavailable, ["notes", "whole", "partly"].map(Into::into))
    );
    assert!(bench.executor.running().is_empty());
}

/// Its first process in there stands for it; signals are for the program, which ends as it wants to.
#[tokio::test]
async fn in_namespaces_a_program_is_asked_to_end_and_its_end_is_told_as_it_was() {
    let mut bench = Bench::with_namespaces();
    let text =
        "trap 'echo ending; sleep 0.2; echo ended; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
    let lines = said(&mut bench, text).await;
    assert!(has(&lines, "ready"));
    bench.executor.shut_down(&[]).await;
    let log = std::fs::read_to_string(bench.home.logs().join("notes/current.log")).unwrap();
    assert!(log.lines().any(|line| line.ends_with("ended")), "{log}");
}

/// A program that is not there, or is none, is told as such and not as a sandbox that fails.
#[tokio::test]
async fn in_namespaces_what_can_t_be_started_says_why() {
    let bench = Bench::with_namespaces();
    let mut spec = script_with(&bench, "echo ready", line("ready"), SandboxSection::default());
    spec.program = bench.folder.path().join("module/none").display().to_string();
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    assert!(failure.args.values().any(|value| value.contains("No such file")), "{failure:?}");
}
