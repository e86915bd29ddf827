//! Processes that lost their parent and became the keeper's children: reaped as soon as they end.

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::path::Path;
use tokio::signal::unix::{SignalKind, signal};

/// Reaps every child of this process that has ended, but for one, for as long as it is polled.
pub(super) async fn reap(but: u32) {
    let Ok(mut ended) = signal(SignalKind::child()) else { return };
    loop {
        for pid in children().filter(|pid| *pid != but) {
            if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
                // One that still runs is left alone; the only refusal possible is that it is no child any more.
                let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
            }
        }
        if ended.recv().await.is_none() {
            return;
        }
    }
}

/// The children of this process, those that have ended among them. None where the kernel keeps no list of them: then
/// they are reaped by who takes them over from the keeper.
fn children() -> impl Iterator<Item = u32> {
    let threads = std::fs::read_dir(Path::new("/proc/self/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
}
