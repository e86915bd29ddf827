//! S19: nothing can be taken from, put into or changed in the ledger without it showing, and nothing begins that
//! can't be written down.

use super::database::{Database, now, operate, runtime};
use super::{Report, Run};
use las_state::{Checkpoint, LedgerLine, State};
use std::path::Path;

/// What is done to the ledger.
enum Deed {
    /// One bit of one byte of the export.
    Flip(usize),
    /// The export ends before this byte.
    Cut(usize),
    /// Lines of the export: exchanged, twice, gone, one more.
    Swap(usize),
    Twice(usize),
    Gone(usize),
    Added(usize),
    /// One bit of one byte of the anchor.
    Anchor(usize),
    /// An older anchor, or an older database, in the place of this one.
    OldAnchor,
    OldDatabase,
    /// Two who write at once: no line may be lost or spoil the chain.
    TwoWriters,
    /// The clock was set back: the order of the lines is not that of their times.
    ClockBack,
    /// The place of the line can't be written.
    NoPlace,
}

/// One text a line, as `las audit export` has it, checkpoints last.
fn export(lines: &[LedgerLine], checkpoints: &[Checkpoint]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = serde_json::json!({
            "sequence": line.sequence, "at": line.at, "operation": line.operation, "actor": line.actor,
            "command": line.command, "outcome": line.outcome, "plan_digest": line.plan_digest,
            "generation": line.generation, "previous": line.previous, "hash": line.hash,
        });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    for one in checkpoints {
        let one = serde_json::json!({ "count": one.count, "head": one.head, "key": one.key, "signature": one.signature });
        text.push_str(&one.to_string());
        text.push('\n');
    }
    text
}

fn whole(text: &str) -> bool {
    las_app::verify_export("export", text).ok
}

fn detected(shown: bool) -> Result<(), String> {
    if shown { Ok(()) } else { Err("undetected: it was taken for whole".to_owned()) }
}

fn lines<'a>(text: &'a str, change: impl FnOnce(&mut Vec<&'a str>)) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    change(&mut lines);
    lines.join("\n") + "\n"
}

fn opens(path: &Path) -> bool {
    runtime().block_on(async {
        match State::open(path).await {
            Ok(state) => {
                state.close().await;
                true
            }
            Err(_) => false,
        }
    })
}

fn two_writers(path: &Path) -> Result<(), String> {
    let said = |error: las_state::Error| format!("lost: {error}");
    runtime().block_on(async {
        let (first, second) =
            (State::open(path).await.map_err(said)?, State::open(path).await.map_err(said)?);
        let before = first.verify_ledger().await.map_err(said)?.lines;
        let write = |state| async move {
            let mut written = 0;
            for _ in 0..10 {
                let incident = las_state::Incident::new("state-restored", &[]);
                written += u64::from(State::record(state, now(), incident).await.is_ok());
            }
            written
        };
        let (one, other) = tokio::join!(write(&first), write(&second));
        first.anchor_ledger().await.map_err(said)?;
        let after = first.verify_ledger().await.map_err(said)?.lines;
        second.close().await;
        first.close().await;
        if after == before + one + other { Ok(()) } else { Err(format!("lost: {after} lines")) }
    })
}

fn clock_back(path: &Path) -> Result<(), String> {
    let said = |error: las_state::Error| format!("lost: {error}");
    runtime().block_on(async {
        let state = State::open(path).await.map_err(said)?;
        let then = "1999-12-31T23:59:59Z".parse().unwrap();
        state.record(then, las_state::Incident::new("state-restored", &[])).await.map_err(said)?;
        state.anchor_ledger().await.map_err(said)?;
        state.verify_ledger().await.map_err(said)?;
        let last = state.ledger().await.map_err(said)?.pop();
        state.close().await;
        let shown = last.is_some_and(|line| line.at.starts_with("1999"));
        if shown { Ok(()) } else { Err("lost: the line is not the last".to_owned()) }
    })
}

