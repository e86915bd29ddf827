//! What the product wrote and said in one course, to be searched.

use super::search::Canary;
use crate::{Ran, Workstation};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How much was searched.
#[derive(Default)]
pub(super) struct Searched {
    pub(super) pieces: AtomicU64,
    pub(super) bytes: AtomicU64,
}

/// Searches as it goes; what was found is told at the end.
pub(super) struct Evidence<'a> {
    canaries: &'a [Canary],
    searched: &'a Searched,
    hits: Vec<String>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(canaries: &'a [Canary], searched: &'a Searched) -> Self {
        Self { canaries, searched, hits: Vec::new() }
    }

    /// Something that was written or said.
    pub(super) fn take(&mut self, place: &str, bytes: &[u8]) {
        self.searched.pieces.fetch_add(1, Ordering::Relaxed);
        self.searched.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        for canary in self.canaries {
            if let Some(form) = canary.found_in(bytes) {
                self.hits.push(format!("{} in {place} ({form})", canary.name));
            }
        }
    }

    /// What a command was called with and said.
    pub(super) fn said(&mut self, ran: Ran) -> Ran {
        self.take(&format!("the words of {}", ran.command), format!("{ran:?}").as_bytes());
        self.take("standard output", ran.stdout.as_bytes());
        self.take("standard error", ran.stderr.as_bytes());
        ran
    }

    /// Every file below a folder but what lies in those that are left out: names, content, where links lead.
    pub(super) fn files(&mut self, folder: &Path, but: &[PathBuf]) -> Result<(), String> {
        let told = |error: std::io::Error| format!("unsearched: {}: {error}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(told)? {
            let path = entry.map_err(told)?.path();
            let place = path.display().to_string();
            self.take("the name of a file", place.as_bytes());
            // What is gone before it is looked at was temporary; sockets hold nothing.
            let Ok(about) = path.symlink_metadata() else { continue };
            if but.contains(&path) {
                continue;
            }
            if about.is_dir() {
                self.files(&path, but)?;
            } else if about.is_symlink() {
                let target = std::fs::read_link(&path).map_err(told)?;
                self.take(&place, target.as_os_str().as_encoded_bytes());
            } else if about.is_file()
                && let Ok(bytes) = std::fs::read(&path)
            {
                self.take(&place, &bytes);
            }
        }
        Ok(())
    }

    /// Everything that lies on a machine, but what is the keyring's own.
    pub(super) fn machine(&mut self, machine: &Workstation, keyring: &Path) -> Result<(), String> {
        self.files(&machine.outside(""), &[keyring.to_owned()])
    }

    /// Words and environment of a process and of all that came from it. Tells how many there were.
    pub(super) fn processes(&mut self, first: u32) -> usize {
        let mut family = vec![first];
        let mut at = 0;
        while let Some(pid) = family.get(at).copied() {
            at += 1;
            for kind in ["cmdline", "environ", "comm"] {
                if let Ok(bytes) = std::fs::read(format!("/proc/{pid}/{kind}")) {
                    self.take(&format!("{kind} of process {pid}"), &bytes);
                }
            }
            let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { continue };
            for thread in threads.flatten() {
                let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
                family.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            }
        }
        family.len()
    }

    /// How many places were found to hold one.
    pub(super) fn hits(&self) -> usize {
        self.hits.len()
    }

    /// Nothing was found, or what.
    pub(super) fn end(self) -> Result<(), String> {
        let mut hits = self.hits;
        hits.dedup();
        hits.truncate(10);
        if hits.is_empty() { Ok(()) } else { Err(format!("hit: {}", hits.join("; "))) }
    }
}