fn no_place(path: &Path) -> Result<(), String> {
    runtime().block_on(async {
        let state = State::open(path).await.map_err(|error| error.to_string())?;
        // In the way of the anchor: the one thing that even an administrator can't write over.
        std::fs::create_dir(path.with_file_name("ledger.head.new")).unwrap();
        let begun = operate(&state, 13).await;
        let left = state.unfinished_operations().await.map_err(|error| error.to_string())?;
        state.close().await;
        if begun.is_err() && left.is_empty() { Ok(()) } else { Err("unrecorded: it was begun".to_owned()) }
    })
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let database = Database::killed();
    let (_folder, path) = database.copy();
    let early = {
        let (folder, path) = database.copy();
        runtime().block_on(async { State::open(&path).await.unwrap().close().await });
        (std::fs::read(&path).unwrap(), std::fs::read(path.with_file_name("ledger.head")).unwrap(), folder)
    };
    let text = runtime().block_on(async {
        let state = State::open(&path).await.unwrap();
        for number in 13..=14 {
            operate(&state, number).await.unwrap();
        }
        let checkpoint = state.checkpoint_now().await.unwrap();
        let text = export(&state.ledger().await.unwrap(), checkpoint.as_slice());
        state.close().await;
        text
    });
    if !whole(&text) || !opens(&path) {
        return Err("the ledger is not whole to begin with".to_owned());
    }
    let late = tempfile::tempdir().unwrap();
    super::database::copy_files(path.parent().unwrap(), late.path());
    let anchor = std::fs::read(path.with_file_name("ledger.head")).unwrap();
    let count = text.lines().count();
    let mut cases: Vec<(String, Deed)> = Vec::new();
    // Without its last line feed it says the same.
    cases.extend((0..text.len() - 1).map(|at| (format!("flip-{at}"), Deed::Flip(at))));
    cases.extend((0..text.len() - 1).map(|at| (format!("cut-{at}"), Deed::Cut(at))));
    for at in 0..count - 1 {
        cases.push((format!("swap-{at}"), Deed::Swap(at)));
        cases.push((format!("twice-{at}"), Deed::Twice(at)));
        cases.push((format!("gone-{at}"), Deed::Gone(at)));
        cases.push((format!("added-{at}"), Deed::Added(at)));
    }
    cases.extend((0..anchor.len() - 1).map(|at| (format!("anchor-{at}"), Deed::Anchor(at))));
    let mut cases = run.sample(cases, run.choose(400, usize::MAX));
    let more = [
        ("old-anchor", Deed::OldAnchor),
        ("old-database", Deed::OldDatabase),
        ("two-writers", Deed::TwoWriters),
        ("clock-back", Deed::ClockBack),
        ("no-place", Deed::NoPlace),
    ];
    cases.extend(more.map(|(name, deed)| (name.to_owned(), deed)));
    Ok(run.each(cases, |deed| {
        let shown = |changed: String| detected(!whole(&changed));
        let beside = |with: &dyn Fn(&Path) -> Result<(), String>| {
            let folder = tempfile::tempdir().unwrap();
            super::database::copy_files(late.path(), folder.path());
            with(&folder.path().join("state.db"))
        };
        match deed {
            Deed::Flip(at) => {
                let mut bytes = text.clone().into_bytes();
                bytes[*at] ^= 1 << (at % 8);
                // What is no text any more is refused when it is read.
                String::from_utf8(bytes).map_or(Ok(()), shown)
            }
            Deed::Cut(at) => shown(text[..*at].to_owned()),
            Deed::Swap(at) => shown(lines(&text, |lines| lines.swap(*at, at + 1))),
            Deed::Twice(at) => shown(lines(&text, |lines| {
                let same = lines[*at];
                lines.insert(*at, same);
            })),
            Deed::Gone(at) => shown(lines(&text, |lines| {
                lines.remove(*at);
            })),
            Deed::Added(at) => {
                let forged = text.lines().next().unwrap().replace("module_install", "module_remove");
                shown(lines(&text, |lines| lines.insert(*at, &forged)))
            }
            Deed::Anchor(at) => beside(&|path| {
                let mut bytes = anchor.clone();
                bytes[*at] ^= 1 << (at % 7);
                std::fs::write(path.with_file_name("ledger.head"), bytes).unwrap();
                detected(!opens(path))
            }),
            Deed::OldAnchor => beside(&|path| {
                std::fs::write(path.with_file_name("ledger.head"), &early.1).unwrap();
                detected(!opens(path))
            }),
            Deed::OldDatabase => beside(&|path| {
                std::fs::write(path, &early.0).unwrap();
                detected(!opens(path))
            }),
            Deed::TwoWriters => beside(&two_writers),
            Deed::ClockBack => beside(&clock_back),
            Deed::NoPlace => beside(&no_place),
        }
    }))
}
